"""The snapshot, or part of it, as a NetworkX graph."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from trialgraph.errors import UsageError

if TYPE_CHECKING:
    import networkx as nx

    from trialgraph.graph.snapshot import Snapshot


def network(
    snapshot: Snapshot, labels: Sequence[str] | None = None, relationships: Sequence[str] | None = None
) -> nx.MultiDiGraph[str]:
    """Return a directed graph with parallel edges; nodes are named label:key.  All labels and types if none is named.

    Raises UsageError for a label or type that the schema does not have.
    """
    import networkx as nx

    from trialgraph.graph import schema

    for name in labels or ():
        if name not in schema.LABEL:
            raise UsageError(f"there is no label {name!r}; there are {', '.join(schema.LABEL)}")
    for name in relationships or ():
        if name not in schema.RELATIONSHIP:
            raise UsageError(f"there is no relationship type {name!r}; there are {', '.join(schema.RELATIONSHIP)}")
    wanted = list(labels) if labels is not None else list(schema.LABEL)
    made: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for label in wanted:
        key = schema.LABEL[label].key
        for rows in snapshot.batches(label):
            made.add_nodes_from((f"{label}:{row[key]}", {"label": label, "key": row[key]} | row) for row in rows)
    kinds = relationships if relationships is not None else list(schema.RELATIONSHIP)
    for kind in kinds:
        source, target = schema.RELATIONSHIP[kind].source, schema.RELATIONSHIP[kind].target
        if source not in wanted or target not in wanted:
            continue
        for rows in snapshot.batches(kind):
            for row in rows:
                ends = f"{source}:{row.pop('source')}", f"{target}:{row.pop('target')}"
                key_of_edge = made.new_edge_key(*ends)
                made.add_edge(*ends, key=key_of_edge)
                made.edges[(*ends, key_of_edge)].update({"type": kind} | row)
    return made
