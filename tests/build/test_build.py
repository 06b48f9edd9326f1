"""The sample built: whole, the same bytes each time, every name as it was written."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from trialgraph import schema
from trialgraph.archive.crawl import keep_files
from trialgraph.archive.store import Archive
from trialgraph.build import read_and_link as understand
from trialgraph.build.record_rows import phase_rank
from trialgraph.build.report import BuildPlan
from trialgraph.build.stages import make
from trialgraph.errors import BuildError
from trialgraph.model import RawRecord
from trialgraph.registries.imports.files import read
from trialgraph.registries.reading.values import age_in_years
from trialgraph.snapshot.snapshot import Snapshot

SAMPLE = Path(__file__).resolve().parents[2] / "data" / "sample"


def built(home: Path, **options) -> Snapshot:
    return make(BuildPlan(home / "archive.sqlite", home / "snapshot", home / "model", **options)).snapshot


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the sample in its archive, and built."""
    folder = tmp_path_factory.mktemp("home")
    keep_files(folder / "archive.sqlite", read([SAMPLE]), command="test")
    built(folder)
    return folder


@pytest.fixture
def snapshot(home: Path) -> Snapshot:
    return Snapshot.open(home / "snapshot")


def content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_the_same_archive_is_the_same_bytes_with_any_number_of_workers(home, monkeypatch):
    once = content(home / "snapshot")
    monkeypatch.setattr(understand, "TRIALS_FOR_PROCESSES", 1)
    monkeypatch.setattr(understand, "TRIALS_A_BATCH", 7)
    built(home, workers=2)
    assert content(home / "snapshot") == once


def test_a_model_fitted_before_gives_the_same_bytes(home):
    once = content(home / "snapshot")
    built(home, refit=False)
    assert content(home / "snapshot") == once


def test_every_table_of_the_schema_is_there(snapshot):
    for name in (*schema.LABEL, *schema.RELATIONSHIP):
        assert snapshot.table(name).column_names == [column for column, _ in schema.columns(name)]
        assert snapshot.table(name).num_rows == snapshot.rows_of(name)


def test_a_trial_from_two_sources_is_one_trial_with_two_records(snapshot):
    records = [e["target"] for e in snapshot.edges("HAS_RECORD").to_pylist() if e["source"] == "NCT04324411"]
    assert records == ["ctgov:NCT04324411", "meddatax:NCT04324411"]
    listed = [e["target"] for e in snapshot.edges("LISTED_AS_RELATED").to_pylist() if e["source"] == "NCT04324411"]
    assert len(listed) == 4


def test_a_combination_is_its_drugs_under_one_id_each(snapshot):
    tested = {e["target"] for e in snapshot.edges("TESTS").to_pylist() if e["source"] == "NCT04324411"}
    names = {d["drug_id"]: d["name"] for d in snapshot.nodes("Drug").to_pylist()}
    assert {names[drug] for drug in tested} == {"Sirolimus", "Tretinoin"}


def test_every_condition_stands_below_what_is_above_it(snapshot):
    above = {(e["source"], e["target"]) for e in snapshot.edges("IS_A").to_pylist()}
    reached = {"MESH:D000744"}
    while more := {target for source, target in above if source in reached} - reached:
        reached |= more
    assert "MESH:D006402" in reached  # Hematologic Diseases


def test_names_stand_as_they_were_written(home, snapshot):
    raw = {e["raw_name"] for e in snapshot.edges("SPONSORS").to_pylist()}
    written = set()
    with Archive.open(home / "archive.sqlite") as archive:
        for record, _, _ in archive.newest():
            if record.registry == "ctgov":
                sponsors = json.loads(record.body)["protocolSection"].get("sponsorCollaboratorsModule", {})
                written.add(sponsors.get("leadSponsor", {}).get("name"))
    assert written - {None} <= raw


def test_parts_of_a_likeness_add_up(snapshot):
    pairs = snapshot.edges("SIMILAR_TO").to_pylist()
    assert pairs
    for pair in pairs:
        parts = sum(pair[f"{name}_score"] for name in ("text", "drug", "condition", "procedure", "setting", "together"))
        assert parts == pytest.approx(pair["score"], abs=1e-6)
        assert pair["source"] < pair["target"]


def test_missing_is_null_and_never_an_empty_text_or_list(snapshot):
    for name in (*schema.LABEL, *schema.RELATIONSHIP):
        for row in snapshot.table(name).to_pylist():
            assert "" not in row.values()
            assert [] not in row.values()


def test_too_many_unreadable_records_fail_the_build_and_the_old_snapshot_stays(tmp_path):
    keep_files(tmp_path / "archive.sqlite", read([SAMPLE]), command="test")
    before = built(tmp_path).hash
    broken = (
        RawRecord(
            registry="ctgov",
            id=f"NCT999999{i:02}",
            url="",
            fetched_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
            body=json.dumps({"protocolSection": {"identificationModule": {"nctId": 7}}}).encode(),
        )
        for i in range(12)
    )
    keep_files(tmp_path / "archive.sqlite", broken, command="test")
    with pytest.raises(BuildError, match=r"12 of 102 records cannot be read.*identificationModule.nctId"):
        built(tmp_path)
    assert Snapshot.open(tmp_path / "snapshot").hash == before


@pytest.mark.parametrize(
    ("phases", "rank"),
    [
        (("EARLY_PHASE1",), 0.5),
        (("PHASE1", "PHASE2"), 1.5),
        (("PHASE2", "PHASE3"), 2.5),
        (("PHASE4",), 4.0),
        (("NA",), None),
        ((), None),
    ],
)
def test_phases_are_ranked(phases, rank):
    assert phase_rank(phases) == rank


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        ("18 Years", 18.0),
        ("6 Months", 0.5),
        ("1 Year", 1.0),
        ("N/A", None),
        (None, None),
        ("30 Days", 0.0821),
        ("30 Minutes", 0.0001),
    ],
)
def test_ages_are_years(age, expected):
    assert age_in_years(age) == expected
