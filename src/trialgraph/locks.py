"""Locks between processes, on every system: one writer or any number of readers, and who the writer is.

The operating system holds the lock (flock on POSIX, LockFileEx on Windows) and releases it when the process ends,
however it ends.  Who holds it is written into a second file beside the lock's own, because Windows lets nobody read
a locked file.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import msgspec
import portalocker

from trialgraph.errors import Busy


class Holder(msgspec.Struct, frozen=True):
    """The process that holds a lock for writing."""

    pid: int
    host: str
    since: str
    command: str


@contextlib.contextmanager
def write_lock(lock: Path, command: str, *, guards: Path | None = None) -> Iterator[None]:
    """Hold the lock file `lock` alone while `command` runs; its folder is made if it is absent.

    `guards` is what messages name as being in use, else the lock's folder.  Raises Busy, at once, where another
    process reads or writes.
    """
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("a+b") as file:
        _acquire(file, lock, portalocker.LockFlags.EXCLUSIVE, guards)
        since = dt.datetime.now().astimezone().isoformat("T", "seconds")
        holder = Holder(os.getpid(), socket.gethostname(), since, command)
        _holder_file(lock).write_bytes(msgspec.json.encode(holder))
        try:
            yield
        finally:
            _forget_holder(lock)
            portalocker.unlock(file)


@contextlib.contextmanager
def read_lock(lock: Path, *, guards: Path | None = None) -> Iterator[None]:
    """Keep writers away from what `lock` guards, together with any number of other readers.

    Raises Busy where a process writes.  Where the lock file cannot be written (a read-only medium, no such folder)
    nobody can write to what it guards either, and nothing is locked.
    """
    try:
        file = lock.open("a+b")
    except OSError:
        yield
        return
    with file:
        _acquire(file, lock, portalocker.LockFlags.SHARED, guards)
        _forget_holder(lock)  # of a writer that was killed
        try:
            yield
        finally:
            portalocker.unlock(file)


def _acquire(file: IO[bytes], lock: Path, how: portalocker.LockFlags, guards: Path | None) -> None:
    try:
        portalocker.lock(file, how | portalocker.LockFlags.NON_BLOCKING)
    except portalocker.AlreadyLocked:
        raise Busy(f"{guards or lock.parent} is being used by {_who(lock)}; wait until it is done") from None


def _who(lock: Path) -> str:
    """Return the lock's holder in words; readers, and a writer that began this very moment, have no name."""
    try:
        holder = msgspec.json.decode(_holder_file(lock).read_bytes(), type=Holder)
    except (msgspec.DecodeError, OSError):
        return "another process"
    return f"process {holder.pid} ({holder.command}) on {holder.host} since {holder.since}"


def _holder_file(lock: Path) -> Path:
    return lock.with_name(lock.name + "-holder.json")


def _forget_holder(lock: Path) -> None:
    with contextlib.suppress(OSError):  # the file only makes messages better
        _holder_file(lock).unlink(missing_ok=True)
