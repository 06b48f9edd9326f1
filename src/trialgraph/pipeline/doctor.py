"""What `doctor` looks at: the installation, the home, the archive, the snapshot, the graph, the server."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from trialgraph.archive.repair import check
from trialgraph.build import model_file
from trialgraph.config import Settings
from trialgraph.errors import TrialgraphError
from trialgraph.limits import LEAST_FREE_BYTES, SHOWN_DAMAGED
from trialgraph.snapshot.snapshot import Snapshot
from trialgraph.stores.open import open_target
from trialgraph.stores.store import reconcile


def checks(settings: Settings) -> Iterator[dict[str, Any]]:
    """Yield what was looked at, how it is, and what to do about it; one check's failure never stops the next."""
    looks: tuple[tuple[str, Callable[[Settings], tuple[str, str]]], ...] = (
        ("python", _python),
        ("engine", _engine),
        ("home", _home),
        ("archive", _archive),
        ("snapshot", _snapshot),
        ("model", _model),
        ("graph", _graph),
        ("neo4j", _neo4j),
    )
    for name, look in looks:
        try:
            state, finding = look(settings)
        except TrialgraphError as problem:
            state, finding = "failed", str(problem)
        yield {"check": name, "state": state, "found": finding}


def _python(_: Settings) -> tuple[str, str]:
    return "ok", f"Python {sys.version.split()[0]}"


def _engine(_: Settings) -> tuple[str, str]:
    from trialgraph.stores.embedded.store import engine_version

    try:
        version = engine_version()
    except (ImportError, OSError) as problem:
        return "failed", f"the embedded engine cannot be loaded ({problem}); install trialgraph again"
    return "ok", f"arcadedb {version}; no Java is needed"


def _home(settings: Settings) -> tuple[str, str]:
    home = settings.home
    if not home.exists():
        return "absent", f"{home} does not exist yet; the first crawl or import makes it"
    probe = home / ".doctor"
    try:
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as problem:
        return "failed", f"{home} cannot be written ({problem.strerror}); choose another with --home"
    free = shutil.disk_usage(home).free
    room = f"{free >> 20:,} MiB free"
    if free < LEAST_FREE_BYTES:
        return "failed", f"{home}: only {room}; make room or choose another with --home"
    return "ok", f"{home}: {room}"


def _archive(settings: Settings) -> tuple[str, str]:
    from trialgraph.archive.store import Archive

    if not settings.archive.is_file():
        return "absent", "no archive yet; `trialgraph crawl` or `trialgraph import` makes it"
    with Archive.open(settings.archive) as archive:
        records = sum(row["records"] for row in archive.registry_summary())
        damaged = list(check(archive))
    if damaged:
        names = ", ".join(f"{record.source}:{record.record_id}" for record in damaged[:SHOWN_DAMAGED])
        more = f" and {len(damaged) - SHOWN_DAMAGED:,} more" if len(damaged) > SHOWN_DAMAGED else ""
        return "failed", f"damaged: {names}{more}; `trialgraph crawl --repair` fetches them again"
    return "ok", f"{records:,} records, every byte as it was received"


def _snapshot(settings: Settings) -> tuple[str, str]:
    if not settings.snapshot.exists():
        return "absent", "no snapshot yet; `trialgraph build` makes it"
    snapshot = Snapshot.open(settings.snapshot)
    damaged = snapshot.damaged()
    if damaged:
        return "failed", f"damaged: {', '.join(damaged)}; `trialgraph build` writes it again"
    return "ok", f"{snapshot.manifest.get('trials', 0):,} trials, {snapshot.hash[:12]}"


def _model(settings: Settings) -> tuple[str, str]:
    if not settings.model.exists() or not settings.snapshot.exists():
        return "absent", "no model of similarity yet; `trialgraph build` fits it"
    model = model_file.load(settings.model, settings.snapshot)
    if not model_file.fits(settings.model, settings.snapshot):
        return "failed", "the snapshot was made with another one; `trialgraph update --no-crawl` makes it with this"
    return "ok", f"the one that the snapshot was made with, fitted to {model.documents:,} trials"


def _graph(settings: Settings) -> tuple[str, str]:
    if not settings.graph.exists():
        return "absent", "no graph yet; `trialgraph build` or `trialgraph load` makes it"
    from trialgraph.stores.embedded.store import EmbeddedStore

    store = open_target(settings)
    try:
        loaded = store.loaded()
        own_copy = settings.graph / "snapshot"
        snapshot = Snapshot.open(own_copy if own_copy.is_dir() else settings.snapshot)
        reconcile(store.counts(), snapshot, store.name)
        damaged = store.damaged() if isinstance(store, EmbeddedStore) else []
    finally:
        store.close()
    if damaged:
        return "failed", f"damaged: {', '.join(damaged[:SHOWN_DAMAGED])}; `trialgraph load --full` writes it again"
    current = _hash_of(settings.snapshot)
    if current is not None and current != loaded:
        return "failed", "it holds an older snapshot; `trialgraph load` brings it up to date"
    return "ok", "opens, and holds what the snapshot holds"


def _neo4j(settings: Settings) -> tuple[str, str]:
    if settings.neo4j_uri is None:
        return "absent", "no address is set (TRIALGRAPH_NEO4J_URI)"
    store = open_target(settings, "neo4j")
    try:
        loaded = store.loaded()
    finally:
        store.close()
    current = _hash_of(settings.snapshot)
    if loaded is None:
        return "absent", f"{store.name} answers, and holds no whole graph of ours; `trialgraph load --to neo4j`"
    if current is not None and loaded != current:
        return "failed", f"{store.name} holds an older snapshot; `trialgraph load --to neo4j`"
    return "ok", f"{store.name} answers and holds this snapshot"


def _hash_of(at: Path) -> str | None:
    try:
        return Snapshot.open(at).hash
    except TrialgraphError:
        return None
