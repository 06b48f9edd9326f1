"""The values that reading a condition string works with: parts and readings, words without meaning, word windows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from trialgraph.linking.conditions.index import GLUE, Index
from trialgraph.linking.words.longest_match import Phrases

# Numbers, stages and places on chromosomes: "11q23", "t(16;16)(p13;q22)", "IIIB", "T2a", "v8".
_CODE = re.compile(r"\d+[a-z]?|[tnm]\d[a-z]?|\d*[pq]\d+|i{1,3}[abc]?\d?|iv[abc]?\d?|v\d|inv|del|[a-z]")


class Part(msgspec.Struct, frozen=True, gc=False):
    """A stretch of the string and the headings it names."""

    ids: tuple[str, ...]
    alias: str
    vocabulary: str
    method: str  # exact, reordered, same-words, modifier, site, split, span, edit-distance, abbreviation, ...
    confidence: float
    span: str
    broader: bool = False


class Reading(msgspec.Struct, frozen=True, gc=False):
    """The result of reading one string.

    `whole` says that nothing but words without weight was left over; `nothing` that the string names no condition;
    `unknown` that this is so only because no word of it is known.
    """

    parts: tuple[Part, ...] = ()
    whole: bool = False
    nothing: bool = False
    unknown: bool = False
    words: tuple[str, ...] = ()  # the words with weight, in the form that means the same
    left: tuple[str, ...] = ()  # those of `words` that no part explains


class Weights:
    """Separates the words that tell one condition from another from those that do not (stage, line, age)."""

    def __init__(self, index: Index) -> None:
        self._free = _removable(index.words.free)
        self._light = _removable(index.words.free | index.words.about)

    def without_free(self, words: Sequence[str]) -> tuple[str, ...]:
        """Return the words without those that leave a condition the same (stage, line, age)."""
        return tuple(w for w in self._free.replace(words, tuple) if not _CODE.fullmatch(w))

    def weighty(self, words: Sequence[str]) -> tuple[str, ...]:
        """Return the words that tell one condition from another."""
        return tuple(w for w in self._light.replace(words, tuple) if w not in GLUE and not _CODE.fullmatch(w))


def windows(words: Sequence[str], longest: int) -> Iterator[tuple[int, int]]:
    """Yield every window of up to `longest` words as (first, last + 1), longest first, then from the right.

    English puts the head of a name last, so of two windows of one length the right one is the better name.
    """
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


def distinct_parts(parts: Iterable[Part]) -> Iterator[Part]:
    """Yield each part whose headings no part before it has."""
    yielded: set[tuple[str, ...]] = set()
    for part in parts:
        if part.ids not in yielded:
            yielded.add(part.ids)
            yield part


def most_specific(index: Index, parts: Iterable[Part]) -> tuple[Part, ...]:
    """Return each part once, without headings above another's and without states beside a disease."""
    distinct = tuple(distinct_parts(parts))
    specific = []
    for part in distinct:
        others = [i for other in distinct if other is not part for i in other.ids]
        if not any(set(part.ids) & index.above(i) for i in others):
            specific.append(part)
    return without_states(index, specific)


def without_states(index: Index, parts: Iterable[Part]) -> tuple[Part, ...]:
    """Return the parts without states (pregnancy, aging) and bare chapters where a disease stands beside them."""
    distinct = tuple(distinct_parts(parts))
    distinct = tuple(p for p in distinct if not (p.broader and _is_chapter(index, p))) or distinct
    diseases = tuple(p for p in distinct if any(index.mesh[i].is_in("C", "F") for i in p.ids))
    return diseases or distinct


def names_something_wrong(index: Index, words: Iterable[str]) -> bool:
    """Tell whether words without a known name plainly name a condition: "glarbian wasting", "X-linked foopathy"."""
    hand = index.words
    return any(w in hand.sick or (w.endswith(hand.endings) and w not in hand.well) for w in words)


def _is_chapter(index: Index, part: Part) -> bool:
    """Tell whether a part is no more than the head of a chapter: "Neoplasms", "Infections"."""
    return any("." not in number for i in part.ids for number in index.mesh[i].tree_numbers)


def _removable(forms: frozenset[tuple[str, ...]]) -> Phrases[tuple[str, ...]]:
    """Return phrases that are replaced by nothing."""
    return Phrases((form, ()) for form in forms)
