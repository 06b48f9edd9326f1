"""One folder put in the place of another, so that a reader sees the old one or the new one, whole.

A two-phase rename: `stage` gives an empty folder to fill, `commit` renames it into place, and `recover` puts the old
folder back where a run was killed between the two renames of `commit`.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from trialgraph.files.sync import sync_folder

PART = ".part"  # ends the name of a folder that is being written
OLD = ".old"  # ends the name of a folder that was replaced, until it is removed
_EXCHANGE = 2  # RENAME_EXCHANGE of renameat2(2)
_AT_FDCWD = -100


def stage(at: Path) -> Path:
    """Return an empty folder beside `at` to write into; what a killed run left there is removed first."""
    folder = at.with_name(at.name + PART)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def recover(at: Path) -> Path:
    """Return `at`, put back first where a run was killed between the two renames of `commit`."""
    old = at.with_name(at.name + OLD)
    if not at.exists() and old.is_dir():
        old.rename(at)
    return at


@contextmanager
def replacing(at: Path) -> Iterator[Path]:
    """Give an empty folder to fill, which takes the place of `at` at the end; what fails leaves nothing behind."""
    part = stage(at)
    try:
        yield part
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    commit(part, at)


def remove_leftovers(at: Path) -> None:
    """Remove what a killed run left beside `at`.  Only for the holder of the lock: a writer's folder would go too."""
    recover(at)
    for ending in (PART, OLD):
        shutil.rmtree(at.with_name(at.name + ending), ignore_errors=True)


def commit(new: Path, at: Path) -> None:
    """Rename `new` to `at`, and make that durable; the folder that was there is removed afterwards."""
    old = at.with_name(at.name + OLD)
    recover(at)
    shutil.rmtree(old, ignore_errors=True)
    if not at.exists():
        new.rename(at)
    elif _exchange(new, at):
        new.rename(old)
    else:
        at.rename(old)
        new.rename(at)
    sync_folder(at.parent)
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
    """Hard-link a file whose bytes never change; copy it where there are no links."""
    try:
        os.link(file, copy)
    except OSError:  # another file system, or one without links
        shutil.copyfile(file, copy)
