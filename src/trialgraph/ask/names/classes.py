"""Classes of drugs that a person names: the class, and the drugs that belong to it or to a class below it."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from trialgraph import text
from trialgraph.model import Resolution

if TYPE_CHECKING:
    from trialgraph.stores.store import Store

MESH: Final = "MESH:"
_NAMES: Final = "MATCH (n:DrugClass) RETURN n.class_id AS id, n.name AS name ORDER BY id"
# The drugs in some classes, and those that a class's heading stands above; the most tested first.
_MEMBERS: Final = """
CALL {
  UNWIND $classes AS id MATCH (d:Drug)-[:IN_CLASS]->(:DrugClass {class_id: id}) RETURN d
  UNION
  UNWIND $classes AS id MATCH (d:Drug {drug_id: id}) RETURN d
}
WITH d, COUNT { MATCH (d)<-[:TESTS]-(t:Trial) RETURN DISTINCT t } AS trials
RETURN d.drug_id AS id, d.name AS name
ORDER BY trials DESC, id
"""
_PLURAL: Final = re.compile(
    r"\b(?:(?:inhibitor|antagonist|agonist|agent|blocker|modulator|hormone|steroid|drug)s?|antibod(?:ies|y))\b"
)


def resolve(given: str, store: Store) -> Resolution | None:
    """Return the class of drugs that a name or id means, with the drugs of it that the graph holds; None for none."""
    wanted = given.strip()
    if wanted.startswith(MESH):
        return _by_id(wanted, store)
    return _named(wanted, _held(store), store)


def mentioned(words: str, store: Store) -> list[Resolution]:
    """Return the classes that a text names, the longest names first, no word of it used twice.

    One word alone names a class only where it is the whole of its name, as statins is: a hormone or a protein in a
    text is mostly not all of them.
    """
    held = _held(store)
    parts = words.split()
    found: list[Resolution] = []
    used: set[int] = set()
    for size in range(min(5, len(parts)), 0, -1):
        for start in range(len(parts) - size + 1):
            places = set(range(start, start + size))
            piece = " ".join(parts[start : start + size])
            if places & used or len(text.fold(piece)) < 4 or (size == 1 and text.fold(piece) not in _single()):
                continue
            one = _named(piece, held, store)
            if one is not None and one.members:
                found.append(one)
                used |= places
    return found


def ids(resolution: Resolution) -> list[str]:
    """Return the ids to ask with: the drugs of a class, else all that were understood."""
    if resolution.kind == "class":
        return [member[0] for member in resolution.members]
    return list(resolution.ids or (resolution.id,))


def names(store: Store) -> list[str]:
    """Return the names of the classes that the graph holds, and what people call them."""
    from trialgraph.linking.drugs import classes

    held = {row["id"]: row["name"] for row in _rows(store, _NAMES, {}) if row["name"]}
    called = (name for name, mesh_id in classes.common_names().items() if f"{MESH}{mesh_id}" in held)
    return [*held.values(), *called]


def _held(store: Store) -> dict[str, tuple[str, str]]:
    """Return folded name -> (id, name) of the classes that the graph holds."""
    return {key: (row["id"], row["name"]) for row in _rows(store, _NAMES, {}) for key in _forms(row["name"] or "")}


def _named(given: str, held: dict[str, tuple[str, str]], store: Store) -> Resolution | None:
    names = _vocabulary()
    for form in _forms(given.strip()):
        if form in held:
            return _of(*held[form], given, "exact", store)
    for form in _forms(given.strip()):
        if form in names and (one := _of(*names[form], given, "synonym", store)).members:
            return one
    return None


@functools.cache
def _single() -> frozenset[str]:
    """Return the folded names of actions and what people call classes: what one word of a text may mean."""
    from trialgraph.linking import mesh
    from trialgraph.linking.drugs import classes

    actions = (heading.name for heading in mesh.load().within("D27.505"))
    return frozenset(text.fold(name) for name in (*actions, *classes.common_names()))


def _by_id(class_id: str, store: Store) -> Resolution | None:
    from trialgraph.linking import mesh

    heading = mesh.load().get(class_id.removeprefix(MESH))
    if heading is None or not heading.is_in("D"):
        return None
    one = _of(class_id, heading.name, class_id, "id", store)
    return one if one.members else None


def _of(class_id: str, name: str, given: str, method: str, store: Store) -> Resolution:
    from trialgraph.ask.names import linkers
    from trialgraph.linking import mesh
    from trialgraph.linking.drugs import classes

    heading = class_id.removeprefix(MESH)
    within = [heading, *mesh.load().below(heading)]
    known = (name for one in within for name in classes.known_members().get(one, ()))
    by_hand = (linkers.drugs(store).resolve(name) for name in known)
    ids = [f"{MESH}{one}" for one in within] + [drug.id for drug in by_hand if drug is not None]
    members = _rows(store, _MEMBERS, {"classes": ids})
    return Resolution(
        kind="class",
        id=class_id,
        name=name,
        given=given,
        matched_alias=given,
        method=method,
        confidence=1.0,
        members=tuple((row["id"], row["name"] or row["id"]) for row in members),
    )


@functools.cache
def _vocabulary() -> dict[str, tuple[str, str]]:
    """Return folded name -> (id, name) of MeSH's headings of drugs with others below, and what people call them."""
    from trialgraph.linking import mesh
    from trialgraph.linking.drugs import classes

    headings = mesh.load()
    found: dict[str, tuple[str, str]] = {}
    for heading in headings.within("D"):
        if heading.is_in("D27") or headings.children(heading.id):
            for name in (heading.name, *heading.synonyms):
                for form in _forms(name):
                    found.setdefault(form, (f"{MESH}{heading.id}", heading.name))
    for name, mesh_id in classes.common_names().items():
        for form in _forms(name):
            found[form] = (f"{MESH}{mesh_id}", headings.name(mesh_id))
    return found


def _forms(name: str) -> Iterator[str]:
    """Yield the folded forms of a name: as written, its kind in the singular, and "Antibodies, Monoclonal" turned."""
    turned = " ".join(reversed(name.split(", "))) if name.count(", ") == 1 else name
    for one in dict.fromkeys((name, turned)):
        folded = text.fold(one)
        if folded:
            yield folded
            yield _PLURAL.sub(lambda kind: kind[0].removesuffix("ies").removesuffix("s").removesuffix("y"), folded)


def _rows(store: Store, statement: str, params: dict[str, Any]) -> list[dict[str, Any]]:
    from trialgraph.ask.cypher.run import run_trusted

    return run_trusted(store, statement, params).rows
