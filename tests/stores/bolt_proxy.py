"""Stands between the driver and a Neo4j, and cuts the line: after so many bytes, or at a commit."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator

COMMIT = b"\x00\x02\xb0\x12\x00\x00"  # a Bolt message of two bytes: a structure without fields, of the kind COMMIT


class Line:
    """A connection of the driver and the one that is made to the server for it."""

    def __init__(self, near: socket.socket, far: socket.socket) -> None:
        self.near, self.far = near, far
        for end in (near, far):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # otherwise each small message waits 40 ms
        self.swallows = False  # the server's next answer does not come through

    def cut(self) -> None:
        for end in (self.near, self.far):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


Heard = Callable[[Line, bytes, bool], bytes]  # what is passed on of bytes, and whether the driver sent them


@contextlib.contextmanager
def between(port: int, heard: Heard) -> Iterator[tuple[str, list[Line]]]:
    """Pass on what `heard` lets through; gives the address and the lines."""
    lines: list[Line] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def pump(line: Line, from_driver: bool) -> None:
        one, other = (line.near, line.far) if from_driver else (line.far, line.near)
        with contextlib.suppress(OSError):
            while data := one.recv(4096):
                other.sendall(heard(line, data, from_driver))
        line.cut()

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = listener.accept()
                lines.append(Line(near, socket.create_connection(("127.0.0.1", port))))
                for from_driver in (True, False):
                    threading.Thread(target=pump, args=(lines[-1], from_driver), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield f"bolt://127.0.0.1:{listener.getsockname()[1]}", lines
    finally:
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for line in lines:
            line.cut()


@contextlib.contextmanager
def overheard(port: int) -> Iterator[tuple[str, list[tuple[bool, bytes]]]]:
    """Pass everything on; gives the address and all that was said, and whether by the driver."""
    said: list[tuple[bool, bytes]] = []

    def heard(line: Line, data: bytes, from_driver: bool) -> bytes:
        said.append((from_driver, data))
        return data

    with between(port, heard) as (address, _):
        yield address, said


@contextlib.contextmanager
def cut_once(port: int, size: int) -> Iterator[str]:
    """Cut every line once so many bytes went through all of them; later ones pass."""
    left = size
    found: list[Line] = []

    def heard(line: Line, data: bytes, from_driver: bool) -> bytes:
        nonlocal left
        if left < 0:
            return data
        if left > len(data):
            left -= len(data)
            return data
        kept, left = data[:left], -1
        (line.far if from_driver else line.near).sendall(kept)
        for each in list(found):
            each.cut()
        return b""

    with between(port, heard) as (address, lines):
        found = lines
        yield address


@contextlib.contextmanager
def cut_at_commits(port: int, how: Callable[[int], str]) -> Iterator[tuple[str, list[str]]]:
    """Cut the line of a commit as `how` says of its number; gives the address and what was done at each commit.

    "before": the server never hears of it.  "after": it commits, and the answer is lost.  Anything else: nothing.
    """
    done: list[str] = []

    def heard(line: Line, data: bytes, from_driver: bool) -> bytes:
        if not from_driver:
            if line.swallows:
                line.cut()
                return b""
            return data
        if COMMIT in data:
            done.append(how(len(done)))
            if done[-1] == "before":
                line.cut()
                return b""
            line.swallows = done[-1] == "after"
        return data

    with between(port, heard) as (address, _):
        yield address, done
