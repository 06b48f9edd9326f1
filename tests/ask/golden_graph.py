"""A graph small enough to answer every question by eye: seven invented trials around two real drugs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from trialgraph.snapshot import snapshot
from trialgraph.snapshot.tables import Tables

SIROLIMUS, TRETINOIN, EVEROLIMUS, PREDNISONE = "MESH:D020123", "MESH:D014212", "MESH:D000068338", "MESH:D011241"
AIHA, HEMOLYTIC, ANEMIA, ITP, LUPUS = "MESH:D000744", "MESH:D000743", "MESH:D000740", "MESH:D016553", "MESH:D008180"
MTOR = "CLASS:mtor-inhibitors"
EVIDENCE = {"method": "exact", "source_field": "x", "confidence": 1.0}

NODES: dict[str, list[dict[str, Any]]] = {
    "Drug": [
        {"drug_id": SIROLIMUS, "name": "sirolimus", "synonyms": ["Rapamune", "rapamycin"], "mesh_id": "D020123"},
        {"drug_id": TRETINOIN, "name": "tretinoin", "synonyms": ["ATRA"], "mesh_id": "D014212"},
        {"drug_id": EVEROLIMUS, "name": "everolimus", "mesh_id": "D000068338"},
        {"drug_id": PREDNISONE, "name": "prednisone", "mesh_id": "D011241"},
    ],
    "DrugClass": [{"class_id": MTOR, "name": "mTOR inhibitors", "scheme": "CURATED", "kind": "TARGET"}],
    "Condition": [
        {"condition_id": AIHA, "name": "Anemia, Hemolytic, Autoimmune", "tree_numbers": ["C15.1.1"]},
        {"condition_id": HEMOLYTIC, "name": "Anemia, Hemolytic", "tree_numbers": ["C15.1"]},
        {"condition_id": ANEMIA, "name": "Anemia", "tree_numbers": ["C15"]},
        {"condition_id": ITP, "name": "Purpura, Thrombocytopenic, Idiopathic", "tree_numbers": ["C15.2"]},
        {"condition_id": LUPUS, "name": "Lupus Erythematosus, Systemic", "tree_numbers": ["C17"]},
    ],
    "Organization": [
        {"organization_id": "city-hospital", "name": "City Hospital", "class": "OTHER", "aliases": ["City Hosp."]},
        {"organization_id": "big-pharma", "name": "Big Pharma", "class": "INDUSTRY", "ror_id": "https://ror.org/1"},
        {"organization_id": "little-pharma", "name": "Little Pharma", "class": "INDUSTRY"},
        {"organization_id": "university", "name": "University", "class": "OTHER"},
    ],
    "Site": [
        {"site_id": "CN/beijing/city", "facility": "City Hospital", "city": "Beijing", "country": "CN"},
        {"site_id": "US/boston/general", "facility": "General", "city": "Boston", "country": "US"},
    ],
    "Country": [{"iso2": "CN", "name": "China"}, {"iso2": "US", "name": "United States"}],
    "Person": [{"person_id": "li|city", "name": "Li Wei", "affiliation": "City Hospital"}],
    "Publication": [{"publication_id": "PMID:1", "pmid": "1", "citation": "A paper. 2021."}],
}


def _trial(number: int, title: str, **facts: Any) -> dict[str, Any]:
    facts = {"study_type": "INTERVENTIONAL", "registry": "ctgov", "brief_title": title} | facts
    for name in [name for name in facts if name.endswith("_date")]:
        facts[f"{name}_precision"] = "DAY"
    return {"trial_id": f"NCT9000000{number}", "id_key": f"nct9000000{number}"} | facts


TRIALS = [
    _trial(
        1,
        "Sirolimus and ATRA in autoimmune hemolytic anemia",
        phases=["PHASE2"],
        phase_rank=2.0,
        overall_status="RECRUITING",
        start_date="2020-04-01",
        primary_completion_date="2021-04-01",
        enrollment=50,
        enrollment_type="ESTIMATED",
        sex="ALL",
        minimum_age="18 Years",
        minimum_age_years=18.0,
        brief_summary="Whether sirolimus with tretinoin keeps haemoglobin up.",
        conditions=["AIHA"],
    ),
    _trial(
        2,
        "Rapamycin for ITP",
        phases=["PHASE1", "PHASE2"],
        phase_rank=1.5,
        overall_status="COMPLETED",
        start_date="2015-01-10",
        primary_completion_date="2017-01-10",
        completion_date="2017-06-30",
        enrollment=20,
        enrollment_type="ACTUAL",
        has_results=False,
        sex="FEMALE",
        minimum_age="12 Years",
        minimum_age_years=12.0,
        maximum_age="65 Years",
        maximum_age_years=65.0,
    ),
    _trial(
        3,
        "Everolimus against prednisone in hemolytic anemia",
        phases=["PHASE3"],
        phase_rank=3.0,
        overall_status="RECRUITING",
        start_date="2021-05-01",
        enrollment=200,
    ),
    _trial(
        4,
        "Sirolimus in lupus",
        phases=["PHASE2"],
        phase_rank=2.0,
        overall_status="TERMINATED",
        why_stopped="Slow accrual and the sponsor's decision",
        start_date="2018-03-01",
        primary_completion_date="2019-03-01",
        enrollment=7,
        has_results=True,
        results_first_post_date="2020-03-05",
    ),
    _trial(
        5,
        "A registry of ITP",
        study_type="OBSERVATIONAL",
        overall_status="RECRUITING",
        start_date="2019-01-01",
        enrollment=1000,
    ),
    _trial(
        6,
        "Study drug in anemia",
        phases=["PHASE1"],
        phase_rank=1.0,
        overall_status="WITHDRAWN",
        why_stopped="Funding",
        enrollment=0,
        conditions=["Anemia"],
    ),
    _trial(7, "Named by a mirror only", study_type=None, listed_only=True),
]
T = {i: f"NCT9000000{i}" for i in range(1, 8)}

INTERVENTIONS = {  # trial -> (name, type, drugs, (dose, unit, route, frequency)), arms: (label, type, interventions)
    1: (
        [
            ("Sirolimus", "DRUG", [(SIROLIMUS, "Sirolimus")], (2.0, "mg", "oral", "daily")),
            ("ATRA", "DRUG", [(TRETINOIN, "ATRA")], (None, None, None, None)),
        ],
        [("Both", "EXPERIMENTAL", [0, 1])],
    ),
    2: ([("Rapamycin", "DRUG", [(SIROLIMUS, "Rapamycin")], (6.0, "mg", None, None))], [("A", "EXPERIMENTAL", [0])]),
    3: (
        [
            ("Everolimus", "DRUG", [(EVEROLIMUS, "Everolimus")], (None, None, None, None)),
            ("Prednisone", "DRUG", [(PREDNISONE, "Prednisone")], (None, None, None, None)),
        ],
        [("E", "EXPERIMENTAL", [0]), ("P", "ACTIVE_COMPARATOR", [1])],
    ),
    4: (
        [
            ("Sirolimus + prednisone", "DRUG", [(SIROLIMUS, "Sirolimus"), (PREDNISONE, "prednisone")], (None,) * 4),
            ("Placebo", "DRUG", [], (None,) * 4),
        ],
        [("S", "EXPERIMENTAL", [0]), ("Pl", "PLACEBO_COMPARATOR", [1])],
    ),
    6: ([("Study drug", "DRUG", [], (None,) * 4)], []),
}
EDGES: list[tuple[str, str, str, dict[str, Any]]] = [
    *(("TESTS", T[1], drug, {"role": "EXPERIMENTAL"}) for drug in (SIROLIMUS, TRETINOIN)),
    ("TESTS", T[2], SIROLIMUS, {"role": "EXPERIMENTAL"}),
    ("TESTS", T[3], EVEROLIMUS, {"role": "EXPERIMENTAL"}),
    ("TESTS", T[3], PREDNISONE, {"role": "ACTIVE_COMPARATOR"}),
    ("TESTS", T[4], SIROLIMUS, {"role": "EXPERIMENTAL"}),
    ("TESTS", T[4], PREDNISONE, {"role": "BACKGROUND"}),
    ("IN_CLASS", SIROLIMUS, MTOR, {}),
    ("IN_CLASS", EVEROLIMUS, MTOR, {}),
    ("IS_A", AIHA, HEMOLYTIC, {}),
    ("IS_A", HEMOLYTIC, ANEMIA, {}),
    ("IS_A", AIHA, ANEMIA, {}),  # two ways up: a trial must still count once
    ("STUDIES", T[1], AIHA, {"raw_name": "AIHA", "raw_span": "AIHA", "matched_alias": "AIHA", "vocabulary": "mesh"}),
    ("STUDIES", T[1], AIHA, {"raw_name": "Warm AIHA", "source_field": "conditions[1]"}),
    ("STUDIES", T[2], ITP, {"raw_name": "ITP"}),
    ("STUDIES", T[3], HEMOLYTIC, {"raw_name": "Hemolytic Anemia"}),
    ("STUDIES", T[4], LUPUS, {"raw_name": "SLE"}),
    ("STUDIES", T[5], ITP, {"raw_name": "ITP"}),
    ("STUDIES", T[6], ANEMIA, {"raw_name": "Anemia"}),
    ("SPONSORS", "city-hospital", T[1], {"raw_name": "City Hospital"}),
    ("SPONSORS", "city-hospital", T[2], {"raw_name": "City Hosp."}),
    ("SPONSORS", "big-pharma", T[3], {"raw_name": "Big Pharma Inc"}),
    ("SPONSORS", "little-pharma", T[4], {"raw_name": "Little Pharma"}),
    ("COLLABORATES_ON", "big-pharma", T[1], {"raw_name": "Big Pharma Ltd"}),
    ("COLLABORATES_ON", "university", T[1], {"raw_name": "Univ."}),
    ("COLLABORATES_ON", "city-hospital", T[3], {"raw_name": "City Hospital"}),
    ("SUBSIDIARY_OF", "little-pharma", "big-pharma", {}),
    ("CONDUCTED_AT", T[1], "CN/beijing/city", {}),
    ("CONDUCTED_AT", T[2], "CN/beijing/city", {}),
    ("CONDUCTED_AT", T[3], "CN/beijing/city", {}),
    ("CONDUCTED_AT", T[3], "US/boston/general", {}),
    ("CONDUCTED_IN", T[1], "CN", {"sites": 1, "unnamed_sites": 0}),
    ("CONDUCTED_IN", T[2], "CN", {"sites": 1, "unnamed_sites": 0}),
    ("CONDUCTED_IN", T[3], "CN", {"sites": 1, "unnamed_sites": 0}),
    ("CONDUCTED_IN", T[3], "US", {"sites": 1, "unnamed_sites": 2}),
    ("IN_COUNTRY", "CN/beijing/city", "CN", {}),
    ("IN_COUNTRY", "US/boston/general", "US", {}),
    ("HAS_OFFICIAL", T[1], "li|city", {"role": "PRINCIPAL_INVESTIGATOR", "source_field": "o[0]"}),
    ("HAS_OFFICIAL", T[2], "li|city", {"role": "STUDY_CHAIR", "source_field": "o[0]"}),
    ("HAS_REFERENCE", T[1], "PMID:1", {"type": "BACKGROUND", "position": 0}),
    ("HAS_REFERENCE", T[2], "PMID:1", {"type": "RESULT", "position": 0}),
    (
        "SIMILAR_TO",
        T[1],
        T[2],
        {
            "score": 0.6,
            "rank_ab": 1,
            "rank_ba": 1,
            "shared_drugs": ["sirolimus"],
            "shared_conditions": [],
            "shared_terms": ["sirolimus", "autoimmune"],
        },
    ),
    (
        "SIMILAR_TO",
        T[1],
        T[3],
        {"score": 0.4, "rank_ab": 2, "shared_conditions": ["Anemia, Hemolytic"], "shared_terms": ["hemolytic"]},
    ),
    ("SIMILAR_TO", T[2], T[5], {"score": 0.2, "rank_ba": 1, "shared_terms": ["itp"]}),
    ("LISTED_AS_RELATED", T[1], T[7], {"position": 0, "source_name": "meddatax", "listed_title": "Named by a mirror"}),
    ("LISTED_AS_RELATED", T[1], T[3], {"position": 1, "source_name": "meddatax", "listed_title": "Everolimus"}),
    ("SAME_STUDY_AS", T[2], T[5], {"evidence": ["org_study_id ABC-1"]}),
]
CHANGES = [
    (1, "overall_status", "NOT_YET_RECRUITING", "RECRUITING", "2020-05-01", None),
    (1, "primary_outcome", "Response rate", "Overall survival", "2020-06-01", None),
    (2, "primary_outcome", "Platelets", "Bleeding", "2014-12-01", None),
    (2, "enrollment", "40", "20", "2017-07-01", "planned to actual"),
]


def _put_regimen(made: Tables, arm: str, drugs: list[str]) -> None:
    """Add what an arm of two or more drugs gives."""
    if len(drugs) < 2:
        return
    regimen = "REGIMEN:" + "+".join(drugs)
    made.put("Regimen", {"regimen_id": regimen, "drug_ids": drugs})
    made.put("GIVES", {"source": arm, "target": regimen, "method": "parts", "confidence": 1.0})
    for drug in drugs:
        made.put("CONTAINS", {"source": regimen, "target": drug})


def tables() -> Tables:
    """Return the graph's tables."""
    made = Tables()
    for label, rows in NODES.items():
        made.extend(label, rows)
    made.extend("Trial", TRIALS)
    for trial in TRIALS:
        record = f"ctgov:{trial['trial_id']}"
        if not trial.get("listed_only"):
            made.put(
                "RegistryRecord",
                {
                    "record_id": record,
                    "source": "ctgov",
                    "url": f"https://clinicaltrials.gov/study/{trial['trial_id']}",
                    "fetched_at": "2024-01-01T00:00:00Z",
                    "sha256": "ab" * 32,
                },
            )
            made.put("HAS_RECORD", {"source": trial["trial_id"], "target": record})
    for number, (interventions, arms) in INTERVENTIONS.items():
        for i, (name, kind, drugs, dose) in enumerate(interventions):
            key = f"{T[number]}#{i}"
            made.put("Intervention", {"intervention_id": key, "name": name, "type": kind})
            made.put("HAS_INTERVENTION", {"source": T[number], "target": key, "position": i})
            for part, (drug, span) in enumerate(drugs, 1):
                facts = dict(zip(("dose_value", "dose_unit", "route", "frequency"), dose, strict=True))
                facts |= {"dose_normal_value": facts["dose_value"], "dose_normal_unit": facts["dose_unit"]}
                facts["dose_text"] = f"{facts['dose_value']:g} {facts['dose_unit']}" if facts["dose_value"] else None
                link = {"raw_span": span, "span_in": "label", "component": part, "components": len(drugs)}
                link |= {"matched_alias": span, "vocabulary": "mesh"} | EVIDENCE | facts
                made.put("INCLUDES_DRUG", {"source": key, "target": drug} | link)
        for i, (label, kind, given) in enumerate(arms):
            key = f"{T[number]}#{i}"
            _put_regimen(made, key, sorted({drug for j in given for drug, _ in interventions[j][2]}))
            made.put("ArmGroup", {"arm_id": key, "label": label, "type": kind})
            made.put("HAS_ARM", {"source": T[number], "target": key, "position": i})
            for j in given:
                made.put("RECEIVES", {"source": key, "target": f"{T[number]}#{j}"})
    for number, measure in ((1, "Response Rate"), (2, "Platelet count"), (5, "platelet count ")):
        key = f"{T[number]}#PRIMARY#0"
        made.put("Outcome", {"outcome_id": key, "type": "PRIMARY", "measure": measure, "time_frame": "6 months"})
        made.put("MEASURES", {"source": T[number], "target": key, "position": 0})
    for i, (number, field, old, new, seen, kind) in enumerate(CHANGES):
        event = {"change_id": f"c{i}", "trial_id": T[number], "field": field, "old": old, "new": new, "seen_at": seen}
        made.put("ChangeEvent", event | {"kind": kind})
        made.put("HAS_CHANGE", {"source": T[number], "target": f"c{i}"})
    for kind, source, target, facts in EDGES:
        made.put(kind, EVIDENCE | facts | {"source": source, "target": target})
    return made


def write(home: Path) -> snapshot.Snapshot:
    """Write the snapshot of the golden graph into a home."""
    home.mkdir(parents=True, exist_ok=True)
    written, _ = snapshot.write(tables(), home / "snapshot", {"trials": 6, "set_aside": []})
    return written
