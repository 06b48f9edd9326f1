"""Longest match from the left over the words of a text: the one implementation for names and phrases of every kind."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")


def scan(
    words: Sequence[str], begins: Container[str] | None, match: Callable[[int], tuple[int, T | None] | None]
) -> Iterator[tuple[int, int, T]]:
    """Yield (first, end, value) of the matches in a text, from the left and without overlap.

    `match(place)` returns the end of the longest name that begins at a place and its value, or None; a value of None
    consumes the words without yielding them.  It is asked only at words in `begins`, or at all where that is None.
    """
    place, size = 0, len(words)
    while place < size:
        result = match(place) if begins is None or words[place] in begins else None
        if result is None:
            place += 1
            continue
        end, value = result
        if value is not None:
            yield place, end, value
        place = end


class Phrases(Generic[T]):
    """Phrases, each a tuple of words, with a value each; indexed by their first word, the longest first."""

    def __init__(self, phrases: Iterable[tuple[tuple[str, ...], T]]) -> None:
        self._by_first_word: dict[str, list[tuple[tuple[str, ...], T]]] = {}
        for phrase, value in sorted(phrases, key=lambda item: -len(item[0])):
            if phrase:
                self._by_first_word.setdefault(phrase[0], []).append((phrase, value))

    def match(self, words: Sequence[str], place: int) -> tuple[int, T] | None:
        """Return the end and the value of the longest phrase that begins at a place, or None."""
        for phrase, value in self._by_first_word.get(words[place], ()):
            if tuple(words[place : place + len(phrase)]) == phrase:
                return place + len(phrase), value
        return None

    def replace(self, words: Sequence[str], replacement: Callable[[T], Iterable[str]]) -> list[str]:
        """Return the words with each phrase, longest first, replaced by what its value is replaced with."""
        if self._by_first_word.keys().isdisjoint(words):
            return list(words)
        result: list[str] = []
        end = 0
        for first, last, value in scan(words, self._by_first_word, lambda place: self.match(words, place)):
            result += words[end:first]
            result += replacement(value)
            end = last
        return [*result, *words[end:]]
