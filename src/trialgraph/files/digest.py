"""The SHA-256 of files."""

from __future__ import annotations

import hashlib
from pathlib import Path


def sha256_of(file: Path) -> str:
    """Return the SHA-256 of a file's bytes in hexadecimal, read in pieces.  Raises OSError where it cannot be read."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def size_and_sha256(file: Path) -> tuple[int, str]:
    """Return a file's size in bytes and its SHA-256.  Raises OSError where it cannot be read."""
    return file.stat().st_size, sha256_of(file)
