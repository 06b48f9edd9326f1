"""Finds drug names in a text: the longest match of whole words, with what stands beside it taken into account."""

from __future__ import annotations

import re

import msgspec

from trialgraph.linking.drugs.vocabulary import Drug, DrugVocabulary, Match
from trialgraph.linking.words.keys import blank_marks, words
from trialgraph.linking.words.longest_match import scan

_NUMBER = re.compile(r"-\d{3,}(?!\s*(?:mg|g|mcg|u|iu|/|%)\b)", re.IGNORECASE)  # the rest of a company's code


# how sure each way of finding a drug is
CONFIDENCE = {
    "user": 1.0,
    "exact": 1.0,
    "span": 0.97,
    "combination": 0.95,
    "bracket": 0.93,
    "other-name": 0.9,
    "abbreviation": 0.85,
    "edit-distance": 0.8,
    "description": 0.75,
    "title": 0.7,
    "unlisted": 0.5,
}


class Mention(msgspec.Struct, frozen=True, gc=False):
    """A place in a text that names one drug or a combination."""

    start: int
    end: int
    match: Match
    method: str  # exact, span, edit-distance, abbreviation, user

    @property
    def drugs(self) -> tuple[Drug, ...]:
        """Return the drugs that it names."""
        return self.match.drugs


class Segment(msgspec.Struct):
    """A part of a label between connecting words; its brackets are parts of their own."""

    start: int
    end: int
    joint: str = ""  # what joins it to the part before
    inner: list[Segment] = []


# What joins the parts of a label.  A hyphen joins only between spaces or after a dose.
_JOINT = re.compile(
    r"\s*(?:\(\+\)|[+;&]|,(?!\d)|(?<!\d)/|/(?!\d)|\s[-–—]+\s|:\s)\s*"
    r"|\s+(?:and(?:/or)?|plus|with|or|followed by|then|vs\.?|versus|combined with|in combination with|und|et)\s+",
    re.IGNORECASE,
)
_OPEN, _CLOSE = "([{", ")]}"

# What comes after a name and makes it something else than the drug given: a class that acts on it, a test, a device.
_AFTER = frozenset(
    """inhibitor antagonist agonist blocker antibody receptor modulator deficiency tolerance monitoring monitor
        sensor pump meter testing assay level clamp restriction free sparing naive naïve resistant resistance
        elimination withdrawal discontinuation avoidance cessation induced reuptake analyzer measurement
        sensitivity secretion metabolism abuse dependence clearance elastography channel binding depletion
        responsive refractory refractoriness coa conjugate conjugated carrier analogue analog inhibition
        antagonism blockade agonism""".split()  # noqa: SIM905
)  # fmt: skip
# "oxalate decarboxylase": the enzyme that acts on it
_ENZYMES = ("oxidase", "reductase", "kinase", "synthase", "carboxylase", "hydrogenase", "hydroxylase", "transferase",
            "esterase", "peptidase", "protease", "polymerase", "phosphatase", "cyclase", "isomerase")  # fmt: skip
# What comes before a name and says that it is not given.
_BEFORE = frozenset(
    """without no anti non stop stopping discontinue discontinuation withdrawal withdraw against minus""".split()  # noqa: SIM905
)
_NOT_GIVEN = frozenset(
    ("elimination", "withdrawal", "discontinuation", "avoidance", "cessation", "removal", "stopping", "discontinuing")
)


def segments(text: str) -> list[Segment]:
    """Return the parts of a label, brackets as parts within parts."""
    return _segments(text, 0, len(text))


def _segments(text: str, start: int, end: int) -> list[Segment]:
    outside = list(text[start:end])
    inner: list[tuple[int, int]] = []
    depth, opened = 0, start
    for at in range(start, end):
        c = text[at]
        if c in _OPEN:
            if depth == 0:
                opened = at
            depth += 1
        elif c in _CLOSE and depth:
            depth -= 1
            if depth == 0:
                inner.append((opened + 1, at))
    if depth:
        inner.append((opened + 1, end))
    for a, b in inner:
        for at in range(a - 1, min(b + 1, end)):
            outside[at - start] = "\0"
    flat = "".join(outside)
    found, last, before = [], start, ""
    for joint in [*_JOINT.finditer(flat), None]:
        stop = start + joint.start() if joint else end
        if stop > last and any(c.isalnum() for c in text[last:stop]):
            part = Segment(last, stop, before)
            part.inner = [Segment(a, b) for a, b in inner if last <= a - 1 < stop and b > a]
            found.append(part)
        if joint:
            last, before = start + joint.end(), joint[0].strip().lower()
    return found


def find(text: str, vocabulary: DrugVocabulary, *, loose: bool = False) -> list[Mention]:
    """Return the mentions in a text from left to right, the longest first where several begin at a word.

    `loose` also takes names whose neighbours say that they are not given (for a user's own words).
    """
    tokens = words(text)
    folded = [token[0] for token in tokens]

    def longest(at: int) -> tuple[int, Match | None] | None:
        """Return the end and the drugs of the longest name from a word on; no drugs where it is not what is given."""
        for length in range(min(vocabulary.longest(folded[at]), len(tokens) - at), 0, -1):
            name = " ".join(folded[at : at + length])
            if name not in vocabulary.names:
                continue
            if _is_written_so(text, tokens[at][1], tokens[at + length - 1][2], vocabulary.exactly.get(name)):
                otherwise = not loose and _said_otherwise(text, tokens, at, at + length)
                match = None if otherwise else vocabulary.match(name)
                return at + length, match if match and match.drugs else None
        return None

    return [
        Mention(tokens[first][1], tokens[last - 1][2], match, "exact" if last - first == len(tokens) else "span")
        for first, last, match in scan(folded, None, longest)
    ]


def _is_written_so(text: str, start: int, end: int, forms: frozenset[str] | None) -> bool:
    """Tell whether a name is written in one of the only forms in which it is a drug's; None: any form is."""
    return not forms or (blank_marks(text[start:end]).strip() in forms and not _glued(text, start, end))


def _glued(text: str, start: int, end: int) -> bool:
    """Tell whether a place is only a piece of a longer word or of a code: INH in C1INH, ABC in ABC-12345."""
    if (start > 0 and text[start - 1].isalnum()) or (end < len(text) and text[end].isalpha()):
        return True
    return _NUMBER.match(text, end) is not None


def find_device(text: str, vocabulary: DrugVocabulary) -> list[Mention]:
    """Return the brand of a device that releases a drug, the longest, where a text writes it with a capital."""
    tokens = words(text)
    for length in range(4, 0, -1):
        for at in range(len(tokens) - length + 1):
            ids = vocabulary.devices.get(" ".join([t[0] for t in tokens[at : at + length]]))
            start, end = tokens[at][1], tokens[at + length - 1][2]
            if ids and text[start].isupper():
                drugs = tuple(drug for drug in map(vocabulary.drug, ids) if drug)
                return [Mention(start, end, Match(drugs, text[start:end], "hand"), "span")]
    return []


def _said_otherwise(text: str, tokens: list[tuple[str, int, int]], start: int, stop: int) -> bool:
    """Tell whether the neighbours of some words say that the drug is not what is given."""
    if stop < len(tokens):
        after, begin, _ = tokens[stop]
        gap = text[tokens[stop - 1][2] : begin]
        if (after in _AFTER or after.endswith(_ENZYMES)) and not gap.strip(" -®™") and "," not in gap:
            return True
    return is_not_given(text, tokens, start)


def is_not_given(text: str, tokens: list[tuple[str, int, int]], at: int) -> bool:
    """Tell whether the words before a place say that what follows is not given: "without", "discontinuation of"."""
    if not at:
        return False
    before, _, end = tokens[at - 1]
    gap = text[end : tokens[at][1]]
    if gap.strip(" -"):
        return False
    if before == "of" and at > 1:
        return tokens[at - 2][0] in _NOT_GIVEN
    return before in _BEFORE
