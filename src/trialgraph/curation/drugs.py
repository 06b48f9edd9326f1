"""Makes our file of drug names: which substances are kept, which names of them, and which of them are one.

Input: MeSH headings and supplementary concepts (NLM), UNII names (FDA).  One concept a line:
id, name, MeSH id, UNII, MeSH names, supplementary names, UNII names (names folded, joined by |), for a salt the id
of its base, and the preferred names of the substances that were joined to it.
A combination has the components' ids, joined by +, as its id and no MeSH id.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from trialgraph.curation.drug_concepts import (
    COMBINATION_FORM,
    COMMON,
    DRUG_COMBINATIONS,
    HEADING,
    OFFICIAL,
    PROTOCOLS,
    SYNONYM,
    Concept,
    Maker,
    gather,
)
from trialgraph.curation.drug_facts import GIVEN, PIECES, PROBIOTICS
from trialgraph.curation.drug_joins import join
from trialgraph.curation.drug_names import LONGEST_NAME, MARKER, read_unii, salt_of, shown, stripped
from trialgraph.linking.words.keys import key


def combinations(
    maker: Maker, mesh: list[list[str]], supplement: list[list[str]], unii: Iterable[str]
) -> dict[str, tuple[int, ...]]:
    """Return folded names of combinations with the components that they open into."""
    by_mesh = {m: maker.root(i) for i, c in enumerate(maker.concepts) for m in c.mesh}
    by_unii = {u: maker.root(i) for i, c in enumerate(maker.concepts) for u in c.unii}
    found: dict[str, tuple[int, ...]] = {}
    products: dict[str, set[int]] = defaultdict(set)
    for mesh_id, name, synonyms, fourth, *_ in (*mesh, *supplement):
        heading = mesh_id.startswith("D")
        terms = [name, *filter(None, synonyms.split("|"))]
        if "D26.310" not in fourth if heading else "D0" not in fourth:
            continue
        if PROTOCOLS in fourth and not heading:
            parts = tuple(sorted({by_mesh[h] for h in fourth.split(",") if h in by_mesh}))
            whole = all(h in by_mesh or h in (PROTOCOLS, DRUG_COMBINATIONS) for h in fourth.split(","))
            if len(parts) < 2 or not whole:
                continue
            for term in terms:
                # the bare letters (CAMP, MICE) are words too: those in use stand in the list by hand
                short, some = re.subn(r"\W*(protocol|regimen)\W*.*$", "", term, flags=re.IGNORECASE)
                for word in ("protocol", "regimen", "chemotherapy") if some and short else ():
                    found.setdefault(key(f"{short} {word}"), parts)
            continue
        if not heading and DRUG_COMBINATIONS not in fourth and not COMBINATION_FORM.search(name):
            continue
        parts_found = next((p for term in terms if (p := _components(maker, term))), None)
        if parts_found:
            for term in terms:
                if len(term) <= LONGEST_NAME:
                    found.setdefault(key(term), parts_found)
    for line in unii:
        name, kind, code, _ = line.split("\t")
        if " COMPONENT " in name and kind in ("bn", "cn", "cd"):
            product = MARKER.sub("", name).partition(" COMPONENT ")[0]
            at = by_unii.get(code)
            products[key(product)].add(-1 if at is None else at)
    for product, members in products.items():
        if -1 not in members and len(members) > 1 and len(product) > 3:
            found.setdefault(product, tuple(sorted(members)))
    return found


def _components(maker: Maker, name: str) -> tuple[int, ...]:
    bare = re.sub(r"\b(fixed[- ]dose|drug|combinations?|mixture|products?|agent)\b", " ", name, flags=re.IGNORECASE)
    for splitter in (r",\s*|\s+and\s+|\s+plus\s+|\s-\s?|/|\s?-\s|\+", r"-|,"):
        parts = [part.strip() for part in re.split(splitter, bare) if part.strip(" -")]
        if len(parts) > 1:
            at = [_resolved(maker, part) for part in parts]
            if all(i is not None for i in at) and len(set(at)) > 1:
                return tuple(sorted({i for i in at if i is not None}))
    return ()


def _resolved(maker: Maker, part: str) -> int | None:
    at = maker.official(key(part))
    if at is None and (base := stripped(key(part))):
        at = maker.official(base)
    return at


def other_things(mesh: list[list[str]]) -> set[str]:
    """Return the folded names of headings that are no substances: bodies, diseases, procedures, viruses, animals."""
    found: set[str] = set()
    for _, name, synonyms, trees, *_ in mesh:
        if not any(n.startswith(("D", "B01.650", "B01.875", "B01.300", *PROBIOTICS, "J02")) for n in trees.split("|")):
            found.update(map(key, (name, *synonyms.split("|"))))
    return found


def settle(maker: Maker, mixed: dict[str, tuple[int, ...]], others: set[str]) -> dict[str, tuple[tuple[int, ...], str]]:
    """Return each folded name with who owns it; a name that two claim equally well is nobody's."""
    claims: dict[str, list[tuple[int, tuple[int, ...], str]]] = defaultdict(list)
    for i, concept in enumerate(maker.concepts):
        if i not in maker.joined:
            for folded, (rank, vocabulary) in concept.claims.items():
                claims[folded].append((rank, (i,), vocabulary))
    for folded, parts in mixed.items():
        claims[folded].append((OFFICIAL if len(parts) > 1 else COMMON, parts, "s"))
    owners = {}
    for folded, some in claims.items():
        best = min(rank for rank, _, _ in some)
        if (
            folded in others
            and best > HEADING
            and not any(c.mesh[0] in GIVEN for _, p, _ in some for c in _owners(maker, p))
        ):
            continue
        top = {parts: vocabulary for rank, parts, vocabulary in some if rank == best}
        if len(top) > 1 and best <= OFFICIAL:
            headed = {p: v for p, v in top.items() if any(m.startswith("D") for i in p for m in maker.concepts[i].mesh)}
            top = headed if len(headed) == 1 else top
        if len(top) == 1 and usable(folded, best):
            owners[folded] = next(iter(top.items()))
    return owners


def _owners(maker: Maker, parts: tuple[int, ...]) -> list[Concept]:
    return [maker.concepts[i] for i in parts if maker.concepts[i].mesh]


def usable(folded: str, rank: int) -> bool:
    """Tell whether a name is safe to look for: long enough for how well it is attested."""
    parts = folded.split()
    if folded in PIECES:
        return False
    letters = sum(len(p) for p in parts if p[0].isalpha())
    if re.fullmatch(r"cd \d+ ?\w?|hla .*", folded):
        return False  # marks of cells
    digits = any(p.isdigit() for p in parts)
    if letters == 0 or (parts[0].isdigit() and letters < 4) or len(parts) > 12:
        return False
    if not digits:
        return letters > (3 if rank <= SYNONYM else 4)
    if rank > OFFICIAL and len(parts) == 2 and letters == 1 and len(parts[-1]) < 3:
        return False  # "a 12", "c 3"
    return letters + sum(len(p) for p in parts if p.isdigit()) > 3 or rank <= SYNONYM


def drugs_text(
    mesh: list[list[str]],
    supplement: list[list[str]],
    unii_lines: list[str],
    release: str,
    codes: Iterable[tuple[str, str]] = (),
) -> str:
    """Return our file of drug names; `codes` are pairs by hand of a company's code and the name of the same drug."""
    unii = read_unii(unii_lines)
    maker = gather(mesh, supplement, unii)
    join(maker, codes)
    owners = settle(maker, combinations(maker, mesh, supplement, unii_lines), other_things(mesh))
    names: dict[tuple[int, ...], dict[str, list[str]]] = defaultdict(lambda: {"m": [], "s": [], "u": []})
    for folded, (parts, vocabulary) in owners.items():
        names[parts][vocabulary].append(folded)
    rows = []
    for parts in [*names]:
        for i in parts:
            names[(i,)]  # a component is a drug of its own, even one whose every name is disputed
    for parts, by in names.items():
        lists = ["|".join(sorted(by[v])) for v in "msu"]
        if len(parts) > 1:
            ids = sorted(concept_id(maker.concepts[i]) for i in parts)
            rows.append(["+".join(ids), "", "", "", *lists, "", ""])
            continue
        concept = maker.concepts[parts[0]]
        rows += salt_rows(concept, by)
        lists = ["|".join(sorted(by[v])) for v in "msu"]
        mesh_id = _mesh_id(concept)
        unii_id = concept.unii[0] if concept.unii else ""
        rows.append([concept_id(concept), shown(concept.names[0]), mesh_id, unii_id, *lists, "", joined_names(concept)])
    rows.sort()
    return "\n".join([f"# {release}", *("\t".join(row) for row in rows)]) + "\n"


def salt_rows(concept: Concept, by: dict[str, list[str]]) -> list[list[str]]:
    """Return the rows of a concept's salts that a list holds as substances, and take their names out of `by`."""
    base, base_id = key(concept.names[0]), concept_id(concept)
    salts: dict[tuple[str, ...], tuple[str, str]] = {}
    for member_id, name in sorted(concept.members, key=lambda m: (m[0].startswith("MESH:"), len(m[1]), m)):
        salt = salt_of(key(name), base)
        if salt and member_id != base_id:
            salts.setdefault(salt, (member_id, name))
    names: dict[tuple[str, ...], dict[str, list[str]]] = {}
    for vocabulary, some in by.items():
        for folded in [*some]:
            salt = salt_of(folded, base)
            if salt in salts:
                some.remove(folded)
                names.setdefault(salt, {"m": [], "s": [], "u": []})[vocabulary].append(folded)
    rows = []
    for salt, mine in names.items():
        member_id, name = salts[salt]
        scheme, _, number = member_id.partition(":")
        ids = [number, ""] if scheme == "MESH" else ["", number]
        rows.append([member_id, shown(name), *ids, *("|".join(sorted(mine[v])) for v in "msu"), base_id, ""])
    return rows


def joined_names(concept: Concept) -> str:
    """Return the preferred names of a concept's other substances, joined by |."""
    mine = {key(concept.names[0])}
    names: dict[str, str] = {}
    for _, name in concept.members:
        if key(name) not in mine and len(name) <= LONGEST_NAME and "|" not in name:
            names.setdefault(key(name), shown(name))
    return "|".join(sorted(names.values()))


def _mesh_id(concept: Concept) -> str:
    return next((m for m in concept.mesh if m.startswith("D")), concept.mesh[0] if concept.mesh else "")


def concept_id(concept: Concept) -> str:
    """Return the id that a concept has everywhere: a heading's, a supplementary concept's, or a substance's."""
    mesh_id = _mesh_id(concept)
    return f"MESH:{mesh_id}" if mesh_id else f"UNII:{concept.unii[0]}"
