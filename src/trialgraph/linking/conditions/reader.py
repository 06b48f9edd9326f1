"""The reader of one condition string, without its trial: from a string to a `Reading`.

In: a string such as "Breast/Ovarian Cancer, stage II".  Out: the parts of it that name headings, each with the rule and
confidence, and the words with meaning that no part explains.  The attempts, strictest first: the whole string as one
name (`whole`), brackets, the pieces of an enumeration, then the longest names inside it (`spans`), then the same with
misspelt words corrected (`spelling`).
"""

from __future__ import annotations

import functools
import re

import msgspec

from trialgraph.linking.conditions.index import Index, load_index
from trialgraph.linking.conditions.parts import Part, Reading, distinct_parts, most_specific, without_states
from trialgraph.linking.conditions.spans import spans
from trialgraph.linking.conditions.spelling import Spelling
from trialgraph.linking.conditions.whole import Whole
from trialgraph.linking.words.medical import read

_BRACKETS = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]")
_NOT = re.compile(r"\b(?:without|no history of|absence of|free of|excluding|except|other than|not)\b.*", re.IGNORECASE)
_HEALTHY = re.compile(
    r"\b(?:health?y|healthy[- ]?volunteers?|normal (?:volunteers?|subjects?|controls?))\b", re.IGNORECASE
)
_AND = re.compile(
    r"\s*(?:[;|]|,(?!\s*\d)|\s/\s|(?<=[a-z])/(?=[A-Za-z])|\s[-–]\s|\band/or\b|\band\b|\bor\b|&|\bversus\b|\bvs\.?(?=\s)"
    r"|\+(?=\s|[A-Z])|:\s)\s*",
    re.IGNORECASE,
)
_WITH = re.compile(
    r"\b(?:with|in|due to|secondary to|associated with|caused by|following|after|complicated by|during|from|related to"
    r"|complicating|by)\b",
    re.IGNORECASE,
)


class Reader:
    """Reads condition strings by one index; results are cached."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self.whole = Whole(index)
        self.weights = self.whole.weights
        self.abbreviation = self.whole.abbreviation
        self._spelling = Spelling(index)
        self.mend = self._spelling.mend
        self.read = functools.lru_cache(maxsize=100_000)(self._read)

    def _read(self, text: str, *, mend: bool = True) -> Reading:
        text = text.strip(" .:;,*")
        words = read(text)
        if not words.words:
            return Reading(nothing=True)
        weighty = tuple(dict.fromkeys(self.index.same(self.weights.weighty(words.words))))
        if words.words in self.index.words.none:
            return Reading(nothing=True, words=weighty)
        if found := self.whole.name(text, words):
            return Reading((found,), whole=True, words=weighty)
        asserted = _NOT.sub("", text)
        if _HEALTHY.search(asserted):
            return self._beside_healthy(asserted, weighty)
        if asserted != text:
            return self._read(asserted, mend=mend) if read(asserted).words else Reading(nothing=True, words=weighty)
        for attempt in (self._brackets, self.whole.read):
            if parts := attempt(text):
                return Reading(parts, whole=True, words=weighty)
        if infection := self.whole.infection(words.words, text):
            return Reading((infection,), whole=True, words=weighty)
        if self.index.is_substance(words.words):
            return Reading(nothing=True, words=weighty)
        reading = self._pieces(text) or spans(self.whole, text)
        if not reading.parts and "(" in text:
            reading = self._inside(text) or reading
        if mend and not reading.parts and (mended := self._spelling.mend(words.words)):
            reading = self._mended(text, mended) or reading
        return reading

    # --- brackets -----------------------------------------------------------------------------------------------------

    def _brackets(self, text: str) -> tuple[Part, ...]:
        """Read what stands outside brackets, and inside only where it says the same more exactly."""
        inside = [m[1] or m[2] or "" for m in _BRACKETS.finditer(text)]
        if not inside:
            return ()
        outside = _BRACKETS.sub(" ", text).strip(" ,;")
        parts = self.whole.read(outside) or self.whole.read(_BRACKETS.sub(lambda m: f" {m[1] or m[2] or ''} ", text))
        for words_inside in inside if len(parts) == 1 else ():
            more = self.whole.read(words_inside) or self.abbreviation(words_inside)
            if len(more) == 1 and all(set(parts[0].ids) & self.index.above(i) for i in more[0].ids):
                return more  # "Lung Cancer (NSCLC)"
        return parts

    def _inside(self, text: str) -> Reading | None:
        """Read what stands inside brackets when nothing outside names a condition."""
        for match in _BRACKETS.finditer(text):
            words_inside = match[1] or match[2] or ""
            if parts := self.whole.read(words_inside) or self.abbreviation(words_inside):
                return Reading(parts, whole=True, words=self._words(text))
        return None

    # --- enumerations -------------------------------------------------------------------------------------------------

    def _pieces(self, text: str) -> Reading | None:
        """Read each part of an enumeration.

        A name that runs over a comma wins where it is below what the parts say: "Leukemia, Myeloid, Acute".
        """
        plain = _BRACKETS.sub(" ", text)
        for splitter in (_AND, _WITH):
            pieces = [piece.strip() for piece in splitter.split(plain) if piece and piece.strip()]
            if len(pieces) < 2:
                continue
            found: list[Part] = []
            left: list[str] = []
            for number, piece in enumerate(pieces):
                parts = self._piece(pieces, number)
                if parts:
                    found.extend(msgspec.structs.replace(p, method="split") for p in parts)
                elif weight := self.weights.weighty(read(piece).words):
                    if splitter is _WITH:
                        break
                    inner = spans(self.whole, piece)
                    found.extend(inner.parts)
                    left.extend(self.index.same(weight) if not inner.parts else inner.left)
            else:
                if not any(p.method == "split" for p in found):
                    continue
                run_on = spans(self.whole, plain) if "," in plain else Reading()
                above = {i for p in run_on.parts for j in p.ids for i in self.index.above(j)}
                if any(above & set(p.ids) for p in found):
                    return run_on
                reduce = without_states if splitter is _AND else most_specific
                return Reading(reduce(self.index, found), whole=not left, words=self._words(text), left=tuple(left))
        return None

    def _piece(self, pieces: list[str], number: int) -> tuple[Part, ...]:
        piece = pieces[number]
        if parts := self.whole.read(piece) or self.abbreviation(piece):
            return parts
        last = pieces[-1].split()
        tails = (last[-2:], last[-1:]) if number < len(pieces) - 1 and self.weights.weighty(read(piece).words) else ()
        for tail in tails:  # "Breast/Ovarian Cancer", "colon and rectal cancer"
            if parts := self.whole.read(f"{piece} {' '.join(tail)}"):
                return parts
        return ()

    def _beside_healthy(self, text: str, weighty: tuple[str, ...]) -> Reading:
        """Read the pieces of an enumeration that do not say healthy: Asthma in "Healthy, Asthma"."""
        found: list[Part] = []
        for piece in _AND.split(text):
            if piece and not _HEALTHY.search(piece):
                found.extend(self.whole.read(piece.strip()))
        return Reading(tuple(distinct_parts(found)), whole=bool(found), nothing=not found, words=weighty)

    # --- other ways ---------------------------------------------------------------------------------------------------

    def _mended(self, text: str, words: tuple[str, ...]) -> Reading | None:
        """Read a string again with misspelt words mended."""
        reading = self._read(" ".join(words), mend=False)
        parts = tuple(
            msgspec.structs.replace(p, method="edit-distance", confidence=round(p.confidence * 0.9, 2), span=text)
            for p in reading.parts
        )
        return msgspec.structs.replace(reading, parts=parts) if parts else None

    def _words(self, text: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.index.same(self.weights.weighty(read(text).words))))


@functools.cache
def load_reader() -> Reader:
    """Return a reader over the vocabularies that ship with the program, built once per process."""
    return Reader(load_index())
