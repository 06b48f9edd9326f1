"""Take records that were downloaded by hand into a home's archive."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from importlib import resources
from pathlib import Path

import msgspec

from trialgraph.archive import crawl as driver
from trialgraph.config import Settings
from trialgraph.errors import UsageError
from trialgraph.pipeline.results import SHOWN, kept_sentence, set_aside_notes
from trialgraph.pipeline.watch import SILENT, Watch
from trialgraph.registries.imports.files import read


class ImportRun(msgspec.Struct, frozen=True, kw_only=True):
    """What was taken from files."""

    result: driver.Result

    def report(self) -> dict[str, int | None]:
        """Return the figures under the names that others read."""
        return self.result.report()

    def sentence(self) -> str:
        """Return what was kept, and the next command."""
        return (
            f"{kept_sentence(self.result)} Next: trialgraph build"
            if self.result.counts.kept
            else kept_sentence(self.result)
        )

    def notes(self) -> list[str]:
        """Return a sentence for each of the first records that were set aside, and how many more there are."""
        more = len(self.result.set_aside) - SHOWN
        return set_aside_notes(self.result) + (
            [f"... and {more:,} more; `trialgraph status` counts them"] if more > 0 else []
        )

    def check(self) -> None:
        """Raise UsageError where no record was found."""
        if not self.result.counts.kept:
            raise UsageError("no record was found in what you gave; `trialgraph import --help` says what is understood")


def import_files(
    settings: Settings, files: Sequence[Path], *, command: str | None = None, watch: Watch = SILENT
) -> ImportRun:
    """Take records that were downloaded by hand into the home's archive: files, folders, ZIP archives.

    `command` is what the archive notes as the run's command.
    """
    command = command or shlex.join(["trialgraph", "import", *map(str, files)])
    with watch.progress("Importing") as progress:
        return ImportRun(result=driver.keep_files(settings.archive, read(files), command=command, progress=progress))


def sample() -> Path:
    """Return the folder of the sample of real studies: in the installed package, or in the checkout."""
    package = Path(str(resources.files("trialgraph")))
    checkout = Path(__file__).resolve().parents[3] / "data" / "sample"
    for folder in (package / "_data" / "sample", checkout):
        if folder.is_dir() and any(folder.iterdir()):
            return folder
    raise UsageError("the sample is missing from this installation; install trialgraph again")
