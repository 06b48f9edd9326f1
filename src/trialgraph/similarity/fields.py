"""What a trial is compared by: its texts, field by field, and the concepts it was linked to, all given as values."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

import msgspec

# Fields whose neighbouring words are taken as pairs too: short, and written with care.
PAIRED = frozenset({"title", "official_title", "conditions", "interventions", "keywords"})

_WORD = re.compile(r"[a-z0-9]+(?:'[a-z]+)?")
_PLURAL_KEPT = ("ss", "us", "is", "as", "os", "ics", "ius", "eus")

STOP_WORDS = frozenset(
    """
    a about above after again against all almost also although always am among an and another any are aren as at be
    because been before being below between both but by can cannot could did do does doing done down due during each
    either else etc even ever every few for from further get gets given go had has have having he her here hers him his
    how however i if in into is it its itself just least less let like made make may me might mine more most much must my
    neither no nor not now of off often on once one only onto or other others our ours out over own per perhaps rather
    same see seem she should since so some still such than that the their theirs them then there therefore these they
    this those though through thus to together too toward under until up upon us use used uses using very via was we
    well were what when where whether which while who whom whose why will with within without would yet you your yours
    """.split()
)


class Concept(msgspec.Struct, frozen=True, gc=False):
    """A concept that a trial was linked to, or one broader than it.

    `weight` is in (0, 1]: how surely, and how closely, the trial is about it.
    `broader` is True when the trial names only something more special.
    """

    id: str
    name: str
    weight: float = 1.0
    broader: bool = False


class Document(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One trial as similarity sees it.  `texts` holds field -> text; the concept lists hold each id once."""

    id: str
    texts: dict[str, str] = {}
    drugs: tuple[Concept, ...] = ()  # substances
    classes: tuple[Concept, ...] = ()  # what the substances are or do, at a weight below theirs
    conditions: tuple[Concept, ...] = ()
    procedures: tuple[Concept, ...] = ()  # procedures, devices, behaviours, programmes
    settings: tuple[Concept, ...] = ()  # stage, line, population, purpose
    sponsor: str | None = None  # shown, never scored


def fold_plural(word: str) -> str:
    """Return an English word in the singular by three plain rules; what they do not fit stays as it is."""
    if len(word) < 4 or word[-1] != "s" or word.endswith(_PLURAL_KEPT):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    return word[:-1]


def words(text: str) -> list[str]:
    """Return the words of a text in order, lower case without accents, stop words left out.

    They are as written: `fold_plural` is applied where they are counted, so that a person can be shown a real word.
    """
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return [w for w in _WORD.findall(text.lower()) if w not in STOP_WORDS]


class Folded(dict[str, str]):
    """Words as written -> the form they are counted in, remembered while a corpus is read."""

    def __missing__(self, word: str) -> str:
        folded = self[word] = fold_plural(word.removesuffix("'s").replace("'", ""))
        return folded


def counts(document: Document, folded: Folded) -> tuple[Counter[str], Counter[str], Counter[str]]:
    """Return how often a document holds each word, each pair of neighbouring words, and each word as written.

    A single character counts only in pairs: "hepatitis b", "type 2".
    """
    single: Counter[str] = Counter()
    pairs: Counter[str] = Counter()
    written: Counter[str] = Counter()
    for field, text in document.texts.items():
        found = words(text)
        written.update(found)
        if field in PAIRED:
            forms = [folded[w] for w in found]
            pairs.update(f"{a} {b}" for a, b in zip(forms, forms[1:], strict=False))
    for word, n in written.items():
        if len(word) > 1:
            single[folded[word]] += n
    return single, pairs, written


def distinct(concepts: Iterable[Concept]) -> tuple[Concept, ...]:
    """Return concepts with each id once, its strongest mention kept, own before broader, ordered by id."""
    best: dict[str, Concept] = {}
    for concept in concepts:
        known = best.get(concept.id)
        if known is None or (concept.broader, -concept.weight) < (known.broader, -known.weight):
            best[concept.id] = concept
    return tuple(best[key] for key in sorted(best))
