"""Makes our file of drug names: which substances are kept, which names of them, and which of them are one.

Input: MeSH headings and supplementary concepts (NLM), UNII names (FDA).  One concept a line:
id, name, MeSH id, UNII, MeSH names, supplementary names, UNII names (names folded, joined by |).
A combination has the components' ids, joined by +, as its id and no MeSH id.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

import msgspec

from trialgraph.vocabularies.drug_facts import (
    ACIDS_OF_CRYSTALS,
    ALONE,
    APART,
    CLASS_BRANCHES,
    ELEMENTS,
    GIVEN,
    KINDS_OF_VACCINE,
    MESSENGERS,
    PROBIOTICS,
    PROTEIN_BRANCHES,
    SALTS,
    SAME,
    STRONG_MARKERS,
    WEAK_MARKERS,
)
from trialgraph.vocabularies.keys import key

LONGEST_NAME = 60  # characters; longer names are systematic or Latin and nobody writes them in a label
DRUG_COMBINATIONS = "D004338"  # the heading "Drug Combinations"
VACCINES = "D20.215.894."
PROTOCOLS = "D000971"  # "Antineoplastic Combined Chemotherapy Protocols"

_MARKER = re.compile(r"\s*\[([A-Za-z][^\]]*)\]\s*$")
_CODE = re.compile(r"[A-Z]{1,6}[A-Z]?[- ]?\d{2,}[-A-Z0-9,./ ]{0,12}")
_COMPANY_CODE = re.compile(r"[A-Z]{2,6}[- ]?\d{3,}[A-Z]{0,2}")
_CATALOGUE = re.compile(
    r"(NSC|FEMA|CD|EINECS|CAS|UN|IDS|RCRA|ENT|AI3|CCRIS|FD&C|D&C|BRN|CHEBI|HSDB)[- .]*(NO\.?)?[- ]*\d.*"
    r"|INS[- ]?(NO\.?)?[- ]?\d{3}[A-Z()]*|E[- ]?\d{3}[A-Z]?|E[- ]?1\d{3}[A-Z]?|C\.?I\.?[- ]*\d{5}.*",
    re.IGNORECASE,
)
_DICTIONARY = re.compile(r"J\d{2,3}\.\d{3}[A-Z]")  # numbers of a Japanese chemical dictionary
_ATC = re.compile(r"Q?[A-Z]\d\d[A-Z]{2}\d\d")
_CHEMICAL = re.compile(r"[(),;].*[(),;]|\d,\d|\d'|\.[A-Z]+\.|^[(\[]|/.*/")
_CLASS = re.compile(
    r"(Compounds|Agents|Derivatives|Analogs|Inhibitors|Antagonists|Agonists|Factors|Proteins|Receptors|Enzymes|Antigens|"
    r"Hormones|Isoenzymes|Radioisotopes|Isotopes|Salts|Drugs|Metabolites|Chemicals|Pollutants|Mutagens|Polymers|"
    r"Copolymers|Metals|Elements|Gases|Ions|Radicals|Fluids|Wastes|Resins|Dust|Smoke|Materials|Biomarkers)$"
)
_COMBINATION = re.compile(r"(drug )?(combination|combinations|mixture)$|fixed dose combination$", re.IGNORECASE)

# rank of a claim on a name: the lower wins; two different claims of one rank above HEADING lose both
HEADING, OFFICIAL, SYNONYM, SUPPLEMENT, CODE, COMMON, LOOSE, DERIVED = range(1, 9)


class Unii(msgspec.Struct):
    """One substance of the UNII list."""

    id: str
    display: str
    official: set[str] = set()
    brands: set[str] = set()
    codes: set[str] = set()
    listed: set[str] = set()  # names that a list of medicines has
    common: set[str] = set()
    strong: bool = False  # some list of medicines has it
    pesticide: bool = False


class Concept(msgspec.Struct):
    """What becomes one drug: perhaps several substances and headings."""

    names: list[str] = []  # preferred names as written, best first
    mesh: list[str] = []
    unii: list[str] = []
    claims: dict[str, tuple[int, str]] = {}  # folded name -> rank, vocabulary ("m", "s", "u")

    def claim(self, name: str, rank: int, vocabulary: str) -> None:
        folded = key(name)
        if folded and (folded not in self.claims or rank < self.claims[folded][0]):
            self.claims[folded] = (rank, vocabulary)


def read_unii(lines: Iterable[str]) -> dict[str, Unii]:
    """Return the substances of a UNII list with their usable names; systematic names are left out."""
    found: dict[str, Unii] = {}
    for line in lines:
        name, kind, unii, display = line.split("\t")
        if kind in ("sys", "TYPE"):
            continue
        row = found.get(unii)
        if row is None:
            row = found[unii] = Unii(unii, display)
        marker = _MARKER.search(name)
        if marker:
            mark = marker[1].upper()
            row.strong = row.strong or mark in STRONG_MARKERS
            row.pesticide = row.pesticide or mark == "ISO"
            if mark not in STRONG_MARKERS and mark not in WEAK_MARKERS:
                continue  # impurities, food and flavour lists, homeopathy
            name = name[: marker.start()]
            (row.official if kind == "of" else row.listed).add(name)
        elif kind == "of":
            row.official.add(name)
        elif kind == "bn":
            row.brands.add(name)
        elif kind == "cd":
            if not _CATALOGUE.fullmatch(name) and not _ATC.fullmatch(name) and not _DICTIONARY.fullmatch(name):
                row.codes.add(name)
        else:
            row.common.add(name)
    return found


def is_a_medicine(row: Unii) -> bool:
    """Tell whether a substance is one that a trial may test: on a list of medicines, or with a company's code."""
    return row.strong or (not row.pesticide and any(_CODE.fullmatch(code) for code in row.codes))


def plain(name: str) -> bool:
    """Tell whether a name is one that people write, not a systematic one."""
    return len(name) <= LONGEST_NAME and not _CHEMICAL.search(name)


def code_forms(name: str) -> list[str]:
    """Return other ways to write a code: BAY 43-9006 without its inner hyphen, MK-0431 without its zero."""
    if not _CODE.fullmatch(name):
        return []
    forms = {re.sub(r"(?<=\d)[-,. ](?=\d)", "", name), re.sub(r"(?<![\d])0+(?=\d{3})", "", name)}
    return sorted(forms - {name})


def turned(name: str) -> str:
    """Return an inverted name in the order of speech: "Saline Solution, Hypertonic" is hypertonic saline solution."""
    head, comma, tail = name.partition(", ")
    return f"{tail} {head}" if comma and ", " not in tail and tail[:1].isalpha() else name


def isotope_forms(name: str) -> list[str]:
    """Return other ways to write a labelled compound: Flutemetamol F-18, [18F]flutemetamol, 18F-flutemetamol."""
    found = re.fullmatch(r"(.+?),?\s+\(?([A-Z][A-Za-z]?)[- ]?(\d{1,3}m?)\)?", name)
    if not found or not re.fullmatch(r"(F|C|I|IN|GA|TC|LU|Y|ZR|CU|N|O|RA|SM|SR|XE|TL|RB|P|CR)", found[2].upper()):
        return []
    base, element, number = found.groups()
    return [f"{number}{element} {base}", f"{element}{number} {base}", f"{base} {number}{element}"]


def stripped(folded: str) -> str | None:
    """Return a folded name without the words for its salt, or None where it has none or would lose its meaning."""
    parts = folded.split()
    kept = list(parts)
    if len(kept) > 2 and kept[-1] == "acid" and kept[-2] in ACIDS_OF_CRYSTALS:
        kept = kept[:-2]
    while len(kept) > 1 and kept[-1] in SALTS:
        kept.pop()
        if len(kept) > 1 and (kept[-1] in ("s", "l", "d") or kept[-1] == "dimethyl"):
            kept.pop()  # "cabozantinib S-malate", "trametinib dimethyl sulfoxide"
    while len(kept) > 1 and kept[0] in ELEMENTS and len(kept) > 1 and kept[1] not in SALTS:
        kept = kept[1:]
    if len(kept) == len(parts) or all(
        word in SALTS or word in ELEMENTS or word in ALONE or len(word) < 3 for word in kept
    ):
        return None
    return " ".join(kept)


def acids(folded: str) -> Iterator[str]:
    """Yield the acid that an anion's name belongs to: valproate, valproic acid."""
    if folded.endswith("ate") and len(folded) > 7:
        yield folded[:-3] + "ic acid"


class Maker:
    """Gathers concepts, joins those that are one, and settles who owns a name."""

    def __init__(self) -> None:
        self.concepts: list[Concept] = []
        self.joined: dict[int, int] = {}
        self.by_official: dict[str, int] = {}  # folded official name -> concept

    def root(self, i: int) -> int:
        while i in self.joined:
            i = self.joined[i]
        return i

    def add(self, concept: Concept) -> int:
        self.concepts.append(concept)
        return len(self.concepts) - 1

    def join(self, base: int, other: int) -> None:
        base, other = self.root(base), self.root(other)
        if base == other:
            return
        a, b = self.concepts[base], self.concepts[other]
        a.names += b.names
        a.mesh += b.mesh
        a.unii += b.unii
        for folded, (rank, vocabulary) in b.claims.items():
            if folded not in a.claims or rank < a.claims[folded][0]:
                a.claims[folded] = (rank, vocabulary)
        self.joined[other] = base

    def official(self, folded: str) -> int | None:
        i = self.by_official.get(folded)
        return None if i is None else self.root(i)


def is_a_substance(numbers: list[str], leaf: bool, known: bool) -> bool:
    """Tell whether a heading is a substance that can be given, and no class, dosage form or body's own protein."""
    if not any(n.startswith("D") for n in numbers):
        return False
    mine = [n for n in numbers if n.startswith("D") and not n.startswith(CLASS_BRANCHES)]
    if not mine:
        return False
    if known:
        return True
    return leaf and (
        any(n.startswith(MESSENGERS) for n in mine) or not all(n.startswith(PROTEIN_BRANCHES) for n in mine)
    )


def gather(mesh: list[list[str]], supplement: list[list[str]], unii: dict[str, Unii]) -> Maker:
    """Return the concepts of the three lists, those that are one substance joined."""
    maker = Maker()
    medicines = {u: row for u, row in unii.items() if is_a_medicine(row)}
    strong_names = {key(n) for r in medicines.values() for n in (r.display, *r.official) if r.strong or r.brands}
    all_names = strong_names | {key(n) for r in unii.values() for n in (r.display, *r.official)}
    _add_headings(maker, mesh, all_names, strong_names)
    _add_unii(maker, unii, medicines, {key(row[1]) for row in supplement})
    vaccines = {row[0] for row in mesh if VACCINES in row[3]}
    branded = {key(name) for row in unii.values() if not row.pesticide for name in row.brands | row.codes}
    _add_supplement(maker, supplement, vaccines, branded)
    by_mesh = {m: i for i, concept in enumerate(maker.concepts) for m in concept.mesh}
    for base, *others in SAME:
        for other in others:
            if base in by_mesh and other in by_mesh:
                maker.join(by_mesh[base], by_mesh[other])
    _join_salts(maker)
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
        mistaken = _COMBINATION.search(name) or (_CLASS.search(name) and not known) or mesh_id in KINDS_OF_VACCINE
        if mesh_id not in GIVEN and (mistaken or not is_a_substance(mine, leaf, known)):
            continue
        concept = Concept([name], [mesh_id], [], {})
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
        at = next((headed[key(n)] for n in known_as if key(n) in headed), None)
        if row.id not in medicines and at is None:
            continue
        if at is None:
            at = maker.official(key(row.display))
        if at is None:
            at = maker.add(Concept([row.display], [], [], {}))
        concept = maker.concepts[at]
        concept.unii.append(row.id)
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
        if DRUG_COMBINATIONS in headings or PROTOCOLS in headings or _COMBINATION.search(name):
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
                if len(term) > 5 and plain(term) and (found := maker.official(key(term))) is not None:
                    if not maker.concepts[found].mesh:
                        at = found
                        break
        if at is None:
            given = (
                mesh_id in APART | GIVEN or any(h in all_vaccines for h in headings.split(",")) or key(name) in branded
            )
            if not given and not _worth_keeping(name, terms):
                continue
            at = maker.add(Concept([name], [], [], {}))
            if mesh_id in APART:
                maker.by_official[key(name)] = at
                concept = maker.concepts[at]
                concept.claim(name, HEADING, "s")
            maker.by_official.setdefault(key(name), at)
        concept = maker.concepts[at]
        concept.mesh.append(mesh_id)
        concept.claim(name, SUPPLEMENT, "s")
        for term in terms:
            if plain(term) and len(term) > 3:
                concept.claim(term, CODE if _CODE.fullmatch(term) else LOOSE, "s")


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


def _join_salts(maker: Maker) -> None:
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
        if not heading and DRUG_COMBINATIONS not in fourth and not _COMBINATION.search(name):
            continue
        parts_found = next((p for term in terms if (p := _components(maker, term))), None)
        if parts_found:
            for term in terms:
                if len(term) <= LONGEST_NAME:
                    found.setdefault(key(term), parts_found)
    for line in unii:
        name, kind, code, _ = line.split("\t")
        if " COMPONENT " in name and kind in ("bn", "cn", "cd"):
            product, _, part = _MARKER.sub("", name).partition(" COMPONENT ")
            at = by_unii.get(code)
            products[key(product)].add(-1 if at is None else at)
    for product, some in products.items():
        if -1 not in some and len(some) > 1 and len(product) > 3:
            found.setdefault(product, tuple(sorted(some)))
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
    found = set()
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


def drugs_text(mesh: list[list[str]], supplement: list[list[str]], unii_lines: list[str], release: str) -> str:
    """Return our file of drug names."""
    unii = read_unii(unii_lines)
    maker = gather(mesh, supplement, unii)
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
            rows.append(["+".join(ids), "", "", "", *lists])
            continue
        concept = maker.concepts[parts[0]]
        mesh_id = _mesh_id(concept)
        rows.append(
            [concept_id(concept), shown(concept.names[0]), mesh_id, concept.unii[0] if concept.unii else "", *lists]
        )
    rows.sort()
    return "\n".join([f"# {release}", *("\t".join(row) for row in rows)]) + "\n"


def _mesh_id(concept: Concept) -> str:
    return next((m for m in concept.mesh if m.startswith("D")), concept.mesh[0] if concept.mesh else "")


def concept_id(concept: Concept) -> str:
    """Return the id that a concept has everywhere: a heading's, a supplementary concept's, or a substance's."""
    mesh_id = _mesh_id(concept)
    return f"MESH:{mesh_id}" if mesh_id else f"UNII:{concept.unii[0]}"


def shown(name: str) -> str:
    """Return a name as it is shown: codes in capitals, words not."""
    return name if not name.isupper() or _CODE.fullmatch(name) else name.lower().capitalize()
