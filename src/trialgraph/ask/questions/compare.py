"""Two trials side by side: what they share, and what each has alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from trialgraph.ask.answers import Answer
from trialgraph.ask.cypher.run import run_trusted
from trialgraph.ask.names import trials
from trialgraph.errors import UsageError

if TYPE_CHECKING:
    from trialgraph.stores.store import Store

_TRIAL: Final = """
MATCH (t:Trial {trial_id: $trial})
RETURN properties(t) AS facts,
       COLLECT { MATCH (t)-[:STUDIES]->(c:Condition) RETURN DISTINCT c.name AS name ORDER BY name } AS conditions,
       COLLECT { MATCH (t)-[:TESTS]->(d:Drug) RETURN DISTINCT d.name AS name ORDER BY name } AS drugs,
       COLLECT { MATCH (t)-[:TESTS]->(:Drug)-[:IN_CLASS]->(k:DrugClass)
                 RETURN DISTINCT k.name AS name ORDER BY name } AS classes,
       COLLECT { MATCH (t)-[:HAS_INTERVENTION]->(:Intervention)-[:INCLUDES_DEVICE|INCLUDES_PROCEDURE]->(p)
                 RETURN DISTINCT p.name AS name ORDER BY name } AS others,
       COLLECT { MATCH (t)-[:HAS_INTERVENTION]->(:Intervention)-[l:INCLUDES_DRUG]->(d:Drug)
                 WHERE l.dose_value IS NOT NULL
                 RETURN DISTINCT [d.name, toString(l.dose_value), l.dose_unit, l.route, l.frequency] AS dose
                 ORDER BY dose } AS doses,
       COLLECT { MATCH (t)-[:HAS_ARM]->(a:ArmGroup) RETURN [a.type, a.label] AS arm ORDER BY a.arm_id } AS arms,
       COLLECT { MATCH (t)-[:MEASURES]->(o:Outcome) WHERE o.type = 'PRIMARY'
                 RETURN [o.measure, o.time_frame] AS outcome ORDER BY o.outcome_id } AS outcomes,
       COLLECT { MATCH (t)<-[:SPONSORS]-(o:Organization) RETURN DISTINCT o.name AS name ORDER BY name } AS sponsors
"""
_LIKENESS: Final = """
MATCH (:Trial {trial_id: $trial})-[s:SIMILAR_TO]-(:Trial {trial_id: $other})
RETURN s.score AS score, s.text_score AS words, s.condition_score AS conditions, s.drug_score AS drugs,
       s.procedure_score AS procedures, s.setting_score AS setting, s.together_score AS together,
       s.shared_terms AS terms
"""
_CONTROLS: Final = ("PLACEBO_COMPARATOR", "ACTIVE_COMPARATOR", "SHAM_COMPARATOR", "NO_INTERVENTION")
_PARTS: Final = ("words", "conditions", "drugs", "procedures", "setting", "together")


def compare(store: Store, one: str, other: str) -> Answer:
    """Return a row for each thing that is compared: what both have, and what each has alone.

    The notes tell the parts of their likeness where the graph links them.  Raises UsageError for an unknown trial.
    """
    first, second = trials.resolve(one, store).id, trials.resolve(other, store).id
    if first == second:
        raise UsageError(f"{first} is compared with itself; give another trial")
    sides = [_values_of(store, trial) for trial in (first, second)]
    rows = [row for what in sides[0] if (row := _row(what, sides[0][what], sides[1][what], first, second)) is not None]
    likeness = run_trusted(store, _LIKENESS, {"trial": first, "other": second}).rows
    return Answer(columns=("what", "both", first, second), rows=rows, notes=(_note(likeness),))


def _values_of(store: Store, trial: str) -> dict[str, list[str]]:
    """Return what is compared -> values of a trial, in the order they are shown."""
    found = run_trusted(store, _TRIAL, {"trial": trial}).rows
    if not found:
        raise UsageError(f"this graph does not hold {trial}")
    row = found[0]
    facts: dict[str, Any] = row["facts"]
    ages = [facts.get("minimum_age"), facts.get("maximum_age")]
    return {
        "title": _held(facts.get("brief_title")),
        "study type": _held(facts.get("study_type")),
        "phase": list(facts.get("phases") or ()),
        "status": _held(facts.get("overall_status")),
        "purpose": _held(facts.get("primary_purpose")),
        "conditions": row["conditions"],
        "drugs": row["drugs"],
        "classes": row["classes"],
        "devices and procedures": row["others"],
        "doses": [" ".join(part for part in dose if part) for dose in row["doses"]],
        "comparators": [f"{kind}: {label}" if label else kind for kind, label in row["arms"] if kind in _CONTROLS],
        "design": [part for name in ("allocation", "intervention_model", "masking") for part in _held(facts.get(name))],
        "sex": _held(facts.get("sex")),
        "age": [f"{ages[0] or 'any'} to {ages[1] or 'any'}"] if any(ages) else [],
        "healthy volunteers": _held(facts.get("healthy_volunteers")),
        "enrolment": _held(facts.get("enrollment")),
        "primary outcomes": [f"{measure} ({frame})" if frame else measure for measure, frame in row["outcomes"]],
        "sponsor": row["sponsors"],
        "started": _held(facts.get("start_date")),
    }


def _held(value: Any) -> list[str]:
    return [] if value is None else [str(value).lower() if isinstance(value, bool) else str(value)]


def _row(what: str, one: list[str], other: list[str], first: str, second: str) -> dict[str, Any] | None:
    if not one and not other:
        return None
    folded = {value.casefold() for value in one} & {value.casefold() for value in other}
    return {
        "what": what,
        "both": [value for value in one if value.casefold() in folded] or None,
        first: [value for value in one if value.casefold() not in folded] or None,
        second: [value for value in other if value.casefold() not in folded] or None,
    }


def _note(likeness: list[dict[str, Any]]) -> str:
    if not likeness:
        return "neither is among the ten nearest of the other"
    found = likeness[0]
    parts = " + ".join(f"{name} {found[name]:.3f}" for name in _PARTS if found[name])
    return f"likeness {found['score']:.3f} = {parts}; words: {', '.join(found['terms'] or ())}"
