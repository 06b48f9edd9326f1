"""The Cypher of a sentence: what `search` asks for, as one statement that a person can run and change."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from trialgraph.ask.names import classes
from trialgraph.ask.search.reading import read

if TYPE_CHECKING:
    from trialgraph.meanings import Filter, Resolution
    from trialgraph.stores.store import Store

_CONCEPTS: Final = {
    "drug": "EXISTS {{ MATCH (t)-[:TESTS]->(x:Drug) WHERE x.drug_id IN {ids} }}",
    "class": "EXISTS {{ MATCH (t)-[:TESTS]->(x:Drug) WHERE x.drug_id IN {ids} }}",
    "condition": "EXISTS {{ MATCH (t)-[:STUDIES]->(x:Condition) WHERE x.condition_id IN {ids} }}",
    "organization": (
        "EXISTS {{ MATCH (t)<-[:SPONSORS|COLLABORATES_ON]-(:Organization)-[:SUBSIDIARY_OF*0..]->(x:Organization) "
        "WHERE x.organization_id IN {ids} }}"
    ),
}
_FILTERS: Final = {
    "phase": "any(x IN t.phases WHERE x IN {values})",
    "status": "t.overall_status IN {values}",
    "since": "t.start_date >= {value}",
    "until": "t.start_date <= {value}",
    "country": "EXISTS {{ MATCH (t)-[:CONDUCTED_IN]->(x:Country) WHERE x.iso2 = {value} }}",
    "sex": "(t.sex IS NULL OR t.sex IN {values} OR t.sex = 'ALL')",
    "age": "any(x IN t.std_ages WHERE x IN {values})",
    "type": "t.study_type IN {values}",
}


def cypher_of(store: Store, words: str) -> str:
    """Return what a sentence was understood as, as comments, and the statement that finds its trials."""
    reading = read(words, store)
    conditions = [_concept(one) for one in reading.concepts] + [_filter(one) for one in reading.filters]
    if reading.trials:
        conditions.append(f"t.trial_id IN {_list(one.id for one in reading.trials)}")
    where = "\n  AND ".join(conditions) or "true"
    about = "".join(f"// {line}\n" for line in reading.sentences())
    return (
        f"{about}MATCH (t:Trial)\nWHERE {where}\n"
        "RETURN t.trial_id AS trial_id, t.brief_title AS title, t.start_date AS started\n"
        "ORDER BY started DESC, trial_id"
    )


def _list(values: object) -> str:
    return "[" + ", ".join(_text(str(value)) for value in values) + "]"  # type: ignore[attr-defined]


def _text(value: str) -> str:
    """Return a Cypher string literal: JSON's escapes are Cypher's."""
    return json.dumps(value, ensure_ascii=False)


def _concept(one: Resolution) -> str:
    return _CONCEPTS[one.kind].format(ids=_list(one.ids or classes.ids(one)))


def _filter(one: Filter) -> str:
    if one.kind == "results":
        return f"t.has_results = {'true' if one.value == 'yes' else 'false'}"
    value = f"{one.value}-12-31"[:10] if one.kind == "until" else one.value
    return _FILTERS[one.kind].format(values=_list(one.value.split("|")), value=_text(value))
