"""How substances are named in the public lists: which names people write, and the forms that they take."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import msgspec

from trialgraph.curation.drug_facts import (
    ACIDS_OF_CRYSTALS,
    ALONE,
    ELEMENTS,
    OWN_DRUGS,
    SALT_SPELLINGS,
    SALTS,
    STATES,
    STRONG_MARKERS,
    WEAK_MARKERS,
)

LONGEST_NAME = 60  # characters; longer names are systematic or Latin and nobody writes them in a label

MARKER = re.compile(r"\s*\[([A-Za-z][^\]]*)\]\s*$")
CODE_FORM = re.compile(r"[A-Z]{1,6}[A-Z]?[- ]?\d{2,}[-A-Z0-9,./ ]{0,12}")
COMPANY_FORM = re.compile(
    r"(?!PCB|PBB|BDE|CFC|HFC|HCFC|PEG)[A-Z]{2,5}-\d{2,}[A-Z]?"
)  # a substance known by a code alone
_CATALOGUE = re.compile(
    r"(NSC|FEMA|CD|EINECS|CAS|UN|IDS|RCRA|ENT|AI3|CCRIS|FD&C|D&C|BRN|CHEBI|HSDB)[- .]*(NO\.?)?[- ]*\d.*"
    r"|INS[- ]?(NO\.?)?[- ]?\d{3}[A-Z()]*|E[- ]?\d{3}[A-Z]?|E[- ]?1\d{3}[A-Z]?|C\.?I\.?[- ]*\d{5}.*",
    re.IGNORECASE,
)
_DICTIONARY = re.compile(r"J\d{2,3}\.\d{3}[A-Z]")  # numbers of a Japanese chemical dictionary
_ATC = re.compile(r"Q?[A-Z]\d\d[A-Z]{2}\d\d")
_CHEMICAL = re.compile(r"[(),;].*[(),;]|\d,\d|\d'|\.[A-Z]+\.|^[(\[]|/.*/")


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
        marker = MARKER.search(name)
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
    if row.strong or row.pesticide:
        return row.strong
    return COMPANY_FORM.fullmatch(row.display) is not None or any(CODE_FORM.fullmatch(code) for code in row.codes)


def plain(name: str) -> bool:
    """Tell whether a name is one that people write, not a systematic one."""
    return len(name) <= LONGEST_NAME and not _CHEMICAL.search(name)


def code_forms(name: str) -> list[str]:
    """Return other ways to write a code: BAY 43-9006 without its inner hyphen, MK-0431 without its zero."""
    if not CODE_FORM.fullmatch(name):
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
    if len(kept) > 2 and kept[-2:] == ["phenyl", "cinnamate"]:
        kept = kept[:-2]
    if len(kept) > 2 and kept[-1] == "acid" and kept[-2] in ACIDS_OF_CRYSTALS:
        kept = kept[:-2]
    while len(kept) > 1 and kept[-1] in SALTS and " ".join(kept) not in OWN_DRUGS:
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


def salt_of(folded: str, base: str) -> tuple[str, ...] | None:
    """Return the words for a salt in a folded name: those beside its base's words, in one spelling and sorted.

    Without the state of the crystal: empty where that alone differs; None where the name is no salt of the base.
    """
    mine, of_base = folded.split(), base.split()
    rest = [word for word in mine if word not in of_base]
    if len(mine) - len(rest) < len(of_base) or not all(
        word in SALTS or word in ELEMENTS or word in ACIDS_OF_CRYSTALS or word == "acid" for word in rest
    ):
        return None
    return tuple(sorted({SALT_SPELLINGS.get(word, word) for word in rest if word not in STATES}))


def acids(folded: str) -> Iterator[str]:
    """Yield the acid that an anion's name belongs to: valproate, valproic acid."""
    if folded.endswith("ate") and len(folded) > 7:
        yield folded[:-3] + "ic acid"


def shown(name: str) -> str:
    """Return a name as it is shown: codes in capitals, words not."""
    return name if not name.isupper() or CODE_FORM.fullmatch(name) else name.lower().capitalize()
