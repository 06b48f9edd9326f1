"""Spelling: words one edit apart, and the names nearest to one that is not known."""

from __future__ import annotations

import string
from collections.abc import Iterable

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from trialgraph import text
from trialgraph.limits import SUGGESTIONS


def is_one_edit(word: str, other: str) -> bool:
    """Tell whether two words are equal or one edit apart.

    An edit inserts, deletes or replaces a letter or exchanges two neighbours (optimal string alignment distance).
    """
    return OSA.distance(word, other, score_cutoff=1) <= 1


def deletions(word: str) -> set[str]:
    """Return a word and its forms with one letter deleted.

    Two words one edit apart have such a form in common (symmetric deletion, as in SymSpell), so that an index of these
    forms gives all candidates for `is_one_edit`.
    """
    return {word, *(word[:i] + word[i + 1 :] for i in range(len(word)))}


def one_edit_variants(word: str) -> set[str]:
    """Return the strings one edit from a word that keep its first letter; for a vocabulary too large to index."""
    splits = [(word[:i], word[i:]) for i in range(1, len(word) + 1)]
    letters = string.ascii_lowercase
    return (
        {a + b[1:] for a, b in splits if b}
        | {a + b[1] + b[0] + b[2:] for a, b in splits if len(b) > 1}
        | {a + c + b[1:] for a, b in splits if b for c in letters}
        | {a + c + b for a, b in splits for c in letters}
    ) - {word}


def similarity(one: str, other: str) -> float:
    """Return how alike two strings are, from 0 to 1: the normalised indel similarity."""
    return fuzz.ratio(one, other) / 100.0


def closest(wanted: str, names: Iterable[str], n: int, cutoff: float) -> list[str]:
    """Return up to n names of at least a similarity to a wanted one, the most similar first."""
    return [
        name for name, _, _ in process.extract(wanted, names, scorer=fuzz.ratio, limit=n, score_cutoff=100 * cutoff)
    ]


def nearest_names(given: str, names: Iterable[str], n: int = SUGGESTIONS) -> list[str]:
    """Return up to n names most like the given one: those that begin with it, contain it, then those spelled alike."""
    wanted = text.fold(given)
    folded: dict[str, str] = {}
    for name in names:
        folded.setdefault(text.fold(name), name)
    begins = sorted(key for key in folded if key.startswith(wanted)) if wanted else []
    contains = sorted((key for key in folded if len(wanted) > 3 and f" {wanted}" in f" {key}"), key=len)
    alike = closest(wanted, (key for key in folded if abs(len(key) - len(wanted)) <= 6), n, cutoff=0.72)
    return [folded[key] for key in dict.fromkeys([*begins[:n], *contains[:n], *alike])][:n]
