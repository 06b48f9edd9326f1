"""The newest versions of all records as Trials: every source of a trial read, and merged into one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import msgspec

from trialgraph import limits
from trialgraph.errors import RecordError
from trialgraph.model import RawRecord, RecordRef, SetAside, Trial
from trialgraph.registries.catalogue import known
from trialgraph.registries.reading.boundary import parsing
from trialgraph.registries.registry import Registry

if TYPE_CHECKING:
    from trialgraph.archive.store import Archive

OnSetAside = Callable[[SetAside], None]
Key = tuple[str, str, str]  # trial id, registry, record id

# Fields that mean something only together: filled from one source or not at all.
_TOGETHER = (
    ("arms", "interventions"),  # each holds places in the other
    ("enrollment", "enrollment_type"),
    ("responsible_party_type", "responsible_party"),
    ("masking", "who_masked"),
)
_APART = frozenset({"id", "registry", "records", "unknown_values", *(name for group in _TOGETHER for name in group)})
_ALONE = tuple(name for name in Trial.__struct_fields__ if name not in _APART)
# A trial with one record a country goes on as long as it does in one of them.
_LIVELIEST_FIRST = (
    "RECRUITING", "ONGOING", "ENROLLING_BY_INVITATION", "NOT_YET_RECRUITING", "ACTIVE_NOT_RECRUITING", "SUSPENDED",
    "COMPLETED", "TERMINATED", "WITHDRAWN",
)  # fmt: skip


def read(archive: Archive, *, on_set_aside: OnSetAside, ids: Collection[str] | None = None) -> Iterator[Trial]:
    """Yield the trials of an archive (or those of these ids), ordered by trial id, with where each fact came from.

    A record that cannot be read goes to `on_set_aside` with its id and the path of what is wrong, and the run goes on.
    At most some hundred records are held at once; the ids of all are.
    """
    yield from read_keys(archive, _keys(archive, on_set_aside, ids), on_set_aside=on_set_aside)


def _keys(archive: Archive, on_set_aside: OnSetAside, ids: Collection[str] | None) -> list[Key]:
    """Return the records of the trials that are wanted."""
    sources = known()
    wanted = None if ids is None else frozenset(ids)
    keys: list[Key] = []
    for registry, record_id in archive.record_keys():
        if registry not in sources:
            if wanted is None:
                why = f"no registry is called {registry!r} here; a newer version may know it"
                on_set_aside(SetAside(record_id=record_id, source=registry, why=why))
            continue
        trial_id = sources[registry].trial_id(record_id)
        if wanted is None or trial_id in wanted:
            keys.append((trial_id, registry, record_id))
    return keys


def read_keys(archive: Archive, keys: Iterable[Key], *, on_set_aside: OnSetAside) -> Iterator[Trial]:
    """Yield the trials of these records as `read` does."""
    sources = known()
    for batch in _whole_trials(sorted(keys), limits.READ_BATCH):
        places = {(registry, record_id): trial_id for trial_id, registry, record_id in batch}
        found = sorted(
            ((places[raw.registry, raw.id], raw.registry, raw.id), (raw, sha256, gone))
            for raw, sha256, gone in archive.newest_of(list(places), on_damaged=on_set_aside)
        )
        yield from merge(_parsed((record for _, record in found), sources, on_set_aside))


def _whole_trials(keys: Sequence[Key], size: int) -> Iterator[Sequence[Key]]:
    """Yield the keys in batches, the records of one trial always in the same."""
    start = 0
    while start < len(keys):
        end = min(start + size, len(keys))
        while end < len(keys) and keys[end][0] == keys[end - 1][0]:
            end += 1
        yield keys[start:end]
        start = end


def _parsed(
    records: Iterable[tuple[RawRecord, str, str | None]], sources: dict[str, Registry], on_set_aside: OnSetAside
) -> Iterator[tuple[int, Trial]]:
    """Yield each record as a Trial with the rank of its source."""
    for raw, sha256, not_seen_since in records:
        source = sources[raw.registry]
        try:
            with parsing(raw.id):
                trial = source.parse(raw)
        except RecordError as problem:
            on_set_aside(SetAside(record_id=raw.id, source=raw.registry, why=problem.why, path=problem.path or None))
            continue
        ref = RecordRef(
            record_id=f"{raw.registry}:{raw.id}",
            source=raw.registry,
            url=raw.url,
            fetched_at=raw.fetched_at.isoformat(),
            sha256=sha256,
            parser_version=source.parser_version,
            not_seen_since=not_seen_since,
        )
        yield source.rank, msgspec.structs.replace(trial, records=(ref,))


def merge(ranked: Iterable[tuple[int, Trial]]) -> Iterator[Trial]:
    """Yield one Trial for each run of the same id: the lowest rank's word counts, others fill what it leaves empty.

    What the others list as related, and the records of all, are kept.
    """
    for _, group in groupby(ranked, key=lambda pair: pair[1].id):
        sources_of_trial = [trial for _, trial in sorted(group, key=itemgetter(0))]
        yield sources_of_trial[0] if len(sources_of_trial) == 1 else _merged(sources_of_trial)


def _merged(sources_of_trial: Sequence[Trial]) -> Trial:
    changes: dict[str, Any] = {
        "records": tuple(ref for trial in sources_of_trial for ref in trial.records),
        "unknown_values": tuple(dict.fromkeys(value for trial in sources_of_trial for value in trial.unknown_values)),
    }
    for name in _ALONE:
        changes[name] = next(
            (v for trial in sources_of_trial if not _is_empty(v := getattr(trial, name))),
            getattr(sources_of_trial[0], name),
        )
    for names in _TOGETHER:
        teller = next(
            (t for t in sources_of_trial if not all(_is_empty(getattr(t, name)) for name in names)), sources_of_trial[0]
        )
        changes |= {name: getattr(teller, name) for name in names}
    first = sources_of_trial[0].records[0].source if sources_of_trial[0].records else None
    parts = [trial for trial in sources_of_trial if first is not None and trial.records[0].source == first]
    if len(parts) > 1:
        changes |= _of_all_countries(parts)
    return msgspec.structs.replace(sources_of_trial[0], **changes)


def _of_all_countries(parts: Sequence[Trial]) -> dict[str, Any]:
    """Return what a registry's several records of one trial say together."""
    said = [trial.overall_status for trial in parts if trial.overall_status is not None]
    lively = [status for status in _LIVELIEST_FIRST if status in said]
    return {
        "countries": tuple(dict.fromkeys(country for trial in parts for country in trial.countries)),
        "overall_status": lively[0] if lively else next(iter(said), None),
    }


def _is_empty(value: Any) -> bool:
    return value is None or value == ()
