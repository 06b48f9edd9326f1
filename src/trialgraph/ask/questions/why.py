"""Why two things are linked: the evidence of an edge, back to the words, the rule, and the bytes of the record."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from trialgraph.ask.answers import Answer
from trialgraph.ask.cypher.run import run_trusted
from trialgraph.ask.names import classes, trials
from trialgraph.ask.names import resolve as names
from trialgraph.errors import UsageError

if TYPE_CHECKING:
    from trialgraph.meanings import Resolution
    from trialgraph.stores.store import Store

COLUMNS: Final = (
    "link",
    "evidence",
    "words",
    "field",
    "alias",
    "vocabulary",
    "method",
    "confidence",
    "record",
    "url",
    "fetched_at",
    "sha256",
)

_EVIDENCE = """
       l.raw_span AS span, l.span_in AS span_in, l.source_field AS field, l.matched_alias AS alias,
       l.vocabulary AS vocabulary, l.method AS method, l.confidence AS confidence
"""
# One literal statement for each pair of labels.  Each gives the columns that its sentence below needs.
_BY_DRUG: Final = f"""
MATCH (t:Trial {{trial_id: $trial}})-[:HAS_INTERVENTION]->(i:Intervention)-[l:INCLUDES_DRUG]->(d:Drug {{drug_id: $id}})
RETURN i.name AS raw, i.type AS type, d.name AS name, null AS above,
       COLLECT {{ MATCH (t)-[x:TESTS]->(d) RETURN DISTINCT x.role AS role ORDER BY role }} AS roles,
       COLLECT {{ MATCH (a:ArmGroup)-[:RECEIVES]->(i) RETURN a.label AS arm ORDER BY a.arm_id }} AS arms, {_EVIDENCE}
ORDER BY i.intervention_id, l.component
"""
_BY_CLASS: Final = f"""
MATCH (t:Trial {{trial_id: $trial}})-[:HAS_INTERVENTION]->(i:Intervention)-[l:INCLUDES_DRUG]->(d:Drug)
WHERE d.drug_id IN $ids
RETURN i.name AS raw, i.type AS type, d.name AS name, null AS above, [] AS roles, [] AS arms,
       COLLECT {{
         MATCH (d)-[m:IN_CLASS]->(k:DrugClass) WHERE k.class_id IN $classes
         RETURN {{name: k.name, source: m.source_name, method: m.method}} AS member ORDER BY member.name
       }} AS memberships, {_EVIDENCE}
ORDER BY i.intervention_id, l.component
"""
_BY_CONDITION: Final = f"""
MATCH (t:Trial {{trial_id: $trial}})-[l:STUDIES]->(c:Condition)
WHERE c.condition_id IN $ids
RETURN DISTINCT l.raw_name AS raw, null AS type, c.name AS name,
       CASE WHEN c.condition_id = $id THEN null ELSE $name END AS above, [] AS roles, [] AS arms,
{_EVIDENCE}
ORDER BY field, raw
"""
_BY_ORGANIZATION: Final = """
MATCH (t:Trial {trial_id: $trial})<-[l:SPONSORS|COLLABORATES_ON]-(o:Organization)
MATCH (o)-[:SUBSIDIARY_OF*0..]->(above:Organization {organization_id: $id})
RETURN DISTINCT l.raw_name AS raw, type(l) AS type, o.name AS name,
       CASE WHEN o.organization_id = above.organization_id THEN null ELSE above.name END AS above,
       [] AS roles, [] AS arms, l.raw_name AS span, null AS span_in, l.source_field AS field, null AS alias,
       null AS vocabulary, l.method AS method, l.confidence AS confidence
ORDER BY type DESC, field
"""
_STATEMENTS: Final = {
    "drug": _BY_DRUG,
    "condition": _BY_CONDITION,
    "organization": _BY_ORGANIZATION,
}
_LINKS: Final = {"drug": "TESTS", "class": "TESTS", "condition": "STUDIES"}
_SIMILAR: Final = """
MATCH (a:Trial {trial_id: $a})-[s:SIMILAR_TO]-(b:Trial {trial_id: $b})
RETURN s.score AS score, s.same_sponsor AS same_sponsor, s.recipe AS recipe, s.method AS method,
       s.confidence AS confidence, s.shared_term_scores AS word_scores,
       CASE WHEN $a < $b THEN s.rank_ab ELSE s.rank_ba END AS rank,
       CASE WHEN $a < $b THEN s.rank_ba ELSE s.rank_ab END AS back,
       s.drug_score AS drugs_add, s.shared_drugs AS drugs, s.shared_classes AS classes,
       s.condition_score AS conditions_add, s.shared_conditions AS conditions,
       s.procedure_score AS procedures_add, s.shared_procedures AS procedures,
       s.setting_score AS setting_add, s.shared_settings AS setting,
       s.together_score AS together_add, s.text_score AS words_add, s.shared_terms AS words
"""
_PARTS: Final = ("drugs", "conditions", "procedures", "setting", "together", "words")
_LISTED: Final = """
MATCH (a:Trial)-[l:LISTED_AS_RELATED]->(b:Trial)
WHERE (a.trial_id = $a AND b.trial_id = $b) OR (a.trial_id = $b AND b.trial_id = $a)
RETURN a.trial_id AS from_id, b.trial_id AS to_id, l.position AS position, l.listed_title AS title,
       l.source_name AS mirror
ORDER BY from_id
"""
_SAME: Final = """
MATCH (a:Trial {trial_id: $a})-[l:SAME_STUDY_AS|FOLLOW_UP_OF]-(b:Trial {trial_id: $b})
RETURN type(l) AS type, startNode(l).trial_id AS from_id, endNode(l).trial_id AS to_id, l.evidence AS evidence,
       l.method AS method, l.source_field AS field, l.confidence AS confidence
ORDER BY type, from_id
"""
_RECORDS: Final = """
MATCH (t:Trial {trial_id: $trial})-[:HAS_RECORD]->(r:RegistryRecord)
RETURN r.record_id AS record, r.source AS source, r.url AS url, r.fetched_at AS fetched_at, r.sha256 AS sha256,
       r.sha256 = t.record_sha256 AS main
ORDER BY CASE WHEN r.sha256 = t.record_sha256 THEN 0 ELSE 1 END, record
"""


def why(store: Store, one: str, other: str) -> Answer:
    """Return the evidence of every link between two things, at least one of them a trial; either order will do.

    The other may be a trial id, or a drug, class, condition or organisation by any name or id.
    Raises UsageError where neither is a trial, a name is not known, or a trial is not held.
    """
    first, second = trials.named(one, store), trials.named(other, store)
    if first and second:
        return _between_trials(store, first, second)
    trial, name = (first, other) if first else (second, one)
    if trial is None:
        raise UsageError(
            "one of the two must be a trial id, such as NCT04324411; the other a trial, drug, condition ..."
        )
    _held(store, trial)
    candidates = _candidates(store, name)
    record = _record(store, trial)
    rows = [_row(resolution, found) | record for resolution in candidates for found in _found(store, trial, resolution)]
    notes = [names.sentence(one) for one in candidates if one.name.casefold() != name.casefold()]
    if not rows:
        notes.append(f"nothing in {trial} leads to {' or '.join(one.name for one in candidates)}")
    return Answer(columns=COLUMNS, rows=rows, notes=tuple(notes), understood=tuple(candidates))


def _candidates(store: Store, name: str) -> list[Resolution]:
    """Return everything that the name may be, in the order in which kinds are tried."""
    found: dict[str, Resolution] = {}
    for kind in names.SUBJECTS:  # a drug's name may be that of a class too
        try:
            one = names.resolve(kind, name, store)
        except UsageError:
            continue
        found.setdefault(one.id, one)
    if not found:
        names.resolve("subject", name, store)  # raises with suggestions
    return list(found.values())


def _found(store: Store, trial: str, resolution: Resolution) -> list[dict[str, Any]]:
    if resolution.kind == "class":
        rows = run_trusted(store, _BY_CLASS, _class_parameters(store, trial, resolution)).rows
        return [row | {"above": resolution.name} for row in rows]
    values: dict[str, Any] = {"trial": trial, "id": resolution.id}
    if resolution.kind == "condition":
        values |= {"ids": classes.ids(resolution), "name": resolution.name}
    return run_trusted(store, _STATEMENTS[resolution.kind], values).rows


def _class_parameters(store: Store, trial: str, resolution: Resolution) -> dict[str, Any]:
    return {"trial": trial, "ids": classes.ids(resolution), "classes": classes.within(resolution.id, store)}


def _chain(memberships: Iterable[dict[str, Any]]) -> str:
    """Return what says that a drug is in a class, or in one below it: the class and the list or rule."""
    said = [f"{m['name']} by {m['source'] or m['method']} ({m['method']})" for m in memberships]
    return f" (in {', '.join(said)})" if said else ""


def _row(resolution: Resolution, found: dict[str, Any]) -> dict[str, Any]:
    link = _LINKS.get(resolution.kind) or found["type"]
    said = f"{found['raw']!r}"
    if found["span"] and found["span"] != found["raw"]:
        where = "" if found["span_in"] in {None, "label"} else f" in its {found['span_in'].replace('_', ' ')}"
        said += f", the words {found['span']!r}{where}"
    sentence = f"the record says {said}, understood as {found['name']}"
    if found["above"]:
        sentence += f", which is within {found['above']}{_chain(found.get('memberships') or ())}"
    if found["roles"]:
        sentence += f"; given as {', '.join(role.lower().replace('_', ' ') for role in found['roles'])}"
    if found["arms"]:
        sentence += f" (arms: {', '.join(arm or '?' for arm in found['arms'])})"
    return {
        "link": link,
        "evidence": sentence,
        "words": found["span"] or found["raw"],
        "field": found["field"],
        "alias": found["alias"],
        "vocabulary": found["vocabulary"],
        "method": found["method"],
        "confidence": found["confidence"],
    }


def _between_trials(store: Store, a: str, b: str) -> Answer:
    for trial in (a, b):
        _held(store, trial)
    both = {"a": a, "b": b}
    rows: list[dict[str, Any]] = []
    for found in run_trusted(store, _SIMILAR, both).rows:
        rows += _similar_rows(found, a, b)
    for found in run_trusted(store, _LISTED, both).rows:
        listed = f"the page of {found['from_id']} lists {found['to_id']} at place {found['position'] + 1}"
        mirror = _record(store, found["from_id"], found["mirror"])
        rows.append(
            {"link": "LISTED_AS_RELATED", "evidence": listed, "words": found["title"], "method": "listed"} | mirror
        )
    for found in run_trusted(store, _SAME, both).rows:
        relation = found["type"].lower().replace("_", " ")
        sentence = f"{found['from_id']} {relation} {found['to_id']}: {'; '.join(found['evidence'] or [])}"
        facts = {name: found[name] for name in ("method", "field", "confidence")}
        rows.append({"link": found["type"], "evidence": sentence} | facts | _record(store, found["from_id"]))
    notes = (
        () if rows else (f"nothing links {a} and {b}: neither is among the other's nearest, and no list names both",)
    )
    return Answer(columns=COLUMNS, rows=rows, notes=notes)


def _similar_rows(found: dict[str, Any], a: str, b: str) -> list[dict[str, Any]]:
    """Return a row for the score and one for each part of it."""
    places = [
        f"{other} is number {rank} among those most like {one}"
        for one, other, rank in ((a, b, found["rank"]), (b, a, found["back"]))
        if rank is not None
    ]
    sponsor = "; the lead sponsor is the same" if found["same_sponsor"] else ""
    same = {"link": "SIMILAR_TO", "method": found["method"]}
    score = f"score {found['score']:.3f}: {'; '.join(places)}{sponsor}"
    rows = [same | {"evidence": score, "confidence": found["confidence"], "field": None, "vocabulary": found["recipe"]}]
    for part in _PARTS:
        shared, adds = [*(found.get(part) or [])], found[f"{part}_add"]
        if part == "drugs":
            shared += [f"{name} (class)" for name in found["classes"] or []]
        if part == "together" and adds:
            shared = ["the condition and what is done are both shared"]
        if not shared and not adds:
            continue
        if part == "words" and found["word_scores"]:
            told = [f"{word} {float(add):.3f}" for word, add in zip(shared, found["word_scores"], strict=False)]
        else:
            told = shared
        share = f" add {adds:.3f}" if adds is not None else ""
        sentence = f"{part}{share}: {' + '.join(told) or 'nothing in common by name'}"
        rows.append(same | {"evidence": sentence, "words": "; ".join(shared)})
    return rows


def _held(store: Store, trial: str) -> None:
    if not run_trusted(store, "MATCH (t:Trial {trial_id: $id}) RETURN t.trial_id AS id", {"id": trial}).rows:
        raise UsageError(f"this graph does not hold {trial}")


def _record(store: Store, trial: str, source: str | None = None) -> dict[str, Any]:
    """Return the record that a trial's facts were read from, or the one of a given source."""
    records = run_trusted(store, _RECORDS, {"trial": trial}).rows
    chosen = [record for record in records if source is not None and record["source"] == source] or records
    if not chosen:
        return {}
    return {name: chosen[0][name] for name in ("record", "url", "fetched_at", "sha256")}
