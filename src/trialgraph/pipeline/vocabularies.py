"""The term lists that linking reads: which there are, and how they are rebuilt from public releases."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from trialgraph.curation import update as curation
from trialgraph.linking import term_lists


def columns() -> tuple[str, ...]:
    """Return the columns of `rows`."""
    return term_lists.COLUMNS


def rows() -> list[dict[str, Any]]:
    """Return each term list: what it holds, from where, under which licence, which release, how big."""
    return term_lists.known()


def update(files: Sequence[Path], *, release: str, to: Path | None, say: Callable[[str], None]) -> dict[str, Any]:
    """Rebuild the compact lists from public lists that were downloaded; returns the figures of each list written."""
    return curation.update(files, release=release, to=to, say=say)
