"""Damage of an archive: found by reading everything, mended by what the registries still have."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator

from trialgraph.archive.accounts import Counts, count
from trialgraph.archive.file import crc, unpacked
from trialgraph.archive.store import COLUMNS, NEWEST, Archive
from trialgraph.errors import ArchiveError
from trialgraph.model import RawRecord, SetAside


def check(archive: Archive) -> Iterator[SetAside]:
    """Read everything; yield each record that is not as it was received, and damage of the file itself."""
    damaged: dict[tuple[str, str], SetAside] = {}

    def note(record: SetAside) -> None:
        damaged[record.source, record.record_id] = record

    try:
        for (line,) in archive.rows("PRAGMA integrity_check(20)"):
            if line != "ok":
                yield SetAside(record_id=str(archive.path), source="archive", why=str(line))
        for _ in archive.newest(on_damaged=note):
            pass
        for _ in archive.versions(on_damaged=note):
            pass
        unlisted = "SELECT registry, id FROM version EXCEPT SELECT registry, id FROM record ORDER BY 1, 2"
        for registry, known_as in archive.rows(unlisted):
            note(SetAside(record_id=known_as, source=registry, why="it is not in the archive's list of records"))
    except ArchiveError as problem:
        yield SetAside(record_id=str(archive.path), source="archive", why=str(problem))
    yield from damaged.values()


def replace_damaged(archive: Archive, run: int, records: Iterable[RawRecord]) -> Counts:
    """Take out every damaged version and keep what was fetched in their place: both, or neither.

    The bytes of a version whose other facts are damaged are set aside.
    """
    with archive.transaction() as db:
        db.execute("REINDEX")
        _sweep(archive, db)
        counts = count([archive.keep(db, record) for record in records], 0)
        archive.count_run(db, run, counts)
    return counts


def _sweep(archive: Archive, db: sqlite3.Connection) -> None:
    query = f"SELECT v.version, {COLUMNS} FROM version v LEFT JOIN body b USING (version)"
    damaged = []
    for version, *columns in db.execute(query):
        *facts, checksum, data = columns
        body = unpacked(data, facts[5])
        if body is None or crc(*facts) != checksum:
            damaged.append((version, facts, body))
    for version, facts, body in damaged:
        if body is not None:
            why = "what was told about it was damaged"
            archive.put_aside(db, SetAside(record_id=str(facts[1]), source=str(facts[0]), why=why, body=body))
        db.execute("DELETE FROM body WHERE version = ?", (version,))
        db.execute("DELETE FROM version WHERE version = ?", (version,))
    same = "SELECT 1 FROM version v WHERE v.registry = record.registry AND v.id = record.id"
    db.execute(f"DELETE FROM record WHERE NOT EXISTS ({same})")
    newest = NEWEST.replace("?1", "record.registry").replace("?2", "record.id")
    db.execute(f"UPDATE record SET newest = ({newest}) WHERE NOT EXISTS ({same} AND v.version = record.newest)")
    db.execute(
        "INSERT OR IGNORE INTO record SELECT registry, id, max(version), min(fetched_at), max(last_seen), NULL "
        "FROM version GROUP BY registry, id"
    )
