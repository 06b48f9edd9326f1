"""The embedded graph: ArcadeDB inside this process, one folder on disk, nothing to install or start."""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from trialgraph import schema
from trialgraph.errors import BuildError, StoreError, UsageError
from trialgraph.files import swap
from trialgraph.files.digest import size_and_sha256
from trialgraph.files.sync import sync_tree
from trialgraph.limits import (
    EMBEDDED_EDGES_HELD,
    EMBEDDED_FAILURES,
    EMBEDDED_MEGABYTES,
    EMBEDDED_MOST_CHANGED,
    EMBEDDED_OPENINGS,
    EMBEDDED_ROWS_A_COMMIT,
    QUERY_ROWS,
    QUERY_SECONDS,
)
from trialgraph.locks import write_lock
from trialgraph.snapshot.snapshot import Difference, Snapshot
from trialgraph.stores.embedded import changes
from trialgraph.stores.store import Loaded, Progress, Result, reconcile

_TYPES = {
    schema.STRING: "STRING",
    schema.INT: "LONG",
    schema.FLOAT: "DOUBLE",
    schema.BOOL: "BOOLEAN",
    schema.LIST: "LIST OF STRING",
    schema.FLOATS: "LIST OF DOUBLE",
}
_LOADED = "loaded.json"
_NO_FILES = {"opencypher.loadCsv.allowFileUrls": False, "opencypher.loadCsv.allowRemoteUrls": False}
# Suffixes of the engine's small files, which a reader gets as copies: the engine writes into one of them on closing,
# when another graph may already lie at the path.
_COPIED = (".json", ".bin")
_AT = re.compile(r"line (\d+):(\d+)")


class EmbeddedStore:
    """The graph in a folder.  Any number of processes may read it; loading replaces the folder as a whole."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = f"the embedded graph in {path}"
        self.corrections: Path | None = None
        self._open: tuple[int, Any, Path] | None = None  # the time limit in ms, the database, the view it is opened by

    # --- asking -------------------------------------------------------------------------------------------------------

    def query(
        self,
        cypher: str,
        params: Mapping[str, Any] | None = None,
        *,
        timeout: float = QUERY_SECONDS,
        rows: int = QUERY_ROWS,
    ) -> Result:
        """Run Cypher that only reads; the engine ends it after `timeout` seconds."""
        database = self._reader(timeout)
        found: list[dict[str, Any]] = []
        columns: tuple[str, ...] = ()
        cut = False
        with _translated_errors(timeout):
            results = database.query("opencypher", cypher, *([dict(params)] if params else []))
            for row in results:
                if len(found) >= rows:
                    cut = True
                    break
                columns = columns or tuple(row.get_property_names())
                found.append({name: _plain(row.get(name)) for name in columns})
            results.close()
        return Result(columns, found, cut)

    def loaded(self) -> str | None:
        """Return the hash of the snapshot in the folder, or None."""
        try:
            loaded = json.loads((swap.recover(self.path) / _LOADED).read_bytes())
        except (OSError, ValueError):
            return None
        return loaded.get("hash") if loaded.get("schema") == schema.VERSION else None

    def damaged(self) -> list[str]:
        """Return the names of the graph's files that are not as they were written."""
        known = json.loads((self.path / _LOADED).read_bytes()).get("files", {})
        files = self.path / "db"
        return [
            name
            for name, written in known.items()
            if not (files / name).is_file() or _fingerprint(files / name) != written
        ]

    def counts(self) -> dict[str, int]:
        """Return how many nodes and relationships of each kind the engine counts."""
        return _counts(self._reader(QUERY_SECONDS))

    def close(self) -> None:
        """Close the engine's files."""
        if self._open is not None:
            _, database, view = self._open
            self._open = None
            database.close()
            shutil.rmtree(view, ignore_errors=True)

    def __del__(self) -> None:
        self.close()

    def _reader(self, timeout: float) -> Any:
        """Return the database, opened so that it refuses writes and ends a query after `timeout`."""
        limit = max(1, round(timeout * 1000))
        if self._open is not None and self._open[0] == limit:
            return self._open[1]
        self.close()
        failures = 0
        for _ in range(EMBEDDED_OPENINGS):
            before = _folder_id(swap.recover(self.path))
            try:
                database, view = self._view(limit)
            except (StoreError, FileNotFoundError):
                failures += _folder_id(self.path) == before
                if failures == EMBEDDED_FAILURES:
                    raise
                continue
            if _folder_id(self.path) == before:
                self._open = (limit, database, view)
                return database
            database.close()  # replaced while its files were opened: some may be of the one graph, some of the other
            shutil.rmtree(view, ignore_errors=True)
        raise StoreError(f"{self.path} is being replaced again and again; ask when the loads are done")

    def _view(self, limit: int) -> tuple[Any, Path]:
        """Open the database through a folder of links to its files; returns the database and that folder.

        The engine reads its time limit from a file in the database's folder, so every reader has a folder of its own.
        """
        files = self.path / "db"
        if not files.is_dir():
            raise UsageError(f"no graph in {self.path}; run `trialgraph build` first")
        if self.loaded() is None:
            raise StoreError(f"{self.path} was written by another version; run `trialgraph load` to write it again")
        known = json.loads((self.path / _LOADED).read_bytes()).get("files", {})
        sizes = {file.name: file.stat().st_size for file in files.iterdir()}
        damaged = [name for name, (size, _) in known.items() if sizes.get(name) != size]
        if damaged:
            raise StoreError(f"{self.path} is damaged ({', '.join(damaged)}); run `trialgraph load --full`")
        arcadedb = _engine(self.path.parent)
        view = Path(tempfile.mkdtemp(prefix="trialgraph-"))
        limits = {"configuration": {"command.timeout": limit, **_NO_FILES}}
        try:
            for file in files.resolve().iterdir():
                if file.suffix in _COPIED:
                    shutil.copyfile(file, view / file.name)
                else:
                    (view / file.name).symlink_to(file)
            (view / "configuration.json").write_text(json.dumps(limits), "utf-8")
            return arcadedb.DatabaseFactory(str(view)).open(read_only=True), view
        except (arcadedb.ArcadeDBError, FileNotFoundError) as problem:
            shutil.rmtree(view, ignore_errors=True)
            raise StoreError(f"{self.path} cannot be opened ({problem}); run `trialgraph load --full`") from problem

    # --- loading ------------------------------------------------------------------------------------------------------

    def load(self, snapshot: Snapshot, progress: Progress | None = None, *, full: bool = False) -> Loaded:
        """Build the graph of a snapshot aside and put it in the place of the one that is there."""
        ours = (self.path / _LOADED, self.path / "db" / "schema.json")
        if self.path.is_dir() and any(self.path.iterdir()) and not any(file.is_file() for file in ours):
            raise UsageError(f"{self.path} holds something that is no graph of ours; name a new folder")
        with write_lock(self.path.with_name(f"{self.path.name}.lock"), "trialgraph load", guards=self.path):
            return self._load(snapshot, progress or (lambda done, total: None), full=full)

    def _load(self, snapshot: Snapshot, progress: Progress, *, full: bool) -> Loaded:
        swap.remove_leftovers(self.path)
        if self.loaded() == snapshot.hash and not full:
            counts = self.counts()
            reconcile(counts, snapshot, self.name)
            return Loaded({}, True, counts)
        differences = self._differences(snapshot.whole())
        if differences is None:
            tables = snapshot.manifest["tables"]
            counted = {name: Difference(tables[name]["rows"], 0, 0) for name in tables if tables[name]["rows"]}
        else:
            counted = changes.counted(differences)
        with swap.replacing(self.path) as part:
            _link_snapshot(snapshot, part / "snapshot")
            changed = self._apply(part / "db", snapshot, differences, progress)
            counts = self._build_new(part / "db", snapshot, progress) if changed is None else changed
            reconcile(counts, snapshot, self.name)
            files = {file.name: _fingerprint(file) for file in sorted((part / "db").iterdir())}
            loaded = {"hash": snapshot.hash, "schema": schema.VERSION, "files": files}
            (part / _LOADED).write_text(json.dumps(loaded), "utf-8")
            sync_tree(part)
            self.close()
        return Loaded(counted, True, counts, changed is None)

    def _build_new(self, at: Path, snapshot: Snapshot, progress: Progress) -> dict[str, int]:
        """Write a snapshot into a new database; returns the engine's row count of each label and type."""
        arcadedb = _engine(self.path.parent)
        try:
            database = arcadedb.create_database(str(at))
            try:
                _write_tables(database, snapshot, progress)
                return _counts(database)
            finally:
                database.close()
        except arcadedb.ArcadeDBError as problem:
            raise StoreError(f"{self.name} could not be written: {_write_failure(str(problem))}") from problem

    def _apply(
        self, at: Path, snapshot: Snapshot, differences: dict[str, changes.Changes] | None, progress: Progress
    ) -> dict[str, int] | None:
        """Apply the differences to a copy of the current graph; returns the engine's row counts.

        Returns None and removes the copy where a whole load is needed: too many rows differ, the graph's files are not
        as they were written, or the counts afterwards are not the snapshot's.
        """
        if differences is None or not at.parent.is_dir():
            return None
        many = sum(map(len, differences.values()))
        if many > EMBEDDED_MOST_CHANGED * sum(snapshot.rows_of(name) for name in snapshot.manifest["tables"]):
            return None
        at.mkdir()
        for file in (self.path / "db").iterdir():
            shutil.copyfile(file, at / file.name)  # one by one: copytree's own error hides that the disk is full
        known = json.loads((self.path / _LOADED).read_bytes()).get("files", {})
        counts = None
        if known and {file.name: _fingerprint(file) for file in at.iterdir()} == known:
            arcadedb = _engine(self.path.parent)
            try:
                database = arcadedb.open_database(str(at))
                try:
                    changes.write(database, differences, lambda done: progress(done, many))
                    counts = _counts(database)
                finally:
                    database.close()
            except arcadedb.ArcadeDBError as problem:
                if _write_failure(str(problem)) != str(problem):  # no room: a whole load would need more
                    raise StoreError(f"{self.name} could not be written: {_write_failure(str(problem))}") from problem
        if counts is None or any(counts[name] != snapshot.rows_of(name) for name in counts):
            shutil.rmtree(at)
            return None
        return counts

    def _differences(self, snapshot: Snapshot) -> dict[str, changes.Changes] | None:
        """Return the differences to the loaded snapshot beside the graph; None where that is missing or damaged."""
        if self.loaded() is None or not (self.path / "snapshot").is_dir():
            return None
        try:
            return changes.between(Snapshot.open(self.path / "snapshot").whole(), snapshot)
        except (BuildError, UsageError):  # what is kept there is damaged
            return None


def _counts(database: Any) -> dict[str, int]:
    return {name: database.count_type(name) for name in [*schema.LABEL, *schema.RELATIONSHIP]}


def _engine(home: Path) -> Any:
    """Import and return the engine, set up to log into the home and to print nothing."""
    os.environ.setdefault("ARCADEDB_LOG_CONSOLE", "0")
    os.environ.setdefault("ARCADEDB_LOG_DIR", str(home / "log"))
    os.environ.setdefault("ARCADEDB_NATIVE_ISOLATE_ARGS", f"-Xmx{EMBEDDED_MEGABYTES}m")
    import arcadedb

    return arcadedb


def _write_failure(why: str) -> str:
    """Return the reason of a failed write and, where it is known, what to do about it."""
    for known in ("No space left on device", "File too large", "Read-only file system", "Disk quota exceeded"):
        if known in why:
            return f"{known}; make room or choose another --home, and run it again; what was there before is as it was"
    return why


def _fingerprint(file: Path) -> list[Any]:
    """Return a file's size and SHA-256, as a list because JSON reads it back as one."""
    return [*size_and_sha256(file)]


def _folder_id(at: Path) -> tuple[int, int] | None:
    """Return inode and change time of a folder, which tell it from its replacement; None if there is no folder."""
    try:
        status = at.stat()
    except FileNotFoundError:
        return None
    return status.st_ino, status.st_ctime_ns


def _link_snapshot(snapshot: Snapshot, at: Path) -> None:
    """Link a snapshot's files into the graph's folder; they never change, so that no copy is needed."""
    for file in sorted(snapshot.path.rglob("*")):
        if file.is_file():
            copy = at / file.relative_to(snapshot.path)
            copy.parent.mkdir(parents=True, exist_ok=True)
            swap.link(file, copy)


def _write_tables(database: Any, snapshot: Snapshot, progress: Progress) -> None:
    """Write a snapshot into an empty database: types, nodes, relationships, then indexes over what is there."""
    for label in schema.LABELS:
        database.command("sql", f"CREATE VERTEX TYPE `{label.name}`")
        _properties(database, label.name, label.properties)
    for kind in schema.RELATIONSHIPS:
        database.command("sql", f"CREATE EDGE TYPE `{kind.type}`")
        _properties(database, kind.type, kind.properties)
    total = sum(snapshot.rows_of(name) for name in [*schema.LABEL, *schema.RELATIONSHIP])
    done = 0
    address: dict[str, dict[str, str]] = {}
    with database.graph_batch(
        commit_every=EMBEDDED_ROWS_A_COMMIT,
        batch_size=EMBEDDED_EDGES_HELD,
        max_deferred_incoming_edges=EMBEDDED_EDGES_HELD,
    ) as batch:
        for label in schema.LABELS:
            known = address[label.name] = {}
            for rows in snapshot.batches(label.name):
                known.update(
                    zip((row[label.key] for row in rows), batch.create_vertices(label.name, rows), strict=True)
                )
                done += len(rows)
                progress(done, total)
        for kind in schema.RELATIONSHIPS:
            sources, targets = address[kind.source], address[kind.target]
            for rows in snapshot.batches(kind.type):
                ends = [sources[row.pop("source")] for row in rows], [targets[row.pop("target")] for row in rows]
                batch.new_edges(ends[0], kind.type, ends[1], rows if kind.properties else None)
                done += len(rows)
                progress(done, total)
    for label in schema.LABELS:
        database.command("sql", f"CREATE INDEX ON `{label.name}` (`{label.key}`) UNIQUE")
        for name in label.indexes:
            database.command("sql", f"CREATE INDEX ON `{label.name}` (`{name}`) NOTUNIQUE NULL_STRATEGY SKIP")
        if label.full_text:
            database.command("sql", full_text_index(label))


def full_text_index(label: schema.Label) -> str:
    """Return the engine's statement for a label's full-text index, named as in Neo4j: trial_text."""
    names = ", ".join(f"`{name}`" for name in label.full_text)
    return f"CREATE INDEX `{label.name.lower()}_text` ON `{label.name}` ({names}) FULL_TEXT NULL_STRATEGY SKIP"


def _properties(database: Any, name: str, properties: tuple[schema.Property, ...]) -> None:
    for p in properties:
        database.command("sql", f"CREATE PROPERTY `{name}`.`{p.name}` {_TYPES[p.type]}")


def _plain(value: Any) -> Any:
    """Return a result's value as plain Python: nodes and relationships as the maps that `Result` describes."""
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        kind = value.get("@type")
        inner = {name: _plain(item) for name, item in value.items() if not name.startswith("@")}
        if kind in schema.LABEL:
            return {"labels": [kind], "properties": inner}
        return {"type": kind, "properties": inner} if kind in schema.RELATIONSHIP else inner
    return value


@contextmanager
def _translated_errors(timeout: float) -> Iterator[None]:
    """Raise the engine's errors as StoreError or UsageError."""
    import arcadedb

    began = time.monotonic()
    try:
        yield
    except arcadedb.ArcadeDBError as problem:
        text = str(problem)
        if "arcadedb.command.timeout" in text:
            took = time.monotonic() - began
            sentence = (
                f"the query was stopped after {took:.1f} s (limit {timeout:g} s); ask for less, or --timeout more"
            )
            raise StoreError(sentence) from problem
        if "NotIdempotent" in text or "read only" in text:
            raise UsageError("this query would write or call what is not allowed here; queries only read") from problem
        reason = re.sub(r"^.*?Exception: ", "", text)
        reason = re.sub(r" \(caused by .*\)$", "", reason)
        raise UsageError(f"the query cannot be run: {reason}") from problem


def engine_version() -> str:
    """Return the engine's version.  Raises ImportError or OSError where it cannot be loaded."""
    import arcadedb

    return str(arcadedb.__version__)
