"""Damage of an archive: found by reading everything, mended by what the registry still has."""

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

    def note(odd: SetAside) -> None:
        damaged[odd.source, odd.record_id] = odd

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


def repair(archive: Archive, run: int, records: Iterable[RawRecord]) -> Counts:
    """Put fetched records in the place of damaged versions, whose bytes are set aside where they can be read."""
    with archive.transaction() as db:
        db.execute("REINDEX")
        outcomes = []
        for record in records:
            _drop_damaged(archive, db, record.registry, record.id)
            outcomes.append(archive.keep(db, record))
        counts = count(outcomes, 0)
        archive.count_run(db, run, counts)
    return counts


def drop_damaged(archive: Archive, registry: str, known_as: str) -> None:
    """Take damaged versions of an id out of the records; their bytes are set aside where they can be read."""
    with archive.transaction() as db:
        _drop_damaged(archive, db, registry, known_as)


def _drop_damaged(archive: Archive, db: sqlite3.Connection, registry: str, known_as: str) -> None:
    key = (registry, known_as)
    query = f"SELECT v.version, {COLUMNS} FROM version v LEFT JOIN body b USING (version)"
    for version, *columns in db.execute(f"{query} WHERE v.registry = ? AND v.id = ?", key).fetchall():
        *told, checksum, data = columns
        body = unpacked(data, told[5])
        if body is not None and crc(*told) == checksum:
            continue
        if body is not None:
            archive.put_aside(db, SetAside(record_id=known_as, source=registry, why="it was damaged", body=body))
        db.execute("DELETE FROM body WHERE version = ?", (version,))
        db.execute("DELETE FROM version WHERE version = ?", (version,))
    db.execute(
        "DELETE FROM record WHERE registry = ?1 AND id = ?2 "
        "AND NOT EXISTS (SELECT 1 FROM version WHERE registry = ?1 AND id = ?2)",
        key,
    )
    db.execute(f"UPDATE record SET newest = ({NEWEST}) WHERE registry = ?1 AND id = ?2", key)
