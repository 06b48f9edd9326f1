"""An answer written to a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from trialgraph.files.atomic import replacing


def save(path: Path, write: Callable[[Path], object]) -> None:
    """Give `write` a path to write to; that file takes the place of `path` when it is whole."""
    with replacing(path) as part:
        write(part)
