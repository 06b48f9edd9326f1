"""The shape of a registry: where it is, how its records are fetched, and how one is turned into a Trial."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import msgspec

from trialgraph.model import RawRecord, SetAside, Trial

if TYPE_CHECKING:
    from trialgraph.registries.http import Getter


class Selection(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Which of a registry's records somebody wants.  Two equal selections are the same crawl."""

    query: str | None = None
    condition: str | None = None
    intervention: str | None = None
    sponsor: str | None = None
    since: str | None = None  # ISO date: records updated on that day or later
    ids: tuple[str, ...] = ()
    all: bool = False
    limit: int | None = None
    related: int = 0  # steps to follow what a page lists as related

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing was selected."""
        return not (
            self.ids or self.all or self.query or self.condition or self.intervention or self.sponsor or self.since
        )

    @property
    def key(self) -> str:
        """Return the selection as canonical text: what an unfinished crawl is found again by."""
        return msgspec.json.encode(self, order="sorted").decode()


class Missing(msgspec.Struct, frozen=True, kw_only=True):
    """An id that gave no record, and why."""

    id: str
    why: str
    asked: bool = True  # False: not asked for by a person, but found in a list on the way


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """What one answer gave, and the way to the next: they are kept together or not at all."""

    records: tuple[RawRecord, ...] = ()
    set_aside: tuple[SetAside, ...] = ()
    missing: tuple[Missing, ...] = ()
    cursor: str | None = None  # None: this was the last one
    announced: int | None = None  # how many records there are in all, where this answer says so
    data_timestamp: str | None = None  # the registry's own word for how fresh its data is


Pages = Callable[["Getter", str, Selection, str | None], Iterator[Page]]


class Registry(msgspec.Struct, frozen=True, kw_only=True):
    """One source of records.  `pages` is None where records only come as files."""

    name: str
    title: str
    url: str  # the address that records are fetched from, or the registry's own site
    licence: str
    id_pattern: str
    parse: Callable[[RawRecord], Trial]
    parser_version: str = "1"
    record_of: Callable[[bytes, dt.datetime], RawRecord] | None = None  # bytes of a file, when it was read -> a record
    rank: int = 100  # where two sources tell of one trial, the lower rank's word counts
    pages: Pages | None = None
    selects: frozenset[str] = frozenset()  # fields of Selection that it understands
    hosts: frozenset[str] = frozenset()  # where a redirect may lead
    seconds_between: float = 1.0
    obeys_robots: bool = False
    trial_id: Callable[[str], str] = str  # a record's id here -> the trial's id, known before the record is read
    base: Callable[[str], str] = str  # an address as a person writes it -> the one that paths are added to

    def normal_id(self, text: str) -> str | None:
        """Return an id as the registry writes it, or None when it cannot be one."""
        text = text.strip().upper()
        return text if re.fullmatch(self.id_pattern, text) else None
