"""The protocol that every graph store implements, and the results of a load and of a query."""

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
    """Columns and rows of a query.  `cut` is true where the row limit ended it.

    Values are strings, numbers, booleans, None, lists and maps.  A node is the map {"labels", "properties"} and a
    relationship the map {"type", "properties"}, whichever store it comes from.  The embedded graph does not
    know the column names of an empty result: `columns` is empty then.
    """

    columns: tuple[str, ...]
    rows: list[dict[str, Any]]
    cut: bool = False


class Loaded(msgspec.Struct, frozen=True):
    """Rows written by a load, by label and relationship type; `reconciled`: the row counts were compared afterwards."""

    tables: dict[str, Difference]
    reconciled: bool
    counts: dict[str, int]
    whole: bool = False  # a full load, not the difference


class Store(Protocol):
    """A graph that answers Cypher queries."""

    name: str  # how messages call it
    corrections: Path | None  # the user's own, which names in questions obey too

    def load(self, snapshot: Snapshot, progress: Progress | None = None, *, full: bool = False) -> Loaded:
        """Make the content of the store equal to a snapshot; writes nothing where it already is."""
        ...

    def loaded(self) -> str | None:
        """Return the hash of the snapshot that is completely loaded, or None."""

    def counts(self) -> dict[str, int]:
        """Return the number of nodes by label and of relationships by type; those of other programs do not count."""
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
        """Close connections and files."""


def reconcile(counts: Mapping[str, int], snapshot: Snapshot, name: str) -> None:
    """Raise StoreError unless the row counts of a store equal those of the snapshot, table by table."""
    wrong = [
        f"{table} {counts.get(table, 0):,} instead of {snapshot.rows_of(table):,}"
        for table in snapshot.manifest["tables"]
        if counts.get(table, 0) != snapshot.rows_of(table)
    ]
    if wrong:
        raise StoreError(f"{name} does not hold what was loaded: {', '.join(wrong)}; load again with --full")
