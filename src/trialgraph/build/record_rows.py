"""A trial's own facts as rows: what the record says, before anything is linked."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from trialgraph.model import ListedTrial, Reference, Trial
from trialgraph.registries.reading import identifiers
from trialgraph.registries.reading.values import age_in_years

Row = Mapping[str, Any]

# Fields whose name and value are the same in a trial and in its row.
_SAME = (
    "registry",
    "brief_title",
    "official_title",
    "acronym",
    "brief_summary",
    "detailed_description",
    "study_type",
    "overall_status",
    "last_known_status",
    "why_stopped",
    "primary_purpose",
    "allocation",
    "intervention_model",
    "masking",
    "observational_model",
    "time_perspective",
    "patient_registry",
    "enrollment",
    "enrollment_type",
    "has_results",
    "has_expanded_access",
    "sex",
    "minimum_age",
    "maximum_age",
    "healthy_volunteers",
    "eligibility",
    "study_population",
    "responsible_party_type",
    "oversight_has_dmc",
    "is_fda_regulated_drug",
    "is_fda_regulated_device",
    "ipd_sharing",
    "ipd_description",
)
_LISTS = ("phases", "who_masked", "std_ages", "keywords", "conditions", "aliases")
_DATES = {
    "start_date": "start_date",
    "primary_completion_date": "primary_completion_date",
    "completion_date": "completion_date",
    "first_submit_date": "first_submit_date",
    "first_post_date": "first_post_date",
    "last_update_submit_date": "last_update_submit_date",
    "last_update_post_date": "last_update_post_date",
    "results_first_post_date": "results_first_post_date",
    "status_verified": "status_verified_date",
}
_TYPED = ("start_date", "primary_completion_date", "completion_date")
_RANK = {"EARLY_PHASE1": 0.5, "PHASE1": 1.0, "PHASE2": 2.0, "PHASE3": 3.0, "PHASE4": 4.0}


def trial_row(trial: Trial) -> Row:
    """Return the Trial node of a trial."""
    row: dict[str, Any] = {"trial_id": trial.id, "phase_rank": phase_rank(trial.phases), "listed_only": False}
    row["id_key"] = identifiers.key(trial.id)
    row["acronym_key"] = identifiers.key(trial.acronym) or None if trial.acronym else None
    for name in _SAME:
        row[name] = getattr(trial, name)
    for name in _LISTS:
        row[name] = list(getattr(trial, name)) or None
    for name, column in _DATES.items():
        date = getattr(trial, name)
        if date is not None:
            row[column], row[f"{column}_precision"] = date.day, date.precision
            if name in _TYPED:
                row[f"{column}_type"] = date.kind
    row["minimum_age_years"] = age_in_years(trial.minimum_age)
    row["maximum_age_years"] = age_in_years(trial.maximum_age)
    if trial.records:
        row["record_sha256"] = trial.records[0].sha256
        unseen = [record.not_seen_since for record in trial.records]
        row["not_seen_since"] = max(day for day in unseen if day) if all(unseen) else None
    return row


def phase_rank(phases: tuple[str, ...]) -> float | None:
    """Return the mean of the phases as numbers, early phase 1 as 0.5; None where there is no phase."""
    ranks = [_RANK[phase] for phase in phases if phase in _RANK]
    return sum(ranks) / len(ranks) if ranks else None


def own_rows(trial: Trial) -> Iterator[tuple[str, Row]]:
    """Yield (table, row) of the nodes that belong to one trial alone, and of the relationships to them."""
    yield "Trial", trial_row(trial)
    for record in trial.records:
        yield (
            "RegistryRecord",
            {
                "record_id": record.record_id,
                "source": record.source,
                "url": record.url,
                "fetched_at": record.fetched_at,
                "sha256": record.sha256,
                "parser_version": record.parser_version,
                "not_seen_since": record.not_seen_since,
            },
        )
        yield "HAS_RECORD", {"source": trial.id, "target": record.record_id}
    for place, arm in enumerate(trial.arms):
        key = f"{trial.id}#{place}"
        yield "ArmGroup", {"arm_id": key, "label": arm.label, "type": arm.type, "description": arm.description}
        yield "HAS_ARM", {"source": trial.id, "target": key, "position": place}
    for place, entry in enumerate(trial.interventions):
        key = f"{trial.id}#{place}"
        yield (
            "Intervention",
            {
                "intervention_id": key,
                "name": entry.name,
                "type": entry.type,
                "description": entry.description,
                "other_names": list(entry.other_names) or None,
            },
        )
        yield "HAS_INTERVENTION", {"source": trial.id, "target": key, "position": place}
    for arm_place, entry_place in sorted(_given(trial)):
        yield "RECEIVES", {"source": f"{trial.id}#{arm_place}", "target": f"{trial.id}#{entry_place}"}
    counted: dict[str, int] = {}
    for position, outcome in enumerate(trial.outcomes):
        place = counted[outcome.type] = counted.get(outcome.type, -1) + 1
        key = f"{trial.id}#{outcome.type}#{place}"
        yield (
            "Outcome",
            {
                "outcome_id": key,
                "type": outcome.type,
                "measure": outcome.measure,
                "description": outcome.description,
                "time_frame": outcome.time_frame,
            },
        )
        yield "MEASURES", {"source": trial.id, "target": key, "position": position}


def _given(trial: Trial) -> set[tuple[int, int]]:
    """Return (arm, intervention) by place, from both of the record's lists."""
    by_arm = {(a, i) for a, arm in enumerate(trial.arms) for i in arm.interventions if i < len(trial.interventions)}
    by_entry = {(a, i) for i, entry in enumerate(trial.interventions) for a in entry.arms if a < len(trial.arms)}
    return by_arm | by_entry


def numbers(trial: Trial) -> dict[str, Row]:
    """Return the Identifier nodes of a trial by key, its former ids among them; the same number once.

    What numbers no trial ("Not applicable", zeros) belongs to this trial alone, and nobody is found by it.
    """
    found: dict[str, Row] = {}
    for given in trial.identifiers:
        value_key = identifiers.number_key(given.value)
        key = f"{given.scheme}:{given.value}" + (f" ({given.domain})" if given.domain else "")
        key += "" if value_key else f" of {trial.id}"
        facts = {"scheme": given.scheme, "value": given.value, "domain": given.domain, "value_key": value_key}
        found[key] = {"identifier_id": key} | facts
    for alias in trial.aliases:
        key = f"NCT_ALIAS:{alias}"
        facts = {"scheme": "NCT_ALIAS", "value": alias, "value_key": identifiers.key(alias)}
        found.setdefault(key, {"identifier_id": key} | facts)
    return found


def publication(reference: Reference) -> Row | None:
    """Return the Publication node of a reference, by PubMed id or by a hash of its words; None for an empty one."""
    if reference.pmid:
        return {"publication_id": f"PMID:{reference.pmid}", "pmid": reference.pmid, "citation": reference.citation}
    if reference.citation:
        key = hashlib.sha256(" ".join(reference.citation.casefold().split()).encode()).hexdigest()[:16]
        return {"publication_id": f"TXT:{key}", "citation": reference.citation}
    return None


def listed_row(listed: ListedTrial, registry: str) -> Row:
    """Return the Trial node of a trial that only a mirror's list names: what that list says, and no more."""
    return {
        "trial_id": listed.id,
        "id_key": identifiers.key(listed.id),
        "registry": registry,
        "brief_title": listed.title,
        "overall_status": listed.overall_status,
        "phases": list(listed.phases) or None,
        "phase_rank": phase_rank(listed.phases),
        "listed_only": True,
    }
