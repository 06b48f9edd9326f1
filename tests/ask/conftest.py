"""The golden graph, written once and opened as the embedded store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ask import golden_graph
from tests.neo4j_server import neo4j, neo4j_server
from trialgraph.stores.open import open_store
from trialgraph.stores.store import Store

__all__ = ["neo4j", "neo4j_server"]


@pytest.fixture(scope="session")
def golden_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a home that holds the golden graph, as a snapshot and loaded."""
    home = tmp_path_factory.mktemp("home")
    written = golden_graph.write(home)
    store = open_store(home / "graph")
    store.load(written)
    store.close()
    return home


@pytest.fixture(scope="session")
def store(golden_home: Path) -> Iterator[Store]:
    """Return the golden graph in the embedded store."""
    opened = open_store(golden_home / "graph")
    yield opened
    opened.close()
