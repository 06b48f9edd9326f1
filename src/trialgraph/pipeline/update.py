"""Bring a home up to date: crawl what changed since every complete crawl, build, and load the difference."""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING, Any

import msgspec

from trialgraph.archive.crawl import Result, Update, crawl, updates
from trialgraph.archive.store import Archive
from trialgraph.config import Settings
from trialgraph.errors import Unfinished, UsageError
from trialgraph.pipeline.build import BuildRun, build
from trialgraph.pipeline.load import load
from trialgraph.pipeline.watch import SILENT, Watch
from trialgraph.registries.catalogue import named

if TYPE_CHECKING:
    from trialgraph.pipeline.home import Target
    from trialgraph.pipeline.load import LoadRun
    from trialgraph.pipeline.watch import Progress


class UpdateRun(msgspec.Struct, frozen=True, kw_only=True):
    """What an update crawled, rebuilt and loaded."""

    crawled: dict[str, int]  # empty without a crawl
    crawl_seconds: float
    build: BuildRun
    target: LoadRun | None = None  # the Neo4j that was loaded too

    def report(self) -> dict[str, Any]:
        """Return the figures of its crawl, build and loads, and what it cost beside a whole build."""
        figures: dict[str, Any] = {
            "crawl": self.crawled,
            "build": self.build.report(),
            "load": self.build.load_report(),
            "cost": self.build.cost() | {"crawl_seconds": round(self.crawl_seconds, 2)},
        }
        return figures if self.target is None else figures | {"load_to": self.target.report()}

    def sentence(self) -> str:
        """Return how much was rebuilt and why, as sentences for a person."""
        rebuilt = self.build.built.rebuilt
        if rebuilt.reason is not None:
            return f"A whole build: {rebuilt.reason}. {self.build.sentence()}"
        share = self.build.cost()["share"]
        cost = f"It took {share:.0%} of a whole build's time. " if share else ""
        return (
            f"{rebuilt.trials:,} of {rebuilt.trials_total:,} trials read again, "
            f"{rebuilt.vectors:,} compared with all others. {cost}{self.build.sentence()}"
        )


def update(
    settings: Settings,
    *,
    crawl_first: bool = True,
    target: Target | None = None,
    pace: float | None = None,
    workers: int | None = None,
    watch: Watch = SILENT,
) -> UpdateRun:
    """Crawl what changed, build with the similarity model of the last build, and load the difference.

    `target` is a Neo4j to load too.  `pace` is in seconds between two requests.  Raises what `crawl_changes`, `build`
    and `load` raise; what was crawled before stays in the archive.
    """
    began = time.perf_counter()
    crawled = crawl_changes(settings, pace=pace, watch=watch) if crawl_first else {}
    crawl_seconds = time.perf_counter() - began
    has_model = (settings.model / "model.msgpack").is_file()
    built = build(settings, refit=not has_model, workers=workers, watch=watch)
    loaded = load(settings, target, watch=watch) if target is not None else None
    return UpdateRun(crawled=crawled, crawl_seconds=crawl_seconds, build=built, target=loaded)


def crawl_changes(settings: Settings, *, pace: float | None = None, watch: Watch = SILENT) -> dict[str, int]:
    """Crawl what changed since every complete crawl; returns the counts of all these crawls together.

    Raises UsageError where nothing was ever crawled completely, and Unfinished where fewer records came than were
    announced.
    """
    with Archive.open(settings.archive) as archive:
        due = updates(archive)
    if not due:
        raise UsageError("nothing was crawled completely yet, so nothing can be brought up to date; crawl first")
    total = Counter(dict.fromkeys(("announced", "kept", "new", "changed", "unchanged", "set_aside"), 0))
    with watch.progress("Crawling") as progress:
        for one_crawl in due:
            result = _crawl_again(settings, one_crawl, pace, watch, progress)
            total.update({name: count or 0 for name, count in result.report().items()})
    return dict(total)


def _crawl_again(settings: Settings, due: Update, pace: float | None, watch: Watch, progress: Progress) -> Result:
    registry = named(due.registry)
    watch.say(f"{registry.title}: what changed since {due.selection.since or 'the last crawl'}")
    result = crawl(
        settings.archive,
        registry,
        due.selection,
        command="trialgraph update",
        base=settings.registry_urls.get(due.registry) or due.base,
        pace=pace,
        contact=settings.contact,
        progress=progress,
        say=watch.say,
    )
    if not result.whole:
        raise Unfinished(
            f"{registry.title} announced {result.announced:,} records and {result.short:,} of them never came; "
            "what came is kept: run `trialgraph update` again"
        )
    return result
