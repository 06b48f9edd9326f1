"""Organisations as people name them: by a short name, by that of a family of companies, by one that several share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import msgspec

from trialgraph import text
from trialgraph.limits import SUGGESTIONS
from trialgraph.meanings import Candidate, Resolution

if TYPE_CHECKING:
    from trialgraph.linking.organizations.linker import OrganizationLinker
    from trialgraph.stores.store import Store

_BODIES: Final = """
MATCH (n:Organization) RETURN n.organization_id AS id, n.name AS name, n.aliases AS aliases ORDER BY id
"""
_OWNERS: Final = """
MATCH (a:Organization)-[:SUBSIDIARY_OF]->(b:Organization)
RETURN a.organization_id AS id, b.organization_id AS owner ORDER BY id, owner
"""
_TRIALS: Final = """
UNWIND $ids AS id MATCH (:Organization {organization_id: id})-[:SPONSORS|COLLABORATES_ON]->(t:Trial)
RETURN count(DISTINCT t) AS trials
"""
_SHORTEST = 4  # letters of a name that may be the beginning of an owner's: "Glaxo" of GlaxoSmithKline
_PART = 0.7  # confidence of a name that is only a part of the body's


class Bodies(msgspec.Struct, frozen=True):
    """The organisations of a graph: name and aliases of each id, its owner, and how many trials some of them have."""

    names: Mapping[str, tuple[str, ...]]
    owners: Mapping[str, str]
    trials: Callable[[Collection[str]], int]

    def below(self, roots: Iterable[str]) -> tuple[str, ...]:
        """Return some bodies with all that belongs to them."""
        parts: dict[str, list[str]] = defaultdict(list)
        for part, owner in self.owners.items():
            parts[owner].append(part)
        found = dict.fromkeys(roots)
        waiting = list(found)
        while waiting:
            new = [part for part in parts[waiting.pop()] if part not in found]
            found.update(dict.fromkeys(new))
            waiting += new
        return tuple(found)

    def above(self, body: str) -> tuple[str, ...]:
        """Return a body with its owner, the owner of that, and so on."""
        found = [body]
        while (owner := self.owners.get(found[-1])) is not None and owner not in found:
            found.append(owner)
        return tuple(found)


def resolve(given: str, whole: Resolution | None, linker: OrganizationLinker, store: Store) -> Resolution | None:
    """Return what a person's name for an organisation means; `whole` is the body that has it as its whole name."""
    return meaning(given, whole, linker, _of_graph(store))


def meaning(given: str, whole: Resolution | None, linker: OrganizationLinker, bodies: Bodies) -> Resolution | None:
    """Return the body or the family of bodies that a name means here, with candidates where it is ambiguous.

    The table of short names comes first, then the body of that whole name with the rest of its family of the same name,
    then bodies whose name begins so: of several the one with most trials.  None where nothing has such a name.
    """
    listed = [linker.resolve(name).organization_id for name in short_names().get(text.fold(given), ())]
    groups: list[tuple[str, ...]] = [(key,) for key in dict.fromkeys(listed) if bodies.trials(bodies.below([key]))]
    method, confidence = "short name", 0.95
    if not groups and whole is not None and whole.id in bodies.names:
        groups, method, confidence = [_family(given, whole.id, bodies)], whole.method, whole.confidence
    if not groups:
        groups, method, confidence = _partly(given, bodies), "part of the name", _PART
    found = [_candidate(group, bodies) for group in groups]
    if not listed:
        found.sort(key=lambda each: -each.trials)
    if not found:
        return None
    usual = found[0]
    return Resolution(
        kind="organization",
        id=usual.id,
        name=usual.name,
        given=given,
        matched_alias=whole.matched_alias if whole is not None and whole.id == usual.id else usual.name,
        method=method,
        confidence=confidence,
        ids=usual.ids,
        candidates=tuple(found[: SUGGESTIONS * 2]) if len(found) > 1 else (),
    )


@cache
def short_names() -> dict[str, tuple[str, ...]]:
    """Return the full names that each short name means, the most usual first; read once a process."""
    from trialgraph.linking.words.tables import rows

    return {
        text.fold(name): tuple(meant.split("|"))
        for names, meant in rows("trialgraph.linking.organizations", "asked-names.tsv")
        for name in names.split("|")
    }


def _candidate(group: tuple[str, ...], bodies: Bodies) -> Candidate:
    ids = bodies.below(group)
    return Candidate(id=group[0], name=bodies.names[group[0]][0], trials=bodies.trials(ids), ids=ids)


def _family(given: str, body: str, bodies: Bodies) -> tuple[str, ...]:
    """Return a body with those of the same owner whose names begin with its name: all that is called Janssen.

    An owner whose name begins with the name given is meant too: Glaxo is GlaxoSmithKline today.
    """
    wanted = text.fold(given)
    owners = bodies.above(body)
    found = [body]
    if len(wanted) >= _SHORTEST:
        found += [owner for owner in owners[1:] if text.fold(bodies.names.get(owner, ("",))[0]).startswith(wanted)]
    if len(owners) > 1 and " " not in wanted:
        family = bodies.below([owners[-1]])
        found += [key for key in family if _begins(wanted, bodies.names.get(key, ("",))[0])]
    return tuple(dict.fromkeys(found))


def _begins(wanted: str, name: str) -> bool:
    """Return whether a name has the words given, alone or before others: "Xian-Janssen", "Janssen Korea"."""
    return f" {wanted} " in f" {text.fold(name)} "


def _partly(given: str, bodies: Bodies) -> list[tuple[str, ...]]:
    """Return the bodies that a part of a name may mean, each once with its owner's: those it says all of first."""
    from trialgraph.linking.organizations.words import distinctive, tokens, words

    wanted = tokens(given)
    if not wanted or not (distinctive(wanted) or len(wanted) > 1):
        return []
    generic = words().generic
    core = [word for word in wanted if word not in generic] or wanted
    begins = [key for key, names in bodies.names.items() if any(_may_begin(core[0], name) for name in names)]
    exact: list[str] = []
    longer: list[str] = []
    for key in begins:
        names = [tokens(name) for name in bodies.names[key]]
        rests = [[word for word in name if word not in generic] for name in names if set(wanted) <= set(name)]
        if core in rests:
            exact.append(key)
        elif any(rest[: len(core)] == core for rest in rests):
            longer.append(key)
    chosen = set(exact or longer)
    return [(key,) for key in exact or longer if not chosen & set(bodies.above(key)[1:])]


def _may_begin(word: str, name: str) -> bool:
    return word[:3] in text.fold(name)


def _of_graph(store: Store) -> Bodies:
    from trialgraph.ask.cypher.run import run_trusted

    def rows(cypher: str, **params: Any) -> list[dict[str, Any]]:
        return run_trusted(store, cypher, params).rows

    return Bodies(
        names={row["id"]: (row["name"] or row["id"], *(row["aliases"] or ())) for row in rows(_BODIES)},
        owners={row["id"]: row["owner"] for row in rows(_OWNERS)},
        trials=lambda ids: int(rows(_TRIALS, ids=list(ids))[0]["trials"]) if ids else 0,
    )
