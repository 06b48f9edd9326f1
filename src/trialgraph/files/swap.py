"""Put a finished folder in another's place so that whoever looks sees the old one or the new one, whole."""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_EXCHANGE = 2  # RENAME_EXCHANGE of renameat2(2)
_AT_FDCWD = -100


def aside(at: Path) -> Path:
    """Return an empty folder beside `at` to write into; what a killed run left there is removed first."""
    folder = at.with_name(at.name + ".part")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def heal(at: Path) -> Path:
    """Return `at`, put back first where a run was killed between the two renames of `put`."""
    old = at.with_name(at.name + ".old")
    if not at.exists() and old.is_dir():
        old.rename(at)
    return at


@contextmanager
def replaced(at: Path) -> Iterator[Path]:
    """Give an empty folder to fill, which takes the place of `at` at the end; what fails leaves nothing behind."""
    part = aside(at)
    try:
        yield part
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    put(part, at)


def tidy(at: Path) -> None:
    """Remove what a killed run left beside `at`.  Only for who holds the lock: nobody may be at it."""
    heal(at)
    for ending in (".part", ".old"):
        shutil.rmtree(at.with_name(at.name + ending), ignore_errors=True)


def put(new: Path, at: Path) -> None:
    """Rename `new` to `at`; the folder that was there is removed afterwards."""
    old = at.with_name(at.name + ".old")
    heal(at)
    shutil.rmtree(old, ignore_errors=True)
    if not at.exists():
        new.rename(at)
    elif _exchange(new, at):
        new.rename(old)
    else:
        at.rename(old)
        new.rename(at)
    shutil.rmtree(old, ignore_errors=True)


def _exchange(one: Path, other: Path) -> bool:
    """Swap two folders in one step where the system can (Linux); False where it cannot."""
    if not sys.platform.startswith("linux"):
        return False
    swap = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if swap is None:
        return False
    return bool(swap(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _EXCHANGE) == 0)


def link(file: Path, copy: Path) -> None:
    """Make a file appear at another place too; one whose bytes never change, so that a link to it is enough."""
    try:
        os.link(file, copy)
    except OSError:  # another file system, or one without links
        shutil.copyfile(file, copy)


def sync(folder: Path) -> None:
    """Make sure that every file under `folder` is on the disk before the folder is put in place."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            descriptor = os.open(path, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
