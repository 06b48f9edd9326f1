"""The graph as files: one Parquet a label or relationship type and a manifest; the same content is the same bytes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from trialgraph import schema
from trialgraph.errors import BuildError, UsageError
from trialgraph.files import swap
from trialgraph.files.digest import sha256_of
from trialgraph.files.sync import sync_tree
from trialgraph.limits import (
    CHUNK_ROWS,
    LEAST_ROWS_TO_COMPARE,
    LEAST_ROWS_TO_COMPARE_FILL,
    MOST_FILL_LOST,
    MOST_ROWS_LOST,
    MOST_UNKNOWN_WORDS,
)
from trialgraph.snapshot.tables import key_columns, missing_ends

if TYPE_CHECKING:
    import pyarrow as pa

MANIFEST = "manifest.json"
SHOWN_LOSSES = 12  # of a refused snapshot: the first say what happened


class Difference(msgspec.Struct, frozen=True):
    """How many rows of one table are new, changed and gone."""

    added: int
    changed: int
    removed: int


class Snapshot:
    """A snapshot on disk, read on demand."""

    def __init__(self, path: Path, manifest: Mapping[str, Any]) -> None:
        self.path = path
        self.manifest = manifest

    @classmethod
    def open(cls, path: Path) -> Snapshot:
        """Return the snapshot in a folder.  Raises UsageError where there is none, or one of another schema."""
        swap.recover(path)
        try:
            manifest = json.loads((path / MANIFEST).read_bytes())
        except FileNotFoundError:
            raise UsageError(f"no snapshot in {path}; run `trialgraph build` first") from None
        except ValueError as problem:
            raise BuildError(f"{path / MANIFEST} is damaged ({problem}); run `trialgraph build` again") from problem
        if manifest.get("schema") != schema.VERSION:
            theirs, ours = manifest.get("schema"), schema.VERSION
            raise UsageError(f"{path} has schema {theirs} and this version reads {ours}; run `trialgraph build` again")
        try:
            whole = _hash_of(manifest["tables"]) == manifest["hash"] and {*manifest["tables"]} == {
                *schema.LABEL,
                *schema.RELATIONSHIP,
            }
        except (KeyError, TypeError, AttributeError):
            whole = False
        if not whole:
            raise BuildError(f"{path / MANIFEST} is damaged; run `trialgraph build` again")
        return cls(path, manifest)

    @property
    def hash(self) -> str:
        """Return the hash of all its tables."""
        return str(self.manifest["hash"])

    def rows_of(self, name: str) -> int:
        """Return how many rows a table has."""
        return int(self.manifest["tables"][name]["rows"])

    def file(self, name: str) -> Path:
        """Return a table's Parquet file."""
        return self.path / ("nodes" if name in schema.LABEL else "edges") / f"{name}.parquet"

    def table(self, name: str) -> pa.Table:
        """Return a table by label or relationship type."""
        import pyarrow.parquet as pq

        try:
            return pq.read_table(self.file(name), memory_map=False)
        except (OSError, ValueError) as problem:
            raise BuildError(f"{self.file(name)} cannot be read ({problem}); run `trialgraph build` again") from None

    def nodes(self, label: str) -> pa.Table:
        """Return the nodes of a label."""
        return self.table(schema.LABEL[label].name)

    def edges(self, kind: str) -> pa.Table:
        """Return the relationships of a type: source, target, properties."""
        return self.table(schema.RELATIONSHIP[kind].type)

    def batches(self, name: str, size: int = CHUNK_ROWS) -> Iterator[list[dict[str, Any]]]:
        """Yield a table's rows as dicts, some at a time; a null property is left out."""
        import pyarrow.parquet as pq

        try:
            with pq.ParquetFile(self.file(name)) as file:
                for batch in file.iter_batches(batch_size=size):
                    names = batch.schema.names
                    columns = [column.to_pylist() for column in batch.columns]
                    yield [
                        {name: value for name, value in zip(names, row, strict=True) if value is not None}
                        for row in zip(*columns, strict=True)
                    ]
        except (OSError, ValueError) as problem:
            raise BuildError(f"{self.file(name)} cannot be read ({problem}); run `trialgraph build` again") from None

    def damaged(self) -> list[str]:
        """Return the tables whose bytes are not those that were written."""
        recorded = self.manifest["tables"]

        def whole(name: str) -> bool:
            return self.file(name).is_file() and sha256_of(self.file(name)) == recorded[name]["sha256"]

        return [name for name in recorded if not whole(name)]

    def whole(self) -> Snapshot:
        """Return this snapshot after reading every byte of it.  Raises BuildError where one is not as written."""
        damaged = self.damaged()
        if damaged:
            raise BuildError(f"{self.path} is damaged ({', '.join(damaged)}); run `trialgraph build` again")
        return self

    def compare(self, older: Snapshot) -> dict[str, Difference]:
        """Return, for each table that differs from an older snapshot's, how many rows are new, changed and gone."""
        found = {}
        for name in [*schema.LABEL, *schema.RELATIONSHIP]:
            before, now = older.manifest["tables"].get(name), self.manifest["tables"][name]
            if before is not None and before["sha256"] == now["sha256"]:
                continue
            difference = _difference(older.table(name) if before else None, self.table(name), key_columns(name))
            if difference != Difference(0, 0, 0):
                found[name] = difference
        return found


def _difference(before: pa.Table | None, now: pa.Table, keys: list[str]) -> Difference:
    import polars as pl

    if before is None:
        return Difference(now.num_rows, 0, 0)

    def hashed(table: pa.Table, name: str) -> pl.DataFrame:
        frame = pl.DataFrame(pl.from_arrow(table))
        return frame.select(*keys, pl.struct(pl.all()).hash().alias(name))

    old, new = hashed(before, "old"), hashed(now, "new")
    both = old.join(new, on=keys, how="inner")
    changed = both.filter(pl.col("old") != pl.col("new")).height
    return Difference(new.height - both.height, changed, old.height - both.height)


class Given(Protocol):
    """Where a snapshot's tables come from."""

    def finish(self, name: str) -> pa.Table | None:
        """Return a table, whole and sorted; None for the one that is there already."""


def write(
    tables: Given,
    at: Path,
    facts: Mapping[str, Any],
    *,
    accept_loss: bool = False,
    before: Snapshot | None = None,
) -> tuple[Snapshot, list[str]]:
    """Write a snapshot in the place of the one at `at`; returns it and sentences to warn with.

    A table that is not given stays as it is in the snapshot `before`.

    `facts` go into the manifest as they are: they must depend on nothing but the archive and the code.
    Raises BuildError, with the old snapshot untouched, where an end of a relationship is no node, or where a
    property that used to be filled no longer is.
    """
    import pyarrow.parquet as pq

    with swap.replacing(at) as part:
        for folder in ("nodes", "edges"):
            (part / folder).mkdir()
        recorded: dict[str, Any] = {}
        ends: dict[str, pa.Table] = {}
        for name in [*schema.LABEL, *schema.RELATIONSHIP]:
            table = tables.finish(name)
            path = part / ("nodes" if name in schema.LABEL else "edges") / f"{name}.parquet"
            keys = [schema.LABEL[name].key] if name in schema.LABEL else ["source", "target"]
            if table is None and before is not None:
                swap.link(before.file(name), path)
                recorded[name] = before.manifest["tables"][name]
                ends[name] = pq.read_table(path, columns=keys, memory_map=False)
                continue
            if table is None:
                raise BuildError(f"the table {name} was not made")
            pq.write_table(table, path, compression="zstd", row_group_size=CHUNK_ROWS)
            recorded[name] = {"rows": table.num_rows, "sha256": sha256_of(path), "fill": _fill(table)}
            ends[name] = table.select(keys)
            del table
        lost = list(missing_ends(ends))
        if lost:
            raise BuildError("the graph would not hold together: " + "; ".join(lost))
        manifest = {
            **facts,
            "schema": schema.VERSION,
            "tables": recorded,
            "hash": _hash_of(recorded),
        }
        warnings = [] if accept_loss else _losses(at, manifest)
        text = json.dumps(manifest, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
        (part / MANIFEST).write_text(text, "utf-8")
        sync_tree(part)
    return Snapshot(at, manifest), warnings


def new_words(manifest: Mapping[str, Any]) -> list[str]:
    """Return the advice to fit the similarity's model anew, where a snapshot holds many words that it does not know."""
    share = manifest.get("similarity", {}).get("new_words", 0.0)
    if share <= MOST_UNKNOWN_WORDS:
        return []
    return [f"{share:.1%} of the words are new to the similarity's model; `trialgraph build` fits it anew"]


def _losses(at: Path, manifest: Mapping[str, Any]) -> list[str]:
    """Compare rows and fill rates with the snapshot that is there; raise BuildError for a loss beyond the bounds."""
    try:
        before = Snapshot.open(at).manifest["tables"]
    except (UsageError, BuildError):
        return []
    lost, less = [], []
    for name, now in manifest["tables"].items():
        then = before.get(name)
        if then is None:
            continue
        if then["rows"] >= LEAST_ROWS_TO_COMPARE and now["rows"] < then["rows"] * (1 - MOST_ROWS_LOST):
            lost.append(f"{name} has {now['rows']:,} rows and had {then['rows']:,}")
        if now["rows"] < LEAST_ROWS_TO_COMPARE_FILL:
            continue
        for column, share in then["fill"].items():
            if then["rows"] * share < LEAST_ROWS_TO_COMPARE_FILL:
                continue
            left = now["fill"].get(column, 0.0)
            if left < share * (1 - MOST_FILL_LOST):
                lost.append(f"{name}.{column} is filled in {left:.0%} of the rows and was in {share:.0%}")
            elif share - left > MOST_FILL_LOST / 5:
                less.append(f"{name}.{column} is filled in {left:.0%} of the rows and was in {share:.0%}")
    if lost:
        raise BuildError(
            "the new snapshot lost what the one before it held, so that one stays: "
            + "; ".join(lost[:SHOWN_LOSSES])
            + (f"; and {len(lost) - SHOWN_LOSSES} more" if len(lost) > SHOWN_LOSSES else "")
            + "; if the registry really changed so much, build with --accept-loss"
        )
    return less


def _fill(table: pa.Table) -> dict[str, float]:
    """Return the share of rows in which each column says something."""
    rows = table.num_rows or 1
    return {name: round(1 - table.column(name).null_count / rows, 4) for name in table.column_names}


def _hash_of(recorded: Mapping[str, Any]) -> str:
    """Return the hash of all tables, from the hash of each."""
    content = "".join(f"{name} {recorded[name]['sha256']}\n" for name in sorted(recorded))
    return hashlib.sha256(content.encode()).hexdigest()
