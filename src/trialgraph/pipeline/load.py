"""Load a home's snapshot into a store, or remove our nodes from one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from trialgraph.config import Settings
from trialgraph.errors import UsageError
from trialgraph.pipeline import home
from trialgraph.pipeline.home import EMBEDDED, Target
from trialgraph.pipeline.watch import SILENT, Watch
from trialgraph.snapshot.snapshot import Snapshot
from trialgraph.stores import load as loads

if TYPE_CHECKING:
    from trialgraph.stores.store import Loaded


class LoadRun(msgspec.Struct, frozen=True, kw_only=True):
    """What a load wrote, and into which store."""

    loaded: Loaded
    store: str  # how messages call it

    def report(self) -> dict[str, Any]:
        """Return the rows added, changed and removed, and that the store was counted afterwards."""
        return loads.report(self.loaded)

    def sentence(self) -> str:
        """Return what was done as a sentence for a person."""
        return loads.sentence(self.loaded, self.store)


def load(settings: Settings, target: Target = EMBEDDED, *, full: bool = False, watch: Watch = SILENT) -> LoadRun:
    """Make a store hold exactly the home's snapshot; only the difference is written.

    With `full` every row is compared, even where the snapshot seems to be loaded.  Raises UsageError without a
    snapshot, Busy while a build replaces it, and StoreError where the store fails or holds something else afterwards.
    """
    with home.opened(settings, target) as store, home.reading(settings), watch.progress("Loading") as progress:
        return LoadRun(loaded=store.load(Snapshot.open(settings.snapshot), progress, full=full), store=store.name)


def clear(settings: Settings, target: Target, *, remove: bool) -> dict[str, int]:
    """Remove our nodes and relationships from a Neo4j, or only count them; returns how many of each there were.

    Raises UsageError for an embedded graph, which is a folder that can be removed.
    """
    from trialgraph.stores.neo4j.store import Neo4jStore

    with home.opened(settings, target) as store:
        if not isinstance(store, Neo4jStore):
            raise UsageError(f"{store.name} is a folder; remove it if you no longer want it")
        counts = store.clear() if remove else store.counts()
        return {name: count for name, count in counts.items() if count}
