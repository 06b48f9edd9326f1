"""Fetch the records again whose bytes in a home's archive are damaged."""

from __future__ import annotations

from pathlib import Path

import msgspec

from trialgraph.archive import crawl as driver
from trialgraph.config import Settings
from trialgraph.errors import ArchiveError, UsageError
from trialgraph.pipeline.crawl import Request
from trialgraph.pipeline.results import SHOWN
from trialgraph.pipeline.watch import SILENT, Watch
from trialgraph.registries.catalogue import known, named


class RepairRun(msgspec.Struct, frozen=True, kw_only=True):
    """Which damaged records were fetched again."""

    archive: Path
    result: driver.Result

    def report(self) -> dict[str, int | None]:
        """Return the figures under the names that others read."""
        return self.result.report()

    def sentence(self) -> str:
        """Return how many records were damaged, fetched again, and are damaged still."""
        result = self.result
        return (
            f"{result.announced:,} damaged, {result.counts.kept:,} fetched again, "
            f"{len(result.set_aside):,} still damaged."
        )

    def notes(self) -> list[str]:
        """Return a sentence for each record that could not be fetched."""
        return [f"{gone.id} {gone.why}." for gone in self.result.missing]

    def check(self) -> None:
        """Raise ArchiveError where records are damaged still."""
        if self.result.set_aside:
            names = ", ".join(f"{record.source}:{record.record_id}" for record in self.result.set_aside[:SHOWN])
            raise ArchiveError(f"{self.archive}: still damaged: {names}")


def repair(settings: Settings, registry: str | None, request: Request, *, watch: Watch = SILENT) -> RepairRun:
    """Fetch every record again whose bytes in the archive are damaged, whichever registry it is from.

    `registry` is the one whose address `request.base_url` is.  Raises UsageError where that is not said.
    """
    if request.base_url and registry is None:
        raise UsageError("--base-url with --repair needs the registry's name: trialgraph crawl NAME --repair")
    bases = dict(settings.registry_urls)
    if registry is not None and request.base_url:
        bases[named(registry).name] = request.base_url
    result = driver.repair(
        settings.archive,
        known(),
        command="trialgraph crawl --repair",
        bases=bases,
        contact=settings.contact,
        pace=request.pace,
        say=watch.say,
    )
    return RepairRun(archive=settings.archive, result=result)
