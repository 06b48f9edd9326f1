"""Neoplasms by site: "Squamous Cell Carcinoma of the Oropharynx" is a histology and a place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from trialgraph.linking.words.medical import read

if TYPE_CHECKING:
    from trialgraph.linking.conditions.index import Index

BY_SITE, BY_HISTOLOGY = "C04.588", "C04.557"
CARCINOMA = "D002277"
NEOPLASMS = "D009369"
# Words that say "a neoplasm" and no kind of it, so that the place alone is the answer.
_PLAIN = frozenset({"neoplasm", "carcinoma"})


class Sites:
    """Places of the body that have a heading "... Neoplasms", and the places inside them."""

    def __init__(self, index: Index) -> None:
        self.index, self.mesh = index, index.mesh
        self.by_place: dict[str, str] = {}
        for heading in self.mesh.within(BY_SITE):
            for alias in (heading.name, *heading.synonyms):
                same = index.same(read(alias).words)
                place = [w for w in same if w not in ("neoplasm", "of", "the", "gland")]
                if "neoplasm" in same and place:
                    self.by_place.setdefault(" ".join(sorted(place)), heading.id)

    def read(self, words: Sequence[str], *, partly: bool = False) -> tuple[str, ...]:
        """Return the headings of a histology and its places, or () where the words are not wholly those.

        With `partly`, words may be left over.
        """
        same = self.index.same(words)
        size = len(same)
        for length in range(size, 0, -1):
            for first in range(size - length, -1, -1):
                stretch = same[first : first + length]
                histology = self._histology(stretch)
                if histology is None:
                    continue
                rest = [w for w in same[:first] + same[first + length :] if w not in ("of", "the", "in", "and")]
                places, left = self._places(rest)
                left = [w for w in left if w not in self.index.words.cell]
                if not places or (left and not partly):
                    continue
                if histology in (NEOPLASMS, CARCINOMA):
                    return places
                return (histology, *places)
        return ()

    def _histology(self, stretch: Sequence[str]) -> str | None:
        if len(stretch) == 1 and stretch[0] in _PLAIN:
            return NEOPLASMS
        found = self.index.find(stretch, 2)
        if not found or len(found.name.ids) != 1:
            return None
        heading = self.mesh.get(found.name.ids[0])
        return heading.id if heading and heading.is_in(BY_HISTOLOGY) else None

    def _places(self, words: Sequence[str]) -> tuple[tuple[str, ...], list[str]]:
        """Return the headings of the places that the words name, and the words left over."""
        found: list[str] = []
        left = list(words)
        for length in range(min(4, len(left)), 0, -1):
            first = 0
            while first + length <= len(left):
                place = self._place(left[first : first + length])
                if place:
                    found.append(place)
                    del left[first : first + length]
                else:
                    first += 1
        kept = [p for p in dict.fromkeys(found) if not any(p in self.index.above(q) for q in found if q != p)]
        return tuple(kept), [w for w in left if w not in self.index.words.weak]

    def _place(self, words: Sequence[str]) -> str | None:
        if found := self.by_place.get(" ".join(sorted(words))):
            return found
        part = self.index.is_other(words)
        if not part or not self.mesh[part].is_in("A"):
            return None
        for above in self.mesh.ancestors(part, "A"):
            same = self.index.same(read(self.mesh.name(above)).words)
            if found := self.by_place.get(" ".join(sorted(w for w in same if w != "gland"))):
                return found
        return None
