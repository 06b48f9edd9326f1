"""Records that say less than their registry leads to expect are noticed, and a registry of the wrong size too."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from trialgraph.archive.store import Archive
from trialgraph.build.expectations import LEAST_RECORDS, FieldCounts, count_warnings
from trialgraph.model import RawRecord, RecordRef, Trial
from trialgraph.registries import catalogue
from trialgraph.registries.registry import Page, Selection


def trial(number: int, *sources: str, **fields: object) -> Trial:
    records = tuple(
        RecordRef(record_id=f"{s}:{number}", source=s, url="", fetched_at="", sha256="", parser_version="1")
        for s in sources
    )
    return Trial(id=f"NCT{number:08}", registry="ctgov", records=records, **fields)  # type: ignore[arg-type]


def warnings(trials: list[Trial]) -> list[str]:
    counts = FieldCounts()
    for each in trials:
        counts.add(each)
    return list(counts.warnings())


def mirrored(filled: int, records: int) -> list[Trial]:
    whole = {"brief_title": "A trial", "conditions": ("Asthma",)}
    return [trial(i, "meddatax", **whole, overall_status="COMPLETED" if i < filled else None) for i in range(records)]


def test_a_field_that_fewer_records_fill_than_expected_is_named_with_its_share() -> None:
    assert warnings(mirrored(filled=190, records=200)) == []
    assert warnings(mirrored(filled=189, records=200)) == [
        "meddatax: overall_status is filled in 94.5% of 200 records, and at least 95% were expected; "
        "has the registry changed its records?"
    ]


def test_few_records_say_nothing_and_a_trial_of_two_sources_speaks_for_neither() -> None:
    assert warnings(mirrored(filled=0, records=LEAST_RECORDS - 1)) == []
    assert warnings([trial(i, "meddatax", "ctgov") for i in range(300)]) == []


def archive_of(path: Path, selection: Selection, base: str | None = None) -> Path:
    """Return an archive in which a crawl of ClinicalTrials.gov brought one record and was finished."""
    registry = catalogue.named("ctgov")
    when = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    record = RawRecord(registry="ctgov", id="NCT00000001", url="", fetched_at=when, body=b"{}")
    with Archive.open(path, write=True) as archive:
        crawl = archive.begin("ctgov", base or registry.base(registry.url), selection.key, "test")
        run = archive.start_run("crawl", "test", crawl.crawl)
        archive.save(crawl.crawl, run, Page(records=(record,), announced=1))
        assert archive.crawl(crawl.crawl).state == "done"
    return path


@pytest.mark.parametrize(
    ("selection", "base", "is_named"),
    [
        (Selection(all=True), None, True),
        (Selection(all=True), "http://127.0.0.1:8080", False),
        (Selection(query="sirolimus"), None, False),
        (Selection(all=True, limit=1), None, False),
    ],
)
def test_a_registry_crawled_whole_from_its_own_address_has_an_expected_size(
    tmp_path: Path, selection: Selection, base: str | None, is_named: bool
) -> None:
    with Archive.open(archive_of(tmp_path / "archive.sqlite", selection, base)) as archive:
        found = list(count_warnings(archive))
    sentence = "ctgov: all of the registry was crawled, which gave 1 records; 500,000 to 900,000 were expected"
    assert found == ([sentence] if is_named else [])
