"""The bulk importer on a home's snapshot: what it takes, and whether every question gets the embedded graph's rows.

TRIALGRAPH_BENCH_HOME names the home (else the sample is built).  A Neo4j is started for it.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks import questions


def run() -> None:
    """Print the seconds of each step, and the table of all questions."""
    from tests import neo4j_server

    from trialgraph.snapshot.snapshot import Snapshot
    from trialgraph.stores.neo4j import bulk
    from trialgraph.stores.open import open_store

    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        try:
            server = neo4j_server.Server.create(here / "neo4j", java_options=neo4j_server.AS_SERVERS, page_cache="512m")
        except neo4j_server.Absent as problem:
            print(f"no Neo4j: {problem}")
            return
        try:
            home = questions.home_or_sample(here)
            snapshot = Snapshot.open(home / "snapshot")
            rows = sum(snapshot.rows_of(name) for name in snapshot.manifest["tables"])
            server.stop()
            os.environ["PATH"] = f"{server.installed(here)}:{os.environ['PATH']}"
            took("export", rows, lambda: bulk.write(snapshot, here / "import"))
            took("import", rows, lambda: bulk.run(here / "import"))
            server.start()
            store = open_store(server.uri, user=server.user, password=server.password)
            took("constraints, indexes, comparison", rows, lambda: store.load(snapshot))
            assert store.load(snapshot, full=True).tables == {}
            embedded = open_store(home / "graph")
            questions.compare(embedded, store)
            embedded.close()
            store.close()
        finally:
            server.stop()


def took(what: str, rows: int, act: Callable[[], object]) -> None:
    """Print the seconds of a step."""
    began = time.perf_counter()
    act()
    print(f"{what}: {rows:,} rows in {time.perf_counter() - began:.1f} s", flush=True)
