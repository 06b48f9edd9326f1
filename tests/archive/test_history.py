"""What changed between versions: each kind of change, once, in order, under an id that stays."""

from __future__ import annotations

import datetime as dt
import json
import random
from pathlib import Path
from typing import Any

import pytest

from trialgraph.archive.differences import differences
from trialgraph.archive.history import changes
from trialgraph.archive.store import Archive
from trialgraph.model import (
    Arm,
    ChangeEvent,
    Intervention,
    Location,
    Outcome,
    PartialDate,
    Party,
    RawRecord,
    SetAside,
    Trial,
)


def trial(**said: Any) -> Trial:
    return Trial(id="NCT00000001", registry="ctgov", **said)


def told(old: dict[str, Any], new: dict[str, Any]) -> list[tuple[str, str | None, str | None, str | None]]:
    return [(d.field, d.old, d.new, d.detail) for d in differences(trial(**old), trial(**new))]


DAY, MONTH = PartialDate(text="2024-05-31", kind="ESTIMATED"), PartialDate(text="2024-05", kind="ESTIMATED")

CASES: dict[str, tuple[dict[str, Any], dict[str, Any], list[tuple[Any, ...]]]] = {
    "nothing": ({"sex": "ALL"}, {"sex": "ALL"}, []),
    "status": (
        {"overall_status": "RECRUITING"},
        {"overall_status": "TERMINATED", "why_stopped": "no money"},
        [("overall_status", "RECRUITING", "TERMINATED", None), ("why_stopped", None, "no money", "ADDED")],
    ),
    "a date that moved": (
        {"completion_date": DAY},
        {"completion_date": PartialDate(text="2025-05-31", kind="ESTIMATED")},
        [("completion_date", "2024-05-31 (ESTIMATED)", "2025-05-31 (ESTIMATED)", "365 days later")],
    ),
    "a date that came true": (
        {"start_date": MONTH},
        {"start_date": PartialDate(text="2024-04-02", kind="ACTUAL")},
        [("start_date", "2024-05 (ESTIMATED)", "2024-04-02 (ACTUAL)", "about 29 days earlier, now actual")],
    ),
    "planned to actual": (
        {"enrollment": 50, "enrollment_type": "ESTIMATED"},
        {"enrollment": 48, "enrollment_type": "ACTUAL"},
        [("enrollment", "50 (ESTIMATED)", "48 (ACTUAL)", "planned to actual")],
    ),
    "phases": (
        {"phases": ("PHASE1",)},
        {"phases": ("PHASE1", "PHASE2")},
        [("phases", "PHASE1", "PHASE1/PHASE2", None)],
    ),
    "sponsor and collaborators": (
        {"lead_sponsor": Party(name="A", role="LEAD_SPONSOR")},
        {
            "lead_sponsor": Party(name="B", role="LEAD_SPONSOR"),
            "collaborators": (Party(name="A", role="COLLABORATOR"),),
        },
        [("sponsor", "A", "B", None), ("collaborator", None, "A", "ADDED")],
    ),
    "an outcome reworded, one gone, one new": (
        {
            "outcomes": (
                Outcome(type="PRIMARY", measure="Overall response rate at six months", time_frame="6 months"),
                Outcome(type="PRIMARY", measure="Quality of life"),
            )
        },
        {
            "outcomes": (
                Outcome(type="PRIMARY", measure="Overall response rate at twelve months", time_frame="12 months"),
                Outcome(type="PRIMARY", measure="Survival"),
            )
        },
        [
            (
                "primary_outcome",
                "Overall response rate at six months [6 months]",
                "Overall response rate at twelve months [12 months]",
                "REWORDED",
            ),
            ("primary_outcome", "Quality of life", None, "REMOVED"),
            ("primary_outcome", None, "Survival", "ADDED"),
        ],
    ),
    "the time of an outcome": (
        {"outcomes": (Outcome(type="SECONDARY", measure="Weight", time_frame="1 year"),)},
        {"outcomes": (Outcome(type="SECONDARY", measure="Weight", time_frame="2 years"),)},
        [("secondary_outcome", "Weight [1 year]", "Weight [2 years]", "REWORDED")],
    ),
    "a primary outcome made a secondary one": (
        {
            "outcomes": (
                Outcome(type="PRIMARY", measure="Heart attacks", time_frame="5 years"),
                Outcome(type="SECONDARY", measure="Sugar"),
            )
        },
        {
            "outcomes": (
                Outcome(type="PRIMARY", measure="Sugar"),
                Outcome(type="SECONDARY", measure="Heart attacks", time_frame="5 years"),
            )
        },
        [
            ("primary_outcome", "Heart attacks [5 years]", None, "MOVED_TO_SECONDARY"),
            ("primary_outcome", None, "Sugar", "MOVED_FROM_SECONDARY"),
            ("secondary_outcome", "Sugar", None, "MOVED_TO_PRIMARY"),
            ("secondary_outcome", None, "Heart attacks [5 years]", "MOVED_FROM_PRIMARY"),
        ],
    ),
    "order alone": (
        {"conditions": ("Anemia", "Lupus")},
        {"conditions": ("lupus", "Anemia")},
        [],
    ),
    "interventions and arms": (
        {"interventions": (Intervention(name="X", type="DRUG"),), "arms": (Arm(label="A", interventions=(0,)),)},
        {
            "interventions": (Intervention(name="X", type="DRUG"), Intervention(name="Y", type="DEVICE")),
            "arms": (Arm(label="A", interventions=(0, 1)),),
        },
        [("intervention", None, "DEVICE: Y", "ADDED"), ("arm", "A: X", "A: X, Y", "REWORDED")],
    ),
    "a site more and one less": (
        {"locations": (Location(facility="A Hospital", city="Rome"), Location(facility="B", city="Oslo"))},
        {"locations": (Location(facility="A hospital", city="Rome"), Location(facility="C", city="Bonn"))},
        [("site", "B, Oslo", None, "REMOVED"), ("site", None, "C, Bonn", "ADDED")],
    ),
    "a site spelled otherwise": (
        {
            "locations": (
                Location(facility="Research Site", city="Chuo-ku", country="Japan", zip="104-0045"),
                Location(facility="General Hospital of Antalya", city="Antalya", country="Turkey"),
                Location(facility="Research Site", city="Seoul", country="Korea, Republic of"),
            )
        },
        {
            "locations": (
                Location(facility="Research Site", city="Chūōku", country="Japan", zip="104-0045"),
                Location(facility="General Hospital of Antalya", city="Antalya City", country="Turkey (Türkiye)"),
                Location(facility="Research Site", city="Seoul", country="South Korea"),
            )
        },
        [],
    ),
    "a list of sites where there was none": (
        {},
        {"locations": (Location(city="Rome"), Location(city="Oslo"))},
        [("site", None, "2 sites", "ADDED")],
    ),
    "eligibility by its words": (
        {"eligibility": "Adults\n\n* no earlier treatment\n* signed consent"},
        {"eligibility": "Adults\n\n* one earlier treatment at most\n* signed   consent"},
        [("eligibility", "no", "one … at most", "3 words added, 1 removed")],
    ),
    "results": (
        {"has_results": False},
        {"has_results": True, "results_first_post_date": PartialDate(text="2025-01-02")},
        [("results", "NOT_POSTED", "POSTED", "first posted 2025-01-02")],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_each_kind_of_change_is_told(name: str):
    old, new, expected = CASES[name]
    assert told(old, new) == expected


@pytest.mark.parametrize("name", CASES)
def test_a_version_does_not_differ_from_itself(name: str):
    for said in CASES[name][:2]:
        assert told(said, said) == []


# --- from an archive --------------------------------------------------------------------------------------------------

WHEN = dt.datetime(2026, 1, 31, tzinfo=dt.UTC)


def version(number: int, day: str | None, status: Any, registry: str = "ctgov") -> RawRecord:
    module = {"overallStatus": status} | ({"lastUpdatePostDateStruct": {"date": day}} if day else {})
    protocol = {"identificationModule": {"nctId": f"NCT{number:08d}"}, "statusModule": module}
    body = json.dumps({"protocolSection": protocol}).encode()
    return RawRecord(registry=registry, id=f"NCT{number:08d}", url="", fetched_at=WHEN, body=body, dated=day)


VERSIONS = [
    version(1, "2020-01-01", "NOT_YET_RECRUITING"),
    version(1, "2021-01-01", "RECRUITING"),
    version(1, "2022-01-01", "COMPLETED"),
    version(2, "2020-01-01", "RECRUITING"),
    version(3, "2020-05-05", "RECRUITING"),
    version(3, None, "UNKNOWN"),
]


def kept(path: Path, records: list[RawRecord]) -> list[ChangeEvent]:
    with Archive.open(path, write=True) as archive:
        archive.take(archive.start_run("import", "test"), records)
        return list(changes(archive))


@pytest.mark.parametrize("seed", range(4))
def test_versions_are_ordered_by_their_own_dates_however_they_came(tmp_path: Path, seed: int):
    shuffled = random.Random(seed).sample(VERSIONS, len(VERSIONS))
    events = kept(tmp_path / "archive.sqlite", shuffled)
    assert [(e.trial_id, e.field, e.old, e.new, e.seen_at) for e in events] == [
        ("NCT00000001", "overall_status", "NOT_YET_RECRUITING", "RECRUITING", "2021-01-01"),
        ("NCT00000001", "overall_status", "RECRUITING", "COMPLETED", "2022-01-01"),
        ("NCT00000003", "overall_status", "UNKNOWN", "RECRUITING", "2020-05-05"),
    ]


def test_an_event_keeps_its_id_when_it_is_worked_out_again(tmp_path: Path):
    first = kept(tmp_path / "a.sqlite", VERSIONS)
    again = kept(tmp_path / "b.sqlite", VERSIONS[::-1])
    assert first == again
    assert len({event.event_id for event in first}) == len(first)


def test_a_version_that_cannot_be_read_is_passed_over_and_told_of(tmp_path: Path):
    path = tmp_path / "archive.sqlite"
    kept(path, [*VERSIONS[:2], version(1, "2020-06-01", 7)])
    odd: list[SetAside] = []
    with Archive.open(path) as archive:
        events = list(changes(archive, on_set_aside=odd.append))
    assert [(event.old, event.new) for event in events] == [("NOT_YET_RECRUITING", "RECRUITING")]
    assert [one.path for one in odd] == ["protocolSection.statusModule.overallStatus"]


def test_the_mirrors_versions_tell_nothing_where_the_registrys_own_are_held(tmp_path: Path):
    page = (Path(__file__).parent.parent / "registries" / "meddatax" / "rows.html").read_bytes()
    pages = [
        RawRecord(registry="meddatax", id="NCT04324411", url="", fetched_at=WHEN, body=body, dated=day)
        for body, day in ((page, "2020-03-27"), (page.replace(b"50 participants", b"60 participants"), "2021-01-01"))
    ]
    assert [event.field for event in kept(tmp_path / "mirror.sqlite", pages)] == ["enrollment"]
    own = [version(4324411, "2020-01-01", "RECRUITING"), version(4324411, "2021-01-01", "COMPLETED")]
    assert [event.field for event in kept(tmp_path / "both.sqlite", pages + own)] == ["overall_status"]


def test_the_changes_of_some_trials_can_be_asked_for(tmp_path: Path):
    path = tmp_path / "archive.sqlite"
    kept(path, VERSIONS)
    with Archive.open(path) as archive:
        assert {event.trial_id for event in changes(archive, ids={"NCT00000003"})} == {"NCT00000003"}


@pytest.mark.shared
def test_real_versions_give_changes_that_name_both_versions(tmp_path: Path, shared: Path):
    from trialgraph.registries.imports.files import read

    records = [item for item in read([shared / "registry" / "history"]) if isinstance(item, RawRecord)]
    events = kept(tmp_path / "archive.sqlite", random.Random(1).sample(records, len(records)))
    # Read by eye against the two versions of NCT04743661 and NCT05414032.
    found = {(event.trial_id, event.field): event for event in events}
    assert found["NCT04743661", "completion_date"].detail == "1126 days earlier"
    assert (found["NCT05414032", "enrollment"].old, found["NCT05414032", "enrollment"].new) == (
        "200 (ESTIMATED)",
        "102 (ESTIMATED)",
    )
    assert len({event.event_id for event in events}) == len(events)
    assert all(event.from_sha256 != event.to_sha256 for event in events)
