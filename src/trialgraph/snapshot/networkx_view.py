"""The snapshot, or some labels and types of it, as a NetworkX graph."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import networkx as nx

from trialgraph import schema
from trialgraph.snapshot.export import tables_of
from trialgraph.snapshot.snapshot import Snapshot


def network(snapshot: Snapshot, labels: Sequence[str] = (), relationships: Sequence[str] = ()) -> nx.MultiDiGraph[str]:
    """Return a directed graph with parallel edges; all labels and types where none is named.

    A node is named label:key ("Trial:NCT04324411") and has `label`, `key` and its properties; an edge has `type` and
    its properties.  Raises UsageError for a label or type that the schema does not have.
    """
    nodes, kinds = tables_of(labels, relationships)
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for label in nodes:
        key = schema.LABEL[label].key
        for rows in snapshot.batches(label):
            graph.add_nodes_from(
                (f"{label}:{row[key]}", {**_attributes(row), "label": label, "key": row[key]}) for row in rows
            )
    for name in kinds:
        kind = schema.RELATIONSHIP[name]
        for rows in snapshot.batches(name):
            for row in rows:
                ends = f"{kind.source}:{row.pop('source')}", f"{kind.target}:{row.pop('target')}"
                at = graph.add_edge(*ends)
                graph.edges[(*ends, at)].update({**_attributes(row), "type": name})
    return graph


def _attributes(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row's values as attributes that every format of NetworkX can write: none is missing, lists are JSON."""
    return {
        name: value if isinstance(value, str | int | float) else _as_text(value)
        for name, value in row.items()
        if value is not None
    }


def _as_text(value: Any) -> str:
    return str(value) if isinstance(value, dt.date) else msgspec.json.encode(value).decode()
