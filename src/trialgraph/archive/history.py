"""What changed in a trial's record: its versions in the archive compared one with the next."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

from trialgraph.archive.differences import Difference, differences
from trialgraph.errors import RecordError
from trialgraph.model import ChangeEvent, RawRecord, SetAside, Trial
from trialgraph.registries.catalogue import known

if TYPE_CHECKING:
    from trialgraph.archive.store import Archive

Version = tuple[Trial, str, str]  # the trial as it was told, the day of that version, the sha256 of its bytes


def changes(
    archive: Archive,
    ids: Collection[str] | None = None,
    *,
    on_set_aside: Callable[[SetAside], None] | None = None,
) -> Iterator[ChangeEvent]:
    """Yield what changed between consecutive versions of every trial (or of these ids), by trial id, then by date.

    Where several sources tell of a trial, only the versions of the first by rank are compared: the registry's own.
    Versions are ordered by the record's own dates.  A version that cannot be read is passed over and told of.
    """
    sources = known()
    wanted = None if ids is None else frozenset(ids)
    several: list[tuple[str, int, str, str]] = []
    for registry, record_id in archive.changed_keys():
        source = sources.get(registry)
        trial_id = None if source is None else source.trial_id(record_id)
        if source is not None and trial_id is not None and (wanted is None or trial_id in wanted):
            several.append((trial_id, source.rank, registry, record_id))
    for _, of_trial in groupby(sorted(several), key=lambda key: key[0]):
        keys = list(of_trial)
        events: list[ChangeEvent] = []
        for _, rank, registry, record_id in keys:
            if rank == keys[0][1]:
                records = (raw for raw in archive.versions(record_id) if raw.registry == registry)
                trials_of_records = _read(records, sources[registry].parse, on_set_aside)
                events += between(trials_of_records)
        yield from sorted(events, key=lambda event: (event.seen_at, event.field))


def _read(
    records: Iterable[RawRecord],
    parse: Callable[[RawRecord], Trial],
    on_set_aside: Callable[[SetAside], None] | None,
) -> Iterator[Version]:
    for raw in records:
        try:
            trial = parse(raw)
        except RecordError as problem:
            if on_set_aside is not None:
                path = problem.path or None
                on_set_aside(SetAside(record_id=raw.id, source=raw.registry, why=problem.why, path=path))
            continue
        yield trial, _day(raw, trial), hashlib.sha256(raw.body).hexdigest()


def _day(raw: RawRecord, trial: Trial) -> str:
    """Return the version's own day; the day it was fetched where the record has none."""
    for date in (trial.last_update_post_date, trial.last_update_submit_date, trial.status_verified):
        if date is not None:
            return date.day
    return (raw.dated or raw.fetched_at.astimezone(dt.UTC).date().isoformat())[:10]


def between(versions: Iterable[Version]) -> Iterator[ChangeEvent]:
    """Yield the changes from each version to the next one, each once."""
    for (old, _, from_sha256), (new, day, to_sha256) in pairwise(versions):
        used_ids: set[str] = set()
        for difference in differences(old, new):
            event_id = _event_id(new.id, day, difference, from_sha256, to_sha256)
            if event_id not in used_ids:
                used_ids.add(event_id)
                yield ChangeEvent(
                    event_id=event_id,
                    trial_id=new.id,
                    field=difference.field,
                    old=difference.old,
                    new=difference.new,
                    seen_at=day,
                    from_sha256=from_sha256,
                    to_sha256=to_sha256,
                    detail=difference.detail,
                )


def _event_id(trial_id: str, day: str, difference: Difference, from_sha256: str, to_sha256: str) -> str:
    """Return the same id for the same change between the same two versions, whenever it is worked out."""
    trials_of_records = "\x1f".join(
        (difference.field, difference.old or "", difference.new or "", from_sha256, to_sha256)
    )
    return f"{trial_id}:{day}:{difference.field}:{hashlib.sha256(trials_of_records.encode()).hexdigest()[:12]}"
