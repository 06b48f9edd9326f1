"""Archive to snapshot: read, link, compare and write, with the time each takes."""

from __future__ import annotations

import contextlib
import gc
import shutil
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import msgspec

from trialgraph.archive import fingerprints, history
from trialgraph.archive.store import Archive
from trialgraph.build import cache as kept
from trialgraph.build import model_file as fitted
from trialgraph.build import similar_rows as similar
from trialgraph.build.memory import Memory, only_growing
from trialgraph.build.read_and_link import Read, understood
from trialgraph.build.renewed_tables import Renewed, share
from trialgraph.build.trial_rows import Builder
from trialgraph.errors import BuildError
from trialgraph.files import swap
from trialgraph.limits import MOST_SET_ASIDE, MOST_STALE, SHOWN_SET_ASIDE
from trialgraph.linking.linkers import Linkers
from trialgraph.model import SetAside
from trialgraph.schema import mentions
from trialgraph.similarity import Document, Model, fit, vectors
from trialgraph.snapshot import snapshot as snapshots
from trialgraph.snapshot.snapshot import Snapshot

KEPT: Final = "kept"  # `Settings.kept`: the folder beside the snapshot for what the next update can use
Progress = Callable[[int, int | None], None]


class Made(msgspec.Struct, frozen=True):
    """How much of a snapshot was made anew: trials read, trials compared with all others, pairs compared by words."""

    trials: int
    rows: int
    pairs: int
    of: int  # trials
    why: str | None  # all was made anew


class Built(msgspec.Struct, frozen=True):
    """A snapshot and how it came about."""

    snapshot: Snapshot
    trials: int
    set_aside: tuple[SetAside, ...]
    seconds: dict[str, float]  # by stage
    warnings: tuple[str, ...]
    memory: Memory
    made: Made

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
            "made_anew": msgspec.to_builtins(self.made),
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
    is used as it is, and only what changed since the last build is made anew, with the same bytes.  Raises BuildError,
    and leaves the old snapshot, where too many records cannot be read or where the new one lost what the old one held.
    """
    watch = Stopwatch()
    fitted.heal(model_at, swap.heal(at))
    keep_at = at.with_name(KEPT)
    code = kept.code_of(corrections)
    with Archive.open(archive) as opened:
        held, set_aside = fingerprints.held(opened), fingerprints.strangers(opened)
    before, why = _last_build(keep_at, at, code, fitted.hash_of(model_at) if not refit else None, held)
    stale = before.stale(held) if before is not None else None
    watch.lap("what changed")
    if before is not None and not stale and not set_aside:
        made = Made(trials=0, rows=0, pairs=0, of=len(held), why=None)
        return Built(before.snapshot, len(held), (), dict(watch.seconds), _advice(before.snapshot), Memory(), made)
    memory = Memory()
    linkers = Linkers(corrections)
    model = None if refit else Model.load(model_at)
    watch.lap("vocabularies")
    builder = Builder(swap.aside(at.with_name(at.name + ".rows")))
    with contextlib.closing(builder.tables), contextlib.ExitStack() as after:
        after.callback(gc.unfreeze)
        part = after.enter_context(_discarded(swap.aside(keep_at)))
        asked = [one for trial, one in held.items() if stale is None or trial in stale.trials]
        reading = understood(archive, linkers, asked, workers=workers, on_set_aside=set_aside.append, memory=memory)
        documents = _documents(reading, builder, watch, progress)
        if model is None:
            model, rows = fit(documents)
        else:
            rows = vectors(model, documents)
        watch.lap("similarity")
        set_aside.sort(key=lambda odd: (odd.source, odd.record_id, odd.why))
        renewed = None if before is None or stale is None else Renewed(builder.tables, before, stale)
        tables = renewed or builder.tables
        told = {name: tables.finish(name) for name in mentions.MENTIONS}
        kept.write(part, told, before)
        every = _known(told, before, mentions.TRIALS)
        ids = every.column("trial").to_pylist()
        _refuse_too_many(set_aside, len(ids))
        share(builder.tables, told, linkers, renewed)
        told.clear()
        watch.lap("tables")
        with Archive.open(archive) as opened:
            readable = frozenset(ids)
            for change in history.changes(opened, None if stale is None else stale.versions):
                if change.trial_id in readable:  # a version that cannot be read was set aside, or is an old one
                    builder.add_change(change)
        watch.lap("history")
        was = None
        if before is not None:
            was = _compared_before(before)
            rows = similar.renewed(model, was.vectors, rows, ids)
        compared = similar.compare(model, rows, every.column("sponsor").to_pylist(), before=was, workers=workers)
        rows.save(part)
        compared.found.save(part)
        if compared.stay is not None:
            builder.tables.give("SIMILAR_TO", compared.stay)
        builder.tables.extend("SIMILAR_TO", compared.rows)
        watch.lap("similarity")
        model_hash = fitted.lay(model, model_at) if refit else str(fitted.hash_of(model_at))
        facts = {
            "trials": len(ids),
            "set_aside": [
                {"record_id": odd.record_id, "source": odd.source, "why": odd.why, "path": odd.path}
                for odd in set_aside
            ],
            "unknown_values": _counted(every.column("unknown_values")),
            "vocabularies": linkers.vocabularies(),
            "similarity": compared.facts | {"model": model_hash},
            "sources": _counted(every.column("sources")),
            "newest": _greatest(every.column("updated")),
        }
        written, warnings = snapshots.write(
            tables, at, facts, accept_loss=accept_loss, before=before.snapshot if before is not None else None
        )
        if refit:
            fitted.settle(model_at)
        unread = {(odd.source, odd.record_id) for odd in set_aside}
        kept.put(part, keep_at, written, code=code, model=model_hash, trials=held, unread=unread)
    watch.lap("snapshot")
    made = Made(trials=builder.trials, rows=compared.moved, pairs=compared.explained, of=len(ids), why=why)
    said = (*warnings, *_advice(written))
    return Built(written, len(ids), tuple(set_aside), dict(watch.seconds), said, memory, made)


def _last_build(
    folder: Path, at: Path, code: str, model: str | None, held: Mapping[str, fingerprints.Held]
) -> tuple[kept.Kept | None, str | None]:
    """Return what the last build kept; or None, and why all is made anew."""
    if model is None:
        return None, "similarity is fitted anew"
    found = kept.find(folder, at, code=code, model=model)
    if isinstance(found, str):
        return None, found
    stale = found.stale(held)
    share_of = len(stale.trials) / max(1, len(held))
    if share_of > MOST_STALE:
        return None, f"{share_of:.0%} of the trials changed"
    return found, None


def _known(told: Mapping[str, Any], before: kept.Kept | None, name: str) -> Any:
    table = told[name]
    return before.mentions(name) if table is None and before is not None else table


def _compared_before(before: kept.Kept) -> similar.Before:
    trials = before.mentions(mentions.TRIALS)
    sponsors = dict(zip(trials.column("trial").to_pylist(), trials.column("sponsor").to_pylist(), strict=True))
    return similar.Before(before.vectors(), before.neighbours(), sponsors, before.snapshot.edges("SIMILAR_TO"))


@contextmanager
def _discarded(folder: Path) -> Iterator[Path]:
    """Give a folder that is removed at the end, unless it was renamed."""
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _advice(snapshot: Snapshot) -> tuple[str, ...]:
    """Return what a person should know of a snapshot."""
    unknown = snapshot.manifest["unknown_values"]
    said = snapshots.new_words(snapshot.manifest)
    if unknown:
        commonest = Counter(unknown).most_common(SHOWN_SET_ASIDE)
        values = ", ".join(f"{value} ({count:,} times)" for value, count in commonest)
        said.insert(0, f"{len(unknown):,} values that we do not know were kept as they are: {values}")
    return tuple(said)


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


def _greatest(column: Any) -> str | None:
    import pyarrow.compute as pc

    found: str | None = pc.max(column).as_py()
    return found


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
