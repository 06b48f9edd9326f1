"""One file written so that a reader sees the old bytes or the new ones, whole."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from trialgraph.files.sync import sync_file, sync_folder


def part_of(path: Path) -> Path:
    """Return the path under which a file is written until it is whole."""
    return path.with_name(path.name + ".part")


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a path to write to; at the end that file takes the place of `path`, and what fails leaves nothing behind."""
    part = part_of(path)
    try:
        yield part
        sync_file(part)
        part.replace(path)
        sync_folder(path.parent)
    finally:
        part.unlink(missing_ok=True)


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file whole, in the place of the one that is there."""
    with replacing(path) as part:
        part.write_bytes(data)


def write_text(path: Path, text: str) -> None:
    """Write a text whole, as UTF-8 with the line ends it has."""
    write_bytes(path, text.encode())
