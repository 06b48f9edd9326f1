"""Gathers the substances of the public lists into concepts, and joins those that are one substance."""

from __future__ import annotations

import re

import msgspec

from trialgraph.curation.drug_facts import (
    APART,
    CLASS_BRANCHES,
    GIVEN,
    GROUPS,
    KINDS_OF_VACCINE,
    MESSENGERS,
    OWN_DRUGS,
    PROTEIN_BRANCHES,
    SAME,
)
from trialgraph.curation.drug_names import (
    CODE_FORM,
    LONGEST_NAME,
    Unii,
    code_forms,
    is_a_medicine,
    isotope_forms,
    plain,
    stripped,
    turned,
)
from trialgraph.linking.words.keys import key

SHORT_NAME = 25  # characters: a substance that both lists know by a longer name is a chemist's
DRUG_COMBINATIONS = "D004338"  # the heading "Drug Combinations"
VACCINES = "D20.215.894."
DOSAGE_FORMS = "D26.255"
HERBALS = frozenset(("D004365", "D010936"))  # Drugs, Chinese Herbal; Plant Extracts
PROTOCOLS = "D000971"  # "Antineoplastic Combined Chemotherapy Protocols"

_COMPANY_CODE = re.compile(r"[A-Z]{2,6}[- ]?\d{3,}[A-Z]{0,2}")
_CLASS = re.compile(
    r"(Compounds|Agents|Derivatives|Analogs|Inhibitors|Antagonists|Agonists|Factors|Proteins|Receptors|Enzymes|Antigens|"
    r"Hormones|Isoenzymes|Radioisotopes|Isotopes|Salts|Drugs|Metabolites|Chemicals|Pollutants|Mutagens|Polymers|"
    r"Copolymers|Metals|Elements|Gases|Ions|Radicals|Fluids|Wastes|Resins|Dust|Smoke|Materials|Biomarkers)$"
)
COMBINATION_FORM = re.compile(r"(drug )?(combination|combinations|mixture)$|fixed dose combination$", re.IGNORECASE)


# rank of a claim on a name: the lower wins; two different claims of one rank above HEADING lose both
HEADING, OFFICIAL, SYNONYM, SUPPLEMENT, CODE, COMMON, LOOSE, DERIVED = range(1, 9)


class Concept(msgspec.Struct):
    """What becomes one drug: perhaps several substances and headings."""

    names: list[str] = []  # preferred names as written, best first
    mesh: list[str] = []
    unii: list[str] = []
    claims: dict[str, tuple[int, str]] = {}  # folded name -> rank, vocabulary ("m", "s", "u")
    members: list[tuple[str, str]] = []  # id and preferred name of each substance in it

    def claim(self, name: str, rank: int, vocabulary: str) -> None:
        """Say that a name is this concept's, at a rank, by a list."""
        folded = key(name)
        if folded and (folded not in self.claims or rank < self.claims[folded][0]):
            self.claims[folded] = (rank, vocabulary)


class Maker:
    """Gathers concepts, joins those that are one, and settles who owns a name."""

    def __init__(self) -> None:
        self.concepts: list[Concept] = []
        self.joined: dict[int, int] = {}
        self.by_official: dict[str, int] = {}  # folded official name -> concept

    def root(self, i: int) -> int:
        """Return the concept that a concept was joined to, or itself."""
        while i in self.joined:
            i = self.joined[i]
        return i

    def add(self, concept: Concept) -> int:
        """Take in a concept; returns its place."""
        self.concepts.append(concept)
        return len(self.concepts) - 1

    def join(self, base: int, other: int) -> None:
        """Make two concepts one; the base's names and ids come first."""
        base, other = self.root(base), self.root(other)
        if base == other:
            return
        a, b = self.concepts[base], self.concepts[other]
        a.names += b.names
        a.mesh += b.mesh
        a.unii += b.unii
        a.members += b.members
        for folded, (rank, vocabulary) in b.claims.items():
            if folded not in a.claims or rank < a.claims[folded][0]:
                a.claims[folded] = (rank, vocabulary)
        self.joined[other] = base

    def official(self, folded: str) -> int | None:
        """Return the concept that has an official name, or None."""
        i = self.by_official.get(folded)
        return None if i is None else self.root(i)


def is_a_substance(numbers: list[str], leaf: bool, known: bool) -> bool:
    """Tell whether a heading is a substance that can be given, and no class, dosage form or body's own protein."""
    if not any(n.startswith("D") for n in numbers):
        return False
    mine = [n for n in numbers if n.startswith("D") and not n.startswith(CLASS_BRANCHES)]
    if not mine or (any(n.startswith(DOSAGE_FORMS) for n in numbers) and not known):
        return False
    if known:
        return True
    return leaf and (
        any(n.startswith(MESSENGERS) for n in mine) or not all(n.startswith(PROTEIN_BRANCHES) for n in mine)
    )


def is_own(folded: str) -> bool:
    """Tell whether a folded name is of a drug that a word for a salt does not join to another."""
    return folded in OWN_DRUGS or stripped(folded) in OWN_DRUGS


def gather(mesh: list[list[str]], supplement: list[list[str]], unii: dict[str, Unii]) -> Maker:
    """Return the concepts of the three lists, those joined that bear one official name."""
    maker = Maker()
    medicines = {u: row for u, row in unii.items() if is_a_medicine(row)}
    strong_names = {key(n) for r in medicines.values() for n in (r.display, *r.official) if r.strong or r.brands}
    all_names = strong_names | {key(n) for r in unii.values() for n in (r.display, *r.official)}
    _add_headings(maker, mesh, all_names, strong_names)
    _add_unii(maker, unii, medicines, {key(row[1]) for row in supplement})
    vaccines = {row[0] for row in mesh if VACCINES in row[3]}
    branded = {
        key(name)
        for row in unii.values()
        if not row.pesticide
        for name in (row.display, *row.official, *row.brands, *row.codes, *row.common)
        if plain(name) and len(name) <= SHORT_NAME
    }
    _add_supplement(maker, supplement, vaccines, branded)
    by_mesh = {m: i for i, concept in enumerate(maker.concepts) for m in (*concept.mesh, *concept.unii)}
    for base, *others in SAME:
        for other in others:
            if base in by_mesh and other in by_mesh:
                maker.join(by_mesh[base], by_mesh[other])
    return maker


def _add_headings(maker: Maker, mesh: list[list[str]], all_names: set[str], strong_names: set[str]) -> None:
    numbers = {n for row in mesh for n in row[3].split("|")}
    inner = {n.rpartition(".")[0] for n in numbers}
    later = []
    for mesh_id, name, synonyms, trees, *_ in mesh:
        mine = [n for n in trees.split("|") if n]
        names = [name, *filter(None, synonyms.split("|"))]
        own = all(
            n.startswith(PROTEIN_BRANCHES) for n in mine if n.startswith("D") and not n.startswith(CLASS_BRANCHES)
        )
        known = any(key(n) in (strong_names if own else all_names) for n in names)
        leaf = not any(n in inner for n in mine)
        leaf = leaf or any(n.startswith(VACCINES) for n in mine)
        mistaken = COMBINATION_FORM.search(name) or (_CLASS.search(name) and not known) or mesh_id in KINDS_OF_VACCINE
        if mesh_id in GROUPS or (mesh_id not in GIVEN and (mistaken or not is_a_substance(mine, leaf, known))):
            continue
        concept = Concept([name], [mesh_id], [], {}, [(f"MESH:{mesh_id}", name)])
        # a heading in the plural ("Tetracyclines") gives way to one in the singular
        rank = HEADING if key(name).endswith(name[-1].lower()) else OFFICIAL
        concept.claim(name, rank, "m")
        concept.claim(turned(name), rank, "m")
        for term in names[1:]:
            if plain(term) or term.count(",") == 1:
                concept.claim(term, SYNONYM, "m")
                concept.claim(turned(term), SYNONYM, "m")
        i = maker.add(concept)
        if rank == HEADING:
            maker.by_official.setdefault(key(name), i)
        later.append((i, names))
    for i, names in later:
        for term in names:
            maker.by_official.setdefault(key(term), i)


def _add_unii(maker: Maker, unii: dict[str, Unii], medicines: dict[str, Unii], supplement: set[str]) -> None:
    headed = dict(maker.by_official)
    for row in sorted(unii.values(), key=lambda row: (not row.strong, len(row.display), row.id)):
        official = [row.display, *sorted(row.official, key=lambda n: (len(n), n))]
        known_as = [row.display] if key(row.display) in supplement else [*official, *sorted(row.listed)]
        if is_own(key(row.display)):
            known_as = [name for name in known_as if is_own(key(name))]
        at = next((headed[key(n)] for n in known_as if key(n) in headed), None)
        if row.id not in medicines and at is None:
            continue
        if at is None:
            at = maker.official(key(row.display))
        if at is None:
            at = maker.add(Concept([row.display], [], [], {}, []))
        concept = maker.concepts[at]
        concept.unii.append(row.id)
        concept.members.append((f"UNII:{row.id}", row.display))
        for name in official:
            if len(name) <= LONGEST_NAME:
                concept.claim(name, OFFICIAL, "u")
                for form in isotope_forms(name):
                    concept.claim(form, CODE, "u")
                    concept.claim(re.sub(r"[,\s]*\(?[A-Z][A-Za-z]?[- ]?\d{1,3}m?\)?$", "", name), DERIVED, "u")
                maker.by_official.setdefault(key(name), at)
        if row.id not in medicines:
            continue
        for names, rank in ((row.brands, OFFICIAL), (row.listed, SYNONYM), (row.codes, CODE), (row.common, COMMON)):
            for name in names:
                if plain(name) and " COMPONENT " not in name:
                    for form in (name, *code_forms(name)):
                        concept.claim(form, rank, "u")


def _add_supplement(maker: Maker, supplement: list[list[str]], all_vaccines: set[str], branded: set[str]) -> None:
    vaccines = all_vaccines - KINDS_OF_VACCINE
    by_mesh = {m: i for i, concept in enumerate(maker.concepts) for m in concept.mesh}
    for mesh_id, name, synonyms, headings in supplement:
        terms = [term for term in synonyms.split("|") if term]
        if DRUG_COMBINATIONS in headings or PROTOCOLS in headings or COMBINATION_FORM.search(name):
            continue
        against = [by_mesh[h] for h in headings.split(",") if h in vaccines and h in by_mesh]
        if len(against) == 1:  # one product against one disease: the vaccine against it
            for term in (name, *terms):
                if plain(term) and len(term) > 3:
                    maker.concepts[against[0]].claim(term, SUPPLEMENT, "s")
            continue
        at = None if mesh_id in APART else maker.official(key(name))
        if at is None and mesh_id not in APART:
            for term in terms:
                found = maker.official(key(term)) if len(term) > 5 and plain(term) else None
                if found is not None and not maker.concepts[found].mesh:
                    at = found
                    break
        if at is None:
            given = (
                mesh_id in APART | GIVEN
                or any(h in all_vaccines for h in headings.split(","))
                or (plain(name) and len(key(name)) > 4 and not HERBALS.isdisjoint(headings.split(",")))
                or (plain(name) and key(name) in branded)
            )
            if not given and not _worth_keeping(name, terms):
                continue
            at = maker.add(Concept([name], [], [], {}, []))
            if mesh_id in APART:
                maker.by_official[key(name)] = at
                concept = maker.concepts[at]
                concept.claim(name, HEADING, "s")
            maker.by_official.setdefault(key(name), at)
        concept = maker.concepts[at]
        concept.mesh.append(mesh_id)
        concept.members.append((f"MESH:{mesh_id}", name))
        concept.claim(name, SUPPLEMENT, "s")
        for term in terms:
            if plain(term) and len(term) > 3:
                concept.claim(term, CODE if CODE_FORM.fullmatch(term) else LOOSE, "s")


_STEMS = re.compile(
    r"vaccine|toxoid|immunoglobulin|antivenom|antibody|(mab|nib|vir|tide|gliptin|gliflozin|sartan|prazole|statin|"
    r"pril|olol|oxacin|mycin|cillin|azole|setron|triptan|parin|xaban|gatran|ciclib|limus|citinib|cept|leucel|gene|"
    r"meran|nercept|kinra|stim|poetin|relin|relix|lukast|terol|tropium|rsen|siran|cog alfa|formulation|granule|"
    r"decoction|capsule|extract|probiotic|\bCAR\b)$",
    re.IGNORECASE,
)


def _worth_keeping(name: str, terms: list[str]) -> bool:
    """Tell whether a supplementary concept that no list of medicines holds may be given to people."""
    return any(_COMPANY_CODE.fullmatch(term) or (plain(term) and _STEMS.search(term)) for term in (name, *terms))
