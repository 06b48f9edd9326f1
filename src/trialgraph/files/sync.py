"""What was written or renamed made durable, so that a power loss does not undo it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

_WINDOWS: Final = os.name == "nt"  # there a folder cannot be flushed, and a file only through a writable handle


def sync_file(file: Path) -> None:
    """Flush a file's bytes to the disk (fsync)."""
    _fsync(file, os.O_RDWR if _WINDOWS else os.O_RDONLY)


def sync_folder(folder: Path) -> None:
    """Flush the names in a folder to the disk, so that a rename in it lasts; nothing on Windows."""
    if not _WINDOWS:
        _fsync(folder, os.O_RDONLY)


def sync_tree(folder: Path) -> None:
    """Flush every file and folder below a folder, and the folder itself."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            sync_file(path)
        elif path.is_dir():
            sync_folder(path)
    sync_folder(folder)


def _fsync(path: Path, flags: int) -> None:
    descriptor = os.open(path, flags)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
