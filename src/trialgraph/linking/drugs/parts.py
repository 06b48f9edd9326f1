"""The parts of a label that name something given, and which mentions in them are believed."""

from __future__ import annotations

import re

from trialgraph.linking.drugs.controls import MEASURED, governs, is_placebo
from trialgraph.linking.drugs.find import Mention, Segment, segments
from trialgraph.linking.drugs.vocabulary import Drug

HARD_JOINTS = ("+", "(+)", ";", "plus", "with", "then", "vs", "vs.", "versus", "combined with", "in combination with")


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
    governed = False
    for part in parts:
        words = outside(label, part)
        if governed and part.joint not in HARD_JOINTS:
            continue
        governed = False
        if is_placebo(words):
            governed = governs(words) is not None
            only = not re.sub(
                r"\W|\d|placebos?|matching|matched|oral|tablets?|capsules?", "", words, flags=re.IGNORECASE
            )
            while kept and part.joint == "/" and not only and _tight(label, part):
                kept.pop()  # "levodopa/carbidopa placebo"
            continue
        kept.append(part)
    return kept


def _tight(label: str, part: Segment) -> bool:
    return part.start > 1 and label[part.start - 1] == "/" and label[part.start - 2] != " "
