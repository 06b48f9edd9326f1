"""Everything the registries ever sent, in one SQLite file: bytes, versions, and how far each crawl has come."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import sqlite3
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

import msgspec

from trialgraph.archive import lock, schema
from trialgraph.archive.accounts import Counts, Crawl, count
from trialgraph.archive.file import connect, packed, sentences, unpacked
from trialgraph.errors import ArchiveError
from trialgraph.model import RawRecord, SetAside
from trialgraph.registries.registry import Missing, Page, Selection

Newest = tuple[RawRecord, str, str | None]  # the record, its sha256, not seen since
OnDamaged = Callable[[SetAside], None]

_COLUMNS = "v.registry, v.id, v.url, v.fetched_at, v.dated, lower(hex(v.sha256)), b.packed"


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
                f"there is no archive at {path}; make one with `trialgraph crawl ctgov --query ...` or `import FILE`"
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
        """Hold the right to crawl and import; raises ArchiveError that says who holds it."""
        return lock.held(self.path, command)

    @contextlib.contextmanager
    def _all_or_nothing(self) -> Iterator[sqlite3.Connection]:
        with sentences(self.path):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise

    # --- crawls -------------------------------------------------------------------------------------------------------

    def begin(self, registry: str, base: str, selection: str, command: str, *, restart: bool = False) -> Crawl:
        """Return the unfinished crawl of this selection, or a new one."""
        with self._all_or_nothing() as db:
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
        for row in self._rows(f"SELECT {names} FROM crawl WHERE {where} ORDER BY crawl DESC", values):
            yield Crawl(**dict(zip(Crawl.__struct_fields__, row, strict=True)))

    def save(self, crawl: int, run: int, page: Page) -> Counts:
        """Keep a page and the way to the next one: both, or neither.  Returns what became of its records."""
        with self._all_or_nothing() as db:
            outcomes = [(record.id, self._keep(db, record)) for record in page.records]
            repeated = 0
            for known_as, outcome in outcomes:
                (before,) = db.execute(
                    "SELECT outcome FROM seen WHERE crawl = ? AND id = ?", (crawl, known_as)
                ).fetchone() or (None,)
                repeated += before is not None
                if before is None or (before == "u" and outcome == "c"):
                    db.execute("INSERT OR REPLACE INTO seen VALUES (?, ?, ?)", (crawl, known_as, outcome))
            for odd in page.set_aside:
                self._put_aside(db, odd)
            db.executemany(
                "INSERT OR REPLACE INTO missing VALUES (?, ?, ?, ?)",
                ((crawl, gone.id, gone.why, gone.asked) for gone in page.missing),
            )
            db.execute(
                "UPDATE crawl SET cursor = ?2, pages = pages + 1, repeated = repeated + ?3, "
                "set_aside = set_aside + ?4, announced = coalesce(?5, announced), "
                "data_timestamp = coalesce(?6, data_timestamp), "
                "data_timestamp_began = coalesce(data_timestamp_began, ?6) WHERE crawl = ?1",
                (crawl, page.cursor, repeated, len(page.set_aside), page.announced, page.data_timestamp),
            )
            counts = count([outcome for _, outcome in outcomes], len(page.set_aside))
            self._count_run(db, run, counts)
            if page.cursor is None:
                self._finish(db, crawl)
        return counts

    def seen(self, crawl: int) -> Counts:
        """Return what became of the distinct records a crawl has had so far."""
        known = self.crawl(crawl)
        if known.kept is not None:  # ended
            return Counts(
                new=known.new or 0,
                changed=known.changed or 0,
                unchanged=known.unchanged or 0,
                set_aside=known.set_aside,
            )
        by = dict(self._rows("SELECT outcome, count(*) FROM seen WHERE crawl = ? GROUP BY outcome", (crawl,)))
        return Counts(new=by.get("n", 0), changed=by.get("c", 0), unchanged=by.get("u", 0), set_aside=known.set_aside)

    def missing(self, crawl: int) -> list[Missing]:
        """Return the ids of a crawl that gave no record."""
        rows = self._rows("SELECT id, why, asked FROM missing WHERE crawl = ? ORDER BY id", (crawl,))
        return [Missing(id=known_as, why=why, asked=bool(asked)) for known_as, why, asked in rows]

    def _finish(self, db: sqlite3.Connection, crawl: int) -> None:
        """End a crawl, in the transaction of its last page.  A whole one of all records marks what it did not see."""
        counts = self.seen(crawl)
        known = self.crawl(crawl)
        want = msgspec.json.decode(known.selection, type=Selection)
        had = counts.kept + counts.set_aside + sum(not gone.asked for gone in self.missing(crawl))
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
        with self._all_or_nothing() as db:
            row = db.execute(
                "INSERT INTO run (kind, crawl, command, began_at) VALUES (?, ?, ?, ?) RETURNING run",
                (kind, crawl, command, _now()),
            ).fetchone()
        return int(row[0])

    def end_run(self, run: int, outcome: str) -> None:
        """Note how a run ended."""
        with self._all_or_nothing() as db:
            db.execute("UPDATE run SET ended_at = ?, outcome = ? WHERE run = ?", (_now(), outcome, run))

    def runs(self, most: int = 20) -> list[dict[str, Any]]:
        """Return the latest runs, the latest first.  One without an end was killed."""
        names = "run", "kind", "crawl", "command", "began_at", "ended_at", "outcome", "new", "changed", "unchanged"
        rows = self._rows(f"SELECT {', '.join(names)}, set_aside FROM run ORDER BY run DESC LIMIT ?", (most,))
        return [dict(zip((*names, "set_aside"), row, strict=True)) for row in rows]

    def take(self, run: int, records: Iterable[RawRecord], set_aside: Iterable[SetAside] = ()) -> Counts:
        """Keep records that came as files: all of these, or none."""
        with self._all_or_nothing() as db:
            outcomes = [self._keep(db, record) for record in records]
            odd = list(set_aside)
            for item in odd:
                self._put_aside(db, item)
            counts = count(outcomes, len(odd))
            self._count_run(db, run, counts)
        return counts

    def _count_run(self, db: sqlite3.Connection, run: int, counts: Counts) -> None:
        db.execute(
            "UPDATE run SET new = new + ?, changed = changed + ?, unchanged = unchanged + ?, set_aside = set_aside + ? "
            "WHERE run = ?",
            (counts.new, counts.changed, counts.unchanged, counts.set_aside, run),
        )

    # --- records ------------------------------------------------------------------------------------------------------

    def _keep(self, db: sqlite3.Connection, record: RawRecord) -> str:
        """Keep one version of a record; returns n(ew), c(hanged: another version) or u(nchanged)."""
        digest = hashlib.sha256(record.body).digest()
        key, fetched = (record.registry, record.id), record.fetched_at.astimezone(dt.UTC).isoformat("T", "seconds")
        held = db.execute(
            "SELECT version FROM version WHERE registry = ? AND id = ? AND sha256 = ?", (*key, digest)
        ).fetchone()
        if held is not None:
            outcome, (version,) = "u", held
            db.execute("UPDATE version SET last_seen = max(last_seen, ?) WHERE version = ?", (fetched, version))
        else:
            (version,) = db.execute(
                "INSERT INTO version (registry, id, sha256, url, fetched_at, dated, last_seen, size) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING version",
                (*key, digest, record.url, fetched, record.dated, fetched, len(record.body)),
            ).fetchone()
            db.execute("INSERT INTO body VALUES (?, ?)", (version, packed(record.body)))
            outcome = "c"
        if held is None and db.execute("SELECT 1 FROM record WHERE registry = ? AND id = ?", key).fetchone() is None:
            db.execute("INSERT INTO record VALUES (?, ?, ?, ?, ?, NULL)", (*key, version, fetched, fetched))
            return "n"
        db.execute(
            "UPDATE record SET last_seen = max(last_seen, ?3), not_seen_since = NULL, newest = "
            "(SELECT version FROM version WHERE registry = ?1 AND id = ?2 "
            "ORDER BY coalesce(dated, '') DESC, last_seen DESC, version DESC LIMIT 1) WHERE registry = ?1 AND id = ?2",
            (*key, fetched),
        )
        return outcome

    def _put_aside(self, db: sqlite3.Connection, odd: SetAside) -> None:
        digest = hashlib.sha256(odd.body if odd.body is not None else odd.why.encode()).digest()
        data = None if odd.body is None else packed(odd.body)
        db.execute(
            "INSERT OR REPLACE INTO set_aside VALUES (?, ?, ?, ?, ?, ?, ?)",
            (odd.source, odd.record_id, digest, odd.why, odd.path, _now(), data),
        )

    def newest(self, ids: Collection[str] | None = None, *, on_damaged: OnDamaged | None = None) -> Iterator[Newest]:
        """Yield the newest version of every record (or of those ids), ordered by registry and id.

        Bytes that are not what was received go to `on_damaged`; without it they raise ArchiveError.
        """
        select = f"SELECT {_COLUMNS}, r.not_seen_since FROM record r JOIN version v ON v.version = r.newest"
        select += " LEFT JOIN body b ON b.version = v.version"
        if ids is None:
            rows = self._rows(f"{select} ORDER BY r.registry, r.id")
        else:
            wanted = msgspec.json.encode(sorted(ids)).decode()
            rows = self._rows(
                f"{select} WHERE r.id IN (SELECT value FROM json_each(?)) ORDER BY r.registry, r.id", (wanted,)
            )
        for *columns, not_seen_since in rows:
            record = self._record(columns, on_damaged)
            if record is not None:
                yield record, columns[5], not_seen_since

    def record_keys(self) -> Iterator[tuple[str, str]]:
        """Yield registry and id of every record, ordered."""
        yield from self._rows("SELECT registry, id FROM record ORDER BY registry, id")

    def changed_keys(self) -> Iterator[tuple[str, str]]:
        """Yield registry and id of every record that is held in more than one version, ordered."""
        yield from self._rows(
            "SELECT registry, id FROM version GROUP BY registry, id HAVING count(*) > 1 ORDER BY 1, 2"
        )

    def newest_of(self, keys: Collection[tuple[str, str]], *, on_damaged: OnDamaged | None = None) -> Iterator[Newest]:
        """Yield the newest version of these records, in no order; damaged ones as `newest` does."""
        select = f"SELECT {_COLUMNS}, r.not_seen_since FROM json_each(?) k CROSS JOIN record r ON r.registry = "
        select += "json_extract(k.value, '$[0]') AND r.id = json_extract(k.value, '$[1]') "
        select += "JOIN version v ON v.version = r.newest LEFT JOIN body b ON b.version = v.version"
        for *columns, not_seen_since in self._rows(select, (msgspec.json.encode(list(keys)).decode(),)):
            record = self._record(columns, on_damaged)
            if record is not None:
                yield record, columns[5], not_seen_since

    def versions(self, known_as: str | None = None, *, on_damaged: OnDamaged | None = None) -> Iterator[RawRecord]:
        """Yield every version of one id (or of all), by registry and id, the oldest first by the record's own date."""
        rows = self._rows(
            f"SELECT {_COLUMNS} FROM version v LEFT JOIN body b ON b.version = v.version WHERE ?1 IS NULL OR v.id = ?1 "
            "ORDER BY v.registry, v.id, coalesce(v.dated, ''), v.last_seen, v.version",
            (known_as,),
        )
        for columns in rows:
            record = self._record(columns, on_damaged)
            if record is not None:
                yield record

    def _record(self, columns: Iterable[Any], on_damaged: OnDamaged | None) -> RawRecord | None:
        registry, known_as, url, fetched_at, dated, digest, data = columns
        body = unpacked(data, digest)
        if body is None:
            why = "its bytes in the archive are damaged; `trialgraph crawl --repair` fetches it again"
            if on_damaged is None:
                raise ArchiveError(f"{registry}:{known_as} in {self.path}: {why}")
            on_damaged(SetAside(record_id=known_as, source=registry, why=why))
            return None
        when = dt.datetime.fromisoformat(fetched_at)
        return RawRecord(registry=registry, id=known_as, url=url, fetched_at=when, body=body, dated=dated)

    def set_aside(self) -> Iterator[SetAside]:
        """Yield what could not be filed under an id, with its bytes where there were any."""
        rows = self._rows("SELECT registry, record_id, why, path, packed FROM set_aside ORDER BY 1, 2, 3, sha256")
        for registry, record_id, why, path, data in rows:
            body = None if data is None else zlib.decompress(data)
            yield SetAside(record_id=record_id, source=registry, why=why, path=path, body=body)

    def held(self) -> list[dict[str, Any]]:
        """Return per registry how many records and versions are held, how many are no longer listed, and how fresh."""
        rows = self._rows(
            "SELECT r.registry, count(*), (SELECT count(*) FROM version v WHERE v.registry = r.registry), "
            "count(r.not_seen_since), max(r.last_seen), (SELECT data_timestamp FROM crawl c WHERE "
            "c.registry = r.registry AND c.data_timestamp IS NOT NULL ORDER BY crawl DESC LIMIT 1) "
            "FROM record r GROUP BY r.registry ORDER BY r.registry"
        )
        names = "registry", "records", "versions", "not_seen", "last_seen", "data_timestamp"
        return [dict(zip(names, row, strict=True)) for row in rows]

    def check(self) -> Iterator[SetAside]:
        """Read everything; yield each version whose bytes are not what was received, and damage of the file itself."""
        try:
            for (line,) in self._rows("PRAGMA integrity_check(20)"):
                if line != "ok":
                    yield SetAside(record_id=str(self.path), source="archive", why=str(line))
            damaged: list[SetAside] = []
            for _ in self.versions(on_damaged=damaged.append):
                yield from damaged
                damaged.clear()
            yield from damaged
        except ArchiveError as problem:
            yield SetAside(record_id=str(self.path), source="archive", why=str(problem))

    def repair(self, run: int, records: Iterable[RawRecord]) -> Counts:
        """Put fetched records in the place of damaged ones, and drop damaged versions that cannot be had any more."""
        outcomes = []
        with self._all_or_nothing() as db:
            for record in records:
                key = (record.registry, record.id)
                fresh = hashlib.sha256(record.body).hexdigest()
                rows = db.execute(
                    "SELECT v.version, lower(hex(v.sha256)), b.packed FROM version v LEFT JOIN body b USING (version) "
                    "WHERE registry = ? AND id = ?",
                    key,
                ).fetchall()
                for version, digest, data in rows:
                    if unpacked(data, digest) is not None:
                        continue
                    db.execute("DELETE FROM body WHERE version = ?", (version,))
                    if digest == fresh:
                        db.execute("INSERT INTO body VALUES (?, ?)", (version, packed(record.body)))
                    else:
                        db.execute("DELETE FROM version WHERE version = ?", (version,))
                outcomes.append(self._keep(db, record))
            counts = count(outcomes, 0)
            self._count_run(db, run, counts)
        return counts

    def _rows(self, statement: str, values: tuple[Any, ...] = ()) -> Iterator[Any]:
        with sentences(self.path):
            yield from self._db.execute(statement, values)


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat("T", "seconds")
