"""What a trial says of its condition beside the name: stage, line, severity, setting, population, biomarkers.

The terms are closed lists (`condition_attributes.tsv`); each is read by its pattern from short fields, never from
running text.  `split` takes a person's words apart into the attributes and what is left to name the condition.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from typing import Final

import msgspec

from trialgraph.linking.conditions.vocabulary import PACKAGE
from trialgraph.linking.words.tables import rows
from trialgraph.model import Trial

PROPERTIES: Final = ("stage", "line", "severity", "setting", "population", "biomarkers")  # of STUDIES
SHORTEST_ANCHOR: Final = 2  # letters or digits that a text must hold before a pattern is tried
_GROUP: Final = re.compile(r"\((?:\\.|[^()\\])*\)[?*+]?(?:\{[^}]*\})?")
_OPTIONAL: Final = re.compile(r"\\.[?*+]?|\[[^\]]*\][?*+]?|.[?*]")
_LITERAL: Final = re.compile(r"[a-z0-9]+")


class Attribute(msgspec.Struct, frozen=True):
    """A term of a closed list, and the words that say it."""

    property: str
    term: str
    span: str
    start: int
    end: int


def read(text: str) -> tuple[Attribute, ...]:
    """Return the attributes that a short text says, in their order.

    Of one property the longer span wins: "mild to moderate" says neither mild nor moderate.
    """
    found: list[Attribute] = []
    low = text.lower()
    for property_, term, anchors, pattern in _patterns():
        for anchor in anchors:  # written out: a generator here takes most of the time of a whole build's rows
            if anchor in low:
                break
        else:
            if anchors:
                continue
        if match := pattern.search(text):
            found.append(Attribute(property_, term, match[0], match.start(), match.end()))
    if len(found) < 2:
        return tuple(found)
    kept = [
        one
        for one in found
        if not any(
            one is not other
            and one.property == other.property
            and other.start <= one.start
            and one.end <= other.end
            and other.end - other.start > one.end - one.start
            for other in found
        )
    ]
    return tuple(sorted(kept, key=lambda one: (one.start, one.end, one.property, one.term)))


def of_trial(trial: Trial) -> tuple[tuple[str, str], ...]:
    """Return (field, text) of the short fields of a trial that hold for all its conditions."""
    fields = (("brief_title", trial.brief_title), ("official_title", trial.official_title))
    keywords = tuple(("keywords", word) for word in trial.keywords)
    return (*((name, text) for name, text in fields if text), *keywords)


def properties(raw: str, shared: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Return the properties of STUDIES for a condition string: each property's terms, and `attribute_spans`.

    `shared` are the trial's other short fields.  A span reads `term: words (field)`.
    """
    found: dict[tuple[str, str], str] = {}
    for field, text in (("condition", raw), *shared):
        for one in _cached(text):
            found.setdefault((one.property, one.term), f"{one.term}: {one.span} ({field})")
    listed: dict[str, list[str]] = {}
    for (property_, term), span in sorted(found.items()):
        listed.setdefault(property_, []).append(term)
        listed.setdefault("attribute_spans", []).append(span)
    return listed


def split(words: str) -> tuple[str, tuple[Attribute, ...]]:
    """Return what is left of a person's words to name a condition, and the attributes they name.

    "relapsed or refractory multiple myeloma" -> ("multiple myeloma", (relapsed or refractory,)).  Words that are all
    attributes come back as they are, since "postmenopausal" alone asks for a state.
    """
    found = read(words)
    left = list(words)
    for one in found:
        left[one.start : one.end] = " " * (one.end - one.start)
    rest = " ".join("".join(left).replace(",", " ").split()).strip(" -/")
    return (rest, found) if rest else (words, ())


_cached = functools.lru_cache(maxsize=50_000)(read)


@functools.cache
def _patterns() -> tuple[tuple[str, str, tuple[str, ...], re.Pattern[str]], ...]:
    """Return (property, term, anchors, pattern): the pattern can match only a text that holds one of the anchors."""
    found = []
    for property_, term, pattern in rows(PACKAGE, "condition_attributes.tsv"):
        loose = pattern.replace(" ", "[ -]")
        compiled = re.compile(rf"(?<!w/o )(?<!without )(?<!\w)(?:{loose})(?!\w)", re.IGNORECASE)
        found.append((property_, term, _anchors(pattern), compiled))
    return tuple(found)


def _anchors(pattern: str) -> tuple[str, ...]:
    """Return for each alternative the longest run of letters and digits that it always has; () where one has none."""
    anchors = []
    for alternative in _alternatives(pattern):
        plain = alternative
        while (inner := _GROUP.sub(" ", plain)) != plain:
            plain = inner
        longest = max(_LITERAL.findall(_OPTIONAL.sub(" ", plain)), key=len, default="")
        if len(longest) < SHORTEST_ANCHOR:
            return ()
        anchors.append(longest)
    return tuple(dict.fromkeys(anchors))


def _alternatives(pattern: str) -> list[str]:
    """Return the alternatives of a pattern at its top level."""
    parts, depth = [""], 0
    for char in pattern:
        depth += (char == "(") - (char == ")")
        if char == "|" and depth == 0:
            parts.append("")
        else:
            parts[-1] += char
    return parts
