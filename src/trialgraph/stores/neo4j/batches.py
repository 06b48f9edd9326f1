"""The rows that a load sends to a server: those that differ from the database's, in batches prepared in advance."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, LiteralString, TypeVar

from trialgraph import schema
from trialgraph.errors import StoreError
from trialgraph.limits import NEO4J_BATCH_BYTES, NEO4J_BATCH_ROWS
from trialgraph.snapshot.snapshot import Difference, Snapshot
from trialgraph.stores.neo4j import statements
from trialgraph.stores.store import Progress

T = TypeVar("T")
Send = Callable[[LiteralString, Iterator[tuple[Any, int]], Callable[[], None] | None], None]
ExistingRows = dict[Any, int | None]  # key -> hash of a row, None for a node that is not ours


class Tally:
    """Counts of one table: rows read from the snapshot, and how many of them were added and changed."""

    def __init__(self) -> None:
        self.read = self.added = self.changed = 0

    def difference(self, removed: int) -> Difference:
        """Return the counts as a Difference, with `removed` rows removed."""
        return Difference(self.added, self.changed, removed)


def write(
    snapshot: Snapshot, existing: Callable[[str], ExistingRows], send: Send, progress: Progress | None, store: str
) -> dict[str, Difference]:
    """Send the difference between a snapshot and the database; returns its counts by table.

    `existing` returns the rows of a table in the database, `send` runs a statement over rows.  Nodes are written before
    the relationships between them, and removed after those.
    """
    total = sum(snapshot.rows_of(name) for name in (*schema.LABEL, *schema.RELATIONSHIP))
    done = 0
    tables: dict[str, Difference] = {}
    nodes: dict[str, list[Any]] = {}
    for name in (*schema.LABEL, *schema.RELATIONSHIP):
        known = existing(name)
        tally = Tally()

        def sent(before: int = done, tally: Tally = tally) -> None:
            if progress is not None:
                progress(before + tally.read, total)

        send(
            (statements.PUT_NODES | statements.PUT_EDGES)[name],
            differing_rows(snapshot, name, known, tally, store),
            sent,
        )
        sent()
        done += snapshot.rows_of(name)
        left = [key for key, mark in known.items() if mark is not None]
        tables[name] = tally.difference(len(left))
        if name in schema.LABEL:
            nodes[name] = left
        else:
            send(statements.DROP_EDGES[name], removed_rows(name, left), None)
    for name, keys in nodes.items():
        send(statements.DROP_NODES[name], removed_rows(name, keys), None)
    return tables


def differing_rows(
    snapshot: Snapshot, name: str, existing: ExistingRows, tally: Tally, store: str
) -> Iterator[tuple[dict[str, Any], int]]:
    """Yield each new or changed row of a table as a statement's parameters, and its size in bytes.

    Removes every row of the snapshot from `existing`, which then holds the rows to delete.  Raises StoreError where a
    node that is not ours has one of our keys.
    """
    for rows in snapshot.batches(name):
        for row in rows:
            key = statements.key_of(name, row)
            mark, size = statements.hash_and_size(name, row)
            known = existing.pop(key, 0)
            if known is None:
                raise StoreError(
                    f"{store} holds a {name} with {schema.LABEL[name].key} {key!r} that trialgraph did not write; "
                    "load into another database, or remove it"
                )
            if known == mark:
                continue
            if known:
                tally.changed += 1
            else:
                tally.added += 1
            yield statements.as_parameter(name, row, mark, replaces=bool(known)), size
        tally.read += len(rows)


def removed_rows(name: str, keys: Iterable[Any]) -> Iterator[tuple[Any, int]]:
    """Yield the primary keys of rows to delete as a statement's parameters, each with its approximate size in bytes."""
    for key in keys:
        yield (key if name in schema.LABEL else statements.edge_key(name, key)), 100


def batched(rows: Iterable[tuple[T, int]]) -> Iterator[list[T]]:
    """Yield (row, bytes) as lists of rows, of NEO4J_BATCH_ROWS rows or NEO4J_BATCH_BYTES bytes at most."""
    batch: list[T] = []
    size = 0
    for row, length in rows:
        batch.append(row)
        size += length
        if len(batch) >= NEO4J_BATCH_ROWS or size >= NEO4J_BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def prefetch(items: Iterator[T]) -> Iterator[T]:
    """Yield the same items; a thread prepares the next one while the consumer works on the last."""
    end = object()
    with ThreadPoolExecutor(1, "rows") as thread:
        item = next(items, end)
        while item is not end:
            coming = thread.submit(next, items, end)
            yield item  # type: ignore[misc]
            item = coming.result()
