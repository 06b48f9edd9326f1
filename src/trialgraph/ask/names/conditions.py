"""Conditions that a person names, as all nodes meant: the members of a group, a heading with all below it.

`split` takes words such as "relapsed or refractory multiple myeloma" apart into the condition (multiple myeloma) and
the attributes by which STUDIES narrows it (`stage` holds "relapsed or refractory"): one function for search and
questions.

`resolve` gives one `Resolution` whose `ids` are those nodes; questions, search, landscape and the answers from tables
all ask with them.  `neighbours` counts the trials of what lies beside a single heading in meaning.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from trialgraph.ask.cypher.run import run_trusted
from trialgraph.ask.names import linkers
from trialgraph.linking.conditions import attributes
from trialgraph.linking.conditions.attributes import Attribute
from trialgraph.meanings import Resolution

if TYPE_CHECKING:
    from trialgraph.stores.store import Store

GROUP: Final = "GROUP:"
_AS_WRITTEN: Final = frozenset(("group", "exact", "reordered", "same-words", "abbreviation", "user"))
NEIGHBOURS: Final = 3  # named beside an answer: more would hide it
_OF_GROUP: Final = """
MATCH (g:ConditionGroup {group_id: $id})<-[:IN_GROUP]-(c:Condition)
RETURN c.condition_id AS id, c.name AS name, g.name AS of ORDER BY id
"""
# Of a graph that has no groups, made by an older version or by hand.
_PRESENT: Final = """
MATCH (c:Condition) WHERE c.condition_id IN $ids
RETURN c.condition_id AS id, c.name AS name ORDER BY id
"""
_BELOW: Final = """
MATCH (:Condition {condition_id: $id})<-[:IS_A*0..]-(c:Condition)
RETURN DISTINCT c.condition_id AS id, c.name AS name ORDER BY id
"""
# The groups of a condition, the one with the fewest members first.
_GROUPS: Final = """
MATCH (:Condition {condition_id: $id})-[:IN_GROUP]->(g:ConditionGroup)
RETURN g.group_id AS id, COUNT { MATCH (g)<-[:IN_GROUP]-(:Condition) } AS members ORDER BY members, id LIMIT 1
"""
# The trials of other members of a group that no node already meant brings.
_BESIDE: Final = """
MATCH (:ConditionGroup {group_id: $group})<-[:IN_GROUP]-(c:Condition)<-[:STUDIES]-(t:Trial)
WHERE NOT c.condition_id IN $ids
  AND NOT EXISTS { MATCH (t)-[:STUDIES]->(m:Condition) WHERE m.condition_id IN $ids RETURN m }
RETURN c.name AS name, count(DISTINCT t) AS trials ORDER BY trials DESC, name LIMIT $most
"""


def resolve(given: str, store: Store) -> Resolution | None:
    """Return the condition or group that a name or a group's id means, with all its nodes; None for none."""
    if given.startswith(GROUP):
        rows = run_trusted(store, _OF_GROUP, {"id": given}).rows
        return _resolution(given, rows, given, "id") if rows else None
    found: Resolution | None = linkers.conditions(store).resolve(given)
    return with_nodes(found, store) if found is not None else None


def split(given: str, store: Store) -> tuple[Resolution | None, tuple[Attribute, ...]]:
    """Return the condition that a person's words name, and the attributes beside it.

    Words that name a condition as a whole have none: acute kidney injury, postmenopausal osteoporosis.  An attribute's
    `property` is a property of STUDIES (a list) and its `term` a value of it.
    """
    linker = linkers.conditions(store)
    whole = linker.resolve(given)
    rest, found = attributes.split(given)
    if not found or (whole is not None and whole.method in _AS_WRITTEN):
        return (with_nodes(whole, store) if whole is not None else None), ()
    known = linker.resolve(rest) or whole
    return (with_nodes(known, store) if known is not None else None), found


def not_narrowed_note(found: Resolution, store: Store) -> str | None:
    """Return the sentence that says by which attributes of a name an answer is not narrowed, or None."""
    _, named = split(found.given, store)
    if not named:
        return None
    said = ", ".join(f"{one.span} (STUDIES.{one.property} = {one.term})" for one in named)
    return f"not narrowed by {said}: all trials of {found.name} are counted"


def with_nodes(found: Resolution, store: Store) -> Resolution:
    """Return a resolution of a condition with the nodes that are meant, those below included.

    A group of which the graph holds nothing, and a heading that it does not hold, get no node.
    """
    if found.id.startswith(GROUP):
        rows = (
            run_trusted(store, _OF_GROUP, {"id": found.id}).rows
            or run_trusted(store, _PRESENT, {"ids": list(found.ids)}).rows
        )
    else:
        rows = run_trusted(store, _BELOW, {"id": found.id}).rows
    members = tuple((row["id"], row["name"] or row["id"]) for row in rows)
    return msgspec.structs.replace(found, ids=tuple(member for member, _ in members), members=members)


def neighbours(found: Resolution, store: Store) -> list[tuple[str, int]]:
    """Return names and numbers of trials of conditions beside a single heading that the answer leaves out.

    They are the other members of the smallest clinical group that the heading belongs to, most trials first.
    """
    if found.id.startswith(GROUP) or not found.ids:
        return []
    groups = run_trusted(store, _GROUPS, {"id": found.id}).rows
    if not groups:
        return []
    beside = {"group": groups[0]["id"], "ids": list(found.ids), "most": NEIGHBOURS}
    return [(row["name"], row["trials"]) for row in run_trusted(store, _BESIDE, beside).rows]


def neighbours_note(found: Resolution, store: Store) -> str | None:
    """Return the sentence that says which neighbours in meaning hold more trials, or None."""
    beside = neighbours(found, store)
    if not beside:
        return None
    return f"beside {found.name}: {', '.join(f'{name}: {trials:,} more' for name, trials in beside)}"


def _resolution(group: str, rows: list[dict[str, Any]], given: str, method: str) -> Resolution:
    members = tuple((row["id"], row["name"] or row["id"]) for row in rows)
    return Resolution(
        kind="condition",
        id=group,
        name=rows[0]["of"],
        given=given,
        matched_alias=given,
        method=method,
        confidence=1.0,
        members=members,
        ids=tuple(member for member, _ in members),
    )
