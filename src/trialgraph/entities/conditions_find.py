"""Conditions mentioned in running text: names as written there, longest first; abbreviations only in capitals."""

from __future__ import annotations

from collections.abc import Iterator

from trialgraph.entities.conditions_index import GLUE, Index
from trialgraph.model import ConditionLink
from trialgraph.vocabularies.words import Words, read

# Words of ordinary language that are also names of conditions; in running text they mean none.
_PLAIN_WORDS = frozenset(
    [
        "disease",
        "syndrome",
        "death",
        "shock",
        "recurrence",
        "emergency",
        "fall",
        "bite",
        "sting",
        "cold",
        "burn",
        "cut",
        "stress",
        "behavior",
        "pica",
        "hives",
        "tic",
        "crush",
        "drowning",
        "crying",
        "tears",
        "chill",
        "chills",
        "shivering",
        "yawning",
        "wart",
        "mole",
        "sign",
        "symptom",
        "fit",
        "fits",
        "spasm",
        "stutter",
        "pregnancy",
        "ageing",
        "aging",
        "smoking",
        "disability",
        "disabled",
        "complication",
        "relapse",
        "cyst",
        "polyp",
        "scar",
        "defect",
        "virus",
        "infection",
        "inflammation",
        "injury",
        "rupture",
        "stone",
        "attack",
        "stable",
        "unstable",
        "hunger",
        "thirst",
        "lice",
        "mania",
        "malaise",
        "remission",
    ]
) - {"stress", "burn", "smoking", "pregnancy", "aging", "inflammation", "infection", "scar", "relapse"}


class Finder:
    """Finds names of conditions in text by their first word and lengths."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self._lengths: dict[str, tuple[int, ...]] = {}
        self._names: dict[str, int] = {}
        self._capitals: set[str] = set()
        lengths: dict[str, set[int]] = {}
        for key, number in index.forms[0].items():
            if number < 0:
                continue
            name = index.names[number]
            words = key.split()
            if all(i in index.lone for i in name.ids) or (len(words) == 1 and self._is_unsafe(key, name.alias)):
                continue
            self._put(lengths, key, number)
            same = index.same(words)
            if same != words:
                self._put(lengths, " ".join(same), number)
        for key in index.others:
            words = key.split()
            if len(words) > 1:
                self._put(lengths, key, -1)
        for short, ids in index.words.abbreviations.items():
            key = " ".join(read(short).words)
            if len(short) > 2 and " " not in key and key not in self._names:
                self._capitals.add(key)
                self._names[key] = len(index.names) + len(self._shorts)
                self._shorts.append((short, ids))
                lengths.setdefault(key, set()).add(1)
        self._lengths = {word: tuple(sorted(sizes, reverse=True)) for word, sizes in lengths.items()}

    @property
    def _shorts(self) -> list[tuple[str, tuple[str, ...]]]:
        if not hasattr(self, "_short_list"):
            self._short_list: list[tuple[str, tuple[str, ...]]] = []
        return self._short_list

    def _put(self, lengths: dict[str, set[int]], key: str, number: int) -> None:
        if key not in self._names:
            words = key.split()
            self._names[key] = number
            lengths.setdefault(words[0], set()).add(len(words))

    def _is_unsafe(self, key: str, alias: str) -> bool:
        """Tell whether a one-word name is ordinary language or an abbreviation that must stand in capitals."""
        if key in _PLAIN_WORDS or len(key) < 3 or key in GLUE:
            return True
        if alias.isupper() or (len(key) <= 4 and sum(c.isupper() for c in alias) > 1):
            self._capitals.add(key)
        return False

    def spans(self, words: Words, text: str) -> Iterator[tuple[int, int, int]]:
        """Yield (first, last + 1, number of the name) of each mention, longest first, without overlap."""
        forms, names, all_lengths = words.words, self._names, self._lengths
        place, size = 0, len(forms)
        while place < size:
            lengths = all_lengths.get(forms[place])
            if lengths is None:
                place += 1
                continue
            for length in lengths:
                if place + length > size:
                    continue
                key = forms[place] if length == 1 else " ".join(forms[place : place + length])
                number = names.get(key)
                if number is None:
                    continue
                if length == 1 and key in self._capitals:
                    written = text[words.starts[place] : words.ends[place]]
                    if sum(c.isupper() for c in written) < 2:
                        continue
                if number >= 0:
                    yield place, place + length, number
                place += length
                break
            else:
                place += 1

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
