"""The one box: a sentence read into trials, concepts and filters, and the trials that hold all of it.

Everything understood has to hold; where no trial holds all of it, those that hold most come, and the answer says so.
Words that name nothing rank the trials by full text, and are named as not understood.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

import msgspec

from trialgraph import text
from trialgraph.ask import gather
from trialgraph.ask.answers import Answer
from trialgraph.ask.cypher.run import run_trusted
from trialgraph.ask.names import classes, resolve, trials
from trialgraph.ask.search.reading import Reading, read
from trialgraph.errors import UsageError
from trialgraph.limits import IDS_A_QUERY, QUESTION_SECONDS, SEARCH_CANDIDATES, SNIPPET
from trialgraph.meanings import Filter
from trialgraph.registries.reading import identifiers

if TYPE_CHECKING:
    from trialgraph.stores.store import Store

COLUMNS: Final = ("trial_id", "title", "phases", "status", "started", "found_by", "text")
FACETS: Final = ("phase", "status", "country", "sponsor", "year")
FACET_VALUES: Final = 10  # of each facet: the commonest

BY_WORDS: Final = """
CALL db.index.fulltext.queryNodes('trial_text', $words) YIELD node, score
RETURN node.trial_id AS id, score
ORDER BY score DESC, id
LIMIT $most
"""
_RETURN_FACTS: Final = """
RETURN t.trial_id AS id, t.brief_title AS title, t.acronym AS acronym, t.phases AS phases, t.overall_status AS status,
       t.start_date AS start, t.sex AS sex, t.std_ages AS ages, t.study_type AS type, t.has_results AS results
ORDER BY id
"""
_FACTS: Final = "UNWIND $ids AS id MATCH (t:Trial {trial_id: id})" + _RETURN_FACTS
_ALL: Final = "MATCH (t:Trial) WHERE t.listed_only = false" + _RETURN_FACTS
_SHOWN: Final = """
UNWIND $ids AS id
MATCH (t:Trial {trial_id: id})
RETURN t.trial_id AS trial_id, t.brief_title AS title, t.phases AS phases, t.overall_status AS status,
       t.start_date AS started, t.brief_summary AS summary,
       COLLECT { MATCH (t)-[:STUDIES]->(c:Condition) RETURN DISTINCT c.name AS name ORDER BY name } AS conditions,
       COLLECT {
         MATCH (t)-[:HAS_INTERVENTION]->(i:Intervention) RETURN i.name AS name ORDER BY i.intervention_id
       } AS given
ORDER BY trial_id
"""
_IN_COUNTRY: Final = """
MATCH (:Country {iso2: $code})<-[:CONDUCTED_IN]-(t:Trial)
RETURN DISTINCT t.trial_id AS id ORDER BY id
"""
_BY_COUNTRY: Final = """
UNWIND $ids AS id MATCH (t:Trial {trial_id: id})-[:CONDUCTED_IN]->(c:Country)
RETURN DISTINCT id, c.name AS name ORDER BY id, name
"""
_BY_SPONSOR: Final = """
UNWIND $ids AS id MATCH (t:Trial {trial_id: id})<-[:SPONSORS]-(o:Organization)
RETURN DISTINCT id, o.name AS name ORDER BY id, name
"""
# A property of a relationship cannot be a parameter, so each has a statement of its own.
_WITH_ATTRIBUTE: Final = {
    "stage": "MATCH (t:Trial)-[s:STUDIES]->() WHERE $term IN s.stage RETURN DISTINCT t.trial_id AS id ORDER BY id",
    "line": "MATCH (t:Trial)-[s:STUDIES]->() WHERE $term IN s.line RETURN DISTINCT t.trial_id AS id ORDER BY id",
    "severity": (
        "MATCH (t:Trial)-[s:STUDIES]->() WHERE $term IN s.severity RETURN DISTINCT t.trial_id AS id ORDER BY id"
    ),
    "setting": "MATCH (t:Trial)-[s:STUDIES]->() WHERE $term IN s.setting RETURN DISTINCT t.trial_id AS id ORDER BY id",
    "population": (
        "MATCH (t:Trial)-[s:STUDIES]->() WHERE $term IN s.population RETURN DISTINCT t.trial_id AS id ORDER BY id"
    ),
    "biomarkers": (
        "MATCH (t:Trial)-[s:STUDIES]->() WHERE $term IN s.biomarkers RETURN DISTINCT t.trial_id AS id ORDER BY id"
    ),
}
_WORD: Final = re.compile(r"[\w']+")
_SPECIAL: Final = re.compile(r'[+\-&|!(){}\[\]^"~*?:\\/<>=]')


class Found(msgspec.Struct):
    """A trial under consideration: its facts, what it holds of the reading, and its full-text score."""

    facts: dict[str, Any]
    holds: list[str]
    score: float
    attributes: int = 0  # of the conditions' attributes asked for, how many it carries


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
    facets: bool = False,
) -> Answer:
    """Return the trials that hold everything a sentence names: drugs, classes, conditions, sponsors, filters, numbers.

    `phase`, `status`, `since`, `until` (ISO dates of the start) and `country` are filters beside the sentence's own.
    Rows hold trial_id, title, phases, status, started, found_by (a list; "words" for full text) and a piece of text.
    `facets` counts the fitting trials by phase, status, country, sponsor and year.  Raises UsageError for no words at
    all, or a country that nothing is known of.
    """
    if not _WORD.search(words):
        raise UsageError("what should be searched for? Give some words, such as: trialgraph search 'sirolimus lupus'")
    reading = read(words, store)
    given = {"phase": phase, "status": status, "since": since, "until": until}
    reading.filters += [Filter(kind, value, f"--{kind}") for kind, value in given.items() if value]
    if country:
        place = resolve.resolve("country", country, store)
        reading.filters.append(Filter("country", place.id, country))
    ranked, notes = _ranked(store, reading, words)
    shown = _rows(store, ranked[: most + 1], words)
    cut = len(ranked) > most
    if cut:
        notes.append(f"the first {most} of {len(ranked):,}; --most shows more")
    elif not shown:
        notes += [trials.absent(word) for word in reading.not_understood if identifiers.written(word)]
        notes.append("nothing fits" + ("; fewer filters may help" if reading.filters else ""))
    return Answer(
        columns=COLUMNS,
        rows=shown[:most],
        notes=(*reading.sentences(), *notes),
        understood=(*reading.trials, *([reading.similar_to] if reading.similar_to else []), *reading.concepts),
        filters=(*reading.filters, *reading.attributes),
        not_understood=tuple(reading.not_understood),
        facets=_facets(store, ranked) if facets else {},
        cut=cut,
    )


def _ranked(store: Store, reading: Reading, words: str) -> tuple[list[Found], list[str]]:
    """Return the trials to show, best first, and what has to be said about them."""
    if reading.similar_to is not None:
        return _similar(store, reading), []
    sets = _sets(store, reading)
    scores = _scores(store, words)
    candidates = _candidates(reading, sets, scores)
    found = _considered(store, reading, sets, scores, candidates)
    wanted = len(sets) + len(reading.filters)
    whole = [one for one in found if len(one.holds) >= wanted]
    notes: list[str] = []
    if reading.trials:
        whole = _with_numbers(store, reading, whole)
    if whole or not wanted:
        chosen = whole if wanted or reading.trials else found
        notes += _attributed(store, reading, chosen)
        return _ordered(chosen, reading), notes
    most = max((len(one.holds) for one in found), default=0)
    partly = [one for one in found if one.holds and len(one.holds) == most]
    if partly:
        notes.append(f"none has all of these; these have {most} of {wanted}")
    return _ordered(partly or found, reading), notes


def _sets(store: Store, reading: Reading) -> dict[str, set[str]]:
    """Return each concept of the reading -> its trials."""
    return {
        f"{one.kind} {one.name}": set(gather.trials_of(store, one.kind, one.ids or classes.ids(one)))
        for one in reading.concepts
    }


def _scores(store: Store, words: str) -> dict[str, float]:
    """Return the full-text scores of the trials nearest to the words."""
    bare = plain(words)
    if not bare:
        return {}
    rows = run_trusted(store, BY_WORDS, {"words": bare, "most": SEARCH_CANDIDATES}).rows
    return {row["id"]: float(row["score"]) for row in rows}


def _candidates(reading: Reading, sets: dict[str, set[str]], scores: dict[str, float]) -> set[str] | None:
    """Return the trials that may hold something of the reading; None for all of them."""
    if sets:
        return set.union(*sets.values())
    if reading.filters and not reading.not_understood:
        return None
    return set(scores)


def _considered(
    store: Store, reading: Reading, sets: dict[str, set[str]], scores: dict[str, float], candidates: set[str] | None
) -> list[Found]:
    """Return the candidates with what each holds of the reading."""
    places = _places(store, reading)
    found = []
    for facts in _facts(store, candidates):
        holds = [name for name, ids in sets.items() if facts["id"] in ids]
        holds += [one.sentence for one in reading.filters if _holds(one, facts, places)]
        found.append(Found(facts, holds, scores.get(facts["id"], 0.0)))
    return found


def _facts(store: Store, ids: Iterable[str] | None) -> list[dict[str, Any]]:
    if ids is None:
        return run_trusted(store, _ALL, {}, timeout=QUESTION_SECONDS).rows
    listed = sorted(ids)
    return [
        row
        for start in range(0, len(listed), IDS_A_QUERY)
        for row in run_trusted(
            store, _FACTS, {"ids": listed[start : start + IDS_A_QUERY]}, timeout=QUESTION_SECONDS
        ).rows
    ]


def _attributed(store: Store, reading: Reading, found: list[Found]) -> list[str]:
    """Note on each trial the attributes that its conditions carry, and say how many carry each: those come first."""
    notes = []
    for one in reading.attributes:
        carrying = {row["id"] for row in run_trusted(store, _WITH_ATTRIBUTE[one.kind], {"term": one.value}).rows}
        held_by = [trial for trial in found if trial.facts["id"] in carrying]
        for trial in held_by:
            trial.holds.append(f"{one.kind} {one.value}")
            trial.attributes += 1
        notes.append(f"{len(held_by):,} of {len(found):,} say {one.value} of a condition; they come first")
    return notes


def _places(store: Store, reading: Reading) -> dict[str, set[str]]:
    """Return country code -> its trials, of the countries that the reading names."""
    codes = {one.value for one in reading.filters if one.kind == "country"}
    return {code: {row["id"] for row in run_trusted(store, _IN_COUNTRY, {"code": code}).rows} for code in sorted(codes)}


def _holds(one: Filter, facts: dict[str, Any], places: dict[str, set[str]]) -> bool:
    """Tell whether a trial's own facts hold a filter; what the record does not say does not hold."""
    values = one.value.split("|")
    match one.kind:
        case "phase":
            return bool(set(values) & set(facts["phases"] or ()))
        case "status":
            return facts["status"] in values
        case "since":
            return (facts["start"] or "") >= one.value
        case "until":
            return bool(facts["start"]) and facts["start"][: len(one.value)] <= one.value
        case "country":
            return facts["id"] in places[one.value]
        case "sex":
            return facts["sex"] in (*values, "ALL", None)
        case "age":
            return bool(set(values) & set(facts["ages"] or ()))
        case "type":
            return facts["type"] in values
        case "results":
            return bool(facts["results"]) == (one.value == "yes")
    return False


def _with_numbers(store: Store, reading: Reading, whole: list[Found]) -> list[Found]:
    """Return the trials asked for by number or acronym first, then the others that hold all of the rest."""
    wanted = [one.id for one in reading.trials]
    rest = {one.facts["id"]: one for one in whole}
    facts = {row["id"]: row for row in _facts(store, wanted)}
    first = [
        rest.pop(trial) if trial in rest else Found(facts[trial], [], 0.0)
        for trial in dict.fromkeys(wanted)
        if trial in facts
    ]
    for one in first:
        one.holds.insert(0, "number")
    others = list(rest.values()) if reading.concepts or reading.filters else []
    fitting = [one for one in first if len(one.holds) > len(reading.concepts) + len(reading.filters)]
    return [*(fitting or first), *others]


def _similar(store: Store, reading: Reading) -> list[Found]:
    """Return the trials most like the one named, those alone that hold the rest of the reading."""
    assert reading.similar_to is not None
    near = gather.neighbourhood(store, reading.similar_to.id, SEARCH_CANDIDATES)[0][1:]
    sets = _sets(store, reading)
    found = {one.facts["id"]: one for one in _considered(store, reading, sets, {}, set(near))}
    whole = [found[trial] for trial in near if len(found[trial].holds) == len(sets) + len(reading.filters)]
    for one in whole:
        one.holds.insert(0, f"similar to {reading.similar_to.id}")
    return whole


def _ordered(found: list[Found], reading: Reading) -> list[Found]:
    """Sort by number first, then by names in the title, by full text, by date, by id."""
    names = [text.fold(word) for one in reading.concepts for word in (one.given, one.name)]

    def key(one: Found) -> tuple[Any, ...]:
        title = f" {text.fold(one.facts['title'] or '')} "
        named = sum(f" {name} " in title for name in names if name)
        by_number = one.holds[:1] == ["number"]
        start = one.facts["start"] or ""
        return (not by_number, -one.attributes, -named, -one.score, tuple(-ord(c) for c in start), one.facts["id"])

    return sorted(found, key=key)


def _rows(store: Store, found: list[Found], words: str) -> list[dict[str, Any]]:
    wanted = [text.fold(word) for word in _WORD.findall(words)]
    params = {"ids": [one.facts["id"] for one in found]}
    details = {row["trial_id"]: row for row in run_trusted(store, _SHOWN, params).rows}
    return [
        {name: details[one.facts["id"]].get(name) for name in COLUMNS}
        | {
            "found_by": [*one.holds, *(["words"] if one.score else [])] or ["words"],
            "text": _piece(details[one.facts["id"]], wanted),
        }
        for one in found
        if one.facts["id"] in details
    ]


def _facets(store: Store, found: list[Found]) -> dict[str, list[dict[str, Any]]]:
    """Return facet -> its commonest values with the number of trials of each."""
    ids = [one.facts["id"] for one in found]
    counted: dict[str, Counter[str]] = {name: Counter() for name in FACETS}
    for one in found:
        counted["phase"].update(one.facts["phases"] or ["none"])
        counted["status"][one.facts["status"] or "none"] += 1
        counted["year"][(one.facts["start"] or "none")[:4]] += 1
    for name, statement in (("country", _BY_COUNTRY), ("sponsor", _BY_SPONSOR)):
        for start in range(0, len(ids), IDS_A_QUERY):
            rows = run_trusted(store, statement, {"ids": ids[start : start + IDS_A_QUERY]}).rows
            counted[name].update(row["name"] for row in rows if row["name"])
    return {
        name: [{"value": value, "trials": n} for value, n in sorted(counts.items(), key=lambda kv: (-kv[1], kv[0]))][
            :FACET_VALUES
        ]
        for name, counts in counted.items()
    }


def plain(words: str) -> str:
    """Return words for the full-text index without what its query language would obey."""
    bare = _SPECIAL.sub(" ", words)
    return " ".join(word.lower() if word in {"AND", "OR", "NOT", "TO"} else word for word in bare.split())


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
