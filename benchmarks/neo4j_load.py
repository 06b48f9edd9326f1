"""Loading a Neo4j beside a bare loop that sends the same rows with the same driver and statements.

TRIALGRAPH_BENCH_HOME names a home whose snapshot is loaded (else invented trials are); TRIALGRAPH_TEST_NEO4J=
bolt://user:password@host:port a Neo4j that is used, and emptied (else one is started, with a server's own settings).
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.a_server import a_server

TRIALS, DRUGS = 20_000, 2_000
LONG = 300_000  # rows: a load of so many warms the server by itself, and is measured once


def run() -> None:
    """Print rows a second of both, and their ratio."""
    from trialgraph.snapshot.snapshot import Snapshot

    with tempfile.TemporaryDirectory() as folder, a_server(Path(folder)) as server:
        if server is not None:
            home = os.environ.get("TRIALGRAPH_BENCH_HOME")
            compare(server, Snapshot.open(Path(home) / "snapshot") if home else invented(Path(folder)))


def compare(server: Any, snapshot: Any) -> None:
    """Load the snapshot by both, on the same server, and print what each took."""
    from trialgraph.stores.open import open_store

    rows = sum(snapshot.rows_of(name) for name in snapshot.manifest["tables"])
    store = open_store(server.uri, user=server.user, password=server.password)

    def ours() -> None:
        store.load(snapshot)

    def bare() -> None:
        loop(server, snapshot)

    def took(act: Callable[[], None]) -> float:
        server.empty(schema=False)
        began = time.perf_counter()
        act()
        return time.perf_counter() - began

    with tempfile.TemporaryDirectory() as folder:
        store.load(invented(Path(folder)))  # the indexes are there, the server is warm
    ratios = []
    for turn in range(1 if rows > LONG else 5):
        each = {"bare loop": took(bare), "trialgraph": took(ours)}
        for what, seconds in each.items():
            print(f"round {turn}: {what:10} {rows:,} rows in {seconds:6.1f} s: {rows / seconds:6,.0f} a second")
        ratios.append(each["bare loop"] / each["trialgraph"])
    began = time.perf_counter()
    assert store.load(snapshot).tables == {}
    print(f"again, nothing to write: {time.perf_counter() - began:.2f} s")
    began = time.perf_counter()
    assert store.load(snapshot, full=True).tables == {}
    print(f"again, every row compared: {time.perf_counter() - began:.1f} s")
    store.close()
    print(f"ratio {sorted(ratios)[len(ratios) // 2]:.2f} (aim: at least 0.85)")


def loop(server: Any, snapshot: Any) -> None:
    """Send every row as it is, 5,000 a transaction, and nothing else: no marks, no lock, no look at what is there."""
    from trialgraph import schema
    from trialgraph.stores.neo4j import statements

    with server.driver() as driver:
        for name in (*schema.LABEL, *schema.RELATIONSHIP):
            text = (statements.PUT_NODES | statements.PUT_EDGES)[name]
            for batch in snapshot.batches(name, 5_000):
                sent = [statements.as_parameter(name, row, 1, replaces=False) for row in batch]
                driver.execute_query(text, rows=sent)


def invented(folder: Path) -> Any:
    """Return a snapshot of invented trials that test two drugs each."""
    from trialgraph.snapshot.snapshot import write
    from trialgraph.snapshot.tables import Tables

    tables = Tables()
    tables.extend("Drug", ({"drug_id": f"TXT:{i}", "name": f"drug {i}"} for i in range(DRUGS)))
    for i in range(TRIALS):
        tables.put("Trial", {"trial_id": f"NCT{i:08}", "brief_title": f"Trial {i} " + "word " * 30, "enrollment": i})
        for drug in (i % DRUGS, (i * 7 + 1) % DRUGS):  # never the same twice
            edge = {"source": f"NCT{i:08}", "target": f"TXT:{drug}", "role": f"ROLE{drug == i % DRUGS}"}
            tables.put("TESTS", edge | {"method": "exact", "source_field": "x", "confidence": 1.0})
    return write(tables, folder / "snapshot", {})[0]
