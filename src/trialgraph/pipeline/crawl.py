"""Crawl a registry into a home's archive, and say how that ended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from trialgraph.archive import crawl as driver
from trialgraph.archive.store import Archive
from trialgraph.config import Settings
from trialgraph.errors import Changed, RegistryError, Unfinished, UsageError
from trialgraph.pipeline.results import kept_sentence, set_aside_notes
from trialgraph.pipeline.selection import resume_command, select
from trialgraph.pipeline.watch import SILENT, Watch
from trialgraph.registries.catalogue import named
from trialgraph.registries.registry import Registry, Selection


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """How a crawl asks: another address than the registry's own, seconds between two requests, from the beginning."""

    base_url: str | None = None
    pace: float | None = None
    restart: bool = False


class CrawlRun(msgspec.Struct, frozen=True, kw_only=True):
    """How a crawl of one registry ended."""

    registry: Registry
    selection: Selection
    result: driver.Result

    def report(self) -> dict[str, int | None]:
        """Return the figures under the names that others read."""
        return self.result.report()

    def sentence(self) -> str:
        """Return what came, what could not be checked, and the next command."""
        result, counts = self.result, self.result.counts
        notes = [kept_sentence(result)]
        if result.announced is None:
            notes.append("The registry did not say how many there are, so nothing could be checked against that.")
        if self.selection.all and result.not_seen:
            notes.append(
                f"{result.not_seen:,} held records are no longer listed by the registry; they stay, and are marked."
            )
        if result.announced is not None and counts.kept > result.announced:
            notes.append("More came than were announced: the registry grew meanwhile.")
        return " ".join([*notes, "Next: trialgraph build"] if counts.kept else notes)

    def notes(self) -> list[str]:
        """Return a sentence for each related trial that gave no record, and for the first records set aside."""
        absent = [f"{gone.id}, listed as related, {gone.why}." for gone in self.result.missing if not gone.requested]
        return absent + set_aside_notes(self.result)

    def check(self) -> None:
        """Raise what a crawl that ended must not hide; what came is kept all the same.

        UsageError for ids that gave no record, Changed where no record could be read, Unfinished where fewer came
        than were announced.
        """
        result, name = self.result, self.registry.name
        refused = [f"{gone.id} {gone.why}" for gone in result.missing if gone.requested]
        if refused:
            others = f" ({result.counts.kept:,} kept)" if result.counts.kept else ""
            raise UsageError("; ".join(refused) + others)
        if result.set_aside and not result.counts.kept:
            raise Changed(f"nothing that {name} sent is a record we can read; it is kept, set aside, in the archive")
        if not result.whole:
            twice = f" {result.repeated:,} came twice: its order moved while we read." if result.repeated else ""
            announced = result.announced or 0
            raise Unfinished(
                f"{name} announced {announced:,} records and gave {announced - result.short:,}: "
                f"{result.short:,} are missing.{twice} What came is kept; "
                "run the same command again, or in smaller parts with --since or --query"
            )


def crawl(
    settings: Settings, registry: str, fields: Mapping[str, Any], request: Request, *, watch: Watch = SILENT
) -> CrawlRun:
    """Copy what is selected of a registry into the home's archive, going on where the same crawl stopped.

    `fields` are those of a Selection (query, condition, intervention, sponsor, since, ids, all, limit, related).
    Raises UsageError for a selection that the registry does not take, RegistryError (with what is kept and the
    command that goes on) where the registry fails, Busy where another process writes to the archive.
    """
    source = named(registry)
    selection = select(source, fields)
    base = request.base_url or settings.registry_urls.get(source.name)
    command = resume_command(settings, registry, selection, base_url=request.base_url, pace=request.pace)
    try:
        with watch.progress(f"Crawling {source.name}") as progress:
            result = driver.crawl(
                settings.archive,
                source,
                selection,
                command=command,
                base=base,
                pace=request.pace,
                contact=settings.contact,
                restart=request.restart,
                progress=progress,
                say=watch.say,
            )
    except KeyboardInterrupt:
        watch.say(f"Stopped; {_so_far(settings, source, selection, base)} Go on with: {command}")
        raise
    except RegistryError as problem:
        so_far = _so_far(settings, source, selection, base)
        raise type(problem)(f"{problem}\n{so_far} Go on with: {command}") from problem
    return CrawlRun(registry=source, selection=selection, result=result)


def _so_far(settings: Settings, registry: Registry, selection: Selection, base: str | None) -> str:
    """Return how far the unfinished crawl of a selection has come, as a sentence."""
    if not settings.archive.is_file():
        return "Nothing is kept yet."
    with Archive.open(settings.archive) as archive:
        for crawled in archive.crawls(state="open", registry=registry.name):
            if crawled.selection == selection.key and crawled.base == registry.base(base or registry.url):
                total = "" if crawled.announced is None else f" of {crawled.announced:,}"
                return f"{archive.counts_of(crawled.crawl).kept:,}{total} records are kept."
    return "Nothing is kept of this crawl yet."
