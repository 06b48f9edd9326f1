"""Read one condition string, without its trial: which headings it names, how loosely, and what is left over."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from trialgraph.entities import conditions_index
from trialgraph.entities.conditions_index import GLUE, Index
from trialgraph.entities.conditions_sites import Sites
from trialgraph.vocabularies.words import Words, read

LONGEST_NAME = 9  # words; longer names of MeSH are never written whole
CONFIDENCE = (1.0, 0.97, 0.92, 0.85)  # by looseness of the form that matched
# Numbers, stages and places on chromosomes: "11q23", "t(16;16)(p13;q22)", "IIIB", "T2a", "v8".
_CODE = re.compile(r"\d+[a-z]?|[tnm]\d[a-z]?|\d*[pq]\d+|i{1,3}[abc]?\d?|iv[abc]?\d?|v\d|inv|del|[a-z]")
_BRACKETS = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]")
_NOT = re.compile(r"\b(?:without|no history of|absence of|free of|excluding|except|other than|not)\b.*", re.IGNORECASE)
_HEALTHY = re.compile(
    r"\b(?:health?y|healthy[- ]?volunteers?|normal (?:volunteers?|subjects?|controls?))\b", re.IGNORECASE
)
_SPLIT = re.compile(
    r"\s*(?:[;|]|,(?!\s*\d)|\s/\s|(?<=[a-z])/(?=[A-Za-z])|\s[-–]\s|\band/or\b|\band\b|\bor\b|&|\bversus\b|\bvs\.?(?=\s)"
    r"|\+(?=\s|[A-Z])|:\s)\s*",
    re.IGNORECASE,
)
_WITH = re.compile(
    r"\b(?:with|in|due to|secondary to|associated with|caused by|following|after|complicated by|during|from|related to"
    r"|complicating|by)\b",
    re.IGNORECASE,
)


class Part(msgspec.Struct, frozen=True, gc=False):
    """Headings that a stretch of the string names."""

    ids: tuple[str, ...]
    alias: str
    vocabulary: str
    method: str  # exact, reordered, same-words, modifier, site, split, span
    confidence: float
    span: str
    broader: bool = False


class Reading(msgspec.Struct, frozen=True, gc=False):
    """What one string was read as.

    `whole` says that nothing but words without weight was left over; `nothing` that the string names no condition.
    """

    parts: tuple[Part, ...] = ()
    whole: bool = False
    nothing: bool = False
    words: tuple[str, ...] = ()  # the words with weight, in the form that means the same
    left: tuple[str, ...] = ()  # those of them that no part explains


class Reader:
    """Reads condition strings by one index; remembers what it has read."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self.sites = Sites(index)
        self._free = _by_first(index.words.free)
        self._light = _by_first(index.words.free | index.words.about)
        self.read = functools.lru_cache(maxsize=100_000)(self._read)

    def _read(self, text: str) -> Reading:
        text = text.strip(" .:;,*")
        words = read(text)
        if not words.words:
            return Reading(nothing=True)
        weighty = tuple(dict.fromkeys(self.index.same(self.weighty(words.words))))
        if words.words in self.index.words.none:
            return Reading(nothing=True, words=weighty)
        if found := self._whole(text, words):
            return Reading((found,), whole=True, words=weighty)
        asserted = _NOT.sub("", text)
        if _HEALTHY.search(asserted):
            return self._beside_healthy(asserted, weighty)
        if asserted != text:
            return self._read(asserted) if read(asserted).words else Reading(nothing=True, words=weighty)
        for attempt in (self._outside_brackets, self._whole_part, self._split):
            if parts := attempt(text):
                return Reading(parts, whole=True, words=weighty)
        return self._some_pieces(text) or self._spans(text, words, weighty)

    # --- attempts, strictest first ------------------------------------------------------------------------------------

    def _whole(self, text: str, words: Words) -> Part | None:
        found = self.index.find(words.words, 3)
        if not found or (self.index.is_other(words.words) and found.looseness > 1):
            return None
        name = found.name
        method = ("exact", "reordered", "same-words", "same-words")[found.looseness]
        confidence = CONFIDENCE[found.looseness] if name.vocabulary in ("mesh", "hand") else 0.85
        return Part(name.ids, name.alias, name.vocabulary, method, confidence, text)

    def _whole_part(self, text: str) -> tuple[Part, ...]:
        """Read a stretch as a whole: as a name, a name with words without weight, or a histology with its site."""
        words = read(text)
        if not words.words:
            return ()
        if found := self._whole(text, words):
            return (found,)
        if self.index.is_other(words.words):
            return ()
        if found := self._beside_free(text, words):
            return (found,)
        kept = self.without_free(words.words)
        short = self.index.find(kept, 3) if kept and len(kept) < len(words.words) else None
        if short and not self._is_lone(short.name.ids):
            confidence = min(0.95, CONFIDENCE[short.looseness])
            return (Part(short.name.ids, short.name.alias, short.name.vocabulary, "modifier", confidence, text),)
        if kept and not self.index.is_other(kept):
            ids = self.sites.read(kept)
            if ids:
                return (Part(ids, " ".join(kept), "mesh", "site", 0.9, text),)
        return ()

    def _beside_free(self, text: str, words: Words) -> Part | None:
        """Read the longest name beside which all words are without weight: "adult T cell leukemia, recurrent"."""
        size = len(words.words)
        for first, last in windows(words.words, LONGEST_NAME):
            if last - first == size:
                continue
            if last - first < size - 6:
                return None
            found = self.index.find(words.words[first:last], 2)
            if (
                found
                and not self._is_lone(found.name.ids)
                and not self.without_free(words.words[:first])
                and not self.without_free(words.words[last:])
            ):
                confidence = min(0.95, CONFIDENCE[found.looseness])
                return Part(
                    found.name.ids,
                    found.name.alias,
                    found.name.vocabulary,
                    "modifier",
                    confidence,
                    words.stretch(text, first, last),
                )
        return None

    def _outside_brackets(self, text: str) -> tuple[Part, ...]:
        inside = [m[1] or m[2] for m in _BRACKETS.finditer(text)]
        if not inside:
            return ()
        outside = _BRACKETS.sub(" ", text).strip(" ,;")
        parts = self._whole_part(outside) or self._whole_part(_BRACKETS.sub(lambda m: f" {m[1] or m[2]} ", text))
        if not parts:
            parts = self._split(outside)
        for words_inside in inside:
            more = self._whole_part(words_inside) or self.abbreviation(words_inside)
            if not parts:
                parts = more
            elif more and len(parts) == 1 and len(more) == 1 and self._is_below(more[0].ids, parts[0].ids):
                parts = more  # "Lung Cancer (NSCLC)"
        return parts

    def _split(self, text: str) -> tuple[Part, ...]:
        """Read each part of an enumeration; all that have weight must be read."""
        text = _BRACKETS.sub(" ", text)
        for splitter in (_SPLIT, _WITH):
            pieces = [piece.strip() for piece in splitter.split(text) if piece and piece.strip()]
            if len(pieces) < 2:
                continue
            found: list[Part] = []
            for number, piece in enumerate(pieces):
                parts = self._piece(pieces, number)
                if not parts and self.weighty(read(piece).words):
                    break
                found.extend(parts)
            else:
                if found:
                    return self._settled(msgspec.structs.replace(p, method="split") for p in found)
        return ()

    def _some_pieces(self, text: str) -> Reading | None:
        """Read an enumeration of which only some parts can be read, when the first can."""
        text = _BRACKETS.sub(" ", text)
        pieces = [piece.strip() for piece in _SPLIT.split(text) if piece and piece.strip()]
        if len(pieces) < 2 or not self._piece(pieces, 0):
            return None
        found: list[Part] = []
        left: list[str] = []
        for number, piece in enumerate(pieces):
            if parts := self._piece(pieces, number):
                found.extend(msgspec.structs.replace(p, method="split") for p in parts)
            else:
                left.extend(self.weighty(read(piece).words))
        return Reading(
            self._settled(found), words=tuple(self.index.same(self.weighty(read(text).words))), left=tuple(left)
        )

    def _settled(self, parts: Iterable[Part]) -> tuple[Part, ...]:
        """Return each part once, without headings above another's and without states beside a disease."""
        kept = tuple(self._most_specific(tuple(_once(parts))))
        diseases = [p for p in kept if any(self.index.mesh[i].is_in("C", "F") for i in p.ids)]
        return tuple(diseases) if diseases else kept

    def _piece(self, pieces: list[str], number: int) -> tuple[Part, ...]:
        piece = pieces[number]
        if parts := self._whole_part(piece) or self.abbreviation(piece):
            return parts
        last = pieces[-1].split()
        tails = (last[-2:], last[-1:]) if number < len(pieces) - 1 else ()
        for tail in tails:  # "Breast/Ovarian Cancer", "colon and rectal cancer"
            if parts := self._whole_part(f"{piece} {' '.join(tail)}"):
                return parts
        return ()

    def abbreviation(self, text: str) -> tuple[Part, ...]:
        """Read a stretch that is wholly an abbreviation of our list."""
        text = text.strip(" .,;:()[]")
        ids = self.index.words.abbreviations.get(text.upper())
        vocabulary = "hand"
        if not ids:
            ids = self.index.words.learned_abbreviations.get(text.upper())
            vocabulary = "registry"
        if not ids or not is_abbreviation(text):
            return ()
        return (Part(ids, text.upper(), vocabulary, "abbreviation", 0.85 if vocabulary == "hand" else 0.8, text),)

    def _beside_healthy(self, text: str, weighty: tuple[str, ...]) -> Reading:
        """Keep what an enumeration names beside healthy people: "Healthy, Asthma"."""
        found: list[Part] = []
        for piece in _SPLIT.split(text):
            if piece and not _HEALTHY.search(piece):
                found.extend(self._whole_part(piece.strip()))
        return Reading(tuple(_once(found)), whole=bool(found), nothing=not found, words=weighty)

    # --- names inside the string --------------------------------------------------------------------------------------

    def _spans(self, text: str, words: Words, weighty: tuple[str, ...]) -> Reading:
        taken = [False] * len(words.words)
        parts: list[tuple[int, Part]] = []
        other = 0
        for first, last in windows(words.words, LONGEST_NAME):
            if any(taken[first:last]):
                continue
            stretch = words.words[first:last]
            span = words.stretch(text, first, last)
            found = self.index.find(stretch, 2)
            if found and not self._is_lone(found.name.ids):
                name = found.name
                parts.append(
                    (first, Part(name.ids, name.alias, name.vocabulary, "span", CONFIDENCE[found.looseness], span))
                )
            elif self.index.is_other(stretch) and (last - first > 1):
                other += last - first
            elif last - first == 1 and (short := self.abbreviation(span)) and sum(c.isupper() for c in span) > 1:
                parts.append((first, short[0]))
            else:
                continue
            taken[first:last] = [True] * (last - first)
        left = self.weighty([w for w, t in zip(words.words, taken, strict=True) if not t])
        if not parts:
            ids = self.sites.read(self.without_free(words.words), partly=True)
            if ids:
                return Reading(
                    (Part(ids, " ".join(weighty), "mesh", "site", 0.7, text, broader=True),), words=weighty, left=()
                )
            nothing = (
                not weighty or other * 2 > len(words.words) or bool(self.index.is_other(self.without_free(words.words)))
            )
            return Reading(nothing=nothing, words=weighty, left=weighty)
        share = len(left) / max(1, len(left) + sum(len(read(p.span).words) for _, p in parts))
        found_parts = tuple(
            msgspec.structs.replace(p, broader=bool(left), confidence=round(p.confidence * (0.95 - 0.5 * share), 2))
            for _, p in sorted(parts, key=lambda item: item[0])
        )
        found_parts = self._settled(found_parts)
        return Reading(found_parts, whole=not left, words=weighty, left=tuple(self.index.same(left)))

    # --- words --------------------------------------------------------------------------------------------------------

    def without_free(self, words: Sequence[str]) -> tuple[str, ...]:
        """Return the words without those that leave a condition the same (stage, line, age)."""
        return tuple(w for w in _without(words, self._free) if not _CODE.fullmatch(w))

    def weighty(self, words: Sequence[str]) -> tuple[str, ...]:
        """Return the words that tell one condition from another."""
        return tuple(w for w in _without(words, self._light) if w not in GLUE and not _CODE.fullmatch(w))

    def _is_lone(self, ids: tuple[str, ...]) -> bool:
        return all(i in self.index.lone for i in ids)

    def _is_below(self, ids: tuple[str, ...], above: tuple[str, ...]) -> bool:
        return all(set(above) & self.index.above(i) for i in ids)

    def _most_specific(self, parts: tuple[Part, ...]) -> Iterator[Part]:
        """Leave out a part whose heading lies above that of another part."""
        for part in parts:
            others = [i for other in parts if other is not part for i in other.ids]
            if not any(set(part.ids) & self.index.above(i) for i in others):
                yield part


def windows(words: Sequence[str], longest: int) -> Iterator[tuple[int, int]]:
    """Yield every stretch of words as (first, last + 1), longest first, then from the right: the head stands there."""
    size = len(words)
    for length in range(min(longest, size), 0, -1):
        for first in range(size - length, -1, -1):
            if words[first] not in GLUE and words[first + length - 1] not in GLUE:
                yield first, first + length


def is_abbreviation(text: str) -> bool:
    """Tell whether a string looks like an abbreviation: short, and in capitals or wholly in lower case."""
    letters = [c for c in text if c.isalpha()]
    capitals = sum(c.isupper() for c in letters)
    return 2 <= len(letters) <= 9 and " " not in text and (capitals >= 2 or (capitals == 0 and len(letters) > 2))


def _once(parts: Iterable[Part]) -> Iterator[Part]:
    seen: set[tuple[str, ...]] = set()
    for part in parts:
        if part.ids not in seen:
            seen.add(part.ids)
            yield part


def _by_first(forms: frozenset[tuple[str, ...]]) -> dict[str, list[tuple[str, ...]]]:
    found: dict[str, list[tuple[str, ...]]] = {}
    for form in sorted(forms, key=len, reverse=True):
        if form:
            found.setdefault(form[0], []).append(form)
    return found


def _without(words: Sequence[str], forms: dict[str, list[tuple[str, ...]]]) -> tuple[str, ...]:
    out: list[str] = []
    place, size = 0, len(words)
    while place < size:
        for form in forms.get(words[place], ()):
            if tuple(words[place : place + len(form)]) == form:
                place += len(form)
                break
        else:
            out.append(words[place])
            place += 1
    return tuple(out)


@functools.cache
def load() -> Reader:
    """Return a reader over the vocabularies that ship with the program, made once per process."""
    return Reader(conditions_index.load())
