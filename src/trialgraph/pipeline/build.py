"""Build a home's snapshot from its archive, and load the embedded graph with it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import msgspec

from trialgraph.build import cache, memory, stages
from trialgraph.build.report import BuildPlan
from trialgraph.config import Settings
from trialgraph.pipeline import home
from trialgraph.pipeline.watch import SILENT, Watch
from trialgraph.stores import load as loads

if TYPE_CHECKING:
    from trialgraph.build.report import Built
    from trialgraph.stores.store import Loaded


class BuildRun(msgspec.Struct, frozen=True, kw_only=True):
    """What a build made, and what loading it into the embedded graph wrote (None: not loaded)."""

    settings: Settings
    built: Built
    loaded: Loaded | None

    def report(self) -> dict[str, Any]:
        """Return the build's figures under the names that others read."""
        return self.built.report()

    def load_report(self) -> dict[str, Any] | None:
        """Return the figures of the load, if there was one."""
        return None if self.loaded is None else loads.report(self.loaded)

    def sentence(self) -> str:
        """Return what was done as a sentence for a person, and the next command."""
        built = self.built
        aside = f", {len(built.set_aside):,} records set aside" if built.set_aside else ""
        first = f"Built {built.trials:,} trials{aside} in {sum(built.seconds.values()):,.1f} s."
        if self.loaded is None:
            return f"{first} Next: trialgraph load"
        return f"{first} {loads.sentence(self.loaded, f'the graph in {self.settings.home}')} Next: trialgraph ask"

    def cost(self) -> dict[str, Any]:
        """Return the seconds it took, and what share of the last whole build's seconds that is."""
        seconds = sum(self.built.seconds.values())
        whole_build = sum(cache.cost(self.settings.kept).values())
        return {
            "seconds": round(seconds, 2),
            "whole_build_seconds": round(whole_build, 2) or None,
            "share": round(seconds / whole_build, 4) if whole_build else None,
            "graph_loaded": "whole" if self.loaded and self.loaded.whole else "the difference",
        }


def build(
    settings: Settings,
    *,
    refit: bool = True,
    load: bool = True,
    accept_loss: bool = False,
    workers: int | None = None,
    watch: Watch = SILENT,
) -> BuildRun:
    """Write the snapshot of a home's archive and, with `load`, bring its embedded graph up to it.

    With `refit` the similarity model is fitted to these trials; without, the one of the last build is used and only
    what changed is rebuilt.  `workers` is the number of processors, all by default.  What was there before stays in
    use until the new is whole.  Raises Busy where another process uses the home, and BuildError, with the old
    snapshot left in place, where too much cannot be read or was lost.
    """
    with home.writing(settings, "trialgraph build"):
        with watch.progress("Building") as progress:
            plan = BuildPlan(
                settings.archive,
                settings.snapshot,
                settings.model,
                corrections=settings.corrections,
                refit=refit,
                accept_loss=accept_loss,
                workers=workers or os.cpu_count() or 1,
                progress=progress,
            )
            built = stages.make(plan)
        for warning in built.warnings:
            watch.say(f"Note: {warning}")
        loaded = _load(settings, built, watch) if load else None
    return BuildRun(settings=settings, built=built, loaded=loaded)


def _load(settings: Settings, built: Built, watch: Watch) -> Loaded:
    """Load the embedded graph, and note what building and loading everything took, for updates to compare with."""
    memory.release_memory()
    with home.opened(settings, home.EMBEDDED) as store, watch.progress("Loading") as progress, built.timed("load"):
        loaded = store.load(built.snapshot, progress)
    if built.rebuilt.reason is not None and loaded.whole:
        cache.note_cost(settings.kept, built.seconds)
    return loaded
