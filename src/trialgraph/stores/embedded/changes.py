"""The difference between two snapshots, row by row, written into an embedded graph that holds the older one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from trialgraph import schema
from trialgraph.limits import EMBEDDED_CHANGES_A_COMMIT
from trialgraph.snapshot.snapshot import Difference, Snapshot
from trialgraph.snapshot.tables import key_columns

if TYPE_CHECKING:
    import polars as pl

Row = dict[str, Any]


class Changes(msgspec.Struct, frozen=True):
    """The differences in one table: rows added, rows whose properties changed, primary keys of rows removed."""

    added: list[Row]
    changed: list[Row]
    removed: list[Row]

    def __len__(self) -> int:
        return len(self.added) + len(self.changed) + len(self.removed)


def between(older: Snapshot, newer: Snapshot) -> dict[str, Changes]:
    """Return the changes of each table that has any; rows leave out properties that are null."""
    found = {}
    then, now = older.manifest["tables"], newer.manifest["tables"]
    for name in [*schema.LABEL, *schema.RELATIONSHIP]:
        if then[name]["sha256"] != now[name]["sha256"]:
            changes = _of_table(_with_row_hash(older, name), _with_row_hash(newer, name), key_columns(name))
            if len(changes):
                found[name] = changes
    return found


def counted(changes: dict[str, Changes]) -> dict[str, Difference]:
    """Return how many rows differ, as `Snapshot.compare` does."""
    return {name: Difference(len(rows.added), len(rows.changed), len(rows.removed)) for name, rows in changes.items()}


def _of_table(older: pl.DataFrame, newer: pl.DataFrame, keys: list[str]) -> Changes:
    then, now = older.select(*keys, "row_hash"), newer.select(*keys, "row_hash")
    same = now.join(then, on=[*keys, "row_hash"], how="semi")
    moved = newer.join(same, on=keys, how="anti").drop("row_hash")
    return Changes(
        _rows(moved.join(then, on=keys, how="anti")),
        _rows(moved.join(then, on=keys, how="semi")),
        _rows(then.join(now, on=keys, how="anti").drop("row_hash")),
    )


def _with_row_hash(snapshot: Snapshot, name: str) -> pl.DataFrame:
    import polars as pl

    frame = pl.DataFrame(pl.from_arrow(snapshot.table(name)))
    return frame.with_columns(pl.struct(pl.all()).hash().alias("row_hash"))


def _rows(frame: pl.DataFrame) -> list[Row]:
    return [{name: value for name, value in row.items() if value is not None} for row in frame.to_dicts()]


def write(database: Any, changes: dict[str, Changes], progress: Callable[[int], None]) -> None:
    """Write changes into an open database: deletions first, nodes before the relationships between them.

    `progress` receives the number of rows written so far, after each transaction.
    """
    done = 0
    for statement, rows in _steps(changes):
        for first in range(0, len(rows), EMBEDDED_CHANGES_A_COMMIT):
            some = rows[first : first + EMBEDDED_CHANGES_A_COMMIT]
            with database.transaction():
                database.command("opencypher", statement, {"rows": some})
            done += len(some)
            progress(done)


def _steps(changes: dict[str, Changes]) -> Iterator[tuple[str, list[Row]]]:
    labels = [(label, changes[label.name]) for label in schema.LABELS if label.name in changes]
    kinds = [(kind, changes[kind.type]) for kind in schema.RELATIONSHIPS if kind.type in changes]
    for kind, rows in kinds:
        yield f"UNWIND $rows AS row {_match(kind)} DELETE r", rows.removed
    for label, rows in labels:
        node = f"(n:`{label.name}` {{`{label.key}`: row.`{label.key}`}})"
        yield f"UNWIND $rows AS row MATCH {node} DETACH DELETE n", rows.removed
        yield f"UNWIND $rows AS row CREATE (n:`{label.name}`) SET n = row", rows.added
        yield f"UNWIND $rows AS row MATCH {node} SET n = row", rows.changed
    for kind, rows in kinds:
        a, b = _end("a", kind.source, "source"), _end("b", kind.target, "target")
        create = f"UNWIND $rows AS row MATCH {a} MATCH {b} CREATE (a)-[r:`{kind.type}`]->(b) SET r = row.facts"
        yield create, _with_facts(rows.added)
        yield f"UNWIND $rows AS row {_match(kind)} SET r = row.facts", _with_facts(rows.changed)


def _end(name: str, label: str, end: str) -> str:
    return f"({name}:`{label}` {{`{schema.LABEL[label].key}`: row.`{end}`}})"


def _match(kind: schema.Relationship) -> str:
    """Return the MATCH clause of a relationship.  It starts at the trial: the other end may have thousands of them."""
    a, b = _end("a", kind.source, "source"), _end("b", kind.target, "target")
    pattern = f"{b}<-[r:`{kind.type}`]-{a}" if kind.target == "Trial" else f"{a}-[r:`{kind.type}`]->{b}"
    same_key = " AND ".join(f"r.`{name}` = row.`{name}`" for name in kind.key)
    return f"MATCH {pattern}" + (f" WHERE {same_key}" if same_key else "")


def _with_facts(rows: list[Row]) -> list[Row]:
    ends = ("source", "target")
    return [row | {"facts": {name: value for name, value in row.items() if name not in ends}} for row in rows]
