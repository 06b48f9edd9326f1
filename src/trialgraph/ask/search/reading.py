"""A sentence as a person types it, read into trials, concepts and filters; each word is used once.

The order is: trial numbers and acronyms, filters, countries, then concepts by longest match over windows of words
(class, drug, condition, sponsor at the same length in that order).  Light words are passed over; what is left names
nothing here and is reported.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import msgspec

from trialgraph import text
from trialgraph.ask.names import classes, conditions, linkers, resolve, trials
from trialgraph.ask.search import filters
from trialgraph.linking import countries
from trialgraph.linking.conditions import attributes
from trialgraph.meanings import Filter, Resolution
from trialgraph.registries.reading import identifiers

if TYPE_CHECKING:
    from trialgraph.stores.store import Store

LONGEST_NAME: Final = 7  # words of a drug, condition, class or sponsor as people type it
LONGEST_NUMBER: Final = 4  # words of a number or acronym: "EudraCT 2011 000876 33"
_WORD: Final = re.compile(r"[^\s,;:!?()\[\]\"“”]+")
_ADDRESS: Final = re.compile(r"https?://\S*?\b(NCT\d{8})\b\S*", re.IGNORECASE)
_INTENT: Final = re.compile(
    r"\b(?:trials? |studies )?(?:similar to|like|resembling|related to|near)\s+(?=\S*\d)", re.IGNORECASE
)
_LIGHT: Final = frozenset(
    """
    a about all also an and any are as at available be being between both but by can clinical compared comparing could
    current data different do does doing done each early effect effects efficacy else find for from get give given have
    having how i identify if in information into investigated investigating is it its list look looking me more most my
    near not number of on or our out over patient patients people per please program programme programs project
    protocol protocols receiving record records related research result results run running safety search see show some
    started studied studies study studying subjects tell test tested testing tests than that the their them there these
    they this those through to toward treat treated treating treatment treatments therapy therapies trial trials trying
    under use used using versus via vs was we were what when where which who whom whose why will with within without
    would year years you your develop developing developed development participants individuals volunteers involving
    new latest recent newest drug drugs medication medications medicine agent agents + & /
    """.split()  # noqa: SIM905 - a list of words is read more easily
)
_DEMONYMS: Final = {
    "american": "US", "german": "DE", "french": "FR", "italian": "IT", "spanish": "ES", "british": "GB",
    "chinese": "CN", "japanese": "JP", "korean": "KR", "dutch": "NL", "danish": "DK", "swedish": "SE",
    "norwegian": "NO", "swiss": "CH", "canadian": "CA", "australian": "AU", "indian": "IN", "brazilian": "BR",
    "israeli": "IL", "belgian": "BE", "austrian": "AT", "polish": "PL", "egyptian": "EG", "turkish": "TR",
    "greek": "GR", "finnish": "FI",
}  # fmt: skip
_COUNTRY_NAMES: Final = {"usa": "US", "u s a": "US", "u s": "US", "us": "US", "uk": "GB", "u k": "GB", "england": "GB"}
# methods by which a condition linker reads only a part of the words, or guesses their spelling
_PARTIAL: Final = frozenset({"span", "broader", "split", "edit-distance", "text", "code"})


class Sentence:
    """A text with the stretches that were understood blanked out, so that offsets stay."""

    def __init__(self, words: str) -> None:
        self.given = words
        self._left = list(words)

    @property
    def left(self) -> str:
        """Return the text with blanks in the place of what was understood."""
        return "".join(self._left)

    def mask(self, start: int, end: int) -> None:
        """Blank out a stretch."""
        self._left[start:end] = " " * (end - start)

    def words(self) -> list[re.Match[str]]:
        """Return the words that are left, with their places."""
        return list(_WORD.finditer(self.left))

    def windows(self, longest: int) -> Iterator[tuple[int, int, str]]:
        """Yield (start, end, text) of runs of neighbouring words that are left, the longest first."""
        left = self.words()
        for size in range(min(longest, len(left)), 0, -1):
            for at in range(len(left) - size + 1):
                start, end = left[at].start(), left[at + size - 1].end()
                if "\0" not in self.left[start:end] and not re.search(r"\s{2,}", self.left[start:end]):
                    yield start, end, self.given[start:end]


class Reading(msgspec.Struct, kw_only=True):
    """What a sentence was understood as."""

    trials: list[Resolution] = []  # the records asked for
    similar_to: Resolution | None = None
    concepts: list[Resolution] = []  # drugs, classes, conditions, organisations
    filters: list[Filter] = []
    attributes: list[Filter] = []  # of a condition: kind is the property of STUDIES, value its term
    not_understood: list[str] = []

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing was understood."""
        return not (self.trials or self.similar_to or self.concepts or self.filters)

    def sentences(self) -> list[str]:
        """Return a line for each thing understood, and one for the words that were not."""
        lines = [resolve.sentence(found) for found in self.trials]
        if self.similar_to is not None:
            lines.append(f"similar to: {resolve.sentence(self.similar_to)}")
        lines += [resolve.sentence(found) for found in self.concepts]
        lines += [found.sentence for found in (*self.filters, *self.attributes)]
        if self.not_understood:
            lines.append(f"not understood: {', '.join(self.not_understood)}")
        return lines


def read(words: str, store: Store) -> Reading:
    """Return what a sentence is understood as."""
    sentence = Sentence(" ".join(words.split()))
    reading = Reading()
    _addresses(sentence, reading, store)
    _numbers(sentence, reading, store)
    reading.filters += list(filters.read(sentence.left, sentence.mask))
    _countries(sentence, reading)
    _concepts(sentence, reading, store)
    _attributes(sentence, reading)
    _acronyms(sentence, reading, store)
    _misspelt(sentence, reading, store)
    if not reading.trials and reading.similar_to is None:
        _titles(sentence, reading, store)
    reading.not_understood += [
        word[0].strip(".") for word in sentence.words() if text.fold(word[0]) not in _LIGHT and word[0].strip(".-+/&")
    ]
    return reading


def _addresses(sentence: Sentence, reading: Reading, store: Store) -> None:
    """Read the number in the address of a registry's page."""
    for match in _ADDRESS.finditer(sentence.left):
        hits = trials.hits_of(match[1], store)
        reading.trials += [trials.resolution(match[1], hit) for hit in hits]
        if not hits:
            reading.not_understood.append(match[1])
        sentence.mask(*match.span())


def _numbers(sentence: Sentence, reading: Reading, store: Store) -> None:
    """Read trial numbers: windows of words with digits whose key the graph holds, the longest first."""
    intent = _INTENT.search(sentence.left)
    wanted = {
        (start, end): identifiers.keys(window)
        for start, end, window in sentence.windows(LONGEST_NUMBER)
        if _may_be_number(window)
    }
    hits = trials.find(store, (key for keys in wanted.values() for key in keys))
    for (start, end), keys in wanted.items():
        found = next((hits[key] for key in keys if key in hits), None)
        if found is None or sentence.left[start:end] != sentence.given[start:end]:
            continue
        resolved = [trials.resolution(sentence.given[start:end], hit) for hit in found]
        if intent is not None and start >= intent.end() and reading.similar_to is None:
            reading.similar_to = resolved[0]
            sentence.mask(*intent.span())
        else:
            reading.trials += resolved
        sentence.mask(start, end)


def _may_be_number(window: str) -> bool:
    """Tell whether words may be a number: enough letters and digits that no year, dose or name is taken for one."""
    key = identifiers.key(window)
    digits = sum(c.isdigit() for c in key)
    if identifiers.written(window) is not None:
        return True
    return digits >= 3 and len(key) >= 5 and not re.fullmatch(r"(?:19|20)\d{2}\D{0,3}(?:(?:19|20)\d{2})?", window)


def _acronyms(sentence: Sentence, reading: Reading, store: Store) -> None:
    """Read acronyms among the words that name nothing else: in capitals, before "trial", or all that there is."""
    left = sentence.words()
    if not left:
        return
    wanted: dict[tuple[int, int], str] = {}
    for start, end, window in sentence.windows(3):
        key = identifiers.key(window)
        alone = start == left[0].start() and end == left[-1].end()
        before_trial = re.match(r"\s+(?:trial|study)\b", sentence.given[end:], re.IGNORECASE) is not None
        capitals = sum(c.isupper() for c in window) >= max(3, sum(c.isalpha() for c in window) // 2)
        if len(key) >= 4 and text.fold(window) not in _LIGHT and (capitals or alone or before_trial):
            wanted[start, end] = key
    hits = trials.find(store, (), wanted.values())
    for (start, end), key in wanted.items():
        if key in hits and sentence.left[start:end] == sentence.given[start:end]:
            reading.trials += [trials.resolution(sentence.given[start:end], hit) for hit in hits[key]]
            sentence.mask(start, end)


def _titles(sentence: Sentence, reading: Reading, store: Store) -> None:
    """Read a word in capitals that stands so in titles, as an acronym that no record has in its own field does."""
    for word in sentence.words():
        if len(word[0]) >= 4 and word[0].upper() == word[0] and any(c.isalpha() for c in word[0]):
            found = trials.titled(store, word[0])
            if found:
                reading.trials += [
                    trials.resolution(word[0], trials.Hit(trial, "acronym in its title", word[0])) for trial in found
                ]
                sentence.mask(*word.span())


def _countries(sentence: Sentence, reading: Reading) -> None:
    for start, end, window in sentence.windows(3):
        if sentence.left[start:end] != window:
            continue
        name = text.fold(window)
        code = _COUNTRY_NAMES.get(name) or _DEMONYMS.get(name)
        if name in {"us", "in", "it", "is", "am", "as", "at", "be", "no", "me", "so"} and window != window.upper():
            continue
        country = countries.by_code().get(code) if code else countries.find(window) if len(name) > 2 else None
        if country is not None:
            reading.filters.append(Filter("country", country.iso2, window))
            sentence.mask(start, end)


def _attributes(sentence: Sentence, reading: Reading) -> None:
    """Read stage, line, severity, setting, population and biomarkers of the conditions that were named."""
    if not any(one.kind == "condition" for one in reading.concepts):
        return
    for found in attributes.read(sentence.left):
        reading.attributes.append(Filter(found.property, found.term, sentence.given[found.start : found.end]))
        sentence.mask(found.start, found.end)


def _concepts(sentence: Sentence, reading: Reading, store: Store) -> None:
    """Read names of classes, drugs, conditions and sponsors: the longest match, each word once."""
    for start, end, window in sentence.windows(LONGEST_NAME):
        words = window.split()
        if sentence.left[start:end] != window or len(text.fold(window)) < 2:
            continue
        if text.fold(words[0]) in _LIGHT or text.fold(words[-1]) in _LIGHT:
            continue
        found = exact(window.strip("+/&-. "), store)
        if found is not None and found.id not in {one.id for one in reading.concepts}:
            reading.concepts.append(found)
            sentence.mask(start, end)


def exact(window: str, store: Store) -> Resolution | None:
    """Return the class, drug, condition or sponsor that words name as a whole and the graph holds, else None."""
    if not text.fold(window):
        return None
    absent = None
    ours = _exact("class", window, store)
    kinds = ("class", "drug", "condition", "sponsor")
    if ours is None or not ours.id.startswith("CLASS:"):  # a heading of MeSH with others below is a drug first
        kinds = ("drug", "class", "condition", "sponsor")
    for kind in kinds:
        found = ours if kind == "class" else _exact(kind, window, store)
        if found is not None and resolve.is_held(found, store):
            return found
        absent = absent or found
    return absent  # known to a vocabulary, and no trial here has it: an empty answer is the right one


def _exact(kind: str, window: str, store: Store) -> Resolution | None:
    if kind == "class":
        return classes.resolve(window, store) if len(text.fold(window)) > 2 else None
    if kind == "drug":
        found = linkers.drugs(store).resolve(window)
        whole = found is not None and found.method != "edit-distance" and resolve.names_it_whole(found)
        return found if whole else None
    if kind == "condition":
        found = linkers.conditions(store).resolve(window)
        whole = found is not None and found.method not in _PARTIAL
        if found is not None and found.method == "abbreviation" and text.fold(found.matched_alias) != text.fold(window):
            return None  # an abbreviation among other words, and not the words as a whole
        if found is not None and found.method == "modifier" and attributes.read(window):
            return None  # the shorter name is the condition, and its stage or marker is read by itself
        return conditions.with_nodes(found, store) if found is not None and whole else None
    return resolve.sponsor_named(window, store)


def _misspelt(sentence: Sentence, reading: Reading, store: Store) -> None:
    """Read a long word one edit away from a drug or condition, where nothing else is left to say what it is."""
    for word in sentence.words():
        if len(word[0]) < 6 or text.fold(word[0]) in _LIGHT or any(c.isdigit() for c in word[0]):
            continue
        for linker in (linkers.drugs(store), linkers.conditions(store)):
            found: Any = linker.resolve(word[0])
            if found is not None and found.method == "edit-distance" and resolve.is_held(found, store):
                reading.concepts.append(conditions.with_nodes(found, store) if found.kind == "condition" else found)
                sentence.mask(*word.span())
                break
