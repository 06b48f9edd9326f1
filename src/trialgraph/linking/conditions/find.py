"""Conditions mentioned in running text, by longest match from each word over an inverted index.

In: a title, summary or description.  Out: one link per heading, at its first mention.  The index goes from the first
word of a name to the lengths (in words) of the names that begin with it.  Abbreviations count only in capitals.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from trialgraph.linking.conditions.index import GLUE, Index
from trialgraph.linking.words.longest_match import scan
from trialgraph.linking.words.medical import Words, read
from trialgraph.model import ConditionLink

_BREAK = re.compile(r"[.;:()\"\n]|, ")  # a name does not run over these, unless it contains one itself
ENGLISH = frozenset(("all", "cap", "sad", "add", "bed", "ted", "pop", "mas", "epi"))  # also ordinary words
SHORTEST_ABBREVIATION = 4  # letters of a listed abbreviation in running text; shorter ones have too many meanings


class Finder:
    """Finds names of conditions in text by their first word and lengths."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self._lengths: dict[str, tuple[int, ...]] = {}
        self._names: dict[str, int] = {}
        self._capitals: dict[str, str] = {}  # one-word names that must be written as here
        self._shorts: list[tuple[str, tuple[str, ...]]] = []
        self._stands_for = {form[0]: to for form, to in index.words.same.items() if len(form) == 1 and " " not in to}
        self._stands_for["carcinoma"] = "neoplasm"
        lengths: dict[str, set[int]] = {}
        for key, number in index.forms[0].items():
            if number < 0:
                continue
            name = index.names[number]
            words = key.split()
            if all(i in index.lone for i in name.ids) or key in index.words.plain:
                continue
            if len(words) == 1 and self._is_unsafe(key, name.alias):
                continue
            self._put(lengths, key, number)
            same = index.same(words)
            if same != words and len(same) > 1:
                self._put(lengths, " ".join(same), number)
        for key in index.others:
            words = key.split()
            if len(words) > 1:
                self._put(lengths, key, -1)
        hand = {s: i for s, i in index.words.abbreviations.items() if len(s) >= SHORTEST_ABBREVIATION}
        for short, ids in {**hand, **index.words.learned_abbreviations}.items():
            key = " ".join(read(short).words)
            if len(short) > 2 and " " not in key and key not in self._names:
                self._capitals[key] = short
                self._names[key] = len(index.names) + len(self._shorts)
                self._shorts.append((short, ids))
                lengths.setdefault(key, set()).add(1)
        self._lengths = {word: tuple(sorted(sizes, reverse=True)) for word, sizes in lengths.items()}
        for word, other in self._stands_for.items():  # a name may begin with a word that means the same
            if word not in self._lengths and other in self._lengths:
                self._lengths[word] = self._lengths[other]

    def _put(self, lengths: dict[str, set[int]], key: str, number: int) -> None:
        if key not in self._names:
            words = key.split()
            self._names[key] = number
            lengths.setdefault(words[0], set()).add(len(words))

    def _is_unsafe(self, key: str, alias: str) -> bool:
        """Tell whether a one-word name means nothing in running text; record those that must be written in capitals."""
        if len(key) < 3 or key in GLUE:
            return True
        if alias.isupper() or (len(key) <= 4 and sum(c.isupper() for c in alias) > 1):
            self._capitals[key] = alias.upper()
        return key in ENGLISH

    def spans(self, words: Words, text: str) -> Iterator[tuple[int, int, int]]:
        """Yield (first, last + 1, number of the name) of each mention, longest first, without overlap."""
        same = [self._stands_for.get(word, word) for word in words.words]
        return scan(words.words, self._lengths, lambda place: self._longest(words, same, place, text))

    def _longest(self, words: Words, same: list[str], place: int, text: str) -> tuple[int, int | None] | None:
        """Return the end and the number of the longest name that begins at a place, or None.

        The number is None for a name of something else, whose words name no condition.
        """
        forms, names = words.words, self._names
        for length in self._lengths[forms[place]]:
            last = place + length
            if last > len(forms):
                continue
            number = names.get(forms[place] if length == 1 else " ".join(forms[place:last]))
            if number is None and length > 1:
                number = names.get(" ".join(same[place:last]))
            if number is None:
                continue
            written = text[words.starts[place] : words.ends[last - 1]]
            if length == 1:
                short = self._capitals.get(forms[place])
                if short is not None and written not in (short, short + "s"):
                    continue
            elif number >= 0 and _BREAK.search(written) and not _BREAK.search(self._alias(number)):
                continue
            return last, number if number >= 0 else None
        return None

    def ids(self, text: str) -> set[str]:
        """Return the headings that a text mentions."""
        return {i for _, _, number in self.spans(read(text), text) for i in self._ids(number)}

    def find(self, text: str, span_in: str) -> tuple[ConditionLink, ...]:
        """Return a link for each condition mentioned, at its first mention."""
        words = read(text)
        found: dict[str, ConditionLink] = {}
        for first, last, number in self.spans(words, text):
            ids, alias = self._ids(number), self._alias(number)
            for mesh_id in ids:
                concept_id = f"MESH:{mesh_id}"
                if concept_id not in found:
                    span = words.stretch(text, first, last)
                    found[concept_id] = ConditionLink(
                        concept_id=concept_id,
                        name=self.index.mesh.name(mesh_id),
                        raw=span,
                        span=span,
                        span_in=span_in,
                        matched_alias=alias,
                        vocabulary="mesh" if number < len(self.index.names) else "hand",
                        method="mention",
                        confidence=0.9 if last - first > 1 else 0.8,
                        source_field=span_in,
                    )
        return tuple(found.values())

    def _ids(self, number: int) -> tuple[str, ...]:
        size = len(self.index.names)
        return self.index.names[number].ids if number < size else self._shorts[number - size][1]

    def _alias(self, number: int) -> str:
        size = len(self.index.names)
        return self.index.names[number].alias if number < size else self._shorts[number - size][0]
