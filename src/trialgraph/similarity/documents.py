"""Documents to compare: a trial's texts by field and its linked concepts; counting of words and bigrams."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise

import msgspec

# Fields of which bigrams are counted too: short, and carefully written.
PAIRED = frozenset({"title", "official_title", "conditions", "interventions", "keywords"})
# Fields that state the question of a trial; they form the block "topic", without the names of drugs.
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
    """A concept that a trial was linked to, or a broader one.

    `weight` in (0, 1] is the confidence of the link.  `broader`: the trial names only a narrower concept.
    """

    id: str
    name: str
    weight: float = 1.0
    broader: bool = False


class Document(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One trial to compare.  `texts` maps field -> text; each concept tuple holds an id once."""

    id: str
    texts: dict[str, str] = {}
    drugs: tuple[Concept, ...] = ()  # substances
    classes: tuple[Concept, ...] = ()  # classes of the substances, at a lower weight than theirs
    conditions: tuple[Concept, ...] = ()
    areas: tuple[Concept, ...] = ()  # therapeutic areas of the conditions; their number does not change the weight
    procedures: tuple[Concept, ...] = ()  # procedures, devices, behaviours, programmes
    settings: tuple[Concept, ...] = ()  # stage, line, population, purpose
    drug_words: frozenset[str] = frozenset()  # words that name its drugs: not counted again in the topic
    sponsor: str | None = None  # shown, never scored


def fold_plural(word: str) -> str:
    """Return the singular of an English word by three suffix rules; other words are returned unchanged."""
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


class WordForms(dict[str, str]):
    """Cache of spelling -> word form that is counted: without possessive, apostrophes and plural ending."""

    def __missing__(self, word: str) -> str:
        folded = self[word] = fold_plural(word.removesuffix("'s").replace("'", ""))
        return folded


class Counts(msgspec.Struct, frozen=True):
    """Term frequencies of one document: word forms and bigrams of all fields, and of those in TOPIC."""

    text: Counter[str]
    topic: Counter[str]
    written: Counter[str]  # spelling -> frequency
    length: int  # words in all
    topic_length: int


def count_words(document: Document, folded: WordForms) -> Counts:
    """Count a document's words.  A single character counts only in pairs: "hepatitis b", "type 2"."""
    text: Counter[str] = Counter()
    topic: Counter[str] = Counter()
    written: Counter[str] = Counter()
    drug_words = document.drug_words
    for field, value in document.texts.items():
        tokens = words(value)
        written.update(tokens)
        if field not in TOPIC:
            continue
        forms = [folded[w] for w in tokens]
        topic_forms = [w for w in forms if w not in drug_words]
        topic.update(w for w in topic_forms if len(w) > 1)
        if field in PAIRED:
            text.update(f"{a} {b}" for a, b in pairwise(forms))
            topic.update(f"{a} {b}" for a, b in pairwise(topic_forms))
    length = 0
    for word, n in written.items():
        if len(word) > 1:
            text[folded[word]] += n
            length += n
    topic_length = sum(n for word, n in topic.items() if " " not in word)
    return Counts(text, topic, written, length, topic_length)


def distinct(concepts: Iterable[Concept]) -> tuple[Concept, ...]:
    """Return each concept once, ordered by id: a named one is preferred to a broader one, then the greater weight."""
    best: dict[str, Concept] = {}
    for concept in concepts:
        other = best.get(concept.id)
        if other is None or (concept.broader, -concept.weight) < (other.broader, -other.weight):
            best[concept.id] = concept
    return tuple(best[key] for key in sorted(best))
