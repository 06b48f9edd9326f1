"""The archive's SQLite file: opened, packed, and its failures in sentences."""

from __future__ import annotations

import contextlib
import hashlib
import os
import sqlite3
import zlib
from collections.abc import Iterator
from pathlib import Path

from trialgraph import limits
from trialgraph.errors import ArchiveError


def connect(path: Path, *, write: bool) -> sqlite3.Connection:
    """Return a connection in autocommit mode; readers open the file read-only."""
    mode = "rwc" if write else "ro"
    if not write and not os.access(path.parent, os.W_OK) and not path.with_name(path.name + "-wal").exists():
        mode = "ro&immutable=1"  # a read-only medium: SQLite cannot put its notes of readers beside the file
    db = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}", uri=True, isolation_level=None, timeout=limits.BUSY_SECONDS
    )
    db.text_factory = _text
    db.create_function("crc", -1, crc, deterministic=True)
    if write:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")  # a page once reported as kept survives a power cut too
        db.execute("PRAGMA foreign_keys = OFF")
    return db


@contextlib.contextmanager
def sentences(path: Path) -> Iterator[None]:
    """Turn what SQLite says into one sentence that says what to do."""
    try:
        yield
    except UnicodeDecodeError as problem:  # of a message that quotes damaged bytes
        raise ArchiveError(f"{path}: the file is damaged; move it away and crawl again") from problem
    except sqlite3.DatabaseError as problem:
        code = (getattr(problem, "sqlite_errorcode", 0) or 0) & 0xFF
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            why = "another program is writing to it; try again when that has ended"
        elif code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
            why = (
                "it could not be written (is the disk full?); make room and run the same command, nothing kept is lost"
            )
        elif code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            why = "the file is damaged; try `trialgraph crawl --repair`, else move it away and crawl again"
        elif code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH):
            why = "it cannot be opened; check that the folder exists and that you may write there"
        elif "no such" in str(problem):
            why = "it has not the tables it should; the file is damaged, or another program has changed it"
        else:
            raise
        raise ArchiveError(f"{path}: {why} ({problem})") from problem


def _text(stored: bytes) -> str:
    return stored.decode("utf-8", "replace")  # what is damaged is found by its checksum, not by a traceback


def crc(*values: object) -> int:
    """Return a checksum of what is told about a version: texts, and None where something is not told."""
    texts = (value if isinstance(value, str) else "" if value is None else repr(value) for value in values)
    return zlib.crc32("\x1f".join(texts).encode("utf-8", "replace"))


def packed(body: bytes) -> bytes:
    """Return bytes as they lie in the archive."""
    return zlib.compress(body, limits.PACKING)


def unpacked(body: bytes | None, sha256: str) -> bytes | None:
    """Return the bytes as received, or None when they are no longer that."""
    if not isinstance(body, bytes):
        return None
    try:
        received = zlib.decompress(body)
    except zlib.error:
        return None
    return received if hashlib.sha256(received).hexdigest() == sha256 else None
