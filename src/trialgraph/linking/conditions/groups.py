"""Conditions that people ask for as one although MeSH has no heading for them: autoimmune cytopenias, and the like."""

from __future__ import annotations

import functools

import msgspec

from trialgraph.linking.conditions.vocabulary import PACKAGE
from trialgraph.linking.words.medical import read
from trialgraph.linking.words.tables import rows
from trialgraph.text import slug


class ConditionGroup(msgspec.Struct, frozen=True):
    """A group: its id and name, the headings in it, the headings above it.  Ids are those of the graph."""

    id: str
    name: str
    members: tuple[str, ...]
    above: tuple[str, ...]


@functools.cache
def groups() -> dict[str, ConditionGroup]:
    """Return the groups by id."""
    return {group.id: group for group, _ in _read()}


@functools.cache
def named(text: str) -> ConditionGroup | None:
    """Return the group that a text names as a whole, in any spelling that `words.read` makes equal, or None."""
    return _by_name().get(tuple(read(text).words))


@functools.cache
def groups_of(heading: str) -> tuple[str, ...]:
    """Return the ids of the groups that a heading is a member of, such as "MESH:D016553"."""
    return tuple(group.id for group in groups().values() if heading in group.members)


@functools.cache
def _by_name() -> dict[tuple[str, ...], ConditionGroup]:
    return {tuple(read(name).words): group for group, names in _read() for name in (group.name, *names)}


@functools.cache
def _read() -> tuple[tuple[ConditionGroup, tuple[str, ...]], ...]:
    found = []
    for name, others, members, above, _ in rows(PACKAGE, "condition_groups.tsv"):
        headings = tuple(f"MESH:{heading}" for heading in members.split("|"))
        parents = tuple(f"MESH:{heading}" for heading in above.split("|"))
        found.append((ConditionGroup(f"TXT:{slug(name)}", name, headings, parents), tuple(others.split("|"))))
    return tuple(found)
