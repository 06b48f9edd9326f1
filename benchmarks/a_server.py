"""A Neo4j to measure with: the one that TRIALGRAPH_TEST_NEO4J names, else one started with a server's own settings."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent


@contextlib.contextmanager
def a_server(folder: Path) -> Iterator[Any]:
    """Give a server, or None where there can be none, which is said; it is stopped afterwards where it is ours."""
    from tests import neo4j_server

    given = os.environ.get("TRIALGRAPH_TEST_NEO4J")
    try:
        server = (
            neo4j_server.Server.given(given)
            if given
            else neo4j_server.Server.create(folder / "neo4j", java_options=neo4j_server.AS_SERVERS, page_cache="512m")
        )
    except neo4j_server.Absent as problem:
        print(f"no Neo4j: {problem}")
        yield None
        return
    try:
        yield server
    finally:
        if server.mine:
            server.stop()
