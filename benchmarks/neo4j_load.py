"""Loading a Neo4j beside a bare loop that sends the same rows with the same driver.

Uses TRIALGRAPH_TEST_NEO4J=bolt://user:password@host:port (it is emptied), else starts one as the tests do.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

TRIALS, DRUGS = 40_000, 2_000
PROJECT = Path(__file__).resolve().parent.parent


def run() -> None:
    """Print rows a second of both, and their ratio."""
    sys.path.insert(0, str(PROJECT / "tests"))
    import neo4j_server
    from trialgraph.graph.snapshot import Snapshot, write
    from trialgraph.graph.stores import open_store, statements
    from trialgraph.graph.tables import Tables

    with tempfile.TemporaryDirectory() as folder:
        given = os.environ.get("TRIALGRAPH_TEST_NEO4J")
        try:
            server = _given(given) if given else neo4j_server.Server.create(Path(folder) / "neo4j")
        except neo4j_server.Absent as problem:
            print(f"no Neo4j: {problem}")
            return
        tables = Tables()
        tables.extend("Drug", ({"drug_id": f"TXT:{i}", "name": f"drug {i}"} for i in range(DRUGS)))
        for i in range(TRIALS):
            tables.put(
                "Trial", {"trial_id": f"NCT{i:08}", "brief_title": f"Trial {i} " + "word " * 30, "enrollment": i}
            )
            for drug in (i % DRUGS, i * 7 % DRUGS or 1):
                edge = {"source": f"NCT{i:08}", "target": f"TXT:{drug}", "role": f"ROLE{drug == i % DRUGS}"}
                tables.put("TESTS", edge | {"method": "exact", "source_field": "x", "confidence": 1.0})
        snapshot: Snapshot = write(tables, Path(folder) / "snapshot", {})[0]
        names = ("Trial", "Drug", "TESTS")
        rows = sum(snapshot.rows_of(name) for name in names)
        store = open_store(server.uri, user=server.user, password=server.password)
        store.load(snapshot)  # the server warms up: plans, caches, its compiler
        took = {}
        for turn in range(2):
            server.empty(schema=False)
            began = time.perf_counter()
            store.load(snapshot)
            took["trialgraph load"] = time.perf_counter() - began
            server.empty(schema=False)
            began = time.perf_counter()
            with server.driver() as driver:
                for name in names:
                    text = (statements.PUT_NODES | statements.PUT_EDGES)[name]
                    for batch in snapshot.batches(name, 5_000):
                        sent = [statements.as_parameter(name, row, 1, replaces=False) for row in batch]
                        driver.execute_query(text, rows=sent)
            took["bare loop"] = time.perf_counter() - began
            for what, seconds in took.items():
                print(f"round {turn}: {what:16} {rows:,} rows in {seconds:5.1f} s: {rows / seconds:,.0f} a second")
            print(f"round {turn}: ratio {took['bare loop'] / took['trialgraph load']:.2f} (aim: at least 0.85)")
        store.close()
        if server.mine:
            server.stop()


def _given(address: str):
    import neo4j_server

    parts = urlsplit(address)
    host = parts.netloc.rpartition("@")[2]
    return neo4j_server.Server(None, f"{parts.scheme}://{host}", parts.username or "neo4j", parts.password or "")
