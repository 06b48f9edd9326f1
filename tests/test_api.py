"""The Python API over a home: filled, built, loaded, updated and asked without a word printed."""

from __future__ import annotations

import doctest
import subprocess
import sys
from pathlib import Path

import pytest

import trialgraph as tg
from tests.fault_server import registry, study
from trialgraph import api
from trialgraph.errors import UsageError

SAMPLE = Path(__file__).resolve().parent.parent / "data" / "sample"
NOTHING = {"added": 0, "changed": 0, "removed": 0}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    assert tg.import_files([SAMPLE], home=folder)["kept"] == 91
    return folder


@pytest.fixture(scope="module")
def stages_built(home: Path) -> list[str]:
    stages: list[str] = []
    report = tg.build(home, workers=1, on_progress=lambda stage, done, total: stages.append(stage))
    assert report["trials"] == report["tables"]["Trial"] == 90
    return stages


def test_a_build_reports_its_stages_to_the_callback_and_prints_nothing(home, stages_built, capfd):
    assert list(dict.fromkeys(stages_built)) == ["Building", "Loading"]
    assert tg.load(home) == {"nodes": NOTHING, "relationships": NOTHING, "reconciled": True}
    assert capfd.readouterr() == ("", "")


def test_an_update_without_a_crawl_writes_nothing(home, stages_built):
    report = tg.update(home, crawl=False)
    assert set(report) == {"crawl", "build", "load", "cost"}
    assert (report["crawl"], report["load"]["nodes"]) == ({}, NOTHING)


def test_trials_like_a_text_are_those_that_share_its_words(home, stages_built):
    with tg.open(home) as graph:
        answer = graph.related(text="Sirolimus in systemic lupus erythematosus\nA trial of sirolimus in lupus.", most=3)
        assert len(answer.rows) == 3
        assert "understood: sirolimus" in answer.notes[0].lower()
        with pytest.raises(UsageError, match="not both"):
            graph.related("NCT04324411", text="lupus")
        with pytest.raises(UsageError, match="leave phase out"):
            graph.related(text="lupus", phase="2")


def test_a_home_s_corrections_apply_to_what_a_text_is_understood_as(tmp_path):
    assert tg.link("Rapamune 1 mg", "drug", home=tmp_path).rows[0]["name"].lower() == "sirolimus"
    (tmp_path / "corrections.txt").write_text("drug: Rapamune 1 mg = nothing\n", "utf-8")
    answer = tg.link("Rapamune 1 mg", "drug", home=tmp_path)
    assert (answer.rows, answer.notes) == ([], ("corrections.txt says that it is nothing.",))
    with pytest.raises(UsageError, match="the kinds are class, drug, condition"):
        tg.link("Rapamune", "gene", home=tmp_path)


def test_a_crawl_gives_its_counts_and_calls_back(tmp_path, monkeypatch):
    steps: list[tuple[str, int, int | None]] = []
    with registry([study(n) for n in range(1, 6)]) as server:
        monkeypatch.setenv("TRIALGRAPH_CTGOV_URL", server.url)
        report = tg.crawl("ctgov", all=True, home=tmp_path, on_progress=lambda *step: steps.append(step))
    assert report == {"announced": 5, "kept": 5, "new": 5, "changed": 0, "unchanged": 0, "set_aside": 0}
    assert steps[-1] == ("Crawling ctgov", 5, 5)


def test_a_home_without_a_whole_crawl_cannot_be_updated(home):
    with pytest.raises(UsageError, match="crawl first"):
        tg.update(home)


def test_a_crawl_that_cannot_be_says_why(tmp_path):
    for words, message in (({}, "nothing is selected"), ({"related": 1, "ids": ["NCT00000001"]}, "does not take")):
        with pytest.raises(UsageError, match=message):
            tg.crawl("ctgov", home=tmp_path, **words)


def test_build_stays_the_function_although_a_room_of_that_name_is_imported():
    code = "import trialgraph as tg, trialgraph.build.cache; print(tg.build.__module__)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "trialgraph.api"


def test_the_examples_in_the_documentation_run(monkeypatch, tmp_path):
    monkeypatch.setenv("TRIALGRAPH_HOME", str(tmp_path))
    result = doctest.testmod(api)
    assert (result.failed, result.attempted > 0) == (0, True)
