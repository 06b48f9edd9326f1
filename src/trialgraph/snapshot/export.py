"""The snapshot in the forms of other programs: GraphML, JSON, CSV, Parquet; row by row, whatever its size."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from trialgraph import schema
from trialgraph.errors import UsageError
from trialgraph.files import swap
from trialgraph.files.atomic import replacing
from trialgraph.snapshot.graph_files import GRAPH_FILES, as_text, rows_of
from trialgraph.snapshot.snapshot import MANIFEST, Snapshot
from trialgraph.spreadsheet import without_formula

SUFFIX = {".graphml": "graphml", ".json": "json", ".jsonld": "jsonld"}
FOLDERS = ("csv", "parquet", "neo4j-import")
SOURCE = "SOURCE.txt"  # lies in every folder that an export wrote
FORMS = (*GRAPH_FILES, *FOLDERS)


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """Which labels and relationship types an export holds (all where none is named), and how it is written."""

    labels: tuple[str, ...] = ()
    relationships: tuple[str, ...] = ()
    raw: bool = False  # CSV cells as they are, also those that a spreadsheet would run
    attributions: Mapping[str, str] = {}  # source -> whom its licence asks to name


DEFAULT: Final = Options()


def form_of(path: Path, given: str | None) -> str:
    """Return the form to write: the one given, or what the file's name says; a folder is CSV."""
    form = given or SUFFIX.get(path.suffix.lower()) or ("csv" if not path.suffix else None)
    if form not in FORMS:
        raise UsageError(f"{path.name} names no form that we write; give one of {', '.join(FORMS)} before it")
    return form


def source_of(snapshot: Snapshot, attributions: Mapping[str, str]) -> str:
    """Return the sentence that says where the data come from and of when they are.

    `attributions` names, for each source, whom its licence asks to name.
    """
    sources = snapshot.manifest.get("sources", {})
    names = "; ".join(attributions.get(name, name) for name in sources) or "no source"
    newest = snapshot.manifest.get("newest")
    return f"Source: {names}. Latest update in the data: {newest or 'unknown'}. Linked and compared by trialgraph."


def tables_of(labels: Sequence[str], relationships: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return which labels and types to write: all where none is named; types only between labels that are written."""
    for name in labels:
        if name not in schema.LABEL:
            raise UsageError(f"there is no label {name!r}; there are {', '.join(schema.LABEL)}")
    for name in relationships:
        if name not in schema.RELATIONSHIP:
            raise UsageError(f"there is no relationship type {name!r}; there are {', '.join(schema.RELATIONSHIP)}")
    nodes = [name for name in schema.LABEL if not labels or name in labels]
    kinds = [
        kind.type
        for kind in schema.RELATIONSHIPS
        if (not relationships or kind.type in relationships) and kind.source in nodes and kind.target in nodes
    ]
    return nodes, kinds


def place(at: Path, form: str) -> Path:
    """Return where to write as a whole path.  Raises UsageError where that would remove what is not an export."""
    at = at.absolute()
    if not at.parent.is_dir():
        raise UsageError(f"there is no folder {at.parent}; make it first, or name another place")
    if form not in FOLDERS:
        if at.is_dir():
            raise UsageError(f"{at} is a folder; name a file in it")
        return at
    if at == Path.cwd():
        raise UsageError("this very folder cannot be replaced; name a new one")
    if at.exists() and not at.is_dir():
        raise UsageError(f"{at} is a file; name a folder")
    if at.is_dir() and any(at.iterdir()) and not (at / SOURCE).is_file():
        raise UsageError(f"{at} holds something that no export wrote; name a new folder")
    return at


def write(snapshot: Snapshot, at: Path, form: str, options: Options = DEFAULT) -> int:
    """Write the snapshot, or some tables of it, to a file or folder; returns how many rows were written.

    Whatever is at `at` is replaced only by something whole.
    """
    at = place(at, form)
    tables = tables_of(options.labels, options.relationships)
    source = source_of(snapshot, options.attributions)
    if form in FOLDERS:
        with swap.replacing(at) as part:
            (part / SOURCE).write_text(source + "\n", "utf-8")
            return (
                _csv(snapshot, part, *tables, raw=options.raw) if form == "csv" else _parquet(snapshot, part, *tables)
            )
    with replacing(at) as part, part.open("w", encoding="utf-8", newline="\n") as file:
        return GRAPH_FILES[form](file, source, snapshot, *tables)


def _csv(snapshot: Snapshot, at: Path, nodes: Sequence[str], kinds: Sequence[str], *, raw: bool) -> int:
    """Write one CSV a table; lists as JSON, and, unless raw, what a spreadsheet would run as a formula defused."""
    rows = 0
    for folder, names in (("nodes", nodes), ("edges", kinds)):
        (at / folder).mkdir()
        for name in names:
            columns = [column for column, _ in schema.columns(name)]
            with (at / folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file)
                writer.writerow(columns)
                for row in rows_of(snapshot, name):
                    writer.writerow([_cell(row.get(column), raw=raw) for column in columns])
                    rows += 1
    return rows


def _cell(value: Any, *, raw: bool) -> str:
    if value is None:
        return ""
    if isinstance(value, str) and not raw:
        return without_formula(value)
    return as_text(value)


def _parquet(snapshot: Snapshot, at: Path, nodes: Sequence[str], kinds: Sequence[str]) -> int:
    rows = 0
    for folder, names in (("nodes", nodes), ("edges", kinds)):
        (at / folder).mkdir()
        for name in names:
            shutil.copyfile(snapshot.file(name), at / folder / f"{name}.parquet")
            rows += snapshot.rows_of(name)
    shutil.copyfile(snapshot.path / MANIFEST, at / MANIFEST)
    return rows
