"""Opens the graph that questions go to: the home's embedded one, or a Neo4j named by its address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialgraph.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from trialgraph.config import Settings
    from trialgraph.graph.stores import Store


def open_graph(settings: Settings, address: str | None = None, *, prompt: Callable[[], str] | None = None) -> Store:
    """Return the store to ask: the one at `address` (bolt://..., neo4j+s://..., a folder), else the home's own graph.

    "neo4j" stands for the address in the settings.  A password comes from the environment, from the file that the
    settings name, or from `prompt`.  Raises UsageError where there is no graph yet, StoreError where a server fails.
    """
    from trialgraph.graph import swap
    from trialgraph.graph.load import open_target

    if address is None and not swap.heal(settings.graph).exists():
        raise UsageError(f"no graph in {settings.home}; run 'trialgraph build', or 'trialgraph demo' to try it")
    if address == "neo4j" and not settings.neo4j_uri:
        raise UsageError("no address of a Neo4j is set; set TRIALGRAPH_NEO4J_URI, or give it: --store bolt://...")
    store = open_target(settings, address, prompt=prompt)
    store.corrections = settings.corrections
    return store
