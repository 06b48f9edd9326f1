"""The shape of a registry: where it is, how its records are fetched, and how one is turned into a Trial."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
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
    requested: bool = True  # False: not asked for by a person, but found in a list on the way


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """What one answer gave, and the way to the next: they are kept together or not at all."""

    records: tuple[RawRecord, ...] = ()
    set_aside: tuple[SetAside, ...] = ()
    missing: tuple[Missing, ...] = ()
    cursor: str | None = None  # None: this was the last one
    announced: int | None = None  # how many records there are in all, where this answer says so
    data_timestamp: str | None = None  # the registry's own word for how fresh its data is


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """What tells whose file, or whose record in a file, this is."""

    medium: str  # "json": one object; "html": one page; "other": the beginning of anything else
    body: bytes
    keys: Mapping[str, msgspec.Raw] = {}  # of a JSON object

    def text(self, key: str) -> str | None:
        """Return a JSON object's value where it is text, else None."""
        try:
            return msgspec.json.decode(self.keys[key], type=str)
        except (KeyError, msgspec.DecodeError):
            return None


class Expectations(msgspec.Struct, frozen=True, kw_only=True):
    """Bounds of what a registry's records say: outside of them its shape has changed, or our reader is at fault."""

    records: tuple[int, int] | None = None  # at least, at most, where all of the registry was crawled
    filled: Mapping[str, float] = {}  # field of Trial -> the least share of records that fill it


Pages = Callable[["Getter", str, Selection, str | None], Iterator[Page]]


class Registry(msgspec.Struct, frozen=True, kw_only=True):
    """One source of records, with all that is particular to it.

    `pages` is None where records only come as files, `record_of` where they never do.  `record_of` files the bytes of
    one record, read at a time, under its id, and raises RecordError where they have none.
    """

    name: str
    title: str
    url: str  # the address that records are fetched from, or the registry's own site
    licence: str
    attribution: str  # whom an export names as the source
    id_pattern: str
    parse: Callable[[RawRecord], Trial]
    parser_version: str = "1"
    record_of: Callable[[bytes, dt.datetime], RawRecord] | None = None
    recognises: Callable[[Sample], bool] | None = None  # whether a file or a record in it is this registry's
    unusable: Callable[[Sample], str | None] | None = None  # why a file of this registry is in no form that we read
    records_in: Callable[[Sample], Iterator[bytes] | None] | None = None  # what a JSON object wraps, if it is a wrapper
    xml_element: bytes = b""  # the element that is one record, where records come as XML
    rank: int = 100  # where two sources tell of one trial, the lower rank's word counts
    pages: Pages | None = None
    selects: frozenset[str] = frozenset()  # fields of Selection that it understands
    hosts: frozenset[str] = frozenset()  # where a redirect may lead
    seconds_between: float = 1.0
    obeys_robots: bool = False
    trial_id: Callable[[str], str] = str  # a record's id here -> the trial's id, known before the record is read
    base: Callable[[str], str] = str  # an address as a person writes it -> the one that paths are added to
    expected: Expectations = Expectations()

    def normal_id(self, text: str) -> str | None:
        """Return an id as the registry writes it, or None when it cannot be one."""
        text = text.strip().upper()
        return text if re.fullmatch(self.id_pattern, text) else None
