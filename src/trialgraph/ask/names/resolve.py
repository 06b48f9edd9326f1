"""Names that a person gives (drug, class, condition, sponsor, country) as ids of the graph, or the nearest names."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

import msgspec

from trialgraph import text
from trialgraph.ask.cypher.run import run_trusted
from trialgraph.ask.names import classes, conditions, linkers, sponsors
from trialgraph.errors import UsageError
from trialgraph.limits import MEMBERS_NAMED, SUGGESTIONS
from trialgraph.meanings import Resolution
from trialgraph.spelling import nearest_names, similarity

if TYPE_CHECKING:
    from trialgraph.stores.store import Store

SHORT_IN_CAPITALS: Final = 4  # letters; shorter names of bodies are words too: big, ago
_KEY: Final = re.compile(r"[A-Z]{2,6}:\S+")  # MESH:D020123, UNII:W36ZG6FT64, TXT:some-words

# The one node a key names, and all names of a label: literal Cypher, since a label cannot be a parameter.
_BY_KEY: Final = {
    "drug": "MATCH (n:Drug {drug_id: $id}) RETURN n.drug_id AS id, n.name AS name",
    "condition": "MATCH (n:Condition {condition_id: $id}) RETURN n.condition_id AS id, n.name AS name",
    "sponsor": "MATCH (n:Organization {organization_id: $id}) RETURN n.organization_id AS id, n.name AS name",
    "country": "MATCH (n:Country {iso2: $id}) RETURN n.iso2 AS id, n.name AS name",
    "regimen": "MATCH (n:Regimen {regimen_id: $id}) RETURN n.regimen_id AS id, n.name AS name",
}
_NAMES: Final = {
    "drug": "MATCH (n:Drug) RETURN n.drug_id AS id, n.name AS name, n.synonyms AS aliases ORDER BY id",
    "condition": "MATCH (n:Condition) RETURN n.condition_id AS id, n.name AS name, n.synonyms AS aliases ORDER BY id",
    "sponsor": (
        "MATCH (n:Organization) RETURN n.organization_id AS id, n.name AS name, n.aliases AS aliases ORDER BY id"
    ),
    "country": "MATCH (n:Country) RETURN n.iso2 AS id, n.name AS name, [n.iso2] AS aliases ORDER BY id",
}
_WORDS: Final = {
    "drug": "drug or drug class",
    "class": "drug class",
    "condition": "condition",
    "sponsor": "organisation",
    "country": "country",
    "subject": "drug, drug class, condition or organisation",
}
_FORM_WORDS: Final = """
tablet tablets capsule capsules oral injection injections iv intravenous topical gel cream ointment solution suspension
drug therapy treatment mg mcg g ml stent inhaled nasal spray patch sc subcutaneous drops
"""
_FORMS: Final = frozenset(_FORM_WORDS.split())
MIN_SPONSOR: Final = 3  # letters: GSK and NCI are the shortest that people type
SUBJECTS: Final = ("drug", "condition", "class", "sponsor")  # in the order a bare name is tried
_TRIED: Final = {"subject": SUBJECTS, "drug": ("drug", "class")}
_METHODS: Final = {
    "exact": "by name",
    "synonym": "by synonym",
    "span": "by name",
    "mention": "by name",
    "edit-distance": "as the nearest spelling",
    "id": "by its id",
    "parts": "by its drugs",
    "graph": "as the graph writes it",
    "user": "by corrections.txt",
}


def resolve(kind: str, given: str, store: Store) -> Resolution:
    """Return what a name is understood as.

    `kind` is drug (or a class of drugs), class, condition, sponsor, country, or subject (the first of the others that
    knows the name).  Raises UsageError with the nearest names when none does.
    """
    given = given.strip()
    kinds = _TRIED.get(kind, (kind,))
    first = None
    for each in kinds:  # the first that the graph holds, so that no vocabulary is read in vain
        found = _resolve(each, given, store)
        if found is not None and is_held(found, store):
            return _wider(found, given, store) if "class" in kinds else found
        first = first or found
    if first is not None:
        return first
    nearest = suggestions(kinds, given, store)
    hint = f"; did you mean {_either(nearest)}?" if nearest else ""
    raise UsageError(f"no {_WORDS[kind]} is known as {given!r}{hint}")


def _wider(found: Resolution, given: str, store: Store) -> Resolution:
    """Return a class in the place of a drug where the name means the class: heparins, corticosteroids."""
    if found.kind != "drug":
        return found
    is_text = found.id.startswith("TXT:")
    if not is_text and not classes.is_meant(given, found, store):
        return found
    wider = classes.resolve(given, store)
    if wider is None or not wider.members:
        return found
    if not is_text or found.id in {drug for drug, _ in wider.members}:
        return wider
    return _with_member(wider, found)


def _with_member(wider: Resolution, drug: Resolution) -> Resolution:
    """Return a class with one more drug, that records name like the class itself."""
    return msgspec.structs.replace(
        wider,
        members=(*wider.members, (drug.id, drug.name)),
        member_trials=(),
        ids=(*wider.ids, drug.id) if wider.ids else (),
    )


def is_held(resolution: Resolution, store: Store) -> bool:
    """Tell whether the graph has a node for what was understood; of a class, any drug."""
    if resolution.kind == "class" or resolution.id.startswith(conditions.GROUP):
        return bool(resolution.members)
    kind = "sponsor" if resolution.kind == "organization" else resolution.kind
    return bool(run_trusted(store, _BY_KEY[kind], {"id": resolution.id}).rows)


def sentence(resolution: Resolution) -> str:
    """Return what was understood, for a person: rapamycin -> sirolimus (MESH:D020123), by synonym."""
    if resolution.kind == "trial":
        return f"{resolution.given} -> {resolution.id}, {resolution.method}"
    how = _METHODS.get(resolution.method, f"by {resolution.method.replace('-', ' ')}")
    alias, name = text.fold(resolution.matched_alias), text.fold(resolution.name)
    if how == "by name" and alias and alias != name:
        how = "by synonym"
    if alias and alias not in (text.fold(resolution.given), name):
        how += f" {resolution.matched_alias!r}"
    described = f"{resolution.given} -> {resolution.name} ({resolution.id}), {how}"
    if resolution.candidates:
        counted = ", ".join(f"{each.name} ({each.id}) {each.trials:,}" for each in resolution.candidates)
        return f"{described}; it may mean: {counted} trials"
    if resolution.kind == "condition" and resolution.id.startswith(conditions.GROUP):
        return f"{described}: a group of {_counted(resolution, 'condition')}"
    if resolution.kind == "regimen":
        return f"{resolution.given} -> {' + '.join(name for _, name in resolution.members)} ({resolution.id}), {how}"
    if resolution.kind != "class":
        return described
    return f"{described}: a class with {_counted(resolution, 'drug')}"


def _counted(resolution: Resolution, what: str) -> str:
    """Return how many members a class or group has here, and the first of them, with their trials where counted."""
    counts = resolution.member_trials or (None,) * len(resolution.members)
    first = list(zip(resolution.members, counts, strict=True))[:MEMBERS_NAMED]
    named = ", ".join(name if n is None else f"{name} {n}" for (_, name), n in first)
    more = f" and {n - MEMBERS_NAMED} more" if (n := len(resolution.members)) > MEMBERS_NAMED else ""
    return f"{n} {what if n == 1 else what + 's'} here: {named}{more}"


def suggestions(kinds: Sequence[str], given: str, store: Store) -> list[str]:
    """Return the nearest names of some kinds: the vocabularies' own, then those the graph holds."""
    found: list[str] = []
    for kind in kinds:
        linker = _linker(kind, store)
        if linker is not None and hasattr(linker, "suggest"):
            found += linker.suggest(given)[:SUGGESTIONS]
        held = classes.names(store) if kind == "class" else (name for name, _ in _held_names(kind, store).values())
        found += nearest_names(given, held)
    wanted = text.fold(given)
    found = list(dict.fromkeys(found))
    if len(kinds) > 1:  # each kind's nearest come mixed: the most alike first
        found.sort(key=lambda name: -similarity(wanted, text.fold(name)))
    return found[:SUGGESTIONS]


def _resolve(kind: str, given: str, store: Store) -> Resolution | None:
    if kind == "class":
        return classes.resolve(given, store)
    found = _resolve_one(kind, given, store)
    return conditions.with_nodes(found, store) if found is not None and kind == "condition" else found


def _resolve_one(kind: str, given: str, store: Store) -> Resolution | None:
    if kind == "condition" and given.startswith(conditions.GROUP):
        return conditions.resolve(given, store)
    if kind == "condition" and not _KEY.fullmatch(given):
        known_as, beside = conditions.split(given, store)
        if known_as is not None and beside:
            return msgspec.structs.replace(known_as, given=given)
    if _KEY.fullmatch(given):
        correction = linkers.corrections(store).find("organization" if kind == "sponsor" else kind, given)
        rows = run_trusted(store, _BY_KEY[kind], {"id": correction.target if correction else given}).rows
        return (
            _of(kind, rows[0]["id"], rows[0]["name"], given, given, "user" if correction else "id", 1.0)
            if rows
            else None
        )
    linker = _linker(kind, store)
    if kind in {"drug", "condition"}:
        known: Resolution | None = linker.resolve(given)
        if known is not None and (kind == "condition" or names_it_whole(known)):
            return known
    elif kind == "sponsor":
        return _sponsor(given, store) if text.fold(given) else None
    held = _held_names(kind, store).get(text.fold(given))
    return _of(kind, held[1], held[0], given, given, "graph", 1.0) if held else None


def sponsor_named(given: str, store: Store) -> Resolution | None:
    """Return the organisation that words name as a whole and the graph holds, else None.

    Of a sentence's words a short name counts too; one of four letters or fewer only in capitals ("BIG", not "big").
    """
    if len(text.fold(given)) < MIN_SPONSOR:
        return None
    whole = _whole_sponsor(given, store)
    is_short = text.fold(given) in sponsors.short_names() and (len(given) > SHORT_IN_CAPITALS or given.isupper())
    if whole is None and not is_short:
        return None
    return sponsors.resolve(given, whole, linkers.organizations(store), store) or whole


def _sponsor(given: str, store: Store) -> Resolution | None:
    """Return the organisation, or the family of organisations, that a name means."""
    whole = _whole_sponsor(given, store)
    if whole is None and (named := _held_names("sponsor", store).get(text.fold(given))):
        whole = _of("sponsor", named[1], named[0], given, given, "graph", 1.0)
    return sponsors.resolve(given, whole, linkers.organizations(store), store) or whole


def _whole_sponsor(given: str, store: Store) -> Resolution | None:
    link = linkers.organizations(store).resolve(given)
    rows = run_trusted(store, _BY_KEY["sponsor"], {"id": link.organization_id}).rows
    if not rows:
        return None
    return _of("sponsor", rows[0]["id"], rows[0]["name"], given, link.name, link.method, link.confidence)


def names_it_whole(known: Resolution) -> bool:
    """Tell whether nothing but form and dose is left of a name beside the alias found in it.

    A label may hold more words than the drug; a name that a person gives may not: "Big Farma" is not the drug Farma.
    """
    if known.method != "span":
        return True
    left = f" {text.fold(known.given)} ".replace(f" {text.fold(known.matched_alias)} ", " ").split()
    return all(word in _FORMS or any(c.isdigit() for c in word) for word in left)


def _of(kind: str, id_: str, name: str, given: str, alias: str, method: str, confidence: float) -> Resolution:
    return Resolution(
        kind="organization" if kind == "sponsor" else kind,
        id=id_,
        name=name or id_,
        given=given,
        matched_alias=alias,
        method=method,
        confidence=confidence,
    )


def _held_names(kind: str, store: Store) -> dict[str, tuple[str, str]]:
    """Return folded name or alias -> (preferred name, id) of all nodes of a kind; preferred names win."""
    rows = run_trusted(store, _NAMES[kind], {}).rows
    names = {text.fold(row["name"]): (row["name"], row["id"]) for row in rows if row["name"]}
    for row in rows:
        for alias in row["aliases"] or ():
            names.setdefault(text.fold(alias), (row["name"], row["id"]))
    names.pop("", None)
    return names


def _either(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " or " + names[-1]


def _linker(kind: str, store: Store) -> Any:
    makers: dict[str, Callable[[Store], Any]] = {
        "drug": linkers.drugs,
        "condition": linkers.conditions,
        "sponsor": linkers.organizations,
    }
    return makers[kind](store) if kind in makers else None
