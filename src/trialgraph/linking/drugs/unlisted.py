"""Names that no vocabulary holds: one edit away from one that it does, or plainly a code or a product of its own."""

from __future__ import annotations

import functools
import re

from trialgraph.limits import EDIT_LETTERS, MOST_EDIT_LETTERS, MOST_LABEL_WORDS
from trialgraph.linking import mesh
from trialgraph.linking.drugs import doses
from trialgraph.linking.drugs.controls import is_care, is_control_saline, is_placebo
from trialgraph.linking.drugs.find import Mention, is_not_given
from trialgraph.linking.drugs.vocabulary import DrugVocabulary, Match
from trialgraph.linking.words.keys import key, words
from trialgraph.spelling import one_edit_variants

_CODE = re.compile(
    r"(?<![\w.])(?=[\w./-]*[A-Z])(?:[A-Z][A-Za-z]{0,7}-?\d{2,}(?:,\d{3})*[\w./-]*|"
    r"[A-Z]{1,6} \d{3,}(?:,\d{3})*[\w./-]*|[A-Z]{2,6}-[A-Z]?\d+[\w-]*)(?!\w)"
)
# marks of cells and viruses, which are aimed at and not given; labels of isotopes
_ANTIGEN = re.compile(
    r"CD\d+\+?|PD-?L?1|HIV-?\d?|HER-?\d|IL-?\d+|B7-H\d|MAGE-?A?\d+|WT-?1|TP?53|HLA-?A?\d*|MUC-?\d|CTLA-?4|F-?18|C-?11|"
    r"GLP-?1|DPP-?4|SGLT-?2|COX-?2|NK-?\d|H\d+N\d+|COVID-19|SARS-CoV-2|TNF-?\w*|VEGF\w*|PM-?\d+",
    re.IGNORECASE,
)
_PRODUCT = re.compile(
    r"\b(?:cells?|lymphocytes?|vaccines?|vaccination|car-?ts?|tcr|pbls?|tils?|peptides?|serum|plasma|extracts?|allergens?|"
    r"virus|plasmid|vector|fibroblasts?|keratinocytes?|macrophages?|platelets?|monocytes?|exosomes?|microbiota|"
    r"probiotics?|lysate|antigen)\b",
    re.IGNORECASE,
)
_CELLS = re.compile(
    r"\b(?:car|car-?ts?|tcr|pbls?|tils?|cells?|lymphocytes?|t-?cells?|nk|fibroblasts?|macrobeads?|islets?)\b|cart\b",
    re.IGNORECASE,
)
# headings of cells that are given as they are
CELLS = frozenset(
    f"MESH:{heading}"
    for heading in (
        "D013601", "D008214", "D003713", "D007694", "D006412", "D013234", "D007962", "D005347", "D015603", "D019902",
        "D059630", "D015979", "D018418",
    )
)  # fmt: skip
_ENGINEERED = re.compile(
    r"\bcar\b|\bcar-|chimeric|transduced|engineered|modified|marked|pulsed|loaded|specific|directed|transfected|gene\b|tcr\b|"
    r"\bcd\d+|[A-Z]{2,}-?\d|\d{3,}|vaccin|peptide|anti-",
    re.IGNORECASE,
)
# headings of cells so wide that words beside them name another product: "autologous tumour-infiltrating lymphocytes"
_WIDE_CELLS = frozenset(f"MESH:{heading}" for heading in ("D013601", "D008214", "D013234", "D007962"))
# in running text they say what a product is made of; mesenchymal stem cells are given as they are
GENERIC_CELLS = CELLS - {"MESH:D059630"}
_TRANSPLANT = re.compile(r"\btransplant", re.IGNORECASE)
_MARROW = re.compile(r"stem|marrow|haematopoietic|hematopoietic|progenitor", re.IGNORECASE)
# what a source of rays is made of: it is not given
ELEMENTS_OF_SOURCES = frozenset(("cobalt", "cesium", "iridium", "palladium", "iodine", "strontium", "gold", "carbon",
                                 "cobalt 60", "cesium 137", "iridium 192", "palladium 103"))  # fmt: skip
_ISOTOPE = re.compile(
    r"(?:yttrium|indium|iodine|technetium|lutetium|rhenium|copper|zirconium|actinium|astatine|bismuth|lead|thorium)"
    r"\W+(?:[a-z]{1,2}\W+)?\d{2,3}m?",
    re.IGNORECASE,
)
_ANTIBODY = re.compile(r"antibod|\bmo?abs?\b|\bmonoclonal\b|\bigg\d?\b|\bfab\b|\w{3,}mab\b", re.IGNORECASE)
# words for groups of drugs: antipsychotics, immunosuppressants
_CLASS = re.compile(r"(?:anti|immuno|cortico|broncho|vaso|psycho|hypo|contra)\w*(?:ic|ant|ent|oid|ive|al|or|in|ator)$")
_TRAILING = re.compile(r"(?:\s+(?:by|via|at|in|with|for|of|on|and|or|to|the|given|administered))+$", re.IGNORECASE)
_RECOMBINANT = re.compile(r"(?:rhu?|r)(?=[A-Z])")
# endings of words that say how or what for, and are no names
_SAYS_HOW = re.compile(
    r"(?:ing|ed|tion|ment|ity|ness|ive|ly|able|ary|ical|ist|ship|ware|graphy|metry|scopy|therapy|tomy)$"
)
_TRIAL_WORDS = frozenset(
    """group arm cohort part study treatment therapy dose high low medium intensive regimen drug drugs medication
        comparator active experimental control test reference product investigational chemotherapy
        immunotherapy antibiotic antibiotics surgery radiation radiotherapy transplant transplantation
        collection sample observation intervention standard care vaccine injection infusion tablet capsule
        cream gel lotion patch ointment spray solution oral topical intravenous subcutaneous daily weekly once
        twice placebo sedation anesthesia analgesia block""".split()  # noqa: SIM905
)  # fmt: skip


@functools.cache
def ordinary_words() -> frozenset[str]:
    """Return the folded words of MeSH outside chemicals: words that mean something else than a new drug."""
    found: set[str] = set(_TRIAL_WORDS)
    for heading in mesh.load().descriptors.values():
        if not all(n.startswith("D") for n in heading.tree_numbers):
            for name in (heading.name, *heading.synonyms):
                found.update(key(name).split())
    return frozenset(found)


def misspelt(text: str, vocabulary: DrugVocabulary) -> list[Mention]:
    """Return the drugs whose names are one letter away from single rare words of a text, or follow an r: rThrombin."""
    found: list[Mention] = []
    tokens = words(text)
    if len(tokens) > MOST_LABEL_WORDS:
        return found
    for at, (word, start, end) in enumerate(tokens):
        if word in vocabulary.nothing or vocabulary.longest(word) or is_not_given(text, tokens, at):
            continue
        recombinant = _RECOMBINANT.match(text, start, end)
        match = vocabulary.resolve(text[recombinant.end() : end]) if recombinant else None
        if match and match.drugs:
            found.append(Mention(start, end, match, "span"))
        elif EDIT_LETTERS <= len(word) <= MOST_EDIT_LETTERS and word.isascii() and word not in ordinary_words():
            match = _one_edit_away(word, vocabulary)
            if match:
                found.append(Mention(start, end, match, "edit-distance"))
    return found


def _one_edit_away(word: str, vocabulary: DrugVocabulary) -> Match | None:
    near: dict[tuple[str, ...], Match] = {}
    for edited in one_edit_variants(word):
        if len(edited) >= EDIT_LETTERS - 1 and edited in vocabulary.names:
            match = vocabulary.match(edited)
            if match and match.drugs and match.alias in key(match.drugs[0].name).split():
                near[tuple(drug.id for drug in match.drugs)] = match
    return next(iter(near.values())) if len(near) == 1 else None


def is_cell_product(label: str) -> bool:
    """Tell whether a label speaks of living cells as a product."""
    return _CELLS.search(label) is not None


def engineered(label: str) -> bool:
    """Tell whether cells are changed or chosen, so that they are another product than the cells' heading."""
    return _ENGINEERED.search(label) is not None


def is_isotope(name: str) -> bool:
    """Tell whether a drug's name is that of an isotope alone."""
    return _ISOTOPE.fullmatch(name) is not None


def labelled_antibody(label: str) -> tuple[str, int, int] | None:
    """Return the words of a label that name an antibody with its isotope, with their place, or None."""
    if _ISOTOPE.search(label) is None or _ANTIBODY.search(label) is None:
        return None
    bare = doses.bare(label)
    start = max(0, label.find(bare))
    return (bare, start, start + len(bare)) if bare else None


def is_transplant(label: str) -> bool:
    """Tell whether a label names a transplantation of blood-forming cells: a procedure, and no product."""
    return (
        _TRANSPLANT.search(label) is not None and _MARROW.search(label) is not None and "mesenchym" not in label.lower()
    )


def is_own_product(label: str, drug_id: str) -> bool:
    """Tell whether a label says more of its cells than their wide heading does."""
    return drug_id in _WIDE_CELLS and len(key(doses.bare(label)).split()) > 1


def unlisted(label: str, kind: str, vocabulary: DrugVocabulary) -> tuple[str, int, int] | None:
    """Return the words of a label that are plainly a code or a product without an entry, with their place."""
    if is_placebo(label) or is_care(label) or is_control_saline(label):
        return None
    bare = _TRAILING.sub("", doses.bare(label))
    if len(words(label)) > MOST_LABEL_WORDS or key(bare) in vocabulary.nothing:
        return None
    undosed = doses.without_doses(label)
    code = next((c for c in _CODE.finditer(undosed) if not _ANTIGEN.fullmatch(c[0])), None)
    named = kind == "BIOLOGICAL" and 1 < len(bare.split()) <= 3  # "HIV-1 Immunogen" is more than its code
    if code and not doses.is_dose(code[0]):
        if named:
            start = max(0, label.find(bare))
            return bare, start, start + len(bare)
        return code[0].rstrip("-./"), code.start(), code.start() + len(code[0].rstrip("-./"))
    if not bare:
        return None
    start = max(0, label.find(bare))
    tokens = bare.split()
    rare = [w for w in key(bare).split() if _is_rare(w) and w not in vocabulary.nothing]
    if len(tokens) == 1 and rare and bare[0].isalpha():
        return bare, start, start + len(bare)
    if (
        len(bare.split()) == 1
        and len(bare) > 5
        and any(c.isdigit() for c in bare)
        and sum(c.isupper() for c in bare) > 2
    ):
        return bare, start, start + len(bare)
    short = [w for w in tokens if w.isupper() and w.isalpha() and len(w) > 1 and key(w) not in ordinary_words()]
    if kind == "BIOLOGICAL" and 1 < len(tokens) <= 3 and short and all(w[0].isupper() for w in tokens):
        return bare, start, start + len(bare)
    if kind in ("BIOLOGICAL", "GENETIC") and 1 < len(tokens) <= 8 and (_PRODUCT.search(bare) or rare):
        return bare, start, start + len(bare)
    if kind == "DRUG" and 1 < len(tokens) <= 3 and len(rare) == len(tokens):
        return bare, start, start + len(bare)
    if (
        kind in ("DRUG", "BIOLOGICAL", "GENETIC")
        and len(tokens) <= 8
        and _CELLS.search(bare)
        and not _TRANSPLANT.search(bare)
    ):
        return bare, start, start + len(bare)
    return None


def _is_rare(word: str) -> bool:
    return (
        word.isalpha()
        and len(word) > 4
        and not _SAYS_HOW.search(word)
        and not _CLASS.match(word)
        and word not in ordinary_words()
    )
