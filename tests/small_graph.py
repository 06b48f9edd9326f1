"""A graph small enough to know by heart: three trials, two drugs, a condition below another."""

# ruff: noqa: E501

from __future__ import annotations

from pathlib import Path
from typing import Any

from trialgraph.snapshot.snapshot import Snapshot, write
from trialgraph.snapshot.tables import Tables

LINK = {"method": "exact", "source_field": "x", "confidence": 1.0}
ROWS: dict[str, list[dict[str, Any]]] = {
    "Trial": [
        {
            "trial_id": "NCT90000001",
            "registry": "ctgov",
            "brief_title": "Sirolimus with tretinoin in autoimmune anemia; a \"quoted\" name, Åse's ünicode \\ 50 % \n second line",
            "brief_summary": "Sirolimus and tretinoin for people whose anemia is autoimmune.",
            "phases": ["PHASE2", "PHASE3"],
            "phase_rank": 2.5,
            "overall_status": "RECRUITING",
            "enrollment": 50,
            "start_date": "2020-04-01",
            "start_date_precision": "MONTH",
            "has_results": False,
            "minimum_age_years": 18.0,
            "keywords": ["mTOR", "comma, inside", 'a "quote"'],
        },
        {
            "trial_id": "NCT90000002",
            "registry": "ctgov",
            "brief_title": "Sirolimus ointment",
            "phases": ["NA"],
            "overall_status": "COMPLETED",
            "has_results": True,
        },
        {"trial_id": "NCT90000003", "registry": "ctgov", "brief_title": "Only listed", "listed_only": True},
    ],
    "RegistryRecord": [
        {"record_id": "ctgov:NCT90000001", "source": "ctgov", "sha256": "00", "fetched_at": "2026-01-01T00:00:00Z"},
        {"record_id": "ctgov:NCT90000002", "source": "ctgov", "sha256": "01", "fetched_at": "2026-01-01T00:00:00Z"},
    ],
    "Intervention": [
        {"intervention_id": "NCT90000001#0", "name": "Sirolimus and ATRA", "type": "DRUG", "other_names": ["Rapamune"]},
        {"intervention_id": "NCT90000002#0", "name": "Rapamycin 1%", "type": "DRUG"},
    ],
    "Drug": [
        {"drug_id": "MESH:D020123", "name": "Sirolimus", "mesh_id": "D020123", "synonyms": ["Rapamycin", "Sirolimus"]},
        {"drug_id": "MESH:D014212", "name": "Tretinoin", "mesh_id": "D014212", "synonyms": ["ATRA"]},
    ],
    "Condition": [
        {"condition_id": "MESH:D000744", "name": "Anemia, Hemolytic, Autoimmune", "tree_numbers": ["C15.378.071.141"]},
        {"condition_id": "MESH:D000743", "name": "Anemia, Hemolytic", "tree_numbers": ["C15.378.071"]},
    ],
    "Organization": [{"organization_id": "some-hospital", "name": "Some Hospital", "class": "OTHER", "aliases": ["Some Hospital"]}],
    "HAS_RECORD": [
        {"source": "NCT90000001", "target": "ctgov:NCT90000001"},
        {"source": "NCT90000002", "target": "ctgov:NCT90000002"},
    ],
    "HAS_INTERVENTION": [
        {"source": "NCT90000001", "target": "NCT90000001#0", "position": 0},
        {"source": "NCT90000002", "target": "NCT90000002#0", "position": 0},
    ],
    "INCLUDES_DRUG": [
        {"source": "NCT90000001#0", "target": "MESH:D020123", "raw_span": "Sirolimus", "component": 1, "components": 2, **LINK},
        {"source": "NCT90000001#0", "target": "MESH:D014212", "raw_span": "ATRA", "component": 2, "components": 2, **LINK},
        {"source": "NCT90000002#0", "target": "MESH:D020123", "raw_span": "Rapamycin", "strength_value": 1.0, "strength_unit": "%", **LINK},
    ],
    "TESTS": [
        {"source": "NCT90000001", "target": "MESH:D020123", "role": "EXPERIMENTAL", **LINK},
        {"source": "NCT90000001", "target": "MESH:D014212", "role": "EXPERIMENTAL", **LINK},
        {"source": "NCT90000002", "target": "MESH:D020123", "role": "EXPERIMENTAL", **LINK},
    ],
    "STUDIES": [
        {"source": "NCT90000001", "target": "MESH:D000744", "raw_name": "AIHA", **LINK, "source_field": "conditions[0]"},
        {"source": "NCT90000001", "target": "MESH:D000744", "raw_name": "wAIHA", **LINK, "source_field": "conditions[1]"},
    ],
    "IS_A": [{"source": "MESH:D000744", "target": "MESH:D000743", **LINK}],
    "SPONSORS": [{"source": "some-hospital", "target": "NCT90000001", "raw_name": "Some Hospital", **LINK}],
    "SIMILAR_TO": [
        {
            "source": "NCT90000001",
            "target": "NCT90000002",
            "score": 0.5,
            "rank_ab": 1,
            "shared_terms": ["sirolimus"],
            "shared_drugs": ["Sirolimus"],
            **LINK,
        }
    ],
    "LISTED_AS_RELATED": [{"source": "NCT90000001", "target": "NCT90000003", "position": 0, "source_name": "meddatax"}],
}  # fmt: skip


def tables(rows: dict[str, list[dict[str, Any]]] = ROWS) -> Tables:
    """Return the rows as tables."""
    made = Tables()
    for name, some in rows.items():
        made.extend(name, some)
    return made


def snapshot(at: Path, rows: dict[str, list[dict[str, Any]]] = ROWS) -> Snapshot:
    """Return a snapshot of the rows, written to `at`."""
    return write(tables(rows), at, {"trials": len(rows["Trial"])})[0]


def other_rows() -> dict[str, list[dict[str, Any]]]:
    """Return the rows of the next day: one trial changed, one gone with what hung on it, one new."""
    rows = {name: [dict(row) for row in some] for name, some in ROWS.items()}
    rows["Trial"][1]["overall_status"] = "TERMINATED"
    rows["Trial"][2] = {"trial_id": "NCT90000004", "registry": "ctgov", "brief_title": "New today"}
    rows["LISTED_AS_RELATED"] = []
    new = {"source": "NCT90000004", "target": "MESH:D020123", "role": "BACKGROUND", **LINK}
    rows["TESTS"] = [*rows["TESTS"][:2], new]
    rows["SIMILAR_TO"][0]["score"] = 0.25
    return rows
