"""A Neo4j server, by the official driver: loads that can be repeated, questions that only read."""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, LiteralString, TypeVar
from urllib.parse import urlsplit

import neo4j
from neo4j import exceptions, graph

from trialgraph import schema
from trialgraph.errors import StoreError, UsageError
from trialgraph.limits import (
    NEO4J_BATCH_ROWS,
    NEO4J_CONNECT_SECONDS,
    NEO4J_FETCH_ROWS,
    NEO4J_RETRY_FIRST,
    NEO4J_RETRY_SECONDS,
    NEO4J_TRIES,
    QUERY_ROWS,
    QUERY_SECONDS,
)
from trialgraph.snapshot.snapshot import Difference, Snapshot
from trialgraph.stores.neo4j import batches, statements
from trialgraph.stores.store import Loaded, Progress, Result, reconcile

_MEMORY = ("MemoryPoolOutOfMemoryError", "TransactionOutOfMemoryError", "OutOfMemoryError")
_TIMEOUT = ("TransactionTimedOut", "LockClientStopped", "LockAcquisitionTimeout", "TransactionTerminated")
_EXPLAINED = re.compile(r"\s*(explain|profile)\b", re.IGNORECASE)


T = TypeVar("T")


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
        self._loader: str | None = None  # the id of the running load
        self._bookmarks = neo4j.GraphDatabase.bookmark_manager()  # a replica is read when it has what we wrote

    def _session(self, **how: Any) -> neo4j.Session:
        """Return a session of the driver, which is made, and asked whether the server answers, when first needed."""
        if self._opened is None:
            logging.getLogger("neo4j").addHandler(logging.NullHandler())  # what it repeats is no news for a terminal
            try:
                driver = neo4j.GraphDatabase.driver(
                    self._uri,
                    auth=self._auth,
                    user_agent="trialgraph",
                    connection_timeout=NEO4J_CONNECT_SECONDS,
                    max_transaction_retry_time=NEO4J_RETRY_SECONDS,
                    initial_retry_delay=NEO4J_RETRY_FIRST,
                    telemetry_disabled=True,
                    notifications_min_severity="OFF",
                )
            except (exceptions.DriverError, ValueError) as problem:
                raise UsageError(f"{self._uri} is no address of a Neo4j: {problem}") from problem
            try:
                driver.verify_connectivity()  # at once, where all else is tried for a minute
            except BaseException:
                driver.close()
                raise
            self._opened = driver
        return self._opened.session(database=self._database, bookmark_manager=self._bookmarks, **how)

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
        """Run Cypher that only reads, with READ access; the server ends it after `timeout` seconds.

        Raises StoreError where no snapshot is wholly loaded, or where a load began before the last row had come.
        """
        found: list[dict[str, Any]] = []
        cut = False
        with (
            self._translated_errors(timeout),
            self._session(default_access_mode=neo4j.READ_ACCESS) as session,
        ):
            if not _EXPLAINED.match(cypher):
                self._refuse_files(session, cypher, params, timeout)
            with session.begin_transaction(timeout=timeout) as transaction:
                before = self._loaded_hash(transaction)
                if before is None:
                    raise StoreError(
                        f"{self.name} holds no whole graph: nothing was loaded, or a load is under way or was cut "
                        "short; `trialgraph load --to ...` completes it"
                    )
                results = transaction.run(statements.literal(cypher), dict(params or {}))
                columns = tuple(results.keys())
                for record in results:
                    if len(found) >= rows:
                        cut = True
                        break
                    found.append(dict(zip(columns, map(_plain, record.values()), strict=True)))
                plan = results.consume().plan  # discards the rows beyond the limit
                if self._loaded_hash(transaction) != before:
                    raise StoreError(f"{self.name} was being loaded while it was asked; ask again")
                transaction.rollback()
        if plan and not found and _EXPLAINED.match(cypher):  # an EXPLAIN has no rows
            return Result(("plan",), [{"plan": "\n".join(_plan_lines(plan))}], False)
        return Result(columns, found, cut)

    def _refuse_files(
        self, session: neo4j.Session, cypher: str, params: Mapping[str, Any] | None, timeout: float
    ) -> None:
        """Raise UsageError where the server's plan writes, or reads files or addresses: reading rights allow that."""
        explained = neo4j.Query(statements.literal(f"EXPLAIN {cypher}"), timeout=timeout)
        try:
            plan = session.run(explained, dict(params or {})).consume()
        except exceptions.CypherSyntaxError:
            return  # run as it is, it fails in the same way and says where
        if plan.query_type not in (None, "r") or "LoadCSV" in str(plan.plan):
            raise UsageError("this query would write or call what is not allowed here; queries only read")

    def loaded(self) -> str | None:
        """Return the hash of the snapshot that is wholly loaded, or None."""
        return self._in_transaction(self._loaded_hash, neo4j.READ_ACCESS)

    @staticmethod
    def _loaded_hash(transaction: neo4j.Transaction | neo4j.ManagedTransaction) -> str | None:
        for digest, version in transaction.run(statements.LOADED):
            return str(digest) if digest is not None and version == schema.VERSION else None
        return None

    def counts(self) -> dict[str, int]:
        """Return how many nodes and relationships of ours the database holds."""

        def work(transaction: neo4j.ManagedTransaction) -> dict[str, int]:
            texts = statements.COUNT_NODES | statements.COUNT_EDGES
            return {name: transaction.run(text).single(strict=True)[0] for name, text in texts.items()}

        return self._in_transaction(work, neo4j.READ_ACCESS)

    def _read(self, text: LiteralString) -> list[tuple[Any, ...]]:
        """Return the rows of one of our own reading statements, in a transaction that the driver repeats."""

        def work(transaction: neo4j.ManagedTransaction) -> list[tuple[Any, ...]]:
            return [tuple(record.values()) for record in transaction.run(text)]

        return self._in_transaction(work, neo4j.READ_ACCESS)

    def _in_transaction(self, work: Callable[[neo4j.ManagedTransaction], T], access: str = neo4j.WRITE_ACCESS) -> T:
        """Run `work` in a transaction, retried by the driver on transient errors; returns its result."""
        with self._translated_errors(None):
            for attempt in range(1, NEO4J_TRIES + 1):
                try:
                    with self._session(fetch_size=NEO4J_FETCH_ROWS) as session:
                        return (session.execute_read if access == neo4j.READ_ACCESS else session.execute_write)(work)
                except exceptions.IncompleteCommit:
                    # The commit may have happened; every statement of ours may be repeated.
                    if attempt == NEO4J_TRIES:
                        raise
        raise AssertionError("it returned or raised")

    # --- loading ------------------------------------------------------------------------------------------------------

    def load(self, snapshot: Snapshot, progress: Progress | None = None, *, full: bool = False) -> Loaded:
        """Make the database hold the snapshot by writing the difference to what is there.

        Whatever was cut short is found by comparing with the rows that are there, so a run can always be repeated.
        """
        if not full and self.loaded() == snapshot.hash:
            counts = self.counts()
            if self.loaded() == snapshot.hash:  # nobody began to load meanwhile
                reconcile(counts, snapshot, self.name)
                return Loaded({}, True, counts)
        with self._lock():
            snapshot.whole()
            self._begin()
            self._prepare()
            tables = batches.write(snapshot, self._existing_rows, self._send, progress, self.name)
            counts = self.counts()
            self._run("RETURN 0", {})  # where another has begun to load, that is what is to be arguments
            reconcile(counts, snapshot, self.name)
            self._run(statements.END_LOAD, {"hash": snapshot.hash})
        return Loaded({name: found for name, found in tables.items() if found != Difference(0, 0, 0)}, True, counts)

    def clear(self) -> dict[str, int]:
        """Remove our nodes, their relationships and our constraints and indexes; returns the counts that were there."""
        with self._lock():
            counts = self.counts()
            self._begin()
            for text in statements.CLEAR_NODES.values():
                while self._run(text, {"most": NEO4J_BATCH_ROWS}):
                    pass
        self._run("MATCH (m:TrialgraphSnapshot) DELETE m", {})
        for statement in statements.DROP_SCHEMA:
            self._run(statement, {})
        return counts

    def _prepare(self) -> None:
        there = {name for (name,) in self._read("SHOW INDEXES YIELD name RETURN name")}
        missing = [text for name, text in statements.PREPARE.items() if name not in there]

        def work(transaction: neo4j.ManagedTransaction) -> None:
            for text in missing:
                transaction.run(statements.literal(text)).consume()

        if missing:
            self._in_transaction(work)
            self._run("CALL db.awaitIndexes(600)", {})

    def _existing_rows(self, name: str) -> batches.ExistingRows:
        """Return the rows of a table in the database: primary key -> hash of the row, None for a node that is not ours.

        Deletes all copies of a relationship that exists more than once, which no load of ours leaves behind.
        """
        if name in schema.LABEL:
            return dict(self._read(statements.NODES[name]))
        found: batches.ExistingRows = {}
        twice = set()
        for *key, mark in self._read(statements.EDGES[name]):
            if tuple(key) in found:
                twice.add(tuple(key))
            found[tuple(key)] = mark
        self._send(statements.DROP_EDGES[name], batches.removed_rows(name, sorted(twice)))
        return {key: mark for key, mark in found.items() if key not in twice} if twice else found

    def _send(
        self, text: LiteralString, rows: Iterator[tuple[Any, int]], sent: Callable[[], None] | None = None
    ) -> None:
        """Run a statement over rows, a batch a transaction; the next batch is made while the server works."""
        for batch in batches.prefetch(batches.batched(rows)):
            self._send_batch(text, batch)
            if sent is not None:
                sent()

    def _send_batch(self, text: LiteralString, rows: list[Any]) -> None:
        try:
            self._run(text, {"rows": rows})
        except _OutOfMemory:
            if len(rows) == 1:
                raise StoreError(f"{self.name} has too little memory for one row; give it more") from None
            half = len(rows) // 2
            self._send_batch(text, rows[:half])
            self._send_batch(text, rows[half:])

    def _run(self, text: LiteralString, params: dict[str, Any]) -> int:
        """Run one of our own statements in a transaction that the driver repeats; returns its first value or 0.

        In a load it changes nothing once another process has begun to load.
        """

        def work(transaction: neo4j.ManagedTransaction) -> int:
            try:
                if self._loader and transaction.run(statements.CHECK_LOADER, loader=self._loader).single() is None:
                    raise StoreError(
                        f"another process began to load {self.name} when this one had lost its connection; "
                        "this load ends here, run it again when the other is done"
                    )
                record = transaction.run(text, params).single(strict=False)
            except exceptions.Neo4jError as problem:
                if any(name in (problem.code or "") for name in _MEMORY):
                    raise _OutOfMemory from problem  # the same again would have no more memory
                raise
            return int(record[0]) if record is not None and isinstance(record[0], int) else 0

        return self._in_transaction(work)

    def _begin(self) -> None:
        """Mark the database as incomplete and this process as its loader; waits for an earlier loader's transaction."""
        loader = secrets.token_hex(8)
        self._run(statements.BEGIN_LOAD, {"schema": schema.VERSION, "loader": loader})
        self._loader = loader

    @contextmanager
    def _lock(self) -> Iterator[None]:
        """Hold the lock of one node against a second loader; the server releases it when this process ends.

        A restart of the server releases it too, so every transaction checks the loader id (CHECK_LOADER).
        """
        self._run(statements.LOAD_STATE_CONSTRAINT, {})
        with self._translated_errors(None), self._session() as session:
            try:
                session.run(neo4j.Query(statements.LOCK, timeout=2.0)).consume()
            except exceptions.Neo4jError as problem:
                if not any(name in (problem.code or "") for name in _TIMEOUT):
                    raise
                raise StoreError(f"{self.name} is being loaded by another process; wait until it is done") from problem
            holder = session.begin_transaction()
            holder.run(statements.LOCK).consume()
            try:
                yield
            finally:
                self._loader = None
                _release(holder.rollback)

    @contextmanager
    def _translated_errors(self, timeout: float | None) -> Iterator[None]:
        """Raise the driver's errors as StoreError or UsageError; no message holds a password."""
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
                raise StoreError(f"{self.name} refused: {' '.join(message.split())}") from problem
            raise UsageError(f"the query cannot be run: {message}") from problem
        except exceptions.Neo4jError as problem:
            message = " ".join((problem.message or str(problem)).split())
            raise StoreError(f"{self.name} failed: {message}") from problem
        except exceptions.DriverError as problem:
            raise StoreError(f"{self.name}: {problem}") from problem


class _OutOfMemory(Exception):
    """The server has too little memory for this transaction; a smaller one may succeed."""


def _release(act: Callable[[], None]) -> None:
    """Release a lock; ignores errors, since a lost connection has released it already."""
    try:
        act()
    except (exceptions.DriverError, exceptions.Neo4jError):
        return


def _plan_lines(plan: Mapping[str, Any], depth: int = 0) -> Iterator[str]:
    """Yield an execution plan as indented lines, the last operator first and its inputs below it."""
    arguments = plan.get("args") or {}
    rows = (
        f", about {float(arguments['EstimatedRows']):,.0f} rows" if arguments.get("EstimatedRows") is not None else ""
    )
    name = str(plan.get("operatorType", "?")).partition("@")[0]
    yield f"{'  ' * depth}+ {name} {arguments.get('Details') or ''}".rstrip() + rows
    for child in plan.get("children") or ():
        yield from _plan_lines(child, depth + 1)


def _plain(value: Any) -> Any:
    """Return a value of the driver as plain Python: nodes and relationships as the maps that `Result` describes."""
    if isinstance(value, graph.Node):
        labels = [label for label in value.labels if label in schema.LABEL] or sorted(value.labels)
        return {"labels": labels, "properties": _properties(value)}
    if isinstance(value, graph.Relationship):
        return {"type": value.type, "properties": _properties(value)}
    if isinstance(value, graph.Path):
        return [_plain(part) for part in _steps(value)]
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {name: _plain(item) for name, item in value.items() if name != statements.MARK}
    if hasattr(value, "iso_format"):
        return value.iso_format()
    return value


def _properties(entity: graph.Entity) -> dict[str, Any]:
    return {name: _plain(value) for name, value in entity.items() if name != statements.MARK}


def _steps(path: graph.Path) -> Iterator[graph.Entity]:
    for node, relationship in zip(path.nodes, path.relationships, strict=False):
        yield node
        yield relationship
    yield path.nodes[-1]
