"""Clinical groups: what people ask for as one where a MeSH heading alone says too little, too much, or nothing.

A group takes whole branches of MeSH and leaves others out (`cancer` is Neoplasms without cysts, benign tumours and
syndromes).  Conditions without a heading belong where their words hold a name of the group: a rule over words, since
such conditions have no place in the tree.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable

import msgspec

from trialgraph.linking.conditions.find import ENGLISH
from trialgraph.linking.conditions.vocabulary import PACKAGE
from trialgraph.linking.mesh import Mesh
from trialgraph.linking.mesh import load as load_mesh
from trialgraph.linking.words.medical import read
from trialgraph.linking.words.tables import rows
from trialgraph.text import slug

GROUP = "GROUP:"
MESH = "MESH:"
LONGEST_ABBREVIATION = 5  # letters; longer names are words, and hold in any case


class ConditionGroup(msgspec.Struct, frozen=True):
    """A group: its id and name, other spellings, and which headings (ids as D012345) it takes, leaves out, takes back.

    `above` is not empty where records name the group itself and MeSH has no heading for it: it then is a condition too.
    """

    id: str
    name: str
    spellings: tuple[str, ...]
    include: tuple[str, ...]
    exclude: tuple[str, ...]
    again: tuple[str, ...]
    above: tuple[str, ...]

    @property
    def node(self) -> str | None:
        """Return the id of the condition that stands for the group in records, or None."""
        return f"TXT:{slug(self.name)}" if self.above else None

    @property
    def headings(self) -> tuple[str, ...]:
        """Return the graph's ids of the headings that the group takes, without those below them."""
        return tuple(f"{MESH}{heading}" for heading in self.include)


@functools.cache
def groups() -> dict[str, ConditionGroup]:
    """Return the groups by id, such as "GROUP:heart-failure"."""
    by_name = load_mesh().by_name
    found = {}
    for short, name, spellings, *headings in rows(PACKAGE, "condition_groups.tsv"):
        lists = (tuple(by_name[h.casefold()] for h in column.split("|") if h) for column in headings)
        include, exclude, again, above = lists
        others = tuple(spellings.split("|")) if spellings else ()
        found[f"{GROUP}{short}"] = ConditionGroup(f"{GROUP}{short}", name, others, include, exclude, again, above)
    return found


@functools.cache
def nodes() -> dict[str, ConditionGroup]:
    """Return the groups that are conditions of the graph too, by the id of the condition."""
    return {group.node: group for group in groups().values() if group.node is not None}


def named(text: str) -> ConditionGroup | None:
    """Return the group that a text names as a whole, in any spelling that `words.read` makes equal, or None.

    Abbreviations hold in any case, unless they are English words: "af" is atrial fibrillation, "all" is no leukaemia.
    """
    key = _key(text)
    found = _by_name().get(key)
    if found is None or text.strip().isupper() or " ".join(key) not in ENGLISH:
        return found
    return None


def node_named(text: str) -> ConditionGroup | None:
    """Return the group that is a condition of its own and that a text names as a whole, or None."""
    found = _by_name().get(_key(text))
    return found if found is not None and found.node else None


@functools.cache
def members() -> dict[str, frozenset[str]]:
    """Return the headings of each group (ids as D012345), those below included, by the group's id."""
    mesh = load_mesh()
    return {
        group.id: frozenset(
            (_branches(mesh, group.include) - _branches(mesh, group.exclude)) | _branches(mesh, group.again)
        )
        for group in groups().values()
    }


def groups_of(concept_id: str, words: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the ids of the groups that a condition of the graph belongs to, in order.

    `words` are the words of a condition without a heading, in comparable form and with spelling corrected.
    """
    if concept_id.startswith(MESH):
        return _of_heading().get(concept_id.removeprefix(MESH), ())
    own = nodes().get(concept_id)
    forms = tuple(words)
    found = {own.id} if own else set()
    if forms in _by_name() and len(" ".join(forms)) > LONGEST_ABBREVIATION:
        found.add(_by_name()[forms].id)
    for first in range(len(forms)):
        for last in range(first + 2, len(forms) + 1):
            found.update(_phrases().get(forms[first:last], ()))
    return tuple(sorted(found))


def _branches(mesh: Mesh, headings: Iterable[str]) -> set[str]:
    return {i for heading in headings for i in (heading, *mesh.below(heading))}


@functools.cache
def _of_heading() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for group, headings in sorted(members().items()):
        for heading in headings:
            found.setdefault(heading, []).append(group)
    return {heading: tuple(of) for heading, of in found.items()}


def _key(text: str) -> tuple[str, ...]:
    short = text.strip(" .,;:()")
    return tuple(read(short.upper() if len(short) <= LONGEST_ABBREVIATION else short).words)


@functools.cache
def _by_name() -> dict[tuple[str, ...], ConditionGroup]:
    return {_key(name): group for group in groups().values() for name in (*group.spellings, group.name)}


@functools.cache
def _phrases() -> dict[tuple[str, ...], frozenset[str]]:
    """Return names of several words -> the groups so called: what the words of a condition may hold."""
    found: dict[tuple[str, ...], frozenset[str]] = {}
    for key, group in _by_name().items():
        if len(key) > 1:
            found[key] = found.get(key, frozenset()) | {group.id}
    return found
