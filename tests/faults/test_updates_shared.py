"""Two days of the stand-in registry, which serves real studies: what an update fetches, and what it makes of that."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults.small_home import content, dump, expected
from trialgraph.archive.store import Archive
from trialgraph.snapshot.snapshot import Snapshot
from trialgraph.stores.open import open_store

pytestmark = [pytest.mark.shared, pytest.mark.slow]
STUDIES = 300


@contextmanager
def stand_in(shared: Path, *words: str) -> Iterator[str]:
    serve = [sys.executable, "-u", str(shared / "registry" / "serve.py"), "--port", "0", "--limit", str(STUDIES)]
    with subprocess.Popen([*serve, *words], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().split()[-1]
        finally:
            process.terminate()


def bodies(home: Path) -> dict[str, bytes]:
    with Archive.open(home / "archive.sqlite") as archive:
        return {record.id: record.body for record, _, _ in archive.newest()}


def test_the_second_day_costs_what_changed_and_gives_a_full_rebuild(shared, tmp_path, run, monkeypatch):
    home, other = tmp_path / "home", tmp_path / "other"
    with stand_in(shared) as url:
        monkeypatch.setenv("TRIALGRAPH_CTGOV_URL", url)
        assert run(home, "crawl", "ctgov", "--all").code == 0
        assert run(home, "build").code == 0
    first = bodies(home)
    with stand_in(shared, "--changed", "0.05") as url:
        monkeypatch.setenv("TRIALGRAPH_CTGOV_URL", url)
        said = run(home, "update", "--json")
        assert said.code == 0, said.err
        altered = {name for name, body in bodies(home).items() if body != first.get(name)}
        assert 5 < len(altered) < 40
        assert said.report["crawl"]["kept"] == said.report["crawl"]["changed"] == len(altered)
        assert run(other, "crawl", "ctgov", "--all").code == 0
    assert bodies(other) == bodies(home), "nothing that changed was missed"
    shutil.rmtree(other)
    other.mkdir()
    shutil.copy(home / "archive.sqlite", other)
    shutil.copytree(home / "model", other / "model")
    assert run(other, "update", "--no-crawl").code == 0
    assert content(other / "snapshot") == content(home / "snapshot")
    store = open_store(home / "graph")
    assert dump(store) == expected(Snapshot.open(other / "snapshot"))
    store.close()
    before = {name: json.loads(body)["protocolSection"]["statusModule"] for name, body in first.items()}
    finished = {name for name in altered if before[name].get("overallStatus") != "COMPLETED"}
    rows = json.loads(run(home, "changes", "--json").out)
    assert {row["trial_id"] for row in rows} == finished, "the others have another date of update and nothing else"
