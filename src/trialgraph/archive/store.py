"""Everything the registries ever sent, in one SQLite file: bytes, versions, and how far each crawl has come."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import sqlite3
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import msgspec

from trialgraph.archive import schema
from trialgraph.archive.accounts import Counts, Crawl, count
from trialgraph.archive.file import connect, crc, packed, sentences, unpacked
from trialgraph.errors import ArchiveError
from trialgraph.locks import write_lock
from trialgraph.model import RawRecord, SetAside
from trialgraph.registries.catalogue import fetching
from trialgraph.registries.registry import Missing, Page, Selection

Newest = tuple[RawRecord, str, str | None]  # the record, its sha256, not seen since
OnDamaged = Callable[[SetAside], None]

COLUMNS = "v.registry, v.id, v.url, v.fetched_at, v.dated, lower(hex(v.sha256)), v.crc, b.packed"
NEWEST = (
    "SELECT version FROM version WHERE registry = ?1 AND id = ?2 "
    "ORDER BY coalesce(dated, '') DESC, last_seen DESC, version DESC LIMIT 1"
)


class Archive:
    """An open archive.  Use it in a `with` statement; several may read while one writes."""

    def __init__(self, path: Path, db: sqlite3.Connection) -> None:
        self.path = path
        self._db = db

    @classmethod
    def open(cls, path: Path, *, write: bool = False) -> Archive:
        """Open an archive, with `write` also a new one.  Raises ArchiveError when there is none, or no usable one."""
        if write:
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
            except OSError as problem:
                raise ArchiveError(
                    f"{path.parent} cannot be made ({problem.strerror}); choose another --home"
                ) from problem
        elif not path.is_file():
            raise ArchiveError(
                f"there is no archive at {path}; make one with `trialgraph crawl {fetching().name} --query ...` "
                "or `import FILE`"
            )
        with sentences(path):
            db = connect(path, write=write)
            try:
                if write and not db.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
                    schema.create(db)
                elif not db.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
                    raise ArchiveError(f"the archive at {path} is empty; `trialgraph crawl` or `import` fills it")
                if not schema.fit(db, path, write=write):
                    cls.open(path, write=True).close()
            except BaseException:
                db.close()
                raise
        return cls(path, db)

    def __enter__(self) -> Archive:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def lock(self, command: str) -> contextlib.AbstractContextManager[None]:
        """Hold the right to crawl and import; raises Busy that says who holds it."""
        return write_lock(self.path.with_name(self.path.name + ".lock"), command, guards=self.path)

    @contextlib.contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Give the connection for changes that are made all or not at all."""
        with sentences(self.path):
            if self._db.in_transaction:  # left by a Ctrl-C that came between two lines
                self._db.execute("ROLLBACK")
            try:
                self._db.execute("BEGIN IMMEDIATE")
                yield self._db
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise

    # --- crawls -------------------------------------------------------------------------------------------------------

    def begin(self, registry: str, base: str, selection: str, command: str, *, restart: bool = False) -> Crawl:
        """Return the unfinished crawl of this selection, or a new one."""
        with self.transaction() as db:
            same = (registry, base, selection)
            where = "registry = ? AND base = ? AND selection = ? AND state = 'open'"
            if restart:
                db.execute(f"DELETE FROM seen WHERE crawl IN (SELECT crawl FROM crawl WHERE {where})", same)
                db.execute(f"UPDATE crawl SET state = 'dropped', ended_at = ? WHERE {where}", (_now(), *same))
            found = db.execute(f"SELECT crawl FROM crawl WHERE {where}", same).fetchone()
            if found is None:
                found = db.execute(
                    "INSERT INTO crawl (registry, base, selection, command, state, began_at) "
                    "VALUES (?, ?, ?, ?, 'open', ?) RETURNING crawl",
                    (*same, command, _now()),
                ).fetchone()
        return self.crawl(found[0])

    def crawl(self, crawl: int) -> Crawl:
        """Return one crawl."""
        return next(self._crawls("crawl = ?", (crawl,)))

    def crawls(self, *, state: str | None = None, registry: str | None = None) -> list[Crawl]:
        """Return the crawls, the latest first."""
        return list(self._crawls("(?1 IS NULL OR state = ?1) AND (?2 IS NULL OR registry = ?2)", (state, registry)))

    def _crawls(self, where: str, values: tuple[Any, ...]) -> Iterator[Crawl]:
        names = ", ".join(Crawl.__struct_fields__)
        for row in self.rows(f"SELECT {names} FROM crawl WHERE {where} ORDER BY crawl DESC", values):
            yield Crawl(**dict(zip(Crawl.__struct_fields__, row, strict=True)))

    def save(self, crawl: int, run: int, page: Page) -> Counts:
        """Keep a page and the way to the next one: both, or neither.  Returns what became of its records."""
        with self.transaction() as db:
            outcomes = [(record.id, self.keep(db, record)) for record in page.records]
            repeated = 0
            for known_as, outcome in outcomes:
                (before,) = db.execute(
                    "SELECT outcome FROM seen WHERE crawl = ? AND id = ?", (crawl, known_as)
                ).fetchone() or (None,)
                repeated += before is not None
                if before is None or (before == "u" and outcome == "c"):
                    db.execute("INSERT OR REPLACE INTO seen VALUES (?, ?, ?)", (crawl, known_as, outcome))
            for aside in page.set_aside:
                self.put_aside(db, aside)
            db.executemany(
                "INSERT OR REPLACE INTO missing VALUES (?, ?, ?, ?)",
                ((crawl, gone.id, gone.why, gone.requested) for gone in page.missing),
            )
            db.execute(
                "UPDATE crawl SET cursor = ?2, pages = pages + 1, repeated = repeated + ?3, "
                "set_aside = set_aside + ?4, announced = coalesce(?5, announced), "
                "data_timestamp = coalesce(?6, data_timestamp), "
                "data_timestamp_began = coalesce(data_timestamp_began, ?6) WHERE crawl = ?1",
                (crawl, page.cursor, repeated, len(page.set_aside), page.announced, page.data_timestamp),
            )
            counts = count([outcome for _, outcome in outcomes], len(page.set_aside))
            self.count_run(db, run, counts)
            if page.cursor is None:
                self._finish(db, crawl)
        return counts

    def counts_of(self, crawl: int) -> Counts:
        """Return what became of the distinct records a crawl has had so far."""
        known = self.crawl(crawl)
        if known.kept is not None:  # ended
            return Counts(
                new=known.new or 0,
                changed=known.changed or 0,
                unchanged=known.unchanged or 0,
                set_aside=known.set_aside,
            )
        by = dict(self.rows("SELECT outcome, count(*) FROM seen WHERE crawl = ? GROUP BY outcome", (crawl,)))
        return Counts(new=by.get("n", 0), changed=by.get("c", 0), unchanged=by.get("u", 0), set_aside=known.set_aside)

    def missing(self, crawl: int) -> list[Missing]:
        """Return the ids of a crawl that gave no record."""
        rows = self.rows("SELECT id, why, asked FROM missing WHERE crawl = ? ORDER BY id", (crawl,))
        return [Missing(id=known_as, why=why, requested=bool(requested)) for known_as, why, requested in rows]

    def _finish(self, db: sqlite3.Connection, crawl: int) -> None:
        """End a crawl, in the transaction of its last page.  A whole one of all records marks what it did not see."""
        counts = self.counts_of(crawl)
        known = self.crawl(crawl)
        want = msgspec.json.decode(known.selection, type=Selection)
        had = counts.kept + counts.set_aside + sum(not gone.requested for gone in self.missing(crawl))
        # ids are accounted for one by one, not by number: two of them may be names of one study
        whole = bool(want.ids) or known.announced is None or had >= known.announced
        if whole and want == Selection(all=True) and known.announced is not None and not counts.set_aside:
            db.execute(
                "UPDATE record SET not_seen_since = ?1 WHERE registry = ?2 AND not_seen_since IS NULL "
                "AND id NOT IN (SELECT id FROM seen WHERE crawl = ?3)",
                (known.began_at[:10], known.registry, crawl),
            )
        db.execute(
            "UPDATE crawl SET state = ?, ended_at = ?, kept = ?, new = ?, changed = ?, unchanged = ? WHERE crawl = ?",
            ("done" if whole else "short", _now(), counts.kept, counts.new, counts.changed, counts.unchanged, crawl),
        )
        db.execute("DELETE FROM seen WHERE crawl = ?", (crawl,))

    # --- runs ---------------------------------------------------------------------------------------------------------

    def start_run(self, kind: str, command: str, crawl: int | None = None) -> int:
        """Note that a crawl or an import starts; returns its number."""
        with self.transaction() as db:
            row = db.execute(
                "INSERT INTO run (kind, crawl, command, began_at) VALUES (?, ?, ?, ?) RETURNING run",
                (kind, crawl, command, _now()),
            ).fetchone()
        return int(row[0])

    def end_run(self, run: int, outcome: str) -> None:
        """Note how a run ended."""
        with self.transaction() as db:
            db.execute("UPDATE run SET ended_at = ?, outcome = ? WHERE run = ?", (_now(), outcome, run))

    def runs(self, most: int = 20) -> list[dict[str, Any]]:
        """Return the latest runs, the latest first.  One without an end was killed."""
        names = "run", "kind", "crawl", "command", "began_at", "ended_at", "outcome", "new", "changed", "unchanged"
        rows = self.rows(f"SELECT {', '.join(names)}, set_aside FROM run ORDER BY run DESC LIMIT ?", (most,))
        return [dict(zip((*names, "set_aside"), row, strict=True)) for row in rows]

    def take(self, run: int, records: Iterable[RawRecord], set_aside: Iterable[SetAside] = ()) -> Counts:
        """Keep records that came as files: all of these, or none."""
        with self.transaction() as db:
            outcomes = [self.keep(db, record) for record in records]
            aside = list(set_aside)
            for item in aside:
                self.put_aside(db, item)
            counts = count(outcomes, len(aside))
            self.count_run(db, run, counts)
        return counts

    def count_run(self, db: sqlite3.Connection, run: int, counts: Counts) -> None:
        """Add to the counts of a run."""
        db.execute(
            "UPDATE run SET new = new + ?, changed = changed + ?, unchanged = unchanged + ?, set_aside = set_aside + ? "
            "WHERE run = ?",
            (counts.new, counts.changed, counts.unchanged, counts.set_aside, run),
        )

    # --- records ------------------------------------------------------------------------------------------------------

    def keep(self, db: sqlite3.Connection, record: RawRecord) -> str:
        """Keep one version of a record; returns n(ew), c(hanged: another version) or u(nchanged)."""
        digest = hashlib.sha256(record.body).digest()
        key, fetched = (record.registry, record.id), record.fetched_at.astimezone(dt.UTC).isoformat("T", "seconds")
        checksum_now = crc(*key, record.url, fetched, record.dated, digest.hex())
        registry_summary = db.execute(
            "SELECT version FROM version WHERE registry = ? AND id = ? AND sha256 = ?", (*key, digest)
        ).fetchone()
        if registry_summary is not None:
            outcome, (version,) = "u", registry_summary
            db.execute("UPDATE version SET last_seen = max(last_seen, ?) WHERE version = ?", (fetched, version))
        else:
            (version,) = db.execute(
                "INSERT INTO version (registry, id, sha256, url, fetched_at, dated, last_seen, size, crc) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING version",
                (*key, digest, record.url, fetched, record.dated, fetched, len(record.body), checksum_now),
            ).fetchone()
            db.execute("INSERT INTO body VALUES (?, ?)", (version, packed(record.body)))
            outcome = "c"
        if db.execute("SELECT 1 FROM record WHERE registry = ? AND id = ?", key).fetchone() is None:
            db.execute("INSERT INTO record VALUES (?, ?, ?, ?, ?, NULL)", (*key, version, fetched, fetched))
            outcome = "n" if registry_summary is None else outcome
        db.execute(
            f"UPDATE record SET last_seen = max(last_seen, ?3), not_seen_since = NULL, newest = ({NEWEST}) "
            "WHERE registry = ?1 AND id = ?2",
            (*key, fetched),
        )
        return outcome

    def put_aside(self, db: sqlite3.Connection, aside: SetAside) -> None:
        """Keep what cannot be filed under an id, once, with its bytes."""
        digest = hashlib.sha256(aside.body if aside.body is not None else aside.why.encode()).digest()
        data = None if aside.body is None else packed(aside.body)
        db.execute(
            "INSERT OR REPLACE INTO set_aside VALUES (?, ?, ?, ?, ?, ?, ?)",
            (aside.source, aside.record_id, digest, aside.why, aside.path, _now(), data),
        )

    def newest(self, ids: Collection[str] | None = None, *, on_damaged: OnDamaged | None = None) -> Iterator[Newest]:
        """Yield the newest version of every record (or of those ids), ordered by registry and id.

        What is not as it was received goes to `on_damaged`; without it, it raises ArchiveError.
        """
        select = f"SELECT r.registry, r.id, r.not_seen_since, {COLUMNS} FROM record r"
        select += " LEFT JOIN version v ON v.version = r.newest LEFT JOIN body b ON b.version = r.newest"
        if ids is None:
            rows = self.rows(f"{select} ORDER BY r.registry, r.id")
        else:
            wanted = msgspec.json.encode(sorted(ids)).decode()
            rows = self.rows(
                f"{select} WHERE r.id IN (SELECT value FROM json_each(?)) ORDER BY r.registry, r.id", (wanted,)
            )
        for registry, known_as, not_seen_since, *columns in rows:
            record = self._record(str(registry), str(known_as), columns, on_damaged)
            if record is not None:
                yield record, columns[5], not_seen_since

    def record_keys(self) -> Iterator[tuple[str, str]]:
        """Yield registry and id of every record, ordered."""
        yield from self.rows("SELECT registry, id FROM record ORDER BY registry, id")

    def changed_keys(self) -> Iterator[tuple[str, str]]:
        """Yield registry and id of every record that is held in more than one version, ordered."""
        yield from self.rows("SELECT registry, id FROM version GROUP BY registry, id HAVING count(*) > 1 ORDER BY 1, 2")

    def newest_of(self, keys: Collection[tuple[str, str]], *, on_damaged: OnDamaged | None = None) -> Iterator[Newest]:
        """Yield the newest version of these records, in no order; damaged ones as `newest` does."""
        select = f"SELECT r.registry, r.id, r.not_seen_since, {COLUMNS} FROM json_each(?) k CROSS JOIN record r ON "
        select += "r.registry = json_extract(k.value, '$[0]') AND r.id = json_extract(k.value, '$[1]') "
        select += "LEFT JOIN version v ON v.version = r.newest LEFT JOIN body b ON b.version = r.newest"
        keys_as_json = msgspec.json.encode(list(keys)).decode()
        for registry, known_as, not_seen_since, *columns in self.rows(select, (keys_as_json,)):
            record = self._record(str(registry), str(known_as), columns, on_damaged)
            if record is not None:
                yield record, columns[5], not_seen_since

    def versions(self, known_as: str | None = None, *, on_damaged: OnDamaged | None = None) -> Iterator[RawRecord]:
        """Yield every version of one id (or of all), by registry and id, the oldest first by the record's own date."""
        rows = self.rows(
            f"SELECT {COLUMNS} FROM version v LEFT JOIN body b ON b.version = v.version WHERE ?1 IS NULL OR v.id = ?1 "
            "ORDER BY v.registry, v.id, coalesce(v.dated, ''), v.last_seen, v.version",
            (known_as,),
        )
        for columns in rows:
            record = self._record(str(columns[0]), str(columns[1]), columns, on_damaged)
            if record is not None:
                yield record

    def _record(
        self, registry: str, known_as: str, columns: Sequence[Any], on_damaged: OnDamaged | None
    ) -> RawRecord | None:
        """Return a version as a record, if it is the one we look for and as it was received."""
        *facts, checksum, data = columns
        sound = [registry, known_as] == facts[:2] and crc(*facts) == checksum
        body = unpacked(data, facts[5]) if sound else None
        if body is None:
            why = "what the archive holds of it is damaged; `trialgraph crawl --repair` fetches it again"
            if on_damaged is None:
                raise ArchiveError(f"{registry}:{known_as} in {self.path}: {why}")
            on_damaged(SetAside(record_id=known_as, source=registry, why=why))
            return None
        when = dt.datetime.fromisoformat(facts[3])
        return RawRecord(registry=registry, id=known_as, url=facts[2], fetched_at=when, body=body, dated=facts[4])

    def set_aside(self) -> Iterator[SetAside]:
        """Yield what could not be filed under an id, with its bytes where there were any."""
        rows = self.rows("SELECT registry, record_id, why, path, packed FROM set_aside ORDER BY 1, 2, 3, sha256")
        for registry, record_id, why, path, data in rows:
            body = None if data is None else zlib.decompress(data)
            yield SetAside(record_id=record_id, source=registry, why=why, path=path, body=body)

    def registry_summary(self) -> list[dict[str, Any]]:
        """Return per registry how many records and versions are held, how many are no longer listed, and how fresh."""
        rows = self.rows(
            "SELECT r.registry, count(*), (SELECT count(*) FROM version v WHERE v.registry = r.registry), "
            "count(r.not_seen_since), max(r.last_seen), (SELECT data_timestamp FROM crawl c WHERE "
            "c.registry = r.registry AND c.data_timestamp IS NOT NULL ORDER BY crawl DESC LIMIT 1) "
            "FROM record r GROUP BY r.registry ORDER BY r.registry"
        )
        names = "registry", "records", "versions", "not_seen", "last_seen", "data_timestamp"
        return [dict(zip(names, row, strict=True)) for row in rows]

    def rows(self, statement: str, values: tuple[Any, ...] = ()) -> Iterator[Any]:
        """Yield the rows of a query."""
        with sentences(self.path):
            for row in self._db.execute(statement, values):  # noqa: UP028 - `yield from` would close the cursor late
                yield row


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat("T", "seconds")
