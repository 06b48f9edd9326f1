"""Opens the graph that questions go to: the home's embedded one, or a Neo4j named by its address."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from trialgraph.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from trialgraph.config import Settings
    from trialgraph.graph.stores import Store

PASSWORD = "TRIALGRAPH_NEO4J_PASSWORD"  # noqa: S105 - the name of a variable


def open_graph(settings: Settings, address: str | None = None, *, prompt: Callable[[], str] | None = None) -> Store:
    """Return the store to ask: the one at `address` (bolt://..., neo4j+s://..., a folder), else the home's own graph.

    "neo4j" stands for the address in the settings.  A password comes from the environment, from the file that the
    settings name, or from `prompt`.  Raises UsageError where there is no graph yet, StoreError where a server fails.
    """
    from trialgraph.graph.stores import open_store

    if address == "neo4j":
        if not settings.neo4j_uri:
            raise UsageError("no address of a Neo4j is set; set TRIALGRAPH_NEO4J_URI, or give it: --store bolt://...")
        address = settings.neo4j_uri
    if address is not None:
        if "://" not in address:
            return open_store(address)
        return open_store(
            address,
            user=settings.neo4j_user,
            password=_password(settings) or (prompt() if prompt else None),
            database=settings.neo4j_database,
        )
    if not settings.graph.exists():
        raise UsageError(f"no graph in {settings.home}; run 'trialgraph build', or 'trialgraph demo' to try it")
    return open_store(settings.graph)


def _password(settings: Settings) -> str | None:
    if os.environ.get(PASSWORD):
        return os.environ[PASSWORD]
    if settings.neo4j_password_file:
        from pathlib import Path

        try:
            return Path(settings.neo4j_password_file).expanduser().read_text("utf-8").strip()
        except OSError as problem:
            raise UsageError(f"the password file cannot be read: {problem}") from problem
    return None
