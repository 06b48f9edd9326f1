"""The trials most like one, among all that a filter lets through: the first ten are not thinned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from trialgraph.ask.answers import Answer
from trialgraph.ask.cypher.run import run_trusted
from trialgraph.ask.questions import named as questions
from trialgraph.ask.questions.because import because
from trialgraph.limits import QUESTION_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trialgraph.config import Settings
    from trialgraph.similarity import Model, SimilarPair, Vectors
    from trialgraph.stores.store import Store

COLUMNS: Final = ("trial_id", "title", "phases", "status", "score", "because")
_FACTS: Final = """
UNWIND $ids AS id
MATCH (t:Trial {trial_id: id})
RETURN t.trial_id AS trial_id, t.brief_title AS title, t.phases AS phases, t.overall_status AS status
ORDER BY trial_id
"""
_FITTING: Final = """
MATCH (o:Trial)
WHERE ($phase IS NULL OR $phase IN o.phases) AND ($status IS NULL OR o.overall_status = $status)
  AND ($since IS NULL OR o.start_date >= $since)
RETURN o.trial_id AS id
ORDER BY id
"""
_THERE: Final = """
MATCH (:Country {iso2: $country})<-[:CONDUCTED_IN]-(o:Trial)
RETURN DISTINCT o.trial_id AS id
ORDER BY id
"""
_SAME_DRUG: Final = """
MATCH (:Trial {trial_id: $trial})-[:TESTS]->(:Drug)<-[:TESTS]-(o:Trial)
RETURN DISTINCT o.trial_id AS id
ORDER BY id
"""
_SAME_SPONSOR: Final = """
MATCH (:Trial {trial_id: $trial})<-[:SPONSORS]-(:Organization)-[:SPONSORS]->(o:Trial)
RETURN DISTINCT o.trial_id AS id
ORDER BY id
"""


def related(
    settings: Settings | None,
    store: Store,
    trial: str,
    *,
    most: int = 10,
    since: str | None = None,
    same_drug: bool = False,
    not_same_sponsor: bool = False,
    **filters: str | None,
) -> Answer:
    """Return the trials most like one, and what makes them alike.  Filters are phase, status and country.

    With a filter every trial that it lets through is compared, by the vectors that the home's last build kept; where
    it kept none, only the nearest that the graph holds can be told, and a note says so.
    Raises UsageError for an unknown trial, name or value.
    """
    question = questions.get("similar-trials")
    chosen = any(value for value in filters.values()) or bool(since or same_drug or not_same_sponsor)
    if not chosen:
        return questions.ask(store, question.name, trial=trial, most=most)
    values, understood = questions.check(question, {"trial": trial, "most": most, **filters}, store)
    if since is not None:
        values["since"] = questions.value_of(
            questions.Parameter(name="since", kind="date", default=None, doc=""), since
        )
    allowed = _allowed(store, values, same_drug=same_drug, not_same_sponsor=not_same_sponsor)
    from trialgraph.build import cache

    known = cache.similarity_of(settings) if settings is not None else None
    if known is not None and values["trial"] in known[1].ids:
        rows = _nearest(store, *known, values["trial"], allowed, most)
        notes = (f"searched among the {len(allowed - {values['trial']}):,} trials that fit",)
        return Answer(columns=COLUMNS, rows=rows, notes=notes, understood=tuple(understood))
    answer = questions.ask(store, question.name, trial=trial, most=10_000)
    fit = [row for row in answer.rows if row["trial_id"] in allowed]
    note = f"only among the {len(answer.rows)} trials that the graph links with it: no build here kept all to search"
    return Answer(columns=COLUMNS, rows=fit[:most], notes=(note,), understood=tuple(understood))


def _allowed(store: Store, values: dict[str, Any], *, same_drug: bool, not_same_sponsor: bool) -> set[str]:
    """Return the ids of the trials that a filter lets through."""

    def ids(statement: Any, *names: str) -> set[str]:
        asked = {name: values.get(name) for name in names}
        return {row["id"] for row in run_trusted(store, statement, asked, timeout=QUESTION_SECONDS).rows}

    allowed = ids(_FITTING, "phase", "status", "since")
    if values.get("country"):
        allowed &= ids(_THERE, "country")
    if same_drug:
        allowed &= ids(_SAME_DRUG, "trial")
    if not_same_sponsor:
        allowed -= ids(_SAME_SPONSOR, "trial")
    return allowed


def _nearest(
    store: Store, model: Model, rows: Vectors, trial: str, allowed: set[str], most: int
) -> list[dict[str, Any]]:
    import numpy as np

    from trialgraph.similarity import search

    mask = np.fromiter((one in allowed for one in rows.ids), bool, rows.rows)
    return similar_rows(store, ((hit.why, hit.id) for hit in search(model, rows, trial, allowed=mask, k=most)), most)


def similar_rows(store: Store, found: Iterable[tuple[SimilarPair, str]], most: int) -> list[dict[str, Any]]:
    """Return rows of the pairs and the trials they lead to, best first; trials that the store lacks are passed over."""
    pairs = [(pair, trial) for pair, trial in found if pair.score > 0]
    asked = {"ids": [trial for _, trial in pairs]}
    facts = {row["trial_id"]: row for row in run_trusted(store, _FACTS, asked).rows}
    return [
        facts[trial] | {"score": round(pair.score, 6), "because": because(msgspec.structs.asdict(pair))}
        for pair, trial in pairs
        if trial in facts
    ][:most]
