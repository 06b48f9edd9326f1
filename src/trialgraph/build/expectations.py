"""What a registry's records are expected to say, compared with what they say: a reader that fails quietly is noticed.

The bounds stand in each registry (`registries.registry.Expectations`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

import msgspec

from trialgraph.archive.store import Archive
from trialgraph.model import Trial
from trialgraph.registries import catalogue
from trialgraph.registries.registry import Registry, Selection

LEAST_RECORDS: Final = 200  # of a registry; the shares of fewer, such as a day's changes, say little


class FieldCounts:
    """How many records of each source were read, and how many of them fill each field with a lower bound."""

    def __init__(self) -> None:
        self._records: Counter[str] = Counter()
        self._filled: Counter[tuple[str, str]] = Counter()
        self._registries = catalogue.known()

    def add(self, trial: Trial) -> None:
        """Count a trial that one source alone tells of: of several it is not known whose word a field is."""
        sources = {record.source for record in trial.records}
        registry = self._registries.get(sources.pop()) if len(sources) == 1 else None
        if registry is None:
            return
        self._records[registry.name] += 1
        for field in registry.expected.filled:
            self._filled[registry.name, field] += bool(getattr(trial, field))

    def warnings(self) -> Iterator[str]:
        """Yield a sentence for each field that fewer records fill than its registry leads to expect."""
        for name, records in sorted(self._records.items()):
            if records < LEAST_RECORDS:
                continue
            for field, least in self._registries[name].expected.filled.items():
                share = self._filled[name, field] / records
                if share < least:
                    yield (
                        f"{name}: {field} is filled in {share:.1%} of {records:,} records, and at least {least:.0%} "
                        "were expected; has the registry changed its records?"
                    )


def count_warnings(archive: Archive) -> Iterator[str]:
    """Yield a sentence for each registry that was crawled whole and has fewer or more records than expected."""
    for row in archive.registry_summary():
        registry = catalogue.known().get(row["registry"])
        bounds = registry.expected.records if registry is not None else None
        if registry is None or bounds is None or not _crawled_whole(archive, registry):
            continue
        least, most = bounds
        if not least <= row["records"] <= most:
            yield (
                f"{registry.name}: all of the registry was crawled, which gave {row['records']:,} records; "
                f"{least:,} to {most:,} were expected"
            )


def _crawled_whole(archive: Archive, registry: Registry) -> bool:
    """Return whether all of a registry was crawled from its own address; a stand-in may hold any part of it."""
    return any(
        crawl.base == registry.base(registry.url)
        and msgspec.json.decode(crawl.selection, type=Selection) == Selection(all=True)
        for crawl in archive.crawls(state="done", registry=registry.name)
    )
