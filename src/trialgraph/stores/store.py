"""The contract of a graph store: what each of them can do, and what a load and a query return."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

import msgspec

from trialgraph.errors import StoreError
from trialgraph.limits import QUERY_ROWS, QUERY_SECONDS
from trialgraph.snapshot.snapshot import Difference, Snapshot

Progress = Callable[[int, int | None], None]


class Result(msgspec.Struct, frozen=True):
    """What a query gave.  `cut` is true where the row limit ended it.

    Values are strings, numbers, booleans, None, lists and maps.  A node is the map {"labels", "properties"} and a
    relationship the map {"type", "properties"}, whichever store it comes from.  An embedded graph that finds no row
    cannot tell the columns' names, which are empty then.
    """

    columns: tuple[str, ...]
    rows: list[dict[str, Any]]
    cut: bool = False


class Loaded(msgspec.Struct, frozen=True):
    """What a load wrote, per label and relationship type; reconciled means that the store was counted afterwards."""

    tables: dict[str, Difference]
    reconciled: bool
    counts: dict[str, int]
    whole: bool = False  # all was written anew, and not only what differs


class Store(Protocol):
    """Where questions are asked."""

    name: str  # how messages call it
    corrections: Path | None  # the user's own, which names in questions obey too

    def load(self, snapshot: Snapshot, progress: Progress | None = None, *, full: bool = False) -> Loaded:
        """Make the store hold exactly this snapshot; writes nothing where it already does."""
        ...

    def loaded(self) -> str | None:
        """Return the hash of the snapshot that is wholly loaded, or None."""

    def counts(self) -> dict[str, int]:
        """Return how many nodes of each label and relationships of each type of ours it holds."""
        ...

    def query(
        self,
        cypher: str,
        params: Mapping[str, Any] | None = None,
        *,
        timeout: float = QUERY_SECONDS,
        rows: int = QUERY_ROWS,
    ) -> Result:
        """Run Cypher that only reads.

        Raises UsageError for what is no Cypher, or would write; StoreError after `timeout` seconds.
        """
        ...

    def close(self) -> None:
        """Give back what it holds."""


def reconcile(counts: Mapping[str, int], snapshot: Snapshot, name: str) -> None:
    """Raise StoreError unless a store holds as many of everything as the snapshot."""
    wrong = [
        f"{table} {counts.get(table, 0):,} instead of {snapshot.rows_of(table):,}"
        for table in snapshot.manifest["tables"]
        if counts.get(table, 0) != snapshot.rows_of(table)
    ]
    if wrong:
        raise StoreError(f"{name} does not hold what was loaded: {', '.join(wrong)}; load again with --full")
