"""What a trial is compared by: its texts, field by field, and the concepts it was linked to, all given as values."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise

import msgspec

# Fields whose neighbouring words are taken as pairs too: short, and written with care.
PAIRED = frozenset({"title", "official_title", "conditions", "interventions", "keywords"})
# Fields that say what a trial asks; they are compared once more by themselves, without the names of drugs.
TOPIC = PAIRED | {"summary"}

_WORD = re.compile(r"[a-z0-9]+(?:'[a-z]+)?")
_PLURAL_KEPT = ("ss", "us", "is", "as", "os", "ics", "ius", "eus")

STOP_WORDS = frozenset(
    """
    a about above after again against all almost also although always am among an and another any are aren as at be
    because been before being below between both but by can cannot could did do does doing done down due during each
    either else etc even ever every few for from further get gets given go had has have having he her here hers him his
    how however i if in into is it its itself just least less let like made make may me might mine more most much must
    my
    neither no nor not now of off often on once one only onto or other others our ours out over own per perhaps rather
    same see seem she should since so some still such than that the their theirs them then there therefore these they
    this those though through thus to together too toward under until up upon us use used uses using very via was we
    well were what when where whether which while who whom whose why will with within without would yet you your yours
    """.split()  # noqa: SIM905 — a list of words is read as words
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
    areas: tuple[Concept, ...] = ()  # the parts of medicine that the conditions lie in, alike however many they are
    procedures: tuple[Concept, ...] = ()  # procedures, devices, behaviours, programmes
    settings: tuple[Concept, ...] = ()  # stage, line, population, purpose
    told: frozenset[str] = frozenset()  # words that drugs were found by: they count as drugs and not again as words
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


class Counts(msgspec.Struct, frozen=True):
    """How often a document holds each word and pair of neighbouring words; `topic` the same of the fields in TOPIC."""

    text: Counter[str]
    topic: Counter[str]
    written: Counter[str]  # words as they are written
    length: int  # words in all
    topic_length: int


def counts(document: Document, folded: Folded) -> Counts:
    """Count a document's words.  A single character counts only in pairs: "hepatitis b", "type 2"."""
    text: Counter[str] = Counter()
    topic: Counter[str] = Counter()
    written: Counter[str] = Counter()
    told = document.told
    for field, value in document.texts.items():
        found = words(value)
        written.update(found)
        if field not in TOPIC:
            continue
        forms = [folded[w] for w in found]
        untold = [w for w in forms if w not in told]
        topic.update(w for w in untold if len(w) > 1)
        if field in PAIRED:
            text.update(f"{a} {b}" for a, b in pairwise(forms))
            topic.update(f"{a} {b}" for a, b in pairwise(untold))
    length = 0
    for word, n in written.items():
        if len(word) > 1:
            text[folded[word]] += n
            length += n
    topic_length = sum(n for word, n in topic.items() if " " not in word)
    return Counts(text, topic, written, length, topic_length)


def distinct(concepts: Iterable[Concept]) -> tuple[Concept, ...]:
    """Return concepts with each id once, its strongest mention kept, own before broader, ordered by id."""
    best: dict[str, Concept] = {}
    for concept in concepts:
        known = best.get(concept.id)
        if known is None or (concept.broader, -concept.weight) < (known.broader, -known.weight):
            best[concept.id] = concept
    return tuple(best[key] for key in sorted(best))
