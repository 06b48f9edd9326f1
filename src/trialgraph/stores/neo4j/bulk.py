"""The snapshot as Neo4j's bulk importer reads it: typed CSV, and the exact command."""

from __future__ import annotations

import csv
import os
import shlex
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from trialgraph import schema
from trialgraph.errors import StoreError, UsageError
from trialgraph.files import swap
from trialgraph.snapshot.export import SOURCE, place, source_of
from trialgraph.snapshot.snapshot import Snapshot
from trialgraph.stores.neo4j.statements import MARK, hash_and_size

BETWEEN = "\x1f"  # between the values of a list: no text of a record holds it, it is a control character
_TYPES = {
    schema.STRING: "string",
    schema.INT: "long",
    schema.FLOAT: "double",
    schema.BOOL: "boolean",
    schema.LIST: "string[]",
    schema.FLOATS: "double[]",
}
OPTIONS = ("--array-delimiter=U+001F", "--multiline-fields=true", "--overwrite-destination=true", "--id-type=string")


def write(snapshot: Snapshot, at: Path, attributions: Mapping[str, str] | None = None) -> int:
    """Write a folder for the importer in the place of the one at `at`; returns how many rows it holds.

    Every row carries the mark by which a later `load` knows it, so that one writes only what has changed since.
    `attributions` names, for each source, whom its licence asks to name.
    """
    at = place(at, "neo4j-import")
    with swap.replacing(at) as part:
        rows = 0
        for folder, names in (("nodes", schema.LABEL), ("edges", schema.RELATIONSHIP)):
            (part / folder).mkdir()
            for name in names:
                columns = [column for column, _ in schema.columns(name)]
                with (part / folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
                    writer = csv.writer(file, quoting=csv.QUOTE_MINIMAL, lineterminator="\n")
                    writer.writerow(header(name))
                    for batch in snapshot.batches(name):
                        for row in batch:
                            mark, _ = hash_and_size(name, row)
                            writer.writerow([*(_cell(row.get(column)) for column in columns), mark])
                        rows += len(batch)
        (part / SOURCE).write_text(source_of(snapshot, attributions or {}) + "\n", "utf-8")
        script = part / "import.sh"
        script.write_text('#!/bin/sh\ncd "$(dirname "$0")" && exec ' + shlex.join(command()) + ' "$@"\n', "utf-8")
        script.chmod(0o755)
    return rows


def header(name: str) -> list[str]:
    """Return the header of a table's file."""
    if name in schema.LABEL:
        label = schema.LABEL[name]
        keys = [f"{label.key}:ID({name})"]
        rest = label.properties[1:]
    else:
        kind = schema.RELATIONSHIP[name]
        keys = [f":START_ID({kind.source})", f":END_ID({kind.target})"]
        rest = kind.properties
    return [*keys, *(f"{p.name}:{_TYPES[p.type]}" for p in rest), f"{MARK}:long"]


def arguments(database: str = "neo4j") -> list[str]:
    """Return the words after `neo4j-admin` that import a folder which is the current one."""
    return [
        *("database", "import", "full", database),
        *(f"--nodes={name}=nodes/{name}.csv" for name in schema.LABEL),
        *(f"--relationships={name}=edges/{name}.csv" for name in schema.RELATIONSHIP),
        *OPTIONS,
    ]


def command(admin: str = "neo4j-admin", database: str = "neo4j") -> list[str]:
    """Return the command to run in the folder while the server is stopped."""
    return [admin, *arguments(database)]


def run(at: Path, database: str = "neo4j") -> None:
    """Run the importer on a folder.  Raises UsageError where it is not at hand, StoreError where it fails."""
    home = os.environ.get("NEO4J_HOME")
    admin = shutil.which("neo4j-admin") or (str(Path(home) / "bin" / "neo4j-admin") if home else None)
    if admin is None or not Path(admin).exists():
        raise UsageError(f"neo4j-admin is neither on the PATH nor in NEO4J_HOME; run {at / 'import.sh'} where it is")
    done = subprocess.run(command(admin, database), cwd=at, capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:] or ["it said nothing"]
        raise StoreError(f"the importer failed: {last[0]}")


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return BETWEEN.join(repr(one) if isinstance(one, float) else one for one in value)
    return repr(value) if isinstance(value, float) else str(value)
