"""Finds trials by words: what the words are understood as first, then the full text of titles and summaries."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from trialgraph import text
from trialgraph.ask.answers import Answer
from trialgraph.ask.cypher.run import run_trusted
from trialgraph.ask.landscape import gather
from trialgraph.ask.names import classes, linkers
from trialgraph.ask.names import resolve as names
from trialgraph.errors import UsageError
from trialgraph.limits import SEARCH_CANDIDATES, SNIPPET
from trialgraph.model import Resolution

if TYPE_CHECKING:
    from trialgraph.stores.store import Store

COLUMNS: Final = ("trial_id", "title", "phases", "status", "started", "found_by", "text")

BY_WORDS: Final = """
CALL db.index.fulltext.queryNodes('trial_text', $words) YIELD node, score
RETURN node.trial_id AS id, score
ORDER BY score DESC, id
LIMIT $most
"""
_DETAILS: Final = """
UNWIND $ids AS id
MATCH (t:Trial {trial_id: id})
WHERE ($phase IS NULL OR $phase IN t.phases) AND ($status IS NULL OR t.overall_status = $status)
  AND ($since IS NULL OR t.start_date >= $since) AND ($until IS NULL OR t.start_date <= $until)
  AND ($country IS NULL OR EXISTS { MATCH (t)-[:CONDUCTED_IN]->(:Country {iso2: $country}) })
RETURN t.trial_id AS trial_id, t.brief_title AS title, t.phases AS phases, t.overall_status AS status,
       t.start_date AS started, t.brief_summary AS summary,
       COLLECT { MATCH (t)-[:STUDIES]->(c:Condition) RETURN DISTINCT c.name AS name ORDER BY name } AS conditions,
       COLLECT {
         MATCH (t)-[:HAS_INTERVENTION]->(i:Intervention) RETURN i.name AS name ORDER BY i.intervention_id
       } AS given
ORDER BY trial_id
"""
_WORD: Final = re.compile(r"[\w']+")
_SPECIAL: Final = re.compile(r'[+\-&|!(){}\[\]^"~*?:\\/<>=]')


def search(
    store: Store,
    words: str,
    *,
    phase: str | None = None,
    status: str | None = None,
    since: str | None = None,
    until: str | None = None,
    country: str | None = None,
    most: int = 20,
) -> Answer:
    """Return the trials that fit some words, those that fit most of what was understood first.

    Drugs, classes of drugs and conditions named by the words are found under all their names, with everything below;
    the full text of titles and summaries finds the rest.  `since` and `until` are ISO dates of the start.
    Raises UsageError for no words at all, or a country that nothing is known of.
    """
    if not _WORD.search(words):
        raise UsageError("what should be searched for? Give some words, such as: trialgraph search 'sirolimus lupus'")
    understood = understand(store, words)
    where = names.resolve("country", country, store) if country else None
    hits: dict[str, list[str]] = {}
    for concept in understood:
        for trial in gather.trials_of(store, concept.kind, classes.ids(concept)):
            hits.setdefault(trial, []).append(f"{concept.kind} {concept.name}")
    scores = {
        row["id"]: float(row["score"])
        for row in run_trusted(store, BY_WORDS, {"words": plain(words), "most": SEARCH_CANDIDATES}).rows
    }
    ranked = sorted({*hits, *scores}, key=lambda one: (-len(hits.get(one, ())), -scores.get(one, 0.0), one))
    filters = {"phase": phase, "status": status, "since": since, "until": until, "country": where.id if where else None}
    rows: list[dict[str, Any]] = []
    wanted = [text.fold(word) for word in _WORD.findall(words)]
    for start in range(0, len(ranked), SEARCH_CANDIDATES):
        batch = ranked[start : start + SEARCH_CANDIDATES]
        details = {row["trial_id"]: row for row in run_trusted(store, _DETAILS, {"ids": batch} | filters).rows}
        for one in batch:
            if one in details and len(rows) <= most:
                rows.append(_shown(details[one], hits.get(one, []), one in scores, wanted))
        if len(rows) > most:
            break
    notes = [names.sentence(one) for one in (*understood, *([where] if where else []))]
    cut = len(rows) > most
    if cut:
        notes.append(f"the first {most} of at most {len(ranked):,}; --most shows more")
    elif not rows:
        notes.append("nothing fits" + ("; fewer filters may help" if any(filters.values()) else ""))
    return Answer(columns=COLUMNS, rows=rows[:most], notes=tuple(notes), understood=tuple(understood), cut=cut)


def understand(store: Store, words: str) -> list[Resolution]:
    """Return what some words name and the graph holds: drugs, their classes, conditions; else a sponsor.  Each once."""
    found: dict[str, Resolution] = {}
    for kind, links in (
        ("drug", linkers.drugs(store).understand(words)),
        ("condition", linkers.conditions(store).find(words)),
    ):
        for link in links:
            if link.vocabulary != "none":
                found.setdefault(
                    link.concept_id,
                    Resolution(
                        kind=kind,
                        id=link.concept_id,
                        name=link.name,
                        given=link.span,
                        matched_alias=link.matched_alias,
                        method=link.method,
                        confidence=link.confidence,
                    ),
                )
    taken = text.fold(" ".join(one.given for one in found.values())).split()
    for one in classes.mentioned(words, store):
        if not set(text.fold(one.given).split()) <= set(taken):  # words that already mean a drug or condition
            found.setdefault(one.id, one)
    if not found:
        try:
            whole = names.resolve("sponsor", words, store)
        except UsageError:
            return []
        found[whole.id] = whole
    return [one for one in found.values() if names.is_held(one, store)]


def plain(words: str) -> str:
    """Return words for the full-text index without what its query language would obey."""
    bare = _SPECIAL.sub(" ", words)
    return " ".join(word.lower() if word in {"AND", "OR", "NOT", "TO"} else word for word in bare.split())


def _shown(row: dict[str, Any], concepts: list[str], by_words: bool, wanted: list[str]) -> dict[str, Any]:
    return {name: row.get(name) for name in COLUMNS} | {
        "found_by": [*concepts, *(["words"] if by_words else [])],
        "text": _piece(row, wanted),
    }


def _piece(row: dict[str, Any], wanted: list[str]) -> str | None:
    """Return the piece of the summary around the first word that was asked for, else what else holds one."""
    summary = " ".join((row["summary"] or "").split())
    for match in _WORD.finditer(summary):
        if text.fold(match[0]) in wanted:
            start = max(0, match.start() - SNIPPET // 2)
            end = min(len(summary), start + SNIPPET)
            return ("…" if start else "") + summary[start:end] + ("…" if end < len(summary) else "")
    for part in (*row["given"], *row["conditions"]):
        if any(word in text.fold(part or "").split() for word in wanted):
            return str(part)
    return None
