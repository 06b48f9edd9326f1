"""Rows of the graph gathered into Arrow tables, a compact chunk at a time, so that memory stays bounded."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from trialgraph import schema
from trialgraph.errors import BuildError
from trialgraph.limits import CHUNK_ROWS
from trialgraph.schema.mentions import MENTIONS

if TYPE_CHECKING:
    import pyarrow as pa


def arrow_schema(name: str) -> pa.Schema:
    """Return the Arrow schema of a label's or relationship type's table, or of one of mentions."""
    import pyarrow as pa

    types = {
        schema.STRING: pa.string(),
        schema.INT: pa.int64(),
        schema.FLOAT: pa.float64(),
        schema.BOOL: pa.bool_(),
        schema.LIST: pa.list_(pa.string()),
        schema.FLOATS: pa.list_(pa.float64()),
    }
    return pa.schema([(column, types[kind]) for column, kind in columns(name)])


def columns(name: str) -> tuple[tuple[str, str], ...]:
    """Return (name, type) of the columns of a table."""
    return MENTIONS[name] if name in MENTIONS else schema.columns(name)


class Tables:
    """Every table of the graph while it is being built: `add` rows, then `finish` each table once.

    With a folder `aside`, rows wait there and not in memory; `close` removes it.
    """

    def __init__(self, aside: Path | None = None) -> None:
        names = [*schema.LABEL, *schema.RELATIONSHIP, *MENTIONS]
        self._schemas = {name: arrow_schema(name) for name in names}
        self._columns = {name: [column for column, _ in columns(name)] for name in names}
        self._rows: dict[str, list[tuple[Any, ...]]] = {name: [] for name in names}
        self._chunks: dict[str, list[pa.RecordBatch]] = {name: [] for name in names}
        self._aside = aside
        self._files: dict[str, pa.RecordBatchFileWriter] = {}

    def close(self) -> None:
        """Remove what waits aside."""
        try:
            for file in self._files.values():
                file.close()
        finally:
            if self._aside is not None:
                shutil.rmtree(self._aside, ignore_errors=True)

    def add(self, name: str, *values: Any) -> None:
        """Add a row, its values in the order of the table's columns."""
        rows = self._rows[name]
        rows.append(values)
        if len(rows) >= CHUNK_ROWS:
            self._pack(name)

    def put(self, name: str, row: Mapping[str, Any]) -> None:
        """Add a row given by name; a property not named is null."""
        self.add(name, *map(row.get, self._columns[name]))

    def extend(self, name: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """Add many rows given by name."""
        for row in rows:
            self.put(name, row)

    def give(self, name: str, table: pa.Table) -> None:
        """Add the rows of a table whose columns are named as ours; those it has not are null."""
        import pyarrow as pa

        kinds = self._schemas[name]
        given = [
            table.column(field.name).cast(field.type)
            if field.name in table.column_names
            else pa.nulls(table.num_rows, field.type)
            for field in kinds
        ]
        for chunk in pa.table(given, schema=kinds).to_batches(max_chunksize=CHUNK_ROWS):
            self._keep(name, chunk)

    def _pack(self, name: str) -> None:
        import pyarrow as pa

        rows = self._rows[name]
        if not rows:
            return
        kinds = self._schemas[name]
        arrays = []
        for field, values in zip(kinds, zip(*rows, strict=True), strict=True):
            try:
                arrays.append(pa.array(values, type=field.type))
            except (pa.ArrowInvalid, pa.ArrowTypeError) as problem:
                raise BuildError(f"{name}.{field.name}: a value of another type than {field.type}: {problem}") from None
        chunk = pa.RecordBatch.from_arrays(arrays, schema=kinds)
        rows.clear()
        self._keep(name, chunk)

    def _keep(self, name: str, chunk: pa.RecordBatch) -> None:
        import pyarrow as pa

        if self._aside is None:
            self._chunks[name].append(chunk)
            return
        if name not in self._files:
            self._files[name] = pa.ipc.new_file(str(self._aside / name), self._schemas[name])
        self._files[name].write(chunk)

    def finish(self, name: str) -> pa.Table:
        """Return the whole table, sorted by its key, and forget it.  Raises BuildError for a key that occurs twice."""
        import pyarrow as pa

        self._pack(name)
        table = pa.Table.from_batches(self._chunks.pop(name), schema=self._schemas[name])
        if name in self._files:
            self._files.pop(name).close()
            with pa.memory_map(str(cast("Path", self._aside) / name)) as file:
                table = pa.ipc.open_file(file).read_all()
        keys = key_columns(name)
        table = table.sort_by([(key, "ascending") for key in keys]).combine_chunks()
        twice = _first_twice(table, keys)
        if twice is not None:
            raise BuildError(f"{name}: {twice} occurs twice; two rows of one key cannot both be right")
        return table


def key_columns(name: str) -> list[str]:
    """Return the columns whose values no two rows of a table share."""
    if name in schema.LABEL:
        return [schema.LABEL[name].key]
    if name in MENTIONS:
        return ["trial", "place"]
    return ["source", "target", *schema.RELATIONSHIP[name].key]


def _first_twice(table: pa.Table, keys: list[str]) -> str | None:
    """Return the first key that a sorted table holds twice, or None."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if table.num_rows < 2:
        return None
    same = None
    for key in keys:
        column = table.column(key).combine_chunks()
        if isinstance(column, pa.ChunkedArray):  # of a zero- or one-chunk table
            column = column.chunk(0)
        equal = pc.equal(column[:-1], column[1:])
        same = equal if same is None else pc.and_(same, equal)
    found = pc.index(same, True).as_py()
    if found < 0:
        return None
    return " / ".join(str(table.column(key)[found].as_py()) for key in keys)


def missing_ends(tables: Mapping[str, pa.Table]) -> Iterator[str]:
    """Yield a sentence for each relationship type with an end that is no node.

    Takes the key column of every label and the source and target of every relationship type.
    """
    import pyarrow.compute as pc

    for kind in schema.RELATIONSHIPS:
        edges = tables[kind.type]
        for end, label in (("source", kind.source), ("target", kind.target)):
            keys = tables[label].column(schema.LABEL[label].key)
            lost = pc.invert(pc.is_in(edges.column(end), value_set=keys.combine_chunks()))
            count = pc.sum(lost).as_py() or 0
            if count:
                example = edges.column(end).filter(lost)[0].as_py()
                yield f"{count} {kind.type} have a {end} that is no {label}, such as {example}"
