"""Snapshot to store: the whole or the difference, counted afterwards."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from trialgraph.config import Settings
from trialgraph.errors import UsageError
from trialgraph.graph import schema
from trialgraph.graph.snapshot import Difference
from trialgraph.graph.stores import Loaded, Store, open_store

PASSWORD = "TRIALGRAPH_NEO4J_PASSWORD"  # noqa: S105 - the name of a variable


def report(loaded: Loaded) -> dict[str, Any]:
    """Return what `load` prints: rows added, changed and removed, and that the store was counted."""
    return {
        "nodes": _sum(loaded.tables, schema.LABEL),
        "relationships": _sum(loaded.tables, schema.RELATIONSHIP),
        "reconciled": loaded.reconciled,
    }


def sentence(loaded: Loaded, name: str) -> str:
    """Return what a load did as a sentence for a person."""
    nodes, edges = _sum(loaded.counts, schema.LABEL), _sum(loaded.counts, schema.RELATIONSHIP)
    holds = f"{nodes:,} nodes and {edges:,} relationships, as many as the snapshot"
    if not loaded.tables:
        return f"Nothing to write: {name} already holds this snapshot ({holds})."
    return f"Loaded: {name} holds {holds}."


def _sum(counted: Mapping[str, Any], names: Mapping[str, Any]) -> Any:
    found = [counted[name] for name in names if name in counted]
    if any(isinstance(one, Difference) for one in found) or not found:
        return {
            "added": sum(one.added for one in found),
            "changed": sum(one.changed for one in found),
            "removed": sum(one.removed for one in found),
        }
    return sum(found)


def password_of(settings: Settings, environ: Mapping[str, str] = os.environ) -> str | None:
    """Return the password of a Neo4j from the environment or from the file that the settings name.

    Raises UsageError for a file that others may read.
    """
    if environ.get(PASSWORD):
        return environ[PASSWORD]
    if settings.neo4j_password_file is None:
        return None
    path = Path(settings.neo4j_password_file).expanduser()
    try:
        if os.name == "posix" and path.stat().st_mode & 0o077:
            raise UsageError(f"{path} holds a password that others may read; run: chmod 600 {path}")
        return path.read_text("utf-8").strip()
    except OSError as problem:
        raise UsageError(f"the password file {path} cannot be read: {problem.strerror}") from problem


def open_target(
    settings: Settings,
    to: str | None = None,
    *,
    user: str | None = None,
    database: str | None = None,
    prompt: Callable[[], str] | None = None,
) -> Store:
    """Return the store to load: the home's own graph, or the Neo4j at an address ("neo4j" for the settings' one)."""
    if to is None:
        return open_store(settings.graph)
    if to == "neo4j":
        if settings.neo4j_uri is None:
            raise UsageError("no address of a Neo4j is set; set TRIALGRAPH_NEO4J_URI, or give it: --to bolt://...")
        to = settings.neo4j_uri
    if "://" not in to:
        return open_store(Path(to))
    password = password_of(settings)
    if password is None and prompt is not None:
        password = prompt()
    return open_store(
        to,
        user=user or settings.neo4j_user,
        password=password,
        database=database or settings.neo4j_database,
    )
