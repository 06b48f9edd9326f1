"""Nodes that trials share while what stands above them is still being added."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any


class NodeFacts:
    """The nodes of one label by key; the facts that came first are kept."""

    def __init__(self, key: str, rows: Iterable[dict[str, Any]]) -> None:
        self._key = key
        self._facts = {row[key]: row for row in rows}

    def __contains__(self, key: str) -> bool:
        return key in self._facts

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._facts))

    def add(self, key: str, facts: Mapping[str, Any]) -> None:
        """Fill with these facts what is still unknown of a node, which may be new."""
        facts_of_key = self._facts.setdefault(key, {self._key: key})
        for name, fact in facts.items():
            if fact is not None and facts_of_key.get(name) is None:
                facts_of_key[name] = fact

    def fact(self, key: str, name: str) -> Any:
        """Return what is known of a node, or None."""
        return self._facts.get(key, {}).get(name)

    def rows(self) -> Iterator[Mapping[str, Any]]:
        """Yield the nodes by key."""
        for key in sorted(self._facts):
            yield self._facts[key]
