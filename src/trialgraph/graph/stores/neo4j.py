"""A Neo4j server, by the official driver: loads that can be repeated, questions that only read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, LiteralString
from urllib.parse import urlsplit

import neo4j
from neo4j import exceptions, graph

from trialgraph.errors import StoreError, UsageError
from trialgraph.graph import schema
from trialgraph.graph.snapshot import Difference, Snapshot
from trialgraph.graph.stores import Loaded, Progress, Result, reconcile
from trialgraph.graph.stores import statements as st
from trialgraph.limits import (
    NEO4J_BATCH_BYTES,
    NEO4J_BATCH_ROWS,
    NEO4J_CONNECT_SECONDS,
    NEO4J_RETRY_SECONDS,
    NEO4J_TRIES,
    QUERY_ROWS,
    QUERY_SECONDS,
)

_MEMORY = ("MemoryPoolOutOfMemoryError", "TransactionOutOfMemoryError", "OutOfMemoryError")
_TIMEOUT = ("TransactionTimedOut", "LockClientStopped", "LockAcquisitionTimeout", "TransactionTerminated")
_EXPLAINED = re.compile(r"\s*(explain|profile)\b", re.IGNORECASE)

There = dict[Any, int | None]  # key -> hash of a row, None for a node that is not ours


class Neo4jStore:
    """The graph in one database of a server."""

    def __init__(
        self, uri: str, *, user: str | None = None, password: str | None = None, database: str | None = None
    ) -> None:
        if "@" in urlsplit(uri).netloc:
            raise UsageError("the address of a Neo4j holds no user or password here; see `trialgraph load --help`")
        self.name = f"the Neo4j at {uri}" + (f", database {database}" if database else "")
        self.corrections: Path | None = None
        self._uri = uri
        self._auth = (user or "neo4j", password) if password is not None else None
        self._database = database
        self._opened: neo4j.Driver | None = None
        self._bookmarks = neo4j.GraphDatabase.bookmark_manager()  # a replica is read when it has what we wrote

    @property
    def _driver(self) -> neo4j.Driver:
        """Return the driver, made when it is first needed."""
        if self._opened is None:
            try:
                self._opened = neo4j.GraphDatabase.driver(
                    self._uri,
                    auth=self._auth,
                    user_agent="trialgraph",
                    connection_timeout=NEO4J_CONNECT_SECONDS,
                    max_transaction_retry_time=NEO4J_RETRY_SECONDS,
                    telemetry_disabled=True,
                    notifications_min_severity="OFF",
                )
            except (exceptions.DriverError, ValueError) as problem:
                raise UsageError(f"{self._uri} is no address of a Neo4j: {problem}") from problem
        return self._opened

    def _session(self, **how: Any) -> neo4j.Session:
        return self._driver.session(database=self._database, bookmark_manager=self._bookmarks, **how)

    def close(self) -> None:
        """Close the connections."""
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    # --- asking -------------------------------------------------------------------------------------------------------

    def query(
        self,
        cypher: str,
        params: Mapping[str, Any] | None = None,
        *,
        timeout: float = QUERY_SECONDS,
        rows: int = QUERY_ROWS,
    ) -> Result:
        """Run Cypher that only reads, with READ access; the server ends it after `timeout` seconds."""
        found: list[dict[str, Any]] = []
        cut = False
        with (
            self._as_sentences(timeout),
            self._session(default_access_mode=neo4j.READ_ACCESS) as session,
        ):
            if not _EXPLAINED.match(cypher):
                self._refuse_files(session, cypher, params, timeout)
            with session.begin_transaction(timeout=timeout) as transaction:
                results = transaction.run(st.literal(cypher), dict(params or {}))
                columns = tuple(results.keys())
                for record in results:
                    if len(found) >= rows:
                        cut = True
                        break
                    found.append(dict(zip(columns, map(_plain, record.values()), strict=True)))
                transaction.rollback()
        return Result(columns, found, cut)

    def _refuse_files(
        self, session: neo4j.Session, cypher: str, params: Mapping[str, Any] | None, timeout: float
    ) -> None:
        """Raise UsageError where the server's plan writes, or reads files or addresses: reading rights allow that."""
        explained = neo4j.Query(st.literal(f"EXPLAIN {cypher}"), timeout=timeout)
        try:
            plan = session.run(explained, dict(params or {})).consume()
        except exceptions.CypherSyntaxError:
            return  # run as it is, it fails in the same way and says where
        if plan.query_type not in (None, "r") or "LoadCSV" in str(plan.plan):
            raise UsageError("this query would write or call what is not allowed here; queries only read")

    def loaded(self) -> str | None:
        """Return the hash of the snapshot that is wholly loaded, or None."""
        text: LiteralString = "MATCH (m:TrialgraphSnapshot {name: 'loaded'}) RETURN m.hash, m.schema"
        for digest, version in self._read(text):
            return str(digest) if digest is not None and version == schema.VERSION else None
        return None

    def counts(self) -> dict[str, int]:
        """Return how many nodes and relationships of ours the database holds."""
        return {name: next(self._read(text))[0] for name, text in (st.COUNT_NODES | st.COUNT_EDGES).items()}

    def _read(self, text: LiteralString) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of one of our own reading statements."""
        with (
            self._as_sentences(None),
            self._session(default_access_mode=neo4j.READ_ACCESS, fetch_size=10_000) as session,
        ):
            yield from (tuple(record.values()) for record in session.run(text))

    # --- loading ------------------------------------------------------------------------------------------------------

    def load(self, snapshot: Snapshot, progress: Progress | None = None, *, full: bool = False) -> Loaded:
        """Make the database hold the snapshot by writing the difference to what is there.

        Whatever was cut short is found by comparing with the rows that are there, so a run can always be repeated.
        """
        with self._lock():
            if self.loaded() == snapshot.hash and not full:
                counts = self.counts()
                reconcile(counts, snapshot, self.name)
                return Loaded({}, True, counts)
            snapshot.whole()
            self._say_loaded(None)
            self._prepare()
            tables, gone = self._write_all(snapshot, progress or (lambda done, total: None))
            for label, keys in gone.items():
                self._send(st.DROP_NODES[label], [(key, 100) for key in keys])
            counts = self.counts()
            reconcile(counts, snapshot, self.name)
            self._say_loaded(snapshot.hash)
        return Loaded({name: found for name, found in tables.items() if found != Difference(0, 0, 0)}, True, counts)

    def clear(self) -> dict[str, int]:
        """Remove our nodes, their relationships and our constraints and indexes; returns the counts that were there."""
        with self._lock():
            counts = self.counts()
            self._say_loaded(None)
            for text in st.CLEAR_NODES.values():
                while self._run(text, {"most": NEO4J_BATCH_ROWS}):
                    pass
        self._run("MATCH (m:TrialgraphSnapshot) DELETE m", {})
        for statement in st.DROP_SCHEMA:
            self._run(statement, {})
        return counts

    def mark(self, snapshot: Snapshot) -> None:
        """Say that a snapshot is loaded that was written by the bulk importer, after counting."""
        reconcile(self.counts(), snapshot, self.name)
        self._say_loaded(snapshot.hash)

    def _prepare(self) -> None:
        there = {name for (name,) in self._read("SHOW INDEXES YIELD name RETURN name")}
        missing = [text for name, text in st.PREPARE.items() if name not in there]

        def work(transaction: neo4j.ManagedTransaction) -> None:
            for text in missing:
                transaction.run(st.literal(text)).consume()

        if missing:
            with self._as_sentences(None), self._session() as session:
                session.execute_write(work)
            self._run("CALL db.awaitIndexes(600)", {})

    def _write_all(self, snapshot: Snapshot, progress: Progress) -> tuple[dict[str, Difference], dict[str, list[Any]]]:
        """Write what is new and changed; returns the differences and the keys of nodes that are to go."""
        total = sum(snapshot.rows_of(name) for name in (*schema.LABEL, *schema.RELATIONSHIP))
        done = 0
        tables: dict[str, Difference] = {}
        gone: dict[str, list[Any]] = {}
        for name in (*schema.LABEL, *schema.RELATIONSHIP):
            is_node = name in schema.LABEL
            there = self._there(name)
            added = changed = 0

            def new_rows(
                name: str = name, there: dict[Any, int | None] = there
            ) -> Iterator[tuple[dict[str, Any], int]]:
                nonlocal added, changed, done
                for rows in snapshot.batches(name):
                    for row in rows:
                        key = st.key_of(name, row)
                        mark, size = st.sized(name, row)
                        known = there.pop(key, 0) if key in there else 0
                        if known is None:
                            kind = schema.LABEL[name]
                            raise StoreError(
                                f"{self.name} holds a {name} with {kind.key} {key!r} that trialgraph did not write; "
                                "load into another database, or remove it"
                            )
                        if known == mark:
                            continue
                        added, changed = (added, changed + 1) if known else (added + 1, changed)
                        yield st.as_parameter(name, row, mark, replaces=bool(known)), size
                    done += len(rows)
                    progress(done, total)

            self._send(st.PUT_NODES[name] if is_node else st.PUT_EDGES[name], new_rows())
            left = [key for key, mark in there.items() if mark is not None]
            tables[name] = Difference(added, changed, len(left))
            if is_node:
                gone[name] = left
            else:
                self._send(st.DROP_EDGES[name], [(st.edge_key(name, key), 100) for key in left])
        return tables, gone

    def _there(self, name: str) -> There:
        """Return what the database holds of a table: key -> hash of the row, None for a node that is not ours."""
        if name in schema.LABEL:
            return dict(self._read(st.NODES[name]))
        return {tuple(key): mark for *key, mark in self._read(st.EDGES[name])}

    def _send(self, text: LiteralString, rows: Iterable[tuple[Any, int]]) -> None:
        """Run a statement over rows, some thousand at a time or as many as make four megabytes."""
        batch: list[Any] = []
        size = 0
        for row, length in rows:
            batch.append(row)
            size += length
            if len(batch) >= NEO4J_BATCH_ROWS or size >= NEO4J_BATCH_BYTES:
                self._send_batch(text, batch)
                batch, size = [], 0
        if batch:
            self._send_batch(text, batch)

    def _send_batch(self, text: LiteralString, rows: list[Any]) -> None:
        try:
            self._run(text, {"rows": rows})
        except _TooMuch:
            if len(rows) == 1:
                raise StoreError(f"{self.name} has too little memory for one row; give it more") from None
            half = len(rows) // 2
            self._send_batch(text, rows[:half])
            self._send_batch(text, rows[half:])

    def _run(self, text: LiteralString, params: dict[str, Any]) -> int:
        """Run one of our own statements in a transaction that the driver repeats; returns its first value or 0."""

        def work(transaction: neo4j.ManagedTransaction) -> int:
            record = transaction.run(text, params).single(strict=False)
            return int(record[0]) if record is not None and isinstance(record[0], int) else 0

        with self._as_sentences(None):
            for attempt in range(NEO4J_TRIES):
                try:
                    with self._session() as session:
                        return session.execute_write(work)
                except exceptions.IncompleteCommit:
                    # The commit may have happened; every statement of ours may be repeated.
                    if attempt == NEO4J_TRIES - 1:
                        raise
                except exceptions.Neo4jError as problem:
                    if any(name in (problem.code or "") for name in _MEMORY):
                        raise _TooMuch from problem
                    raise
        return 0

    def _say_loaded(self, digest: str | None) -> None:
        self._run(
            "MERGE (m:TrialgraphSnapshot {name: 'loaded'}) SET m.hash = $hash, m.schema = $schema",
            {"hash": digest, "schema": schema.VERSION},
        )

    @contextmanager
    def _lock(self) -> Iterator[None]:
        """Keep a second loader out by the lock of a node, which the server gives back when this process ends."""
        take: LiteralString = "MERGE (m:TrialgraphSnapshot {name: 'lock'}) SET m.held = true"
        with self._as_sentences(None), self._session() as session:
            try:
                session.run(neo4j.Query(take, timeout=2.0)).consume()
            except exceptions.Neo4jError as problem:
                if not any(name in (problem.code or "") for name in _TIMEOUT):
                    raise
                raise StoreError(f"{self.name} is being loaded by another process; wait until it is done") from problem
            holder = session.begin_transaction()
            holder.run(take).consume()
            try:
                yield
            finally:
                _quietly(holder.rollback)

    @contextmanager
    def _as_sentences(self, timeout: float | None) -> Iterator[None]:
        """Turn the driver's errors into ours; no sentence holds a password."""
        try:
            yield
        except exceptions.AuthError as problem:
            sentence = f"{self.name} refused user and password; set TRIALGRAPH_NEO4J_USER and TRIALGRAPH_NEO4J_PASSWORD"
            raise StoreError(sentence) from problem
        except (exceptions.ServiceUnavailable, exceptions.SessionExpired, OSError) as problem:
            raise StoreError(f"{self.name} does not answer; is it running, and is the address right?") from problem
        except exceptions.ClientError as problem:
            code = problem.code or ""
            message = (problem.message or str(problem)).strip()
            if code.endswith("DatabaseNotFound"):
                raise StoreError(f"{self.name} does not exist on that server; create it or name another") from problem
            if any(name in code for name in _TIMEOUT):
                limit = f" (its limit: {timeout:g} s)" if timeout else ""
                raise StoreError(f"the query took too long and was stopped{limit}; --timeout allows more") from problem
            if "AccessMode" in code or "Forbidden" in code:
                sentence = "this query would write or call what is not allowed here; queries only read"
                raise UsageError(sentence) from problem
            if timeout is None:
                raise StoreError(f"{self.name} refused: {message}") from problem
            raise UsageError(f"the query cannot be run: {message}") from problem
        except exceptions.Neo4jError as problem:
            raise StoreError(f"{self.name} failed: {(problem.message or str(problem)).strip()}") from problem
        except exceptions.DriverError as problem:
            raise StoreError(f"{self.name}: {problem}") from problem


class _TooMuch(Exception):
    """The server has no memory for so large a transaction."""


def _quietly(act: Callable[[], None]) -> None:
    """Give back a lock whose connection may be gone, with which the lock went."""
    try:
        act()
    except (exceptions.DriverError, exceptions.Neo4jError):
        return


def _plain(value: Any) -> Any:
    """Return a value of the driver as plain Python; nodes and relationships as the same maps as everywhere."""
    if isinstance(value, graph.Node):
        labels = [label for label in value.labels if label in schema.LABEL] or sorted(value.labels)
        return {"labels": labels, "properties": _properties(value)}
    if isinstance(value, graph.Relationship):
        return {"type": value.type, "properties": _properties(value)}
    if isinstance(value, graph.Path):
        return [_plain(part) for part in _steps(value)]
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items() if name != st.MARK}
    if hasattr(value, "iso_format"):
        return value.iso_format()
    return value


def _properties(entity: graph.Entity) -> dict[str, Any]:
    return {name: _plain(value) for name, value in entity.items() if name != st.MARK}


def _steps(path: graph.Path) -> Iterator[graph.Entity]:
    for node, relationship in zip(path.nodes, path.relationships, strict=False):
        yield node
        yield relationship
    yield path.nodes[-1]
