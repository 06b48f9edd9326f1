"""What the archive tells of crawls and imports: how many records, and how each ended."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """What became of some records.  `kept` are those filed under an id."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    set_aside: int = 0

    @property
    def kept(self) -> int:
        """Return how many are held now, whether or not they were before."""
        return self.new + self.changed + self.unchanged


class Crawl(msgspec.Struct, frozen=True, kw_only=True):
    """A crawl as the archive remembers it."""

    crawl: int
    registry: str
    base: str
    selection: str  # Selection.key
    command: str
    state: str  # open, done, short (ended, but fewer than announced), dropped (begun anew instead)
    cursor: str | None
    began_at: str
    ended_at: str | None
    announced: int | None
    data_timestamp: str | None
    data_timestamp_began: str | None
    pages: int
    repeated: int
    set_aside: int
    kept: int | None
    new: int | None
    changed: int | None
    unchanged: int | None


def count(outcomes: Iterable[str], set_aside: int) -> Counts:
    """Return how many of each: n(ew), c(hanged), u(nchanged)."""
    outcomes = list(outcomes)
    return Counts(
        new=outcomes.count("n"), changed=outcomes.count("c"), unchanged=outcomes.count("u"), set_aside=set_aside
    )
