"""The strict reading: all words of a string together name one condition.

In: a string or a piece of one.  Out: its parts, or () when a word with meaning would be left over.  Tried in order: a
name by the index, the longest name beside words without meaning ("recurrent", "stage II"), a histology with its site.
"""

from __future__ import annotations

from collections.abc import Sequence

from trialgraph.linking.conditions.index import Index, NameMatch
from trialgraph.linking.conditions.parts import Part, Weights, is_abbreviation, windows
from trialgraph.linking.conditions.sites import Sites
from trialgraph.linking.words.medical import Words, read

LONGEST_NAME = 9  # words; longer names of MeSH are never written whole
MOST_FREE = 6  # words beside a name; a stretch with more is no name with a stage
CONFIDENCE = (1.0, 0.97, 0.92, 0.85)  # by looseness of the form that matched
# At most, by where the name is from: everyday names may be a little narrower than their heading.
BY_VOCABULARY = {"mesh": 1.0, "hand": 0.95, "registry": 0.85, "mesh-supplementary": 0.8}


class Whole:
    """Reads strings as a whole by one index."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self.sites = Sites(index)
        self.weights = Weights(index)

    def name(self, text: str, words: Words) -> Part | None:
        """Return what the words as they are name, or None."""
        found = self.index.find(words.words, 3)
        if not found or (found.looseness > 1 and self.index.is_other(words.words)):
            return None
        method = ("exact", "reordered", "same-words", "same-words")[found.looseness]
        confidence = min(CONFIDENCE[found.looseness], BY_VOCABULARY[found.name.vocabulary])
        broader = found.name.vocabulary == "mesh-supplementary"  # a rare disease under its heading
        return Part(found.name.ids, found.name.alias, found.name.vocabulary, method, confidence, text, broader)

    def read(self, text: str) -> tuple[Part, ...]:
        """Return what a stretch names when all its words that have weight belong to the name, or ()."""
        words = read(text)
        if not words.words:
            return ()
        if found := self.name(text, words):
            return (found,)
        if self.index.is_other(words.words):
            return ()
        if found := self._beside_free(text, words):
            return (found,)
        kept = self.weights.without_free(words.words)
        if not kept:
            return ()
        short = self.index.find(kept, 3) if len(kept) < len(words.words) else None
        if short and not self.is_lone(short.name.ids):
            return (_modified(short, text),)
        if not self.index.is_other(kept) and (ids := self.sites.read(kept)):
            return (Part(ids, " ".join(kept), "mesh", "site", 0.9, text),)
        return ()

    def abbreviation(self, text: str) -> tuple[Part, ...]:
        """Return what a stretch names that is wholly an abbreviation of our lists, or ()."""
        text = text.strip(" .,;:()[]")
        if not is_abbreviation(text):
            return ()
        if ids := self.index.words.abbreviations.get(text.upper()):
            return (Part(ids, text.upper(), "hand", "abbreviation", 0.85, text),)
        if ids := self.index.words.learned_abbreviations.get(text.upper()):
            return (Part(ids, text.upper(), "registry", "abbreviation", 0.8, text),)
        return ()

    def infection(self, words: Sequence[str], span: str) -> Part | None:
        """Return the infection with an organism that the words as a whole name, or None."""
        if not self.index.is_organism(words):
            return None
        found = self.index.find((*words, "infection"), 2)
        if not found or self.is_lone(found.name.ids):
            return None
        return Part(found.name.ids, found.name.alias, found.name.vocabulary, "same-words", 0.85, span)

    def is_lone(self, ids: tuple[str, ...]) -> bool:
        """Tell whether all headings are too general to be named inside a longer name (the `lone` list)."""
        return all(i in self.index.lone for i in ids)

    def _beside_free(self, text: str, words: Words) -> Part | None:
        """Read the longest name beside which all words are without weight: "adult T cell leukemia, recurrent"."""
        size = len(words.words)
        for first, last in windows(words.words, LONGEST_NAME):
            if last - first == size:
                continue
            if last - first < size - MOST_FREE:
                return None
            found = self.index.find(words.words[first:last], 2)
            if (
                found
                and not self.is_lone(found.name.ids)
                and not self.weights.without_free(words.words[:first])
                and not self.weights.without_free(words.words[last:])
            ):
                return _modified(found, words.stretch(text, first, last))
        return None


def _modified(found: NameMatch, span: str) -> Part:
    broader = found.name.vocabulary == "mesh-supplementary"
    confidence = min(0.95, CONFIDENCE[found.looseness]) - (0.1 if broader else 0.0)
    return Part(found.name.ids, found.name.alias, found.name.vocabulary, "modifier", confidence, span, broader)
