"""Archive to snapshot: read, link, compare and write, with the time each takes."""

from __future__ import annotations

import contextlib
import gc
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from trialgraph.archive import history
from trialgraph.archive.store import Archive
from trialgraph.errors import BuildError
from trialgraph.graph import mentions, shared, swap
from trialgraph.graph import snapshot as snapshots
from trialgraph.graph.build import Builder
from trialgraph.graph.linkers import Linkers
from trialgraph.graph.memory import Memory, only_growing
from trialgraph.graph.similar import compare
from trialgraph.graph.snapshot import Snapshot
from trialgraph.graph.understand import Read, understood
from trialgraph.limits import MOST_SET_ASIDE, SHOWN_SET_ASIDE
from trialgraph.model import SetAside
from trialgraph.similarity import Document, Model

Progress = Callable[[int, int | None], None]


class Built(msgspec.Struct, frozen=True):
    """A snapshot and how it came about."""

    snapshot: Snapshot
    trials: int
    set_aside: tuple[SetAside, ...]
    seconds: dict[str, float]  # by stage
    warnings: tuple[str, ...]
    memory: Memory

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        """Count what is done under it as a stage's time."""
        began = time.perf_counter()
        yield
        self.seconds[stage] = time.perf_counter() - began

    def report(self) -> dict[str, Any]:
        """Return what `build` prints."""
        return {
            "trials": self.trials,
            "set_aside": len(self.set_aside),
            "tables": {name: facts["rows"] for name, facts in self.snapshot.manifest["tables"].items()},
            "seconds": {stage: round(took, 2) for stage, took in self.seconds.items()},
            "peak_mb": self.memory.peak_mb(),  # with what the workers hold alone
        }


class Stopwatch:
    """Adds up the time of stages that take turns."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._began = time.perf_counter()

    def lap(self, stage: str) -> None:
        """Count the time since the last lap as this stage's."""
        now = time.perf_counter()
        self.seconds[stage] = self.seconds.get(stage, 0.0) + now - self._began
        self._began = now


def make(
    archive: Path,
    at: Path,
    model_at: Path,
    *,
    corrections: Path | None = None,
    refit: bool = True,
    accept_loss: bool = False,
    workers: int = 1,
    progress: Progress | None = None,
) -> Built:
    """Write the snapshot of an archive in the place of the one at `at`.

    With `refit` the similarity's model is fitted to these trials and kept at `model_at`; without, the one kept there
    is used as it is.  Raises BuildError, and leaves the old snapshot, where too many records cannot be read or where
    the new one lost what the old one held.
    """
    import pyarrow.compute as pc

    watch = Stopwatch()
    set_aside: list[SetAside] = []
    memory = Memory()
    linkers = Linkers(corrections)
    model = None if refit else Model.load(model_at)
    watch.lap("vocabularies")
    builder = Builder(swap.aside(at.with_name(at.name + ".rows")))
    with contextlib.closing(builder.tables), contextlib.ExitStack() as after:
        after.callback(gc.unfreeze)
        reading = understood(archive, linkers, workers=workers, on_set_aside=set_aside.append, memory=memory)
        documents = _documents(reading, builder, watch, progress)
        model, _, rows, similarity = compare(documents, model, workers=workers)
        watch.lap("similarity")
        with Archive.open(archive) as opened:
            for change in history.changes(opened):  # a version that cannot be read was set aside, or is an old one
                builder.add_change(change)
            watch.lap("history")
        _refuse_too_many(set_aside, builder.trials)
        tables = builder.tables
        told = {name: tables.finish(name) for name in mentions.MENTIONS}
        shared.listed_only(tables, told[mentions.LISTED], set(told[mentions.TRIALS].column("trial").to_pylist()))
        for made in shared.MADE:
            made.by(tables, told.__getitem__, linkers)
        watch.lap("tables")
        tables.extend("SIMILAR_TO", rows)
        watch.lap("similarity")
        every = told[mentions.TRIALS]
        unknown = _counted(every.column("unknown_values"))
        facts = {
            "trials": builder.trials,
            "set_aside": [
                {"record_id": odd.record_id, "source": odd.source, "why": odd.why, "path": odd.path}
                for odd in set_aside
            ],
            "unknown_values": unknown,
            "vocabularies": linkers.vocabularies(),
            "similarity": similarity,
            "sources": _counted(every.column("sources")),
            "newest": pc.max(every.column("updated")).as_py(),
        }
        written, warnings = snapshots.write(tables, at, facts, accept_loss=accept_loss)
    if refit:
        model.save(model_at)
    if unknown:
        commonest = Counter(unknown).most_common(SHOWN_SET_ASIDE)
        values = ", ".join(f"{value} ({count:,} times)" for value, count in commonest)
        warnings.append(f"{len(unknown):,} values that we do not know were kept as they are: {values}")
    warnings += snapshots.new_words(written.manifest)
    watch.lap("snapshot")
    return Built(written, builder.trials, tuple(set_aside), dict(watch.seconds), tuple(warnings), memory)


def _documents(
    reading: Iterable[Read], builder: Builder, watch: Stopwatch, progress: Progress | None
) -> Iterator[Document]:
    """Add each trial to the graph, and yield what it is compared by."""
    with only_growing():
        for one in reading:
            watch.lap("read and link")
            builder.add(one.trial, one.understood)
            if progress is not None:
                progress(builder.trials, None)
            watch.lap("tables")
            yield one.compared
            watch.lap("similarity")


def _counted(lists: Any) -> dict[str, int]:
    """Return how often each value stands in a column of lists."""
    import pyarrow.compute as pc

    return dict(sorted(Counter(pc.list_flatten(lists).to_pylist()).items()))


def _refuse_too_many(set_aside: Collection[SetAside], trials: int) -> None:
    """Raise BuildError where more records were set aside than chance explains: the source's shape has changed."""
    share = len(set_aside) / max(1, len(set_aside) + trials)
    if share <= MOST_SET_ASIDE:
        return
    whys = Counter(f"{odd.why}{f' (at {odd.path})' if odd.path else ''}" for odd in set_aside)
    shown = "; ".join(f"{count:,} times: {why}" for why, count in whys.most_common(SHOWN_SET_ASIDE))
    raise BuildError(
        f"{len(set_aside):,} of {len(set_aside) + trials:,} records cannot be read, more than {MOST_SET_ASIDE:.0%}; "
        f"the snapshot before stays ({shown})"
    )
