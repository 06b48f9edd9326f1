"""The archive's records as Trials: one of each id, its sources merged by rank, what cannot be read set aside."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from trialgraph import limits
from trialgraph.archive.store import Archive
from trialgraph.archive.trials import merge, read
from trialgraph.model import Arm, Intervention, ListedTrial, Party, RawRecord, RecordRef, SetAside, Trial

SAVED = Path(__file__).parent.parent / "registries"
WHEN = dt.datetime(2026, 1, 31, 12, tzinfo=dt.UTC)


def ref(source: str, known_as: str) -> RecordRef:
    return RecordRef(
        record_id=f"{source}:{known_as}", source=source, url="", fetched_at="", sha256="", parser_version="1"
    )


def trial(source: str, **said: Any) -> Trial:
    return Trial(id="NCT00000001", registry="ctgov", records=(ref(source, "NCT00000001"),), **said)


def test_the_registrys_own_word_counts_and_the_mirror_fills_what_it_leaves_empty():
    own = trial("ctgov", brief_title="own", has_results=False, phases=(), conditions=("a",))
    mirror = trial(
        "meddatax",
        brief_title="other",
        has_results=True,
        phases=("PHASE2",),
        conditions=("b", "c"),
        sex="ALL",
        listed_related=(ListedTrial(id="NCT00000002"),),
    )
    for order in ([(0, own), (10, mirror)], [(10, mirror), (0, own)]):
        (one,) = merge(order)
        assert (one.brief_title, one.has_results, one.phases, one.conditions, one.sex) == (
            "own", False, ("PHASE2",), ("a",), "ALL",
        )  # fmt: skip
        assert [listed.id for listed in one.listed_related] == ["NCT00000002"]
        assert [record.source for record in one.records] == ["ctgov", "meddatax"]


def test_arms_and_interventions_come_from_one_source_together():
    own = trial("ctgov", interventions=(Intervention(name="x"),))
    mirror = trial(
        "meddatax",
        arms=(Arm(label="A", interventions=(1,)),),
        interventions=(Intervention(name="y"), Intervention(name="x", arms=(0,))),
    )
    (one,) = merge([(0, own), (10, mirror)])
    assert one.arms == ()
    assert one.interventions == own.interventions
    (filled,) = merge([(0, trial("ctgov")), (10, mirror)])
    assert (filled.arms, filled.interventions) == (mirror.arms, mirror.interventions)


def test_a_number_of_participants_keeps_its_own_kind():
    (one,) = merge([(0, trial("ctgov", enrollment=50)), (10, trial("meddatax", enrollment_type="ACTUAL"))])
    assert (one.enrollment, one.enrollment_type) == (50, None)


def test_a_trial_of_one_source_is_left_as_it_is():
    own = trial("ctgov", lead_sponsor=Party(name="x", role="LEAD_SPONSOR"))
    assert list(merge([(0, own)])) == [own]


# --- from an archive --------------------------------------------------------------------------------------------------


def record(registry: str, known_as: str, body: bytes, dated: str | None = None) -> RawRecord:
    return RawRecord(registry=registry, id=known_as, url="u", fetched_at=WHEN, body=body, dated=dated)


def study(number: int, **module: Any) -> bytes:
    identification = {"nctId": f"NCT{number:08d}", **module}
    return json.dumps({"protocolSection": {"identificationModule": identification}}).encode()


def kept(path: Path, *records: RawRecord) -> Path:
    with Archive.open(path, write=True) as archive:
        archive.take(archive.start_run("import", "test"), records)
    return path


def trials(path: Path, **options: Any) -> tuple[list[Trial], list[SetAside]]:
    odd: list[SetAside] = []
    with Archive.open(path) as archive:
        return list(read(archive, on_set_aside=odd.append, **options)), odd


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    euctr = json.loads((SAVED / "euctr" / "record.json").read_text("utf-8"))
    spanish = {**euctr, "_id": "2016-004489-24-ES", "a1_member_state_concerned": "Spain - AEMPS"}
    spanish |= {"x5_trial_status": "Ongoing", "f21_female": "No"}
    return kept(
        tmp_path / "archive.sqlite",
        record("ctgov", "NCT04324411", (SAVED / "ctgov" / "plain.json").read_bytes(), "2020-03-27"),
        record("meddatax", "NCT04324411", (SAVED / "meddatax" / "rows.html").read_bytes(), "2020-03-27"),
        record("ctgov", "NCT00000009", study(9, briefTitle=7)),
        record("ictrp", "NCT00000001", (SAVED / "ictrp" / "nct.xml").read_bytes()),
        record("ctgov", "NCT00000001", study(1, briefTitle="old"), "2020-01-01"),
        record("ctgov", "NCT00000001", study(1, briefTitle="new"), "2024-01-01"),
        record("euctr", "2016-004489-24-DE", json.dumps(euctr).encode()),
        record("euctr", "2016-004489-24-ES", json.dumps(spanish).encode()),
        record("elsewhere", "X1", b"{}"),
    )


def test_trials_come_in_the_order_of_their_ids_whatever_the_batch(mixed: Path, monkeypatch: pytest.MonkeyPatch):
    whole, _ = trials(mixed)
    assert [one.id for one in whole] == ["EUCTR2016-004489-24", "NCT00000001", "NCT04324411"]
    for size in (1, 2, 3):
        monkeypatch.setattr(limits, "READ_BATCH", size)
        assert trials(mixed)[0] == whole


def test_a_record_that_cannot_be_read_is_set_aside_with_its_path(mixed: Path):
    _, odd = trials(mixed)
    assert [(one.source, one.record_id, one.path) for one in odd] == [
        ("elsewhere", "X1", None),
        ("ctgov", "NCT00000009", "protocolSection.identificationModule.briefTitle"),
    ]


def test_the_newest_version_is_read_and_other_sources_fill_it(mixed: Path):
    one = next(found for found in trials(mixed)[0] if found.id == "NCT00000001")
    assert (one.brief_title, one.overall_status, one.sex) == ("new", "NOT_RECRUITING", "ALL")
    assert [record.record_id for record in one.records] == ["ctgov:NCT00000001", "ictrp:NCT00000001"]


def test_a_page_and_a_record_are_one_trial_with_both_sources(mixed: Path):
    one = next(found for found in trials(mixed)[0] if found.id == "NCT04324411")
    assert [record.source for record in one.records] == ["ctgov", "meddatax"]
    assert len(one.listed_related) == 4
    assert len({record.sha256 for record in one.records}) == 2


def test_the_records_of_several_countries_are_one_trial(mixed: Path):
    one = trials(mixed)[0][0]
    assert one.countries == ("Germany", "Spain")
    assert one.overall_status == "ONGOING"
    assert one.sex == "ALL"
    assert len(one.records) == 2


def test_some_trials_are_read_alone(mixed: Path):
    found, odd = trials(mixed, ids={"NCT04324411", "NCT00000002"})
    assert [one.id for one in found] == ["NCT04324411"]
    assert odd == []


@pytest.mark.shared
def test_every_real_record_becomes_a_trial(shared: Path):
    """A subset here; `python -m benchmarks` reads all of them."""
    from itertools import islice

    from trialgraph.registries.ctgov import read as ctgov_read
    from trialgraph.registries.imports.files import read as read_files

    path = shared / "registry" / "ctgov-studies.jsonl.gz"
    some = [item for item in islice(read_files([path]), 3000) if isinstance(item, RawRecord)]
    assert len(some) == 3000
    for raw in some:
        one = ctgov_read.parse(raw)
        assert one.id == raw.id
        assert one.brief_title
        assert msgspec.msgpack.decode(msgspec.msgpack.encode(one), type=Trial) == one
        for n, arm in enumerate(one.arms):
            assert all(n in one.interventions[place].arms for place in arm.interventions)
