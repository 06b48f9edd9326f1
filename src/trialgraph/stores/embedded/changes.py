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
    """What differs in one table: rows that are new, rows that say something else, and the keys of those gone."""

    added: list[Row]
    changed: list[Row]
    removed: list[Row]

    def __len__(self) -> int:
        return len(self.added) + len(self.changed) + len(self.removed)


def between(older: Snapshot, newer: Snapshot) -> dict[str, Changes]:
    """Return what differs, table by table; a null property is left out of its row."""
    found = {}
    then, now = older.manifest["tables"], newer.manifest["tables"]
    for name in [*schema.LABEL, *schema.RELATIONSHIP]:
        if then[name]["sha256"] != now[name]["sha256"]:
            changes = _of_table(_marked(older, name), _marked(newer, name), key_columns(name))
            if len(changes):
                found[name] = changes
    return found


def counted(changes: dict[str, Changes]) -> dict[str, Difference]:
    """Return how many rows differ, as `Snapshot.compare` does."""
    return {name: Difference(len(one.added), len(one.changed), len(one.removed)) for name, one in changes.items()}


def _of_table(older: pl.DataFrame, newer: pl.DataFrame, keys: list[str]) -> Changes:
    then, now = older.select(*keys, "mark"), newer.select(*keys, "mark")
    same = now.join(then, on=[*keys, "mark"], how="semi")
    moved = newer.join(same, on=keys, how="anti").drop("mark")
    return Changes(
        _rows(moved.join(then, on=keys, how="anti")),
        _rows(moved.join(then, on=keys, how="semi")),
        _rows(then.join(now, on=keys, how="anti").drop("mark")),
    )


def _marked(snapshot: Snapshot, name: str) -> pl.DataFrame:
    import polars as pl

    frame = pl.DataFrame(pl.from_arrow(snapshot.table(name)))
    return frame.with_columns(pl.struct(pl.all()).hash().alias("mark"))


def _rows(frame: pl.DataFrame) -> list[Row]:
    return [{name: value for name, value in row.items() if value is not None} for row in frame.to_dicts()]


def write(database: Any, changes: dict[str, Changes], told: Callable[[int], None]) -> None:
    """Write changes into an open database: what is gone first, nodes before the relationships that need them.

    `told` is given the number of rows so far after each transaction.
    """
    done = 0
    for statement, rows in _steps(changes):
        for first in range(0, len(rows), EMBEDDED_CHANGES_A_COMMIT):
            some = rows[first : first + EMBEDDED_CHANGES_A_COMMIT]
            with database.transaction():
                database.command("opencypher", statement, {"rows": some})
            done += len(some)
            told(done)


def _steps(changes: dict[str, Changes]) -> Iterator[tuple[str, list[Row]]]:
    labels = [(label, changes[label.name]) for label in schema.LABELS if label.name in changes]
    kinds = [(kind, changes[kind.type]) for kind in schema.RELATIONSHIPS if kind.type in changes]
    for kind, one in kinds:
        yield f"UNWIND $rows AS row {_match(kind)} DELETE r", one.removed
    for label, one in labels:
        node = f"(n:`{label.name}` {{`{label.key}`: row.`{label.key}`}})"
        yield f"UNWIND $rows AS row MATCH {node} DETACH DELETE n", one.removed
        yield f"UNWIND $rows AS row CREATE (n:`{label.name}`) SET n = row", one.added
        yield f"UNWIND $rows AS row MATCH {node} SET n = row", one.changed
    for kind, one in kinds:
        a, b = _end("a", kind.source, "source"), _end("b", kind.target, "target")
        create = f"UNWIND $rows AS row MATCH {a} MATCH {b} CREATE (a)-[r:`{kind.type}`]->(b) SET r = row.facts"
        yield create, _with_facts(one.added)
        yield f"UNWIND $rows AS row {_match(kind)} SET r = row.facts", _with_facts(one.changed)


def _end(name: str, label: str, end: str) -> str:
    return f"({name}:`{label}` {{`{schema.LABEL[label].key}`: row.`{end}`}})"


def _match(kind: schema.Relationship) -> str:
    """Return how a relationship is found: from its trial, since the other end may have thousands."""
    a, b = _end("a", kind.source, "source"), _end("b", kind.target, "target")
    pattern = f"{b}<-[r:`{kind.type}`]-{a}" if kind.target == "Trial" else f"{a}-[r:`{kind.type}`]->{b}"
    told_apart = " AND ".join(f"r.`{name}` = row.`{name}`" for name in kind.key)
    return f"MATCH {pattern}" + (f" WHERE {told_apart}" if told_apart else "")


def _with_facts(rows: list[Row]) -> list[Row]:
    ends = ("source", "target")
    return [row | {"facts": {name: value for name, value in row.items() if name not in ends}} for row in rows]
