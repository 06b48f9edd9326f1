"""Misspelt words of condition names, mended where one known long word is one edit away."""

from __future__ import annotations

import functools
from collections.abc import Sequence

from rapidfuzz.distance import OSA

from trialgraph.linking.conditions.index import Index
from trialgraph.spelling import deletions, is_one_edit

SHORTEST = 6  # letters: a shorter word is one edit away from too many others
LONG = 11  # letters: such a word is itself with two edits too (hyerpactivity)


class Spelling:
    """Knows the long words of condition names; built when the first unknown word is met."""

    def __init__(self, index: Index) -> None:
        self._index = index

    def mend(self, words: Sequence[str]) -> tuple[str, ...] | None:
        """Return the words with each unknown long one replaced by the known word one edit away, or None."""
        out: list[str] = []
        for word in words:
            known = len(word) < SHORTEST or word in self._known or not word.isalpha()
            out.append(word if known else self._nearest(word) or word)
        return tuple(out) if tuple(out) != tuple(words) else None

    @functools.cached_property
    def _long(self) -> frozenset[str]:
        words = {w for key in self._index.forms[0] for w in key.split() if len(w) >= SHORTEST - 1 and w.isalpha()}
        return frozenset(words)

    @functools.cached_property
    def _known(self) -> frozenset[str]:
        other = {w for key in self._index.others for w in key.split()}
        hand = self._index.words
        listed = {w for forms in (hand.free, hand.about, hand.none) for form in forms for w in form}
        return self._long | other | listed | hand.otherwise | hand.near

    @functools.cached_property
    def _by_deletion(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for word in sorted(self._long):
            for form in deletions(word):
                found[form] = (*found.get(form, ()), word)
        return found

    def _nearest(self, word: str) -> str | None:
        near = {known for form in deletions(word) for known in self._by_deletion.get(form, ())}
        near = {known for known in near if known[0] == word[0] and is_one_edit(word, known)}
        if not near and len(word) >= LONG:
            near = {
                known for known in self._of_length(len(word)) if known[0] == word[0] and _distance(word, known) <= 2
            }
        return next(iter(near)) if len(near) == 1 else None

    def _of_length(self, size: int) -> list[str]:
        return [word for word in self._long if abs(len(word) - size) <= 1]


def _distance(one: str, other: str) -> int:
    """Return the optimal string alignment distance (Damerau-Levenshtein), 3 for any above 2."""
    return OSA.distance(one, other, score_cutoff=2)
