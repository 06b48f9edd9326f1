"""The archive's tables, and how an older archive becomes one of today."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from trialgraph.errors import ArchiveError

APPLICATION = 0x7472_6772  # "trgr": how SQLite's own tools tell the file is ours
VERSION = 2

TABLES = """
CREATE TABLE version (                  -- one row per record and different content
  version INTEGER PRIMARY KEY,
  registry TEXT NOT NULL, id TEXT NOT NULL, sha256 BLOB NOT NULL,
  url TEXT NOT NULL, fetched_at TEXT NOT NULL,
  dated TEXT,                           -- the record's own date: orders versions before the date of fetching
  last_seen TEXT NOT NULL,
  size INTEGER NOT NULL,
  crc INTEGER,                          -- of what is told about the bytes, as sha256 is of the bytes
  UNIQUE (registry, id, sha256)
);
CREATE TABLE body (version INTEGER PRIMARY KEY REFERENCES version, packed BLOB NOT NULL);
CREATE TABLE record (                   -- one row per record: which version is the newest
  registry TEXT NOT NULL, id TEXT NOT NULL, newest INTEGER NOT NULL REFERENCES version,
  first_seen TEXT NOT NULL, last_seen TEXT NOT NULL, not_seen_since TEXT,
  PRIMARY KEY (registry, id)
) WITHOUT ROWID;
CREATE TABLE set_aside (                -- what could not be filed under an id
  registry TEXT NOT NULL, record_id TEXT NOT NULL, sha256 BLOB NOT NULL, why TEXT NOT NULL, path TEXT,
  seen_at TEXT NOT NULL, packed BLOB,
  PRIMARY KEY (registry, record_id, sha256)
);
CREATE TABLE crawl (                    -- a selection of records, read once from its first page to its last
  crawl INTEGER PRIMARY KEY,
  registry TEXT NOT NULL, base TEXT NOT NULL, selection TEXT NOT NULL, command TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'done', 'short', 'dropped')),
  cursor TEXT, began_at TEXT NOT NULL, ended_at TEXT,
  announced INTEGER, data_timestamp TEXT, data_timestamp_began TEXT,
  pages INTEGER NOT NULL DEFAULT 0, repeated INTEGER NOT NULL DEFAULT 0, set_aside INTEGER NOT NULL DEFAULT 0,
  kept INTEGER, new INTEGER, changed INTEGER, unchanged INTEGER
);
CREATE TABLE seen (                     -- what an open crawl has had so far: n(ew), c(hanged), u(nchanged)
  crawl INTEGER NOT NULL REFERENCES crawl, id TEXT NOT NULL, outcome TEXT NOT NULL,
  PRIMARY KEY (crawl, id)
) WITHOUT ROWID;
CREATE TABLE missing (                  -- ids that gave no record
  crawl INTEGER NOT NULL REFERENCES crawl, id TEXT NOT NULL, why TEXT NOT NULL, asked INTEGER NOT NULL,
  PRIMARY KEY (crawl, id)
) WITHOUT ROWID;
CREATE TABLE run (                      -- one start of a crawl or an import, however it ended
  run INTEGER PRIMARY KEY, kind TEXT NOT NULL, crawl INTEGER REFERENCES crawl, command TEXT NOT NULL,
  began_at TEXT NOT NULL, ended_at TEXT, outcome TEXT,
  new INTEGER NOT NULL DEFAULT 0, changed INTEGER NOT NULL DEFAULT 0, unchanged INTEGER NOT NULL DEFAULT 0,
  set_aside INTEGER NOT NULL DEFAULT 0
);
"""

# version -> the statements that make the next one of it
STEPS = {
    1: "ALTER TABLE version ADD COLUMN crc INTEGER;"
    "UPDATE version SET crc = crc(registry, id, url, fetched_at, dated, lower(hex(sha256)))",
}


def create(db: sqlite3.Connection) -> None:
    """Make the tables of a new archive, all or none."""
    db.execute("BEGIN IMMEDIATE")
    try:
        if not db.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:  # nobody else was quicker
            for statement in TABLES.split(";"):
                db.execute(statement)
            db.execute(f"PRAGMA application_id = {APPLICATION}")
            db.execute(f"PRAGMA user_version = {VERSION}")
        db.execute("COMMIT")
    except BaseException:
        db.execute("ROLLBACK")
        raise


def fit(db: sqlite3.Connection, path: Path, *, write: bool) -> bool:
    """Bring an archive up to date; False when that takes a writer.  Raises ArchiveError for a newer or foreign one."""
    (application,) = db.execute("PRAGMA application_id").fetchone()
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if application != APPLICATION:
        raise ArchiveError(f"{path} is not an archive of trialgraph; name another --home or move that file away")
    if version > VERSION:
        raise ArchiveError(
            f"{path} was written by a newer trialgraph (archive version {version}, this one knows {VERSION}); "
            "update trialgraph"
        )
    if version < VERSION and not write:
        return False
    while version < VERSION:
        db.execute("BEGIN IMMEDIATE")
        try:
            (version,) = db.execute("PRAGMA user_version").fetchone()  # somebody else may have been quicker
            if version < VERSION:
                for statement in STEPS[version].split(";"):
                    db.execute(statement)
                version += 1
                db.execute(f"PRAGMA user_version = {version}")
            db.execute("COMMIT")
        except BaseException:
            db.execute("ROLLBACK")
            raise
    return True
