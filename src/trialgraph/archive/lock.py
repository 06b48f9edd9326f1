"""Who writes to an archive: one at a time, known by name, and freed by the system when its process ends."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import msgspec

from trialgraph.errors import ArchiveError


class Holder(msgspec.Struct, frozen=True):
    """The process that holds the lock."""

    pid: int
    host: str
    since: str
    command: str


def _try(file: IO[bytes]) -> bool:
    """Take the lock if nobody holds it.  The system gives it back when this process ends, however it ends."""
    try:
        import fcntl
    except ImportError:  # Windows
        import msvcrt

        try:
            file.seek(1 << 20)  # beyond what is written there, which stays readable to others
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        except OSError:
            return False
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


@contextlib.contextmanager
def held(archive: Path, command: str) -> Iterator[None]:
    """Hold the archive's lock, or raise ArchiveError that says who does.  A dead holder's lock is free."""
    path = archive.with_name(archive.name + ".lock")
    with path.open("a+b") as file:
        if not _try(file):
            raise ArchiveError(_busy(path, archive))
        me = Holder(
            os.getpid(), socket.gethostname(), dt.datetime.now().astimezone().isoformat("T", "seconds"), command
        )
        file.truncate(0)
        file.write(msgspec.json.encode(me))
        file.flush()
        try:
            yield
        finally:
            file.truncate(0)


def _busy(path: Path, archive: Path) -> str:
    try:
        holder = msgspec.json.decode(path.read_bytes(), type=Holder)
    except (msgspec.DecodeError, OSError):  # taken this very moment
        return f"{archive} is being written to by another trialgraph; wait for it to end"
    return (
        f"{archive} is held by process {holder.pid} on {holder.host} since {holder.since} ({holder.command}); "
        "wait for it to end, or stop it: it will go on where it stood"
    )
