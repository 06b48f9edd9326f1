"""The parts of a label that name something given, and which mentions in them are believed."""

from __future__ import annotations

import re

from trialgraph.linking.drugs.controls import MEASURED, governs, is_placebo
from trialgraph.linking.drugs.find import Mention, Segment, segments
from trialgraph.linking.drugs.vocabulary import Drug

HARD_JOINTS = ("+", "(+)", ";", "plus", "with", "then", "vs", "vs.", "versus", "combined with", "in combination with")


_MATCHING = re.compile(
    r"placebo.*\b(?:matching|matched|identical)(?:\s+(?:to|for|with|the))*\s+[a-z0-9]", re.IGNORECASE
)  # "placebo matching X + Y": both
_FIXED = re.compile(r"\b(?:fdc|fixed|combination)\b", re.IGNORECASE)
_MATCHED = re.compile(r"\b(?:matching|matched|identical|to match)\s*$", re.IGNORECASE)
# "matching placebo sacubitril/valsartan": the placebo's own name goes on
_STANDS_FOR = re.compile(r"(?:\w+\s+)?placebo (?:fdc |of |version )?[a-z]{5,}", re.IGNORECASE)


def is_antigen(drug: Drug) -> bool:
    """Tell whether a drug is a piece of a germ: what it is a vaccine against says more."""
    return "antigen" in drug.name.lower() or "virus" in drug.name.lower()


def is_sure(mention: Mention) -> bool:
    """Tell whether a mention in running text is a drug's name for sure: long, or by hand."""
    return mention.match.vocabulary == "hand" or (len(mention.match.alias) > 4 and mention.match.alias not in MEASURED)


def outside(label: str, part: Segment) -> str:
    """Return a part without its brackets, at its place in the label."""
    text = " " * part.start + label[part.start : part.end]
    for inner in part.inner:
        text = text[: inner.start - 1] + " " * (inner.end + 2 - inner.start) + text[inner.end + 1 :]
    return text[: part.end]


def given(label: str) -> list[Segment]:
    """Return the parts of a label that name something given: not a placebo, nor what it stands in for."""
    parts = segments(label)
    if not is_placebo(label):
        return parts
    kept: list[Segment] = []
    scope = _Scope()
    for part in parts:
        words = outside(label, part)
        if scope.holds(label, part):
            continue
        scope = _Scope(words)
        if not is_placebo(words):
            kept.append(part)
            continue
        only = not re.sub(r"\W|\d|placebos?|matching|matched|oral|tablets?|capsules?", "", words, flags=re.IGNORECASE)
        while kept and part.joint == "/" and not only and _tight(label, part):
            kept.pop()  # "levodopa/carbidopa placebo"
    return kept


class _Scope:
    """How far the words that a placebo stands in for go on behind the part that speaks of it."""

    def __init__(self, words: str = "") -> None:
        placebo = is_placebo(words)
        self._open = placebo and _MATCHED.search(words) is not None  # "placebo matching", "with X" follows
        self._governs = placebo and (self._open or governs(words) is not None)
        self._matching = placebo and _MATCHING.search(words) is not None
        self._product = self._governs or (placebo and _STANDS_FOR.match(words.strip()) is not None)

    def holds(self, label: str, part: Segment) -> bool:
        """Tell whether a part is one of those that the placebo stands in for."""
        if self._governs and (part.joint not in HARD_JOINTS or (self._open and part.joint == "with")):
            return True
        if part.joint not in ("+", "(+)", "/"):
            return False
        return self._matching or (self._product and (_tight(label, part) or _FIXED.search(label) is not None))


def _tight(label: str, part: Segment) -> bool:
    return part.start > 1 and label[part.start - 1] in "/+" and label[part.start - 2] != " "
