"""Joins substances that two lists hold apart: by the names and codes that both hold, and by pairs by hand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from trialgraph.curation.drug_concepts import DERIVED, HEADING, LOOSE, OFFICIAL, SYNONYM, Concept, Maker, is_own
from trialgraph.curation.drug_names import CODE_FORM, acids, stripped
from trialgraph.linking.words.keys import key

SHORTEST_EVIDENCE = 5  # letters and digits: "A 12" is the code of many
SHORTEST_WORD = 7  # letters of a name without digits: an acronym is the code of many


def join(maker: Maker, codes: Iterable[tuple[str, str]]) -> None:
    """Join the substances that are one: by shared names, as salts of a base, and by pairs of code and name by hand."""
    join_names(maker)
    join_salts(maker)
    join_codes(maker, codes)


def join_names(maker: Maker) -> None:
    """Join a substance of MeSH and one of UNII where a name or code is claimed by these two alone.

    Only substances that one list alone holds are joined, and only to one: where the names of a substance lead to
    several others, they say nothing.
    """
    claimants: dict[str, set[int]] = defaultdict(set)
    for i, concept in enumerate(maker.concepts):
        if i not in maker.joined:
            for folded, (rank, _) in concept.claims.items():
                if rank <= LOOSE and is_evidence(folded):
                    claimants[folded].add(i)
    partners: dict[int, set[int]] = defaultdict(set)
    for some in claimants.values():
        if len(some) == 2:
            one, other = sorted(some, key=lambda i: not maker.concepts[i].mesh)
            a, b = maker.concepts[one], maker.concepts[other]
            if a.mesh and not a.unii and b.unii and not b.mesh:
                partners[one].add(other)
                partners[other].add(one)
    for one, others in sorted(partners.items()):
        if len(others) == 1 and maker.concepts[one].mesh:
            (other,) = others
            if len(partners[other]) == 1:
                unite(maker, one, other)


def join_salts(maker: Maker) -> None:
    """Join each salt, ester or hydrate to the substance that is left without the words for it."""
    order = sorted(range(len(maker.concepts)), key=lambda i: (len(key(maker.concepts[i].names[0]).split()), i))
    for i in order:
        concept = maker.concepts[i]
        for name in concept.names[:1]:
            folded = key(name)
            base = stripped(folded)
            at = None
            for candidate in filter(None, (base, *acids(base or folded))):
                at = maker.official(candidate)
                if at is not None:
                    break
            if at is not None:
                maker.join(at, i)
            elif base:
                maker.by_official.setdefault(base, i)
                concept.claims.setdefault(base, (HEADING if concept.mesh else DERIVED, "u"))
    for i, concept in enumerate(maker.concepts):
        if i in maker.joined:
            continue
        for folded, (rank, vocabulary) in list(concept.claims.items()):
            if folded.endswith("ic acid") and rank <= SYNONYM:
                concept.claims.setdefault(folded.removesuffix("ic acid") + "ate", (DERIVED, vocabulary))


def join_codes(maker: Maker, codes: Iterable[tuple[str, str]]) -> None:
    """Join what a code by hand names and what its international name does; an unknown code becomes another name.

    Where a list gives the code to a substance with a name of its own, the list is believed.
    """
    claimants = claimants_of_names(maker)
    for code, name in codes:
        at = _best(maker, claimants.get(key(name), ()))
        if at is None:
            continue
        others = {maker.root(i) for i, _ in claimants.get(key(code), ())} - {maker.root(at)}
        if not all(is_code(maker.concepts[i].names[0]) for i in others):
            continue
        for other in sorted(others):
            unite(maker, at, other)
        maker.concepts[maker.root(at)].claims[key(code)] = (OFFICIAL, "u")


def claimants_of_names(maker: Maker) -> dict[str, list[tuple[int, int]]]:
    """Return each folded name with the concepts that claim it and the rank of each claim."""
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for i, concept in enumerate(maker.concepts):
        if i not in maker.joined:
            for folded, (rank, _) in concept.claims.items():
                found[folded].append((i, rank))
    return found


def _best(maker: Maker, claims: Iterable[tuple[int, int]]) -> int | None:
    """Return the concept with the best claim, or None where several claim a name equally well."""
    ranks: dict[int, set[int]] = defaultdict(set)
    for i, rank in claims:
        ranks[rank].add(maker.root(i))
    best = ranks[min(ranks)] if ranks else set()
    return next(iter(best)) if len(best) == 1 else None


def unite(maker: Maker, one: int, other: int) -> None:
    """Make two concepts one, under the heading's name, else UNII's, else another; a code is no name beside a word."""
    one, other = maker.root(one), maker.root(other)
    if one == other or _is_own(maker.concepts[one]) != _is_own(maker.concepts[other]):
        return
    maker.join(one, other)
    concept = maker.concepts[maker.root(one)]
    names_of = {scheme: {n for i, n in concept.members if i.startswith(scheme)} for scheme in ("MESH:D", "UNII:")}
    concept.names.sort(key=lambda n: (is_code(n), n not in names_of["MESH:D"], n not in names_of["UNII:"]))


def is_code(name: str) -> bool:
    """Tell whether a preferred name is a company's code and no word."""
    return CODE_FORM.fullmatch(name.upper()) is not None or any(c.isdigit() for c in name.partition(" ")[0])


def is_evidence(folded: str) -> bool:
    """Tell whether a name that two lists hold says that they mean one substance."""
    letters = folded.replace(" ", "")
    if any(c.isdigit() for c in letters):
        return len(letters) >= SHORTEST_EVIDENCE and sum(c.isalpha() for c in letters) > 1
    return len(letters) >= SHORTEST_WORD


def _is_own(concept: Concept) -> bool:
    return any(is_own(key(name)) for name in concept.names)
