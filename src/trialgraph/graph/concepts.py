"""Nodes that trials share, gathered while trials go by: how often each was named, and in which words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any


class Concepts:
    """The nodes of one label.  Facts are first come, first kept; words are counted."""

    def __init__(self, key: str, words: str | None = None, most_said: str | None = None) -> None:
        self._key = key
        self._words = words  # the property that lists the words seen
        self._most_said = most_said  # the property whose commonest value is kept
        self._facts: dict[str, dict[str, Any]] = {}
        self._said: dict[str, Counter[str]] = {}
        self._values: dict[str, Counter[str]] = {}

    def __contains__(self, key: str) -> bool:
        return key in self._facts

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._facts))

    def see(self, key: str, facts: Mapping[str, Any], *, word: str | None = None, value: str | None = None) -> None:
        """Take note of a mention: its facts fill what is still unknown, its words and its value are counted."""
        known = self._facts.get(key)
        if known is None:
            self._facts[key] = {self._key: key, **facts}
        else:
            for name, fact in facts.items():
                if fact is not None and known.get(name) is None:
                    known[name] = fact
        if word:
            self._said.setdefault(key, Counter())[word] += 1
        if value:
            self._values.setdefault(key, Counter())[value] += 1

    def fact(self, key: str, name: str) -> Any:
        """Return what is known of a node, or None."""
        return self._facts.get(key, {}).get(name)

    def rows(self) -> Iterator[Mapping[str, Any]]:
        """Yield the nodes by key, their words the commonest first."""
        for key in sorted(self._facts):
            row = self._facts[key]
            if self._words and key in self._said:
                row[self._words] = _by_count(self._said[key])
            if self._most_said and key in self._values:
                row[self._most_said] = _by_count(self._values[key])[0]
            yield row


def _by_count(counted: Counter[str]) -> list[str]:
    return [word for word, _ in sorted(counted.items(), key=lambda item: (-item[1], item[0]))]
