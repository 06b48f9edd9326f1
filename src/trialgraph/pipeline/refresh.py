"""Crawl what changed since every complete crawl, so that the archive is current."""

from __future__ import annotations

from collections.abc import Callable

from trialgraph.archive.crawl import Result, crawl, updates
from trialgraph.archive.store import Archive
from trialgraph.config import Settings
from trialgraph.errors import Unfinished, UsageError
from trialgraph.registries.catalogue import named


def refresh(
    settings: Settings,
    *,
    progress: Callable[[int, int | None], None],
    say: Callable[[str], None],
    pace: float | None = None,
) -> dict[str, int]:
    """Crawl what changed; returns the counts of all these crawls together.

    Raises UsageError where nothing was ever crawled completely, and Unfinished where less came than was announced.
    """
    with Archive.open(settings.archive) as archive:
        wanted = updates(archive)
    if not wanted:
        raise UsageError("nothing was crawled completely yet, so nothing can be brought up to date; crawl first")
    total = {"announced": 0, "kept": 0, "new": 0, "changed": 0, "unchanged": 0, "set_aside": 0}
    for update in wanted:
        registry = named(update.registry)
        say(f"{registry.title}: what changed since {update.selection.since or 'the last crawl'}")
        result: Result = crawl(
            settings.archive,
            registry,
            update.selection,
            command="trialgraph update",
            base=settings.registry_urls.get(update.registry) or update.base,
            pace=pace,
            contact=settings.contact,
            progress=progress,
            say=say,
        )
        for name, count in result.report().items():
            total[name] += count or 0
        if not result.whole:
            raise Unfinished(
                f"{registry.title} announced {result.announced:,} records and {result.short:,} of them never came; "
                "what came is kept: run `trialgraph update` again"
            )
    return total
