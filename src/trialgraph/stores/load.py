"""The result of a load as a JSON report and as a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trialgraph import schema
from trialgraph.snapshot.snapshot import Difference
from trialgraph.stores.store import Loaded


def report(loaded: Loaded) -> dict[str, Any]:
    """Return what `load` prints: rows added, changed and removed, and whether the counts were reconciled."""
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


def _sum(by_table: Mapping[str, Any], names: Mapping[str, Any]) -> Any:
    counts = [by_table[name] for name in names if name in by_table]
    if any(isinstance(count, Difference) for count in counts) or not counts:
        return {
            "added": sum(count.added for count in counts),
            "changed": sum(count.changed for count in counts),
            "removed": sum(count.removed for count in counts),
        }
    return sum(counts)
