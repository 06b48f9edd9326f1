"""What a load sends to a server: the rows that differ from those that are there, in batches made ahead of their use."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, LiteralString, TypeVar

from trialgraph import schema
from trialgraph.errors import StoreError
from trialgraph.limits import NEO4J_BATCH_BYTES, NEO4J_BATCH_ROWS
from trialgraph.snapshot.snapshot import Difference, Snapshot
from trialgraph.stores.neo4j import statements as st
from trialgraph.stores.store import Progress

T = TypeVar("T")
Send = Callable[[LiteralString, Iterator[tuple[Any, int]], Callable[[], None] | None], None]
There = dict[Any, int | None]  # key -> hash of a row, None for a node that is not ours


class Tally:
    """How many rows of a table were read so far, and how many of them are new and changed."""

    def __init__(self) -> None:
        self.read = self.added = self.changed = 0

    def difference(self, removed: int) -> Difference:
        """Return the counts of a table of which so many rows are gone."""
        return Difference(self.added, self.changed, removed)


def write(
    snapshot: Snapshot, there: Callable[[str], There], send: Send, progress: Progress | None, store: str
) -> dict[str, Difference]:
    """Send the difference between a snapshot and what is there; returns it, table by table.

    Nodes come before the relationships that need them, and go after the relationships that hung on them.
    """
    total = sum(snapshot.rows_of(name) for name in (*schema.LABEL, *schema.RELATIONSHIP))
    done = 0
    tables: dict[str, Difference] = {}
    nodes: dict[str, list[Any]] = {}
    for name in (*schema.LABEL, *schema.RELATIONSHIP):
        known = there(name)
        tally = Tally()

        def sent(before: int = done, tally: Tally = tally) -> None:
            if progress is not None:
                progress(before + tally.read, total)

        send((st.PUT_NODES | st.PUT_EDGES)[name], differing(snapshot, name, known, tally, store), sent)
        sent()
        done += snapshot.rows_of(name)
        left = [key for key, mark in known.items() if mark is not None]
        tables[name] = tally.difference(len(left))
        if name in schema.LABEL:
            nodes[name] = left
        else:
            send(st.DROP_EDGES[name], gone(name, left), None)
    for name, keys in nodes.items():
        send(st.DROP_NODES[name], gone(name, keys), None)
    return tables


def differing(
    snapshot: Snapshot, name: str, there: There, tally: Tally, store: str
) -> Iterator[tuple[dict[str, Any], int]]:
    """Yield each new or changed row of a table as a statement takes it, and its size in bytes.

    What the snapshot holds is taken out of `there`, so that what is gone is left in it.  Raises StoreError for a node
    of somebody else's under one of our keys.
    """
    for rows in snapshot.batches(name):
        for row in rows:
            key = st.key_of(name, row)
            mark, size = st.sized(name, row)
            known = there.pop(key, 0)
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
            yield st.as_parameter(name, row, mark, replaces=bool(known)), size
        tally.read += len(rows)


def gone(name: str, keys: Iterable[Any]) -> Iterator[tuple[Any, int]]:
    """Yield the keys of rows to remove as a statement takes them, each with its size, about."""
    for key in keys:
        yield (key if name in schema.LABEL else st.edge_key(name, key)), 100


def batched(rows: Iterable[tuple[T, int]]) -> Iterator[list[T]]:
    """Yield rows some thousand at a time, or as many as make four megabytes."""
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


def ahead(items: Iterator[T]) -> Iterator[T]:
    """Yield the same items; while one is being used, the next is made in a thread."""
    end = object()
    with ThreadPoolExecutor(1, "rows") as thread:
        item = next(items, end)
        while item is not end:
            coming = thread.submit(next, items, end)
            yield item  # type: ignore[misc]
            item = coming.result()
