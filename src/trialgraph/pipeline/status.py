"""What a home holds: records by registry, unfinished crawls, the last runs, the last build."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any, Final

import msgspec

from trialgraph.archive.store import Archive
from trialgraph.config import Settings
from trialgraph.snapshot.snapshot import new_words

COLUMNS: Final = ("registry", "records", "versions", "not_seen", "last_seen", "data_timestamp")
LAST_RUNS: Final = 5


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """What a home holds, how fresh it is, and what is unfinished."""

    home: str
    registries: list[dict[str, Any]]
    unfinished: list[dict[str, Any]]
    set_aside: int
    runs: list[dict[str, Any]]
    snapshot: dict[str, Any] | None

    def notes(self) -> list[str]:
        """Return sentences for a person, each with the next command where there is one."""
        notes = [f"Home: {self.home}"]
        for crawl in self.unfinished:
            total = "" if crawl["announced"] is None else f" of {crawl['announced']:,}"
            kept = f"{crawl['kept']:,}{total} kept"
            notes.append(f"Unfinished since {crawl['began_at']}: {kept}. Go on: {crawl['command']}")
        if self.set_aside:
            notes.append(f"{self.set_aside:,} records without a usable id are set aside in the archive")
        return notes + self._snapshot_notes()

    def _snapshot_notes(self) -> list[str]:
        built = self.snapshot
        if built is None:
            return ["No snapshot yet: trialgraph build"]
        is_older = any(run["began_at"] > built["written_at"] and run["new"] + run["changed"] for run in self.runs)
        news = "; records came since, so build again: trialgraph build" if is_older else ""
        trials = f"{built['trials']:,} trials, {built['set_aside']:,} set aside"
        return [f"Snapshot of {built['written_at']}: {trials}{news}", *built["advice"]]


def status(settings: Settings) -> Status:
    """Return what a home holds.  Raises ArchiveError where it has no archive yet."""
    with Archive.open(settings.archive) as archive:
        unfinished = [
            {
                "registry": crawl.registry,
                "began_at": crawl.began_at,
                "kept": archive.counts_of(crawl.crawl).kept,
                "announced": crawl.announced,
                "command": crawl.command,
            }
            for crawl in archive.crawls(state="open")
        ]
        return Status(
            home=str(settings.home),
            registries=archive.registry_summary(),
            unfinished=unfinished,
            set_aside=sum(1 for _ in archive.set_aside()),
            runs=archive.runs(LAST_RUNS),
            snapshot=_last_build(settings),
        )


def _last_build(settings: Settings) -> dict[str, Any] | None:
    """Return when the snapshot was written and what it holds; None where there is none that can be read."""
    path = settings.snapshot / "manifest.json"
    try:
        manifest = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    written_at = dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC).isoformat("T", "seconds")
    return {
        "written_at": written_at,
        "trials": manifest.get("trials", 0),
        "set_aside": len(manifest.get("set_aside", ())),
        "tables": {name: facts.get("rows") for name, facts in manifest.get("tables", {}).items()},
        "advice": new_words(manifest),
    }
