"""Bytes to whole Trials beside a bare JSON decoder, and how the time grows with the number of records."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from trialgraph.model import RawRecord
from trialgraph.registries.ctgov import read as ctgov_read
from trialgraph.registries.imports.files import read

PROJECT = Path(__file__).resolve().parent.parent
SOURCES = (PROJECT.parent / "shared" / "registry" / "ctgov-studies.jsonl.gz", PROJECT / "data" / "sample")
MOST = 8000


def run() -> None:
    """Print records a second of CPU time."""
    source = next(path for path in SOURCES if path.exists())
    items = (item for item in read([source]) if isinstance(item, RawRecord) and item.registry == "ctgov")
    records = list(itertools.islice(items, MOST))
    while len(records) < 2000:
        records += records
    _seconds(ctgov_read.parse, records[:200])  # warm
    whole = _seconds(ctgov_read.parse, records)
    size = sum(len(raw.body) for raw in records) / 1e6
    print(f"{len(records):,} records of {source.name}, {size:.0f} MB")
    _line("whole Trials", records, whole, whole)
    _line("typed decoding alone", records, _seconds(lambda raw: ctgov_read.decode(raw.id, raw.body), records), whole)
    _line("msgspec, untyped", records, _seconds(lambda raw: msgspec.json.decode(raw.body), records), whole)
    _line("standard library's json", records, _seconds(lambda raw: json.loads(raw.body), records), whole)
    half = _seconds(ctgov_read.parse, records[: len(records) // 2])
    print(f"half as many records: {half / whole:.2f} of the time")


def _seconds(work: Callable[[RawRecord], object], records: Sequence[RawRecord]) -> float:
    start = time.process_time()
    for raw in records:
        work(raw)
    return time.process_time() - start


def _line(what: str, records: Sequence[RawRecord], seconds: float, whole: float) -> None:
    print(f"{what:26} {len(records) / seconds:9,.0f} a second   {whole / seconds:6.2f} times as fast as whole Trials")
