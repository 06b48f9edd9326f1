"""Files that a person already has: JSON, JSON lines, saved API pages, folders, ZIP downloads, XML exports, saved pages.

What a file is, its content says and not its name.  Records are kept as they stand in the file, byte for byte.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import gzip
import io
import lzma
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, cast

from trialgraph import limits
from trialgraph.model import RawRecord, SetAside
from trialgraph.registries.imports import pieces, recognise
from trialgraph.registries.reading.boundary import reason

Item = RawRecord | SetAside

_PACKED: dict[bytes, Callable[..., Any]] = {b"\x1f\x8b": gzip.open, b"\xfd7zXZ": lzma.open}
_HEAD = 1 << 16


def read(paths: Iterable[Path | str]) -> Iterator[Item]:
    """Yield every record of these files and folders, in a fixed order; what is no record is set aside with the reason.

    One file's fault never stops the others.  At most one record and a chunk of its file are in memory.
    """
    for path in map(Path, paths):
        for file in _files(path):
            yield from _file(file)


def _files(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    for entry in sorted(path.iterdir(), key=lambda entry: entry.name):
        if not entry.name.startswith((".", "__MACOSX")) and not (entry.is_dir() and entry.is_symlink()):
            yield from _files(entry)


def _file(path: Path) -> Iterator[Item]:
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            yield _aside(str(path), "it is a pipe, a socket or a device and no file; it is passed over")
            return
        when = dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC)
        with path.open("rb") as stream:
            if stream.read(4) == b"PK\x03\x04":
                yield from _zip(path, when)
                return
            stream.seek(0)
            yield from _stream(str(path), stream, _Allowance(path.stat().st_size), when)
    except OSError as problem:
        yield _aside(str(path), f"it cannot be read: {problem.strerror or problem}")
    except (ValueError, OverflowError) as problem:  # a time of change beyond the calendar, a name that is no text
        yield _aside(str(path), f"it cannot be read: {problem}")


def _zip(path: Path, when: dt.datetime) -> Iterator[Item]:
    """Yield the records in a ZIP file; its entries are read where they are and never written to a disk."""
    allowance = _Allowance(path.stat().st_size)
    try:
        with zipfile.ZipFile(path) as packed:
            for entry in sorted(packed.infolist(), key=lambda entry: entry.filename):
                hidden = Path(entry.filename).name.startswith(".") or entry.filename.startswith("__MACOSX")
                if entry.is_dir() or hidden:
                    continue
                name = f"{path}!{entry.filename}"
                try:
                    with packed.open(entry) as stream:
                        yield from _stream(name, cast(BinaryIO, stream), allowance, when)
                except (RuntimeError, NotImplementedError) as problem:  # a password, a packing we cannot undo
                    yield _aside(name, f"it cannot be unpacked: {problem}")
    except zipfile.BadZipFile as problem:
        yield _aside(str(path), f"it is a damaged ZIP file: {problem}")


def _stream(name: str, stream: BinaryIO, allowance: _Allowance, when: dt.datetime) -> Iterator[Item]:
    """Yield the records of one file's content."""
    try:
        with contextlib.ExitStack() as stack:
            buffered = io.BufferedReader(_Bounded(stream, allowance), _HEAD)
            head = buffered.peek(_HEAD)[:_HEAD]
            for magic, opened in _PACKED.items():
                if head.startswith(magic):
                    unpacked = cast(BinaryIO, stack.enter_context(opened(buffered, "rb")))
                    buffered = io.BufferedReader(_Bounded(unpacked, allowance), _HEAD)
            yield from _content(name, buffered, when)
    except pieces.Damaged as problem:
        yield _aside(name, str(problem))
    except (EOFError, zlib.error, gzip.BadGzipFile, lzma.LZMAError, zipfile.BadZipFile) as problem:
        yield _aside(name, f"it is damaged or cut off: {problem}")
    except (OSError, MemoryError):
        raise
    except Exception as problem:  # noqa: BLE001 - whatever reading meets concerns this file alone
        yield _aside(name, f"it cannot be understood ({reason(problem)})")


def _content(name: str, stream: io.BufferedReader[Any], when: dt.datetime) -> Iterator[Item]:
    head = stream.peek(_HEAD)[:_HEAD]
    try:
        kind = recognise.kind_of(head)
    except recognise.Unusable as problem:
        yield _aside(name, str(problem))
        return
    for piece in _pieces(kind, stream):
        where = f"{name}, {piece.place}" if piece.place else name
        for item in recognise.records(kind, piece.body, when):
            yield item if isinstance(item, RawRecord) else _aside(where, str(item), item.body)


def _pieces(kind: recognise.FileKind, stream: io.BufferedReader[Any]) -> Iterator[pieces.Piece]:
    """Yield a file in pieces of one record each."""
    binary = cast(BinaryIO, stream)
    if kind.medium == "json":
        yield from pieces.json_pieces(binary)
    elif kind.registry is not None and kind.registry.xml_element:
        yield from pieces.xml_pieces(binary, kind.registry.xml_element)
    else:
        body = stream.read(limits.MOST_BYTES + 1)
        if len(body) > limits.MOST_BYTES:
            raise pieces.Damaged(f"a page of more than {limits.MOST_BYTES >> 20} MiB")
        yield pieces.Piece(body)


def _aside(where: str, why: str, body: bytes | None = None) -> SetAside:
    return SetAside(record_id=where, source="files", why=why, body=body)


class _Allowance:
    """How many bytes one file may still unpack to, all its entries together: 300 KB of gzip can hold 300 MB."""

    def __init__(self, size: int) -> None:
        self.left = max(size * limits.MOST_UNPACKED, limits.MOST_BYTES)


class _Bounded(io.RawIOBase):
    """A stream that ends with Damaged when it unpacks to far more than records do."""

    def __init__(self, stream: BinaryIO, allowance: _Allowance) -> None:
        self._stream = stream
        self._allowance = allowance

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Read into a buffer, as far as the allowance goes."""
        data = self._stream.read(len(buffer))
        self._allowance.left -= len(data)
        if self._allowance.left < 0:
            raise pieces.Damaged("it unpacks to far more than records do; it is left alone")
        buffer[: len(data)] = data
        return len(data)
