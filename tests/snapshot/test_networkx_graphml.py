"""The NetworkX view's attributes can be written in every format of NetworkX."""

from __future__ import annotations

import datetime as dt
import io

import networkx as nx

from trialgraph.snapshot.networkx_view import _attributes


def test_attributes_can_be_written_as_graphml() -> None:
    row = {"phases": ["PHASE1", "PHASE2"], "n": 3, "share": 0.5, "ok": True, "none": None, "on": dt.date(2020, 1, 2)}
    graph: nx.MultiDiGraph = nx.MultiDiGraph()
    graph.add_node("Trial:x", **_attributes(row))
    out = io.BytesIO()
    nx.write_graphml(graph, out)
    assert b'["PHASE1","PHASE2"]' in out.getvalue()
    assert "none" not in graph.nodes["Trial:x"]
    assert graph.nodes["Trial:x"]["on"] == "2020-01-02"
