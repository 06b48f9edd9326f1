"""Archive to snapshot, as one short list of stages: `STAGES` is the whole build, in order."""

from __future__ import annotations

import contextlib
import gc
import shutil
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from trialgraph.archive import fingerprints, history
from trialgraph.archive.store import Archive
from trialgraph.build import cache, model_file, similar_rows
from trialgraph.build.expectations import FieldCounts, count_warnings
from trialgraph.build.memory import Memory, gc_paused
from trialgraph.build.read_and_link import LinkedTrial, read_and_link
from trialgraph.build.renewed_tables import RenewedTables, make_shared
from trialgraph.build.report import BuildPlan, Built, Rebuilt, Stopwatch
from trialgraph.build.trial_rows import TrialRows
from trialgraph.errors import BuildError
from trialgraph.files import swap
from trialgraph.limits import LEAST_SET_ASIDE, MOST_SET_ASIDE, MOST_STALE, SHOWN_SET_ASIDE
from trialgraph.linking.linkers import Linkers
from trialgraph.model import SetAside
from trialgraph.schema import mentions
from trialgraph.similarity import Document, Model, Vectors, fit, vectors
from trialgraph.snapshot import snapshot as snapshots
from trialgraph.snapshot.snapshot import Snapshot

CACHE: Final = "kept"  # the folder beside the snapshot for what the next update can use


class Run:
    """The state of one build: the results of each stage, for those that follow."""

    # set by the stage of the same line in STAGES
    code: str
    reason: str | None
    linkers: Linkers
    model: Model | None
    rows: TrialRows
    part: Path  # of the new cache
    vectors: Vectors
    renewed: RenewedTables | None
    tables: snapshots.Given
    trials: Any  # one row a trial: its last update, sources, sponsor
    ids: list[str]
    compared: similar_rows.Compared

    def __init__(self, plan: BuildPlan, cleanup: contextlib.ExitStack) -> None:
        self.plan = plan
        self.cleanup = cleanup
        self.watch = Stopwatch()
        self.memory = Memory()
        self.cache_at = plan.snapshot.with_name(CACHE)
        self.set_aside: list[SetAside] = []
        self.field_counts = FieldCounts()
        self.result: Built | None = None
        self.before: cache.Cache | None = None  # the last build, where only the difference has to be made
        self.stale: cache.Stale | None = None
        self.hashes: dict[str, fingerprints.TrialHashes] = {}
        self.mention_tables: dict[str, Any] = {}

    def mentions_of(self, name: str) -> Any:
        """Return a table of mentions, of this build or, where it did not change, of the last one."""
        table = self.mention_tables[name]
        return self.before.mentions(name) if table is None and self.before is not None else table


def make(plan: BuildPlan) -> Built:
    """Write the snapshot of an archive in the place of the one before, and return what was done.

    With `plan.refit` the similarity's model is fitted to these trials and saved; without, the saved one is used, and
    only what changed since the last build is made, with the same bytes.  Raises BuildError, and leaves the old
    snapshot, where too many records cannot be read or where the new one lost what the old one had.
    """
    with contextlib.ExitStack() as cleanup:
        run = Run(plan, cleanup)
        for name, stage in STAGES:
            stage(run)
            run.watch.lap(name)
            if run.result is not None:
                break
    assert run.result is not None
    run.result.seconds.update(run.watch.seconds)
    return run.result


def find_changes(run: Run) -> None:
    """Compare the archive with what the last build was made of; nothing changed ends the build here."""
    plan = run.plan
    model_file.recover(plan.model, swap.recover(plan.snapshot))
    run.code = cache.code_of(plan.corrections)
    with Archive.open(plan.archive) as opened:
        run.hashes, run.set_aside = fingerprints.trial_hashes(opened), fingerprints.strangers(opened)
    run.before, run.reason = _last_build(run)
    run.stale = run.before.stale(run.hashes) if run.before is not None else None
    if run.before is not None and not run.stale and not run.set_aside:
        rebuilt = Rebuilt(vectors=0, pairs=0, trials=0, trials_total=len(run.hashes), reason=None)
        run.result = Built(
            run.before.snapshot, len(run.hashes), (), {}, _advice(run.before.snapshot), Memory(), rebuilt
        )


def load_vocabularies(run: Run) -> None:
    """Construct the linkers, and load the similarity's model where it is not fitted anew."""
    run.linkers = Linkers(run.plan.corrections)
    run.model = None if run.plan.refit else Model.load(run.plan.model)


def read_and_vectorise(run: Run) -> None:
    """Read and link each trial that changed, add its rows, and turn it into a vector."""
    run.rows = TrialRows(swap.stage(run.plan.snapshot.with_name(run.plan.snapshot.name + ".rows")))
    run.cleanup.enter_context(contextlib.closing(run.rows.tables))
    run.cleanup.callback(gc.unfreeze)
    run.part = run.cleanup.enter_context(_discarded(swap.stage(run.cache_at)))
    changed = [hashes for trial, hashes in run.hashes.items() if run.stale is None or trial in run.stale.trials]
    linked = read_and_link(
        run.plan.archive,
        run.linkers,
        changed,
        workers=run.plan.workers,
        on_set_aside=run.set_aside.append,
        memory=run.memory,
    )
    documents = _documents(linked, run)
    if run.model is None:
        run.model, run.vectors = fit(documents)
    else:
        run.vectors = vectors(run.model, documents)


def make_shared_tables(run: Run) -> None:
    """Finish the mentions of all trials, and make the nodes that trials share of them."""
    run.set_aside.sort(key=lambda record: (record.source, record.record_id, record.why))
    run.renewed = (
        None if run.before is None or run.stale is None else RenewedTables(run.rows.tables, run.before, run.stale)
    )
    run.tables = run.renewed or run.rows.tables
    run.mention_tables = {name: run.tables.finish(name) for name in mentions.MENTIONS}
    cache.write(run.part, run.mention_tables, run.before)
    run.trials = run.mentions_of(mentions.TRIALS)
    run.ids = run.trials.column("trial").to_pylist()
    _refuse_too_many(run.set_aside, len(run.ids))
    make_shared(run.rows.tables, run.mention_tables, run.linkers, run.renewed)
    run.mention_tables.clear()


def add_changes(run: Run) -> None:
    """Add what changed between the versions of each record."""
    readable = frozenset(run.ids)
    with Archive.open(run.plan.archive) as opened:
        for change in history.changes(opened, None if run.stale is None else run.stale.versions):
            if change.trial_id in readable:  # a version that cannot be read was set aside, or is an old one
                run.rows.add_change(change)


def compare(run: Run) -> None:
    """Find the nearest trials of each, and why; of trials that did not change the rows of the last build stay."""
    assert run.model is not None
    before = None
    if run.before is not None:
        before = _compared_before(run.before)
        run.vectors = similar_rows.patched_vectors(run.model, before.vectors, run.vectors, run.ids)
    sponsors = run.trials.column("sponsor").to_pylist()
    run.compared = similar_rows.compare(run.model, run.vectors, sponsors, before=before, workers=run.plan.workers)
    run.vectors.save(run.part)
    run.compared.found.save(run.part)
    if run.compared.stay is not None:
        run.rows.tables.give("SIMILAR_TO", run.compared.stay)
    run.rows.tables.extend("SIMILAR_TO", run.compared.rows)


def write_snapshot(run: Run) -> None:
    """Write all tables and the manifest, and put snapshot, model and cache in place, in that order."""
    plan, before = run.plan, run.before
    assert run.model is not None
    model_hash = model_file.stage(run.model, plan.model) if plan.refit else str(model_file.hash_of(plan.model))
    written, warnings = snapshots.write(
        run.tables,
        plan.snapshot,
        _facts(run, model_hash),
        accept_loss=plan.accept_loss,
        before=before.snapshot if before is not None else None,
    )
    if plan.refit:
        model_file.commit(plan.model)
    unread = {(record.source, record.record_id) for record in run.set_aside}
    trials = cache.hashes_of(run.hashes, unread)
    cache.commit(run.part, run.cache_at, code=run.code, snapshot=written.hash, model=model_hash, trials=trials)
    rebuilt = Rebuilt(
        vectors=run.compared.moved,
        pairs=run.compared.explained,
        trials=run.rows.trials,
        trials_total=len(run.ids),
        reason=run.reason,
    )
    with Archive.open(plan.archive) as opened:
        unexpected = (*run.field_counts.warnings(), *count_warnings(opened))
    advice = (*warnings, *unexpected, *_advice(written))
    run.result = Built(written, len(run.ids), tuple(run.set_aside), {}, advice, run.memory, rebuilt)


STAGES: Final[tuple[tuple[str, Callable[[Run], None]], ...]] = (
    ("what changed", find_changes),
    ("vocabularies", load_vocabularies),
    ("similarity", read_and_vectorise),  # its laps "read and link" and "tables" are counted apart
    ("tables", make_shared_tables),
    ("history", add_changes),
    ("similarity", compare),
    ("snapshot", write_snapshot),
)


def _last_build(run: Run) -> tuple[cache.Cache | None, str | None]:
    """Return the cache of the last build; or None, and why this is a whole build."""
    model = None if run.plan.refit else model_file.hash_of(run.plan.model)
    if model is None:
        return None, "similarity is fitted anew"
    last = cache.open_cache(run.cache_at, run.plan.snapshot, code=run.code, model=model)
    if isinstance(last, str):
        return None, last
    share = len(last.stale(run.hashes).trials) / max(1, len(run.hashes))
    if share > MOST_STALE:
        return None, f"{share:.0%} of the trials changed"
    return last, None


def _compared_before(before: cache.Cache) -> similar_rows.Before:
    trials = before.mentions(mentions.TRIALS)
    sponsors = dict(zip(trials.column("trial").to_pylist(), trials.column("sponsor").to_pylist(), strict=True))
    return similar_rows.Before(before.vectors(), before.neighbours(), sponsors, before.snapshot.edges("SIMILAR_TO"))


def _facts(run: Run, model_hash: str) -> dict[str, Any]:
    """Return the manifest's facts beside its tables: they depend on nothing but the archive and the code."""
    return {
        "trials": len(run.ids),
        "set_aside": [
            {"record_id": record.record_id, "source": record.source, "why": record.why, "path": record.path}
            for record in run.set_aside
        ],
        "unknown_values": _counted(run.trials.column("unknown_values")),
        "vocabularies": run.linkers.vocabularies(),
        "similarity": run.compared.facts | {"model": model_hash},
        "sources": _counted(run.trials.column("sources")),
        "newest": _greatest(run.trials.column("updated")),
    }


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
    advice = snapshots.new_words(snapshot.manifest)
    if unknown:
        commonest = Counter(unknown).most_common(SHOWN_SET_ASIDE)
        values = ", ".join(f"{value} ({count:,} times)" for value, count in commonest)
        advice.insert(0, f"{len(unknown):,} values that we do not know were kept as they are: {values}")
    return tuple(advice)


def _documents(linked: Iterable[LinkedTrial], run: Run) -> Iterator[Document]:
    """Add each trial's rows, and yield the document it is compared by; count each part's time."""
    with gc_paused():
        for trial in linked:
            run.watch.lap("read and link")
            run.rows.add(trial.trial, trial.understood)
            run.field_counts.add(trial.trial)
            if run.plan.progress is not None:
                run.plan.progress(run.rows.trials, None)
            run.watch.lap("tables")
            yield trial.compared
            run.watch.lap("similarity")


def _greatest(column: Any) -> str | None:
    import pyarrow.compute as pc

    greatest: str | None = pc.max(column).as_py()
    return greatest


def _counted(lists: Any) -> dict[str, int]:
    """Return how often each value stands in a column of lists."""
    import pyarrow.compute as pc

    return dict(sorted(Counter(pc.list_flatten(lists).to_pylist()).items()))


def _refuse_too_many(set_aside: Collection[SetAside], trials: int) -> None:
    """Raise BuildError where more records were set aside than chance explains: the source's shape has changed.

    A few records never stop a build, however small the archive: the share counts from LEAST_SET_ASIDE records on.
    """
    share = len(set_aside) / max(1, len(set_aside) + trials)
    if trials and (len(set_aside) < LEAST_SET_ASIDE or share <= MOST_SET_ASIDE):
        return
    if not set_aside:
        return
    reasons = Counter(f"{record.why}{f' (at {record.path})' if record.path else ''}" for record in set_aside)
    shown = "; ".join(f"{count:,} times: {why}" for why, count in reasons.most_common(SHOWN_SET_ASIDE))
    named = ", ".join(record.record_id for record in list(set_aside)[:SHOWN_SET_ASIDE])
    raise BuildError(
        f"{len(set_aside):,} of {len(set_aside) + trials:,} records cannot be read, more than {MOST_SET_ASIDE:.0%}: "
        f"{named} ...; the snapshot before stays ({shown}); `trialgraph status` lists them"
    )
