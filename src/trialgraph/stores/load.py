"""What a load did: as a report and as a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trialgraph import schema
from trialgraph.snapshot.snapshot import Difference
from trialgraph.stores.store import Loaded


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
