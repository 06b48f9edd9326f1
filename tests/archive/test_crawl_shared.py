"""Crawls of the stand-in registry, which serves real studies and misbehaves when told to."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from trialgraph.archive.crawl import crawl
from trialgraph.archive.store import Archive
from trialgraph.errors import Changed
from trialgraph.registries.catalogue import known, named
from trialgraph.registries.http import Politeness
from trialgraph.registries.registry import Selection

pytestmark = pytest.mark.shared
PATIENT = Politeness(between=0.0, tries=9, first_wait=0.02, jitter=0.02)
STUDIES = 3000


@contextmanager
def stand_in(shared: Path, *words: str) -> Iterator[str]:
    """Run the stand-in registry over the first studies; gives its address."""
    command = [
        sys.executable,
        "-u",
        str(shared / "registry" / "serve.py"),
        "--port",
        "0",
        "--limit",
        str(STUDIES),
        *words,
    ]
    with subprocess.Popen([*command, *words], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().split()[-1]
        finally:
            process.terminate()


def run(path: Path, url: str, want: Selection, registry: str = "ctgov", polite: Politeness = PATIENT):
    return crawl(path, named(registry), want, base=url, command="c", politeness=polite)


def held(path: Path) -> dict[tuple[str, str], bytes]:
    with Archive.open(path) as archive:
        return {(record.registry, record.id): record.body for record, _, _ in archive.newest()}


def announced(url: str, **params: str) -> int:
    asked = "&".join(f"{name.replace('_', '.')}={value}" for name, value in params.items())
    with urllib.request.urlopen(f"{url}/api/v2/studies?countTotal=true&pageSize=1&fields=NCTId&{asked}") as answer:
        return json.load(answer)["totalCount"]


@pytest.fixture(scope="module")
def undisturbed(shared, tmp_path_factory) -> dict[tuple[str, str], bytes]:
    path = tmp_path_factory.mktemp("undisturbed") / "archive.sqlite"
    with stand_in(shared) as url:
        result = run(path, url, Selection(all=True))
        assert result.report() == {
            "announced": STUDIES, "kept": STUDIES, "new": STUDIES, "changed": 0, "unchanged": 0, "set_aside": 0,
        }  # fmt: skip
        assert announced(url) == STUDIES
    return held(path)


FAULTS = {
    "many": ["e503=0.15", "cutgzip=0.15", "e429=0.02", "html200=0.1", "empty200=0.1"],
    "cut": ["cut=0.4"],
    "reorder": ["reorder=0.5"],
}


@pytest.mark.parametrize("faults", FAULTS.values(), ids=FAULTS)
def test_a_registry_full_of_faults_gives_the_same_archive_as_one_without(shared, tmp_path, undisturbed, faults):
    with stand_in(shared, *(word for fault in faults for word in ("--fault", fault))) as url:
        result = run(tmp_path / "archive.sqlite", url, Selection(all=True))
    assert (result.announced, result.counts.kept, result.whole) == (STUDIES, STUDIES, True)
    assert held(tmp_path / "archive.sqlite") == undisturbed


def test_repeated_tokens_stop_the_crawl_and_the_same_command_goes_on(shared, tmp_path, undisturbed):
    stops = 0
    with stand_in(shared, "--fault", "repeat-token=0.7", "--seed", "2") as url:
        while True:
            try:
                result = run(tmp_path / "archive.sqlite", url, Selection(all=True))
                break
            except Changed:
                stops += 1
    assert stops
    assert result.counts.kept == STUDIES
    assert held(tmp_path / "archive.sqlite") == undisturbed


def test_a_query_keeps_exactly_what_the_server_counts(shared, tmp_path):
    with stand_in(shared) as url:
        count = announced(url, query_term="sirolimus")
        result = run(tmp_path / "archive.sqlite", url, Selection(query="sirolimus"))
    assert result.counts.kept == result.announced == count > 0


def test_every_study_is_filed_under_its_own_id_and_date(undisturbed):
    for (_, known_as), body in undisturbed.items():
        protocol = json.loads(body)["protocolSection"]
        assert protocol["identificationModule"]["nctId"] == known_as


def test_the_mirror_s_page_and_what_it_lists_are_read(shared, tmp_path):
    path = tmp_path / "archive.sqlite"
    with stand_in(shared) as url:
        run(path, url, Selection(ids=("NCT04324411",), related=1), "meddatax")
    with Archive.open(path) as archive:
        trials = {record.id: known()["meddatax"].parse(record) for record, _, _ in archive.newest()}
    listed = ["NCT04789070", "NCT07072884", "NCT01165008", "NCT06672237"]
    assert [other.id for other in trials["NCT04324411"].listed_related] == listed
    assert sorted(trials) == sorted(["NCT04324411", *listed])


def test_an_update_fetches_only_what_changed(shared, tmp_path):
    from trialgraph.archive.crawl import updates

    path = tmp_path / "archive.sqlite"
    with stand_in(shared) as url:
        run(path, url, Selection(all=True))
    before = held(path)
    with stand_in(shared, "--changed", "0.02") as url:
        with Archive.open(path) as archive:
            (update,) = updates(archive)
        result = run(path, url, update.selection)
        count = announced(url, filter_advanced="AREA[LastUpdatePostDate]RANGE[2026-11-18,MAX]".replace("[", "%5B"))
        run(tmp_path / "full.sqlite", url, Selection(all=True))
    after = held(path)
    assert update.selection == Selection(all=True, since="2026-11-18")
    changed = sum(body != before[key] for key, body in after.items())
    assert 0 < changed <= result.counts.kept == result.announced == count < STUDIES / 10
    assert after == held(tmp_path / "full.sqlite")


def test_the_command_ends_with_its_report(shared, tmp_path):
    with stand_in(shared, "--fault", "empty200=0.2") as url:
        environment = {**os.environ, "TRIALGRAPH_HOME": str(tmp_path), "TRIALGRAPH_CTGOV_URL": url}
        code = "from trialgraph.cli.main import main; main()"
        words = ["crawl", "ctgov", "--condition", "anemia", "--json"]
        said = subprocess.run([sys.executable, "-c", code, *words], env=environment, capture_output=True, check=True)
    report = json.loads(said.stdout)
    assert report["kept"] == report["announced"] > 0
