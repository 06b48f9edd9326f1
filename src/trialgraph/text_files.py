"""Text files that a person wrote: UTF-8, with or without a byte order mark, or UTF-16 with one."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from trialgraph.errors import UsageError

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)  # what PowerShell's `>` and some editors begin a file with


def decode(body: bytes, name: str) -> str:
    """Return the text of a file's bytes, without a byte order mark and with the line ends of POSIX.

    Raises UsageError, naming the file and the byte, for any other encoding.
    """
    encoding = "utf-16" if body.startswith(_UTF16) else "utf-8-sig"
    try:
        text = body.decode(encoding)
    except UnicodeDecodeError as problem:
        line = body.count(b"\n", 0, problem.start) + 1
        raise UsageError(f"{name}, line {line}: this is no UTF-8 text; save the file as UTF-8") from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_text(path: Path) -> str:
    """Return the text of a file.  Raises UsageError where it cannot be read or is no text."""
    try:
        body = path.read_bytes()
    except OSError as problem:
        raise UsageError(f"{path} cannot be read: {problem.strerror or problem}") from None
    return decode(body, str(path))


def lines(stream: BinaryIO, name: str) -> Iterator[str]:
    """Yield the lines of a stream as they come, each decoded as `decode` does; UTF-16 is read whole first."""
    first = stream.readline()
    if first.startswith(_UTF16):
        yield from decode(first + stream.read(), name).splitlines(keepends=True)
        return
    while first:
        yield decode(first, name)
        first = stream.readline()
