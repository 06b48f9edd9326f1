"""Medical words in one comparable form: American spelling, singular, prefixes joined, places in the text kept."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

_WORD = re.compile(r"[a-z0-9]+")
_POSSESSIVE = re.compile(r"['’´`‘]s\b")
_INSIDE = re.compile(r"(?<=[a-z])['’´`‘](?=[a-z])")

# British spelling to American, by stretch of letters; each is safe inside any word that holds it.
_BRITISH = (
    ("haem", "hem"),
    ("aemi", "emi"),
    ("oedem", "edem"),
    ("oesoph", "esoph"),
    ("oestr", "estr"),
    ("paed", "ped"),
    ("foet", "fet"),
    ("rrhoe", "rrhe"),
    ("pnoe", "pne"),
    ("coeli", "celi"),
    ("anaesth", "anesth"),
    ("gynaec", "gynec"),
    ("caesar", "cesar"),
    ("caec", "cec"),
    ("faec", "fec"),
    ("aetio", "etio"),
    ("tumour", "tumor"),
    ("behaviour", "behavior"),
    ("labour", "labor"),
    ("colour", "color"),
    ("odour", "odor"),
    ("fibre", "fiber"),
    ("sulph", "sulf"),
    ("leucaem", "leukem"),
    ("leucem", "leukem"),
    ("isation", "ization"),
    ("ageing", "aging"),
    ("ischaem", "ischem"),
    ("manoeuv", "maneuv"),
    ("programme", "program"),
    ("counselling", "counseling"),
    ("centre", "center"),
)
_BRITISH_START = re.compile("|".join(a for a, _ in _BRITISH))
_AMERICAN = dict(_BRITISH)

# One word or two: joined to the word that follows ("non small", "pre-eclampsia", "post traumatic").
_PREFIX_LIST = (
    "non pre post peri hyper hypo intra extra inter multi micro macro cardio gastro neuro osteo musculo sub broncho "
    "naso oro thrombo para immuno poly photo psycho dys hemi trans retro supra infra endo radio lympho laryngo "
    "electro uro hepato auto cerebro entero veno tele mal myelo rhino lipo hemo sero un co anti cranio temporo "
    "maxillo ileo tracheo choledocho vesico recto ano meta fibro angio kerato lumbo"
)
_PREFIXES = frozenset(_PREFIX_LIST.split())
_NUMBERS = {
    "i": "1",
    "ii": "2",
    "iii": "3",
    "iv": "4",
    "v": "5",
    "vi": "6",
    "vii": "7",
    "viii": "8",
    "one": "1",
    "two": "2",
    "three": "3",
}
_NUMBERED = frozenset(["type", "stage", "grade", "class", "phase", "factor", "level", "group"])
_KEPT = frozenset(["aids", "ards", "sars", "mers", "as", "os", "is", "us", "es", "gas", "pus", "his", "its"])
_TYPE2 = re.compile(r"(type|stage|grade|phase|class)([0-9]+(?:[a-z](?![a-z]))?)([a-z]{3,})?")  # "type2diabetes"
LONGEST_SHORT = 5  # letters of an abbreviation in capitals; longer words in capitals are shouted ("ULCERS")
_seen: dict[str, str] = {}


class Words(NamedTuple):
    """The words of a text in comparable form, and where each stands in it."""

    words: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def stretch(self, text: str, first: int, last: int) -> str:
        """Return the text from word `first` up to, not including, word `last`, as written."""
        return text[self.starts[first] : self.ends[last - 1]]


def read(text: str) -> Words:
    """Return the comparable words of a text; their places count in characters of the text as given."""
    low = text.lower() if text.isascii() else _plain(text)
    if "'" in low or "’" in low or "´" in low or "`" in low or "‘" in low:
        low = _POSSESSIVE.sub("  ", low)
        low = _INSIDE.sub("\x00", low)
    words: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    joined = -1  # where a prefix ended that waits for its word
    for found in _WORD.finditer(low):
        word, start, end = found.group(), found.start(), found.end()
        if joined >= 0:
            if start - joined <= 1 and len(word) > 2 and word.isalpha():
                word, start = words.pop() + word, starts.pop()
                ends.pop()
            joined = -1
        elif words and start and low[start - 1] == "\x00" and ends[-1] == start - 1:
            word, start = words.pop() + word, starts.pop()  # d'Emblee, O'Brien
            ends.pop()
        if (numbered := _TYPE2.fullmatch(word)) is not None:
            words.append(numbered[1])
            starts.append(start)
            ends.append(start + len(numbered[1]))
            start += len(numbered[1])
            word = numbered[2]
            if numbered[3]:
                words.append(word)
                starts.append(start)
                ends.append(start + len(word))
                word, start = numbered[3], start + len(word)
        if word in _PREFIXES:
            joined = end
        elif word in _NUMBERS and words and words[-1] in _NUMBERED:
            word = _NUMBERS[word]
        form = _seen.get(word)
        if form is None:
            form = _keep(word)
        if form is not word and len(word) <= LONGEST_SHORT and text[start:end].isupper():
            form = word  # the S of PCOS is no plural
        words.append(form)
        starts.append(start)
        ends.append(end)
    return Words(tuple(words), tuple(starts), tuple(ends))


def normal(word: str) -> str:
    """Return one lower-case word in American spelling and singular."""
    if _BRITISH_START.search(word):
        word = _BRITISH_START.sub(lambda m: _AMERICAN[m.group()], word)
    return _singular(word)


def _keep(word: str) -> str:
    form = normal(word)
    if len(_seen) < 1_000_000:
        _seen[word] = form
    return form


def _singular(word: str) -> str:
    size = len(word)
    if size < 4 or word in _KEPT:
        return word
    if word[-1] != "s":
        return word[:-2] if word.endswith("omata") else word
    if word.endswith("ies"):
        return word[:-3] + "y" if size > 5 else word
    if word.endswith(("oses", "yses")) and size > 6:
        return word[:-2] + "is"
    if word.endswith("stases"):
        return word[:-2] + "is"
    if word.endswith("itides"):
        return word[:-4] + "s"
    if word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    if word.endswith(("ss", "us", "is")):
        return word
    return word[:-1]


def _plain(text: str) -> str:
    """Return lower-case text without accents, as long as the text given."""
    return (
        "".join(c if c < "\x80" else _letter(c) for c in text.lower())
        if len(text.lower()) == len(text)
        else _slow(text)
    )


def _letter(char: str) -> str:
    if char in "’´‘":
        return char
    base = unicodedata.normalize("NFKD", char)[0]
    if "α" <= base <= "ω":
        return base
    return base.lower() if base.isascii() else " "


def _slow(text: str) -> str:
    return "".join(c.lower() if c.isascii() else _letter(c) for c in text)
