"""The reading of last resort: the longest names inside a string that as a whole is no name.

In: the string.  Out: a `Reading` of all names that do not overlap, by greedy longest match over word windows; words
with meaning that are left over make each part `broader` and its confidence lower.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from trialgraph.linking.conditions.parts import Part, Reading, most_specific, names_something_wrong, windows
from trialgraph.linking.conditions.whole import CONFIDENCE, LONGEST_NAME, Whole
from trialgraph.linking.words.medical import Words, read

TAIL = frozenset(("disease", "disorder", "syndrome"))  # words that end a name; none begins with them
LONGEST_TEXT = 9  # words: a longer string without any known name is a sentence
LEFT_COSTS = 0.5  # of the confidence, were all words with weight left over
SPAN_COSTS = 0.05  # of the confidence, since the rest of the string was not understood


def spans(whole: Whole, text: str) -> Reading:
    """Return the names inside a string and the words left over, or whether it names no condition."""
    index, weights = whole.index, whole.weights
    words = read(text)
    weighty = tuple(dict.fromkeys(index.same(weights.weighty(words.words))))
    parts, taken, other = _names(whole, text, words)
    left = weights.weighty([w for w, t in zip(words.words, taken, strict=True) if not t])
    kept = weights.without_free(words.words)
    if not parts or (left and any(index.mesh[i].is_in("C04") for p in parts for i in p.ids)):
        ids = whole.sites.read(kept, partly=True)
        if ids:
            part = Part(ids, " ".join(weighty), "mesh", "site", 0.7, text, broader=True)
            return Reading((part,), words=weighty)
    if not parts:
        near = _near(whole, text, kept)
        if near:
            return Reading((near,), words=weighty)
        nothing = (
            not weighty
            or other * 2 > len(words.words)
            or words.words[-1] in index.words.otherwise
            or len(words.words) > LONGEST_TEXT
            or bool(index.is_other(kept))
        )
        unknown = not nothing and not names_something_wrong(index, words.words)
        return Reading(nothing=nothing or unknown, unknown=unknown, words=weighty, left=weighty)
    share = len(left) / max(1, len(left) + sum(len(read(p.span).words) for p in parts))
    found = [
        msgspec.structs.replace(
            p,
            broader=p.broader or bool(left),
            confidence=round(p.confidence * (1.0 - SPAN_COSTS - LEFT_COSTS * share), 2),
        )
        for p in parts
    ]
    return Reading(most_specific(index, found), whole=not left, words=weighty, left=tuple(index.same(left)))


def _names(whole: Whole, text: str, words: Words) -> tuple[list[Part], list[bool], int]:
    """Return the names in order, which words they cover, and how many words name no condition."""
    index = whole.index
    taken = [False] * len(words.words)
    parts: list[tuple[int, Part]] = []
    other = 0
    for first, last in windows(words.words, LONGEST_NAME):
        if any(taken[first:last]):
            continue
        stretch = words.words[first:last]
        if last - first > 1 and stretch[0] in TAIL:
            continue  # the disease of "Parkinson disease psychosis" belongs to the word before it
        span = words.stretch(text, first, last)
        found = index.find(stretch, 2)
        if found and not whole.is_lone(found.name.ids):
            if (
                found.looseness == 2
                and last - first == 1
                and last < len(words.words)
                and _is_sign(whole, found.name.ids)
            ):
                continue  # "inflammatory cardiomyopathy" is no inflammation
            name = found.name
            confidence = CONFIDENCE[found.looseness]
            broader = name.vocabulary == "mesh-supplementary"
            parts.append((first, Part(name.ids, name.alias, name.vocabulary, "span", confidence, span, broader)))
        elif infection := whole.infection(stretch, span):
            parts.append((first, infection))
        elif last - first > 1 and (heading := index.is_other(stretch)):
            other += 0 if index.mesh[heading].is_in("A") else last - first
        elif last - first == 1 and sum(c.isupper() for c in span) > 1 and (short := whole.abbreviation(span)):
            parts.append((first, short[0]))
        else:
            continue
        taken[first:last] = [True] * (last - first)
    return [part for _, part in sorted(parts, key=lambda item: item[0])], taken, other


def _is_sign(whole: Whole, ids: tuple[str, ...]) -> bool:
    """Tell whether headings are only signs and processes, which many diseases have."""
    return all(n.startswith("C23") or n == "C01" for i in ids for n in whole.index.mesh[i].tree_numbers)


def _near(whole: Whole, text: str, words: Sequence[str]) -> Part | None:
    """Read "thyroid dysfunction" as a disease of the thyroid: a broader heading."""
    kept = [w for w in words if w not in whole.index.words.near]
    if not kept or len(kept) == len(words):
        return None
    found = whole.index.find((*kept, "disease"), 2)
    if not found or whole.is_lone(found.name.ids):
        return None
    return Part(found.name.ids, found.name.alias, found.name.vocabulary, "span", 0.7, text, broader=True)
