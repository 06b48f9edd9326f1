"""Procedures, transplantations and healthy volunteers named where a record lists its conditions.

In: a string that names no disease, such as "Kidney Transplant Recipients".  Out: the MeSH heading of what the study is
about, as a condition-like subject, or None.  The whole string must name it: an organ or a person may not be left over.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from typing import Final

from trialgraph.linking.conditions.index import Index
from trialgraph.linking.conditions.parts import Part, Weights
from trialgraph.linking.conditions.vocabulary import PACKAGE
from trialgraph.linking.words.medical import read
from trialgraph.linking.words.tables import rows

BRANCHES = ("E02", "E03", "E04", "E06", "N02.278.388.493")  # therapies, anaesthesia, surgery, dentistry; intensive care
HEALTHY = "D064368"  # Healthy Volunteers
_BRACKETS = re.compile(r"[(\[][^)\]]*[)\]]")

# what trials compare with, and never what they are about: Placebos, Placebo Effect
_NO_SUBJECT: Final = frozenset(("D010919", "D015990"))


class Subjects:
    """Reads strings as procedures or as healthy people; built once for an index."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._weights = Weights(index)
        table = {kind: words.split("|") for kind, words in rows(PACKAGE, "condition_subjects.tsv")}
        self._people = frozenset(w for name in table["person"] for w in read(name).words)
        self._well = frozenset(w for name in table["healthy"] for w in read(name).words)
        self._same = [tuple(pair.split("=")) for pair in table["same"]]
        self.read = functools.lru_cache(maxsize=20_000)(self._read)

    def _read(self, text: str) -> Part | None:
        words = read(_BRACKETS.sub(" ", text)).words or read(text).words
        if (rest := [w for w in words if w not in self._people]) and all(w in self._well for w in rest):
            return self._part(HEALTHY, text)
        for form in self._forms(words):
            heading = self._index.is_other(form)
            if heading and self.is_subject(heading):
                return self._part(heading, text)
        return None

    def is_subject(self, mesh_id: str) -> bool:
        """Tell whether a heading is one that a study may be about although it is no disease."""
        heading = None if mesh_id in _NO_SUBJECT else self._index.mesh.get(mesh_id)
        return heading is not None and (mesh_id == HEALTHY or heading.is_in(*BRANCHES))

    def parents(self, mesh_id: str) -> tuple[str, ...]:
        """Return the subjects one step above a subject."""
        above = self._index.mesh.parents(mesh_id, *BRANCHES)
        return tuple(i for i in above if self.is_subject(i))

    def _part(self, mesh_id: str, text: str) -> Part:
        return Part((mesh_id,), self._index.mesh.name(mesh_id), "mesh", "subject", 0.85, text)

    def _forms(self, words: Sequence[str]) -> Iterator[tuple[str, ...]]:
        """Yield the words, then without words for people and course, then each with other words for the same."""
        kept = tuple(w for w in self._weights.without_free(words) if w not in self._people)
        for form in dict.fromkeys((tuple(words), kept)):
            if not form:
                continue
            yield form
            swapped = form
            for word, other in self._same:
                if word in swapped:
                    swapped = tuple(v for w in swapped for v in (other.split() if w == word else (w,)))
                    yield swapped
