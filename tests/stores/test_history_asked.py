"""What the questions about changes say of real versions: imported, built, asked."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from trialgraph.cli.main import cli

pytestmark = pytest.mark.shared
SWITCHED = "NCT06861062"  # its primary outcome became a secondary one, two others came; recruits since 2025-04-08
ENDED = "NCT05935098"  # terminated, 263 planned and 99 actual
OVERDUE = "NCT05009069"  # primary completion 2023-11-21, no results; two versions
MOVED = "NCT04514484"  # six versions of four months


@pytest.fixture(scope="module")
def home(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("history")
    versions = folder / "versions.jsonl"
    with gzip.open(shared / "registry" / "history" / "ctgov-versions.jsonl.gz", "rt", encoding="utf-8") as lines:
        wanted = [line for line in lines if json.loads(line)["nctId"] in (SWITCHED, ENDED, MOVED, OVERDUE)]
    assert len(wanted) == 12
    versions.write_text("".join(reversed(wanted)), "utf-8")  # in any order
    for words in (("import", str(versions)), ("build",)):
        result = CliRunner().invoke(cli, ["--home", str(folder / "home"), *words])
        assert result.exit_code == 0, result.output
    return folder / "home"


def ask(home: Path, *words: str) -> list[dict[str, object]]:
    result = CliRunner().invoke(cli, ["--home", str(home), "ask", *words, "--json"])
    assert result.exit_code == 0, result.output
    rows = json.loads(result.stdout)
    assert isinstance(rows, list)
    return rows


def test_a_primary_outcome_that_was_switched_is_found(home):
    rows = ask(home, "primary-outcome-switched")
    assert {row["trial_id"] for row in rows} == {SWITCHED}
    assert {(row["kind"], row["before"], row["after"]) for row in rows} == {
        ("MOVED_TO_SECONDARY", "Major cardiovascular events [60 months]", None),
        ("ADDED", None, "Cardiovascular disease risk [24 months]"),
        ("ADDED", None, "Glycemic control [24 months]"),
    }
    assert {(row["seen"], row["started"], row["when_changed"]) for row in rows} == {
        ("2026-02-02", "2025-04-08", "after the start")
    }


def test_enrolment_that_was_planned_and_came_true_is_told(home):
    rows = ask(home, "enrolment-planned-and-actual")
    found = {(row["trial_id"], row["before"], row["after"], row["kind"]) for row in rows}
    assert found == {
        (ENDED, "263 (ESTIMATED)", "99 (ACTUAL)", "planned to actual"),
        (MOVED, "18 (ESTIMATED)", "8 (ACTUAL)", "planned to actual"),
        (SWITCHED, "8000 (ESTIMATED)", "2500 (ESTIMATED)", None),
    }


def test_what_changed_is_told_in_the_order_of_the_versions(home):
    told = [(row["seen"], row["field"], row["kind"]) for row in ask(home, "what-changed", f"trial={MOVED}")]
    assert told == [
        ("2026-02-10", "completion_date", "2 days later"),
        ("2026-02-10", "primary_completion_date", "356 days earlier"),
        ("2026-02-09", "completion_date", "459 days later"),
        ("2026-02-09", "enrollment", "planned to actual"),
        ("2026-02-09", "primary_completion_date", "now actual"),
    ]


def test_a_status_that_changed_stands_in_the_timeline(home):
    events = [(row["day"], row["event"], row["after"]) for row in ask(home, "status-timeline", f"trial={ENDED}")]
    assert ("2026-03-13", "changed: overall_status", "TERMINATED") in events
    assert ("2023-08-21", "start", "ACTUAL") in events
    assert [day for day, _, _ in events] == sorted(day for day, _, _ in events)


def test_results_are_reckoned_from_the_newest_version(home):
    rows = ask(home, "results-overdue", "today=2026-06-01")
    told = [(row["trial_id"], row["state"], row["due"], row["days_over"]) for row in rows]
    assert told == [(OVERDUE, "overdue", "2024-11-20", 558)]
