"""A trial by any of its numbers: the registry's own id, a former one, a secondary or sponsor number, its acronym.

One resolver for every command: the number as typed becomes a few search keys (`identifiers.keys`), and the graph's
indexed keys are looked up in one query.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import msgspec

from trialgraph.ask.cypher.run import run_trusted
from trialgraph.errors import UsageError
from trialgraph.meanings import Resolution
from trialgraph.registries.catalogue import fetching_id
from trialgraph.registries.reading import identifiers

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trialgraph.stores.store import Store

SHOWN_TRIALS: Final = 5  # of those that one number stands for: a sentence names no more
_FOUND: Final = """
CALL {
  UNWIND $keys AS key MATCH (t:Trial {id_key: key}) RETURN key, t.trial_id AS id, 'id' AS how, t.trial_id AS value
  UNION
  UNWIND $keys AS key MATCH (i:Identifier {value_key: key})<-[:HAS_IDENTIFIER]-(t:Trial)
  RETURN key, t.trial_id AS id, i.scheme AS how, i.value AS value
  UNION
  UNWIND $names AS key MATCH (t:Trial {acronym_key: key})
  RETURN key, t.trial_id AS id, 'acronym' AS how, t.acronym AS value
}
RETURN key, id, how, value ORDER BY id, how, value
"""
_TITLED: Final = """
CALL db.index.fulltext.queryNodes('trial_text', $word) YIELD node, score
RETURN node.trial_id AS id, node.brief_title AS title, node.official_title AS long_title, score
ORDER BY score DESC, id
LIMIT 50
"""
_TITLES: Final = (
    "UNWIND $ids AS id MATCH (t:Trial {trial_id: id}) RETURN t.trial_id AS id, t.brief_title AS title ORDER BY id"
)
_ORDER: Final = {"id": 0, "NCT_ALIAS": 1, "acronym": 3}  # the surer first; every other number is 2
_HOW: Final = {
    "id": "by its id",
    "NCT_ALIAS": "a former number",
    "ORG_STUDY_ID": "the sponsor's number",
    "acronym": "by its acronym",
}


class Hit(msgspec.Struct, frozen=True):
    """A trial that a key leads to: by its id, the scheme of a number, or its acronym."""

    trial: str
    how: str
    value: str

    def sentence(self, given: str) -> str:
        """Return what was understood, for a person."""
        scheme = _HOW.get(self.how) or f"its {self.how.replace('_', ' ').lower()}"
        return f"{given} -> {self.trial}, {scheme}"


def find(store: Store, keys: Iterable[str], names: Iterable[str] = ()) -> dict[str, list[Hit]]:
    """Return search key -> the trials it leads to, the surest kind of number alone, ordered by id.

    `keys` are looked up as ids and numbers, `names` as acronyms.
    """
    params = {"keys": sorted({*keys}), "names": sorted({*names})}
    if not params["keys"] and not params["names"]:
        return {}
    hits: dict[str, dict[str, Hit]] = {}
    for row in run_trusted(store, _FOUND, params).rows:
        hit = Hit(row["id"], row["how"], row["value"] or row["id"])
        known = hits.setdefault(row["key"], {})
        if hit.trial not in known or _rank(hit) < _rank(known[hit.trial]):
            known[hit.trial] = hit
    return {key: _surest(list(found.values())) for key, found in hits.items()}


def _rank(hit: Hit) -> int:
    return _ORDER.get(hit.how, 2)


def _surest(hits: list[Hit]) -> list[Hit]:
    best = min(map(_rank, hits))
    return sorted((hit for hit in hits if _rank(hit) == best), key=lambda hit: hit.trial)


def hits_of(given: str, store: Store) -> list[Hit]:
    """Return the trials that a number or acronym as typed stands for, the surest kind of number alone."""
    keys = identifiers.keys(given)
    found = find(store, keys, [identifiers.key(given)])
    every = {hit.trial: hit for key in (*keys, identifiers.key(given)) for hit in reversed(found.get(key, []))}
    return _surest(list(every.values())) if every else []


def titled(store: Store, word: str, most: int = 3) -> list[str]:
    """Return the trials whose title holds a word in just these capitals, as an acronym stands there; best first."""
    bare = re.sub(r"[^\w]+", " ", word).strip()
    if not bare:
        return []
    pattern = re.compile(rf"(?<![\w-]){re.escape(word)}(?![\w])")
    rows = run_trusted(store, _TITLED, {"word": bare.lower()}).rows
    return [row["id"] for row in rows if pattern.search(f"{row['title'] or ''} {row['long_title'] or ''}")][:most]


def resolve(given: str, store: Store) -> Resolution:
    """Return the one trial that a number or acronym stands for.

    Raises UsageError where the graph holds none, and where several share the number, with their names.
    """
    hits = hits_of(given, store)
    if not hits:
        raise UsageError(absent(given))
    if len(hits) > 1:
        raise UsageError(_several(given, hits, store))
    return resolution(given.strip(), hits[0])


def named(given: str, store: Store) -> str | None:
    """Return the trial that a number stands for; None for what is no number, so that it may be another name.

    Raises UsageError for a registry's number that the graph does not hold, and where several trials share it.
    """
    if identifiers.written(given) is None and not any(c.isdigit() for c in given):
        return None
    if identifiers.written(given) is None and not hits_of(given, store):
        return None
    return resolve(given, store).id


def resolution(given: str, hit: Hit) -> Resolution:
    """Return a hit as what a name was understood as."""
    return Resolution(
        kind="trial",
        id=hit.trial,
        name=hit.trial,
        given=given,
        matched_alias=hit.value,
        method=_HOW.get(hit.how, f"its {hit.how.replace('_', ' ').lower()}"),
        confidence=1.0,
    )


def absent(given: str) -> str:
    """Return the sentence for a number that the graph does not hold, with the command that fetches it."""
    written = identifiers.written(given)
    if written is None:
        return f"no trial here has the number or acronym {given.strip()!r}; a number looks like NCT04324411"
    registry = fetching_id(written)
    how = f"'trialgraph crawl {registry.name} --id {written}' fetches it" if registry else "'trialgraph import' adds it"
    return f"this graph does not hold {written}; {how}"


def _several(given: str, hits: list[Hit], store: Store) -> str:
    shown = [hit.trial for hit in hits[:SHOWN_TRIALS]]
    titles = {row["id"]: row["title"] for row in run_trusted(store, _TITLES, {"ids": shown}).rows}
    named = "; ".join(f"{trial} ({titles.get(trial) or 'without a title'})" for trial in shown)
    more = f" and {len(hits) - SHOWN_TRIALS} more" if len(hits) > SHOWN_TRIALS else ""
    return f"{given.strip()!r} stands for {len(hits)} trials: {named}{more}; give the id of one"
