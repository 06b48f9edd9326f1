"""Long files cut into records, verbatim and piece by piece: JSON lines, one JSON text, a JSON array, XML elements."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

import msgspec

from trialgraph import limits

_CHUNK = 1 << 20
# What matters for cutting an array: brackets, the commas between, and strings, whose brackets do not count.  A string
# that the end of the chunk cuts matches too, without its closing quote.
_TOKEN = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*("|\\?\Z)|[{}\[\],]', re.DOTALL)


class Piece(msgspec.Struct, frozen=True):
    """One record's bytes, and where in the file they stand."""

    body: bytes
    place: str = ""  # "line 7", "entry 12", or "" for the whole file


class Damaged(Exception):
    """A file ends in the middle of a record, or one record is larger than anything a registry sends."""


def json_pieces(stream: BinaryIO) -> Iterator[Piece]:
    """Yield the JSON texts of a file: each line of JSON lines, each entry of an array, or the one text it is.

    At most one record is held at a time.  Raises Damaged for a file that ends in the middle.
    """
    first = _first_line(stream)
    if first[:1] == b"[":
        yield from _array(first, stream)
        return
    if is_json(first):
        yield Piece(first, "line 1")
        yield from _lines(stream, 2)
        return
    second = stream.readline(limits.MOST_BYTES)
    if second.startswith(b"{"):  # one object a line, and the first of them is bad
        yield Piece(first, "line 1")
        yield Piece(second.strip(), "line 2")
        yield from _lines(stream, 3)
        return
    yield Piece((first + b"\n" + second + _rest(stream, len(first) + len(second))).strip())


def is_json(body: bytes) -> bool:
    """Tell whether the bytes are one whole JSON text."""
    try:
        msgspec.json.decode(body, type=msgspec.Raw)
    except (msgspec.DecodeError, RecursionError):
        return False
    return True


def xml_pieces(stream: BinaryIO, tag: bytes) -> Iterator[Piece]:
    """Yield each element of this name as it stands in the file; elements of the name are not nested."""
    begin, end = re.compile(b"<" + tag + rb"[\s>]"), b"</" + tag + b">"
    buffer, number = b"", 0
    while chunk := stream.read(_CHUNK):
        buffer += chunk
        while (start := begin.search(buffer)) is not None and (stop := buffer.find(end, start.start())) >= 0:
            number += 1
            yield Piece(buffer[start.start() : stop + len(end)], f"entry {number}")
            buffer = buffer[stop + len(end) :]
        if len(buffer) > limits.MOST_BYTES:
            raise Damaged(f"entry {number + 1} is larger than {limits.MOST_BYTES >> 20} MiB")
    if begin.search(buffer) is not None:
        raise Damaged(f"the file ends in the middle of entry {number + 1}")


def _first_line(stream: BinaryIO) -> bytes:
    while line := stream.readline(limits.MOST_BYTES):
        if line := line.removeprefix(b"\xef\xbb\xbf").strip():
            return line
    return b""


def _lines(stream: BinaryIO, number: int) -> Iterator[Piece]:
    while line := stream.readline(limits.MOST_BYTES + 1):
        if len(line) > limits.MOST_BYTES:
            raise Damaged(f"line {number} is longer than {limits.MOST_BYTES >> 20} MiB")
        if line := line.strip():
            yield Piece(line, f"line {number}")
        number += 1


def _rest(stream: BinaryIO, had: int) -> bytes:
    rest = stream.read(max(limits.MOST_BYTES - had, 0) + 1)
    if had + len(rest) > limits.MOST_BYTES:
        raise Damaged(f"one JSON text of more than {limits.MOST_BYTES >> 20} MiB; save it as JSON lines")
    return rest


def _array(buffer: bytes, stream: BinaryIO) -> Iterator[Piece]:
    """Yield the entries of an array without reading all of it."""
    depth = number = 0
    start = at = 0  # where the entry under way begins, and how far we have looked
    buffer += b"\n"
    while True:
        for token in _TOKEN.finditer(buffer, at):
            mark = token[0]
            if mark[:1] == b'"':
                if token[1] != b'"':
                    at = token.start()
                    break
            elif mark in b"{[":
                depth += 1
                if depth == 1:
                    start = token.end()
            elif depth == 1:  # a comma, or the end of the array
                if body := buffer[start : token.start()].strip():
                    number += 1
                    yield Piece(body, f"entry {number}")
                if mark != b",":
                    return
                start = token.end()
            elif mark != b",":
                depth -= 1
            at = token.end()
        if len(buffer) - start > limits.MOST_BYTES:
            raise Damaged(f"entry {number + 1} is larger than {limits.MOST_BYTES >> 20} MiB")
        chunk = stream.read(_CHUNK)
        if not chunk:
            raise Damaged(f"the file ends in the middle, after entry {number}")
        buffer, at, start = buffer[start:] + chunk, at - start, 0
