"""What a build caches for the next update: mentions, vectors and neighbours, and the inputs they were made of.

The cache is a folder of its own beside the snapshot.  Where it is absent, of another snapshot, model or code, or not as
it was written, an update is a whole build.
"""

from __future__ import annotations

import functools
import hashlib
import platform
from collections.abc import Collection, Mapping
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from trialgraph.archive.fingerprints import TrialHashes
from trialgraph.build import model_file, sources
from trialgraph.config import Settings
from trialgraph.errors import BuildError, UsageError
from trialgraph.files import swap
from trialgraph.files.atomic import write_bytes
from trialgraph.files.digest import size_and_sha256
from trialgraph.similarity import Model, Neighbours, Vectors
from trialgraph.snapshot.snapshot import Snapshot

if TYPE_CHECKING:
    import pyarrow as pa

ABOUT: Final = "about.json"
COST: Final = "cost.json"  # seconds of the last build that made everything anew
TOOLS: Final = ("numpy", "scipy", "numba", "polars", "pyarrow", "msgspec", "rapidfuzz")  # versions may move a byte


class About(msgspec.Struct, frozen=True, kw_only=True):
    """The inputs of the cached files: they are valid for equal inputs only."""

    code: str
    snapshot: str
    model: str
    trials: dict[str, tuple[str, str]]  # of each trial read: hashes of its newest records and of all their versions
    files: dict[str, tuple[int, str]]  # size and hash of each file


class Stale(msgspec.Struct, frozen=True):
    """Which trials are others than they were: their newest records, or only the list of their versions; and gone."""

    trials: frozenset[str]
    versions: frozenset[str]
    gone: frozenset[str]

    def __bool__(self) -> bool:
        return bool(self.trials or self.versions or self.gone)


class Cache(msgspec.Struct, frozen=True):
    """The cache of the last build, and its snapshot."""

    folder: Path
    about: About
    snapshot: Snapshot

    def stale(self, now: Mapping[str, TrialHashes]) -> Stale:
        """Return what differs between the archive then and now."""
        then = self.about.trials
        return Stale(
            frozenset(trial for trial, hashes in now.items() if trial not in then or then[trial][0] != hashes.newest),
            frozenset(trial for trial, hashes in now.items() if trial not in then or then[trial][1] != hashes.versions),
            frozenset(then.keys() - now.keys()),
        )

    def mentions(self, name: str) -> pa.Table:
        """Return a table of mentions, in the order of the trials."""
        import pyarrow.parquet as pq

        return pq.read_table(self.folder / file_of(name), memory_map=False)

    def vectors(self) -> Vectors:
        """Return the trials as vectors."""
        return Vectors.load(self.folder)

    def neighbours(self) -> Neighbours:
        """Return the neighbours of each."""
        return Neighbours.load(self.folder)


def file_of(name: str) -> str:
    """Return the file of a table of mentions."""
    return f"{name.replace(' ', '-')}.parquet"


def open_cache(folder: Path, snapshot: Path, *, code: str, model: str) -> Cache | str:
    """Return the cache of the last build, or why it cannot be used."""
    try:
        about = msgspec.json.decode((folder / ABOUT).read_bytes(), type=About)
    except FileNotFoundError:
        return "the last build left no cache"
    except msgspec.DecodeError:
        return "the cache of the last build is damaged"
    if about.code != code:
        return "another version or other corrections made the last build"
    if about.model != model:
        return "similarity's model is another one"
    try:
        before = Snapshot.open(snapshot).whole()
    except (BuildError, UsageError):
        return "the snapshot is not as it was written"
    if model_file.named_by(snapshot) != model:
        return "the snapshot was made with another model"
    if before.hash != about.snapshot:
        return "the cache is of another snapshot"
    if any(_digest(folder / name) != digest for name, digest in about.files.items()):
        return "the cache of the last build is damaged"
    return Cache(folder, about, before)


def write(part: Path, tables: Mapping[str, pa.Table | None], before: Cache | None) -> None:
    """Write the mentions into a folder; a table that is None is that of the build before."""
    import pyarrow.parquet as pq

    for name, table in tables.items():
        if table is not None:
            pq.write_table(table, part / file_of(name), compression="zstd")
        elif before is not None:
            swap.link(before.folder / file_of(name), part / file_of(name))
    if before is not None and (seconds := cost(before.folder)):
        note_cost(part, seconds)


def similarity_of(home: Settings) -> tuple[Model, Vectors] | None:
    """Return a home's model and all its trials as vectors, to compare a text with; None where no build kept them.

    Sizes are looked at, and not every byte: who asks waits.
    """
    try:
        about = msgspec.json.decode((home.kept / ABOUT).read_bytes(), type=About)
        current = about.snapshot == Snapshot.open(home.snapshot).hash and about.model == model_file.hash_of(home.model)
        if not current or any((home.kept / name).stat().st_size != size for name, (size, _) in about.files.items()):
            return None
        return Model.load(home.model), Vectors.load(home.kept)
    except (OSError, msgspec.DecodeError, BuildError, UsageError):
        return None


def hashes_of(trials: Mapping[str, TrialHashes], unread: Collection[tuple[str, str]]) -> dict[str, tuple[str, str]]:
    """Return the hashes of each trial's newest records and of all their versions.

    Where a record (registry, id) is `unread` they are empty, so that the trial counts as changed the next time.
    """
    return {
        trial: ("", "") if any(key[1:] in unread for key in hashes.records) else (hashes.newest, hashes.versions)
        for trial, hashes in trials.items()
    }


def commit(
    part: Path, folder: Path, *, code: str, snapshot: str, model: str, trials: dict[str, tuple[str, str]]
) -> None:
    """Put the written files in place, with the hashes of what they were made of: code, snapshot, model and trials."""
    about = About(
        code=code,
        snapshot=snapshot,
        model=model,
        trials=trials,
        files={
            file.name: digest
            for file in sorted(part.iterdir())
            if file.name != COST and (digest := _digest(file)) is not None
        },
    )
    (part / ABOUT).write_bytes(msgspec.json.encode(about))
    swap.commit(part, folder)


def note_cost(folder: Path, seconds: Mapping[str, float]) -> None:
    """Keep how long each stage of a whole build took, to compare updates with."""
    write_bytes(folder / COST, msgspec.json.encode(dict(seconds)))


def cost(folder: Path) -> dict[str, float]:
    """Return how long each stage of the last whole build took; nothing where that is not known."""
    try:
        return msgspec.json.decode((folder / COST).read_bytes(), type=dict[str, float])
    except (OSError, msgspec.DecodeError):
        return {}


def code_of(corrections: Path | None) -> str:
    """Return a hash of everything but archive and model that a snapshot depends on."""
    hashed = hashlib.sha256(_code().encode())
    if corrections is not None and corrections.is_file():
        hashed.update(corrections.read_bytes())
    return hashed.hexdigest()


@functools.cache
def _code() -> str:
    """Return a hash of the versions, source files and data files by which a build's bytes are determined."""
    hashed = hashlib.sha256(platform.python_version().encode())
    for tool in TOOLS:
        hashed.update(f"{tool} {metadata.version(tool)}".encode())
    for file in sources.of_build():
        hashed.update(f"\n{file.name} {file.stat().st_size}\n".encode())
        hashed.update(file.read_bytes())
    return hashed.hexdigest()


def _digest(file: Path) -> tuple[int, str] | None:
    """Return a file's size and hash, or None where there is none."""
    try:
        return size_and_sha256(file)
    except OSError:
        return None
