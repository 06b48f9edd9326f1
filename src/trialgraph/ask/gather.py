"""What a picture of many trials needs, gathered with few questions: trials, what hangs on them, what ties them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

from trialgraph.ask.cypher.run import run_trusted
from trialgraph.ask.names import classes
from trialgraph.ask.names import resolve as names
from trialgraph.errors import UsageError
from trialgraph.limits import IDS_A_QUERY

if TYPE_CHECKING:
    from trialgraph.meanings import Resolution
    from trialgraph.stores.store import Store

_ABOUT: Final = {
    "drug": """
UNWIND $ids AS one MATCH (:Drug {drug_id: one})<-[:TESTS]-(t:Trial)
RETURN DISTINCT t.trial_id AS id ORDER BY id
""",
    "condition": """
UNWIND $ids AS one MATCH (:Condition {condition_id: one})<-[:STUDIES]-(t:Trial)
RETURN DISTINCT t.trial_id AS id ORDER BY id
""",
    "organization": """
UNWIND $ids AS one MATCH (:Organization {organization_id: one})<-[:SUBSIDIARY_OF*0..]-(o:Organization)
MATCH (o)-[:SPONSORS|COLLABORATES_ON]->(t:Trial)
RETURN DISTINCT t.trial_id AS id ORDER BY id
""",
}
_NEAR: Final = """
MATCH (t:Trial {trial_id: $id})-[s:SIMILAR_TO]-(o:Trial)
RETURN o.trial_id AS id, s.score AS score
ORDER BY score DESC, id
LIMIT $most
"""
_LISTED: Final = """
MATCH (t:Trial {trial_id: $id})-[l:LISTED_AS_RELATED]->(o:Trial)
RETURN o.trial_id AS id, l.position AS position, l.listed_title AS title, l.source_name AS mirror
ORDER BY position, id
"""
_TRIALS: Final = """
UNWIND $ids AS id
MATCH (t:Trial {trial_id: id})
RETURN t.trial_id AS id, t.brief_title AS title, t.acronym AS acronym, t.study_type AS study_type, t.phases AS phases,
       t.phase_rank AS phase_rank, t.overall_status AS status, t.why_stopped AS why_stopped, t.start_date AS start,
       coalesce(t.completion_date, t.primary_completion_date) AS finish, t.enrollment AS enrollment,
       t.brief_summary AS summary, t.listed_only AS listed_only, t.has_results AS has_results,
       COLLECT {
         MATCH (t)-[r:TESTS]->(d:Drug) RETURN DISTINCT {id: d.drug_id, name: d.name} AS one ORDER BY one.id
       } AS drugs,
       COLLECT {
         MATCH (t)-[:STUDIES]->(c:Condition) RETURN DISTINCT {id: c.condition_id, name: c.name} AS one ORDER BY one.id
       } AS conditions,
       COLLECT {
         MATCH (o:Organization)-[:SPONSORS]->(t)
         RETURN DISTINCT {id: o.organization_id, name: o.name, class: o.class} AS one ORDER BY one.id
       } AS sponsors,
       COLLECT {
         MATCH (t)-[:CONDUCTED_IN]->(c:Country) RETURN DISTINCT c.name AS one ORDER BY one
       } AS countries,
       COLLECT {
         MATCH (t)-[:HAS_RECORD]->(r:RegistryRecord) RETURN {source: r.source, url: r.url} AS one ORDER BY one.source
       } AS records
ORDER BY id
"""
_SIMILAR: Final = """
UNWIND $ids AS id
MATCH (a:Trial {trial_id: id})-[s:SIMILAR_TO]->(b:Trial)
RETURN a.trial_id AS source, b.trial_id AS target, s.score AS score,
       s.shared_drugs AS shared_drugs, s.shared_classes AS shared_classes, s.shared_conditions AS shared_conditions,
       s.shared_procedures AS shared_procedures, s.shared_settings AS shared_settings, s.shared_terms AS shared_terms
ORDER BY source, target
"""
_ABOVE: Final = """
UNWIND $ids AS id
MATCH (c:Condition {condition_id: id})-[:IS_A]->(above:Condition)
RETURN c.condition_id AS id, above.condition_id AS above_id, above.name AS above
ORDER BY id, above_id
"""


def trials_of(store: Store, kind: str, ids: Iterable[str]) -> list[str]:
    """Return the ids of the trials of some drugs, conditions (all nodes meant) or organisations (with subsidiaries)."""
    found = run_trusted(store, _ABOUT["drug" if kind == "class" else kind], {"ids": list(ids)})
    return [row["id"] for row in found.rows]


def about(store: Store, given: str) -> tuple[Resolution, list[str]]:
    """Return what a name was understood as (drug, condition, class, sponsor) and the ids of its trials."""
    understood = names.resolve("subject", given, store)
    found = trials_of(store, understood.kind, classes.ids(understood))
    if not found:
        raise UsageError(f"{names.sentence(understood)}: this graph holds no trial of it")
    return understood, found


def neighbourhood(store: Store, trial: str, most: int) -> tuple[list[str], list[dict[str, Any]]]:
    """Return a trial's id with those most like it and those a mirror lists, and what the mirror lists."""
    listed = run_trusted(store, _LISTED, {"id": trial}).rows
    near = [row["id"] for row in run_trusted(store, _NEAR, {"id": trial, "most": most}).rows]
    return list(dict.fromkeys([trial, *near, *(row["id"] for row in listed)])), listed


def trials(store: Store, ids: Iterable[str]) -> list[dict[str, Any]]:
    """Return the trials with their drugs, conditions, sponsors, countries and records, ordered by id."""
    return sorted(
        (row for some in _batches(ids) for row in run_trusted(store, _TRIALS, {"ids": some}).rows),
        key=lambda row: str(row["id"]),
    )


def similar(store: Store, ids: Iterable[str]) -> list[dict[str, Any]]:
    """Return the pairs of alike trials among the given ones."""
    wanted = set(ids)
    found = (row for some in _batches(sorted(wanted)) for row in run_trusted(store, _SIMILAR, {"ids": some}).rows)
    return [row for row in found if row["target"] in wanted]


def above(store: Store, ids: Iterable[str]) -> list[dict[str, Any]]:
    """Return the next broader conditions of some conditions."""
    return [row for some in _batches(sorted(set(ids))) for row in run_trusted(store, _ABOVE, {"ids": some}).rows]


def _batches(ids: Iterable[str]) -> Iterator[list[str]]:
    listed = list(ids)
    for start in range(0, len(listed), IDS_A_QUERY):
        yield listed[start : start + IDS_A_QUERY]
