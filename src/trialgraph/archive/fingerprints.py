"""What the archive holds of each trial, as two short hashes: what the newest records say, and all their versions."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import msgspec

from trialgraph.model import SetAside
from trialgraph.registries.catalogue import known

if TYPE_CHECKING:
    from trialgraph.archive.store import Archive

RECORDS = (
    "SELECT r.registry, r.id, r.not_seen_since, v.url, v.fetched_at, v.dated, hex(v.sha256) FROM record r "
    "LEFT JOIN version v ON v.version = r.newest"
)
# in the order in which `Archive.versions` gives them
VERSIONS = (
    "SELECT registry, id, hex(sha256), dated, fetched_at FROM version "
    "ORDER BY registry, id, coalesce(dated, ''), last_seen, version"
)
NEWER = "a newer version may know it"


class TrialHashes(msgspec.Struct, frozen=True):
    """What the archive holds of one trial: its records, and hashes that differ as soon as anything in them does."""

    records: tuple[tuple[str, str, str], ...]  # the trial's id, the registry, the record's id
    newest: str
    versions: str


def trial_hashes(archive: Archive) -> dict[str, TrialHashes]:
    """Return what the archive holds, by trial id in order; records of registries that are not known here are left out.

    The records themselves are not read: a byte that flipped in the archive is found by `doctor`, not here.
    """
    versions = dict(_hashed(archive.rows(VERSIONS)))
    return {
        trial: TrialHashes(
            tuple((trial, registry, record) for registry, record, *_ in rows), _hash(rows), versions.get(trial, "")
        )
        for trial, rows in _by_trial(archive.rows(RECORDS))
    }


def strangers(archive: Archive) -> list[SetAside]:
    """Return the records of registries that are not known here."""
    sources = known()
    return [
        SetAside(record_id=record, source=registry, why=f"no registry is called {registry!r} here; {NEWER}")
        for registry, record in archive.record_keys()
        if registry not in sources
    ]


def _hashed(rows: Iterator[Any]) -> Iterator[tuple[str, str]]:
    for trial, versions in _by_trial(rows):
        yield trial, _hash(versions)


def _by_trial(rows: Iterator[Any]) -> Iterator[tuple[str, list[Any]]]:
    """Yield each trial with its rows: by registry and id, and of one record in the order in which they came."""
    sources = known()
    named = [(sources[row[0]].trial_id(row[1]), row) for row in rows if row[0] in sources]
    named.sort(key=lambda one: (one[0], one[1][0], one[1][1]))
    for trial, of_trial in groupby(named, key=itemgetter(0)):
        yield trial, [row for _, row in of_trial]


def _hash(rows: list[Any]) -> str:
    return hashlib.sha256(msgspec.json.encode(rows)).hexdigest()[:32]
