"""Opens a store: the embedded graph in a folder, or a Neo4j at an address, as the settings of a home name them."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from trialgraph.config import Settings
from trialgraph.errors import UsageError
from trialgraph.stores.store import Store
from trialgraph.text_files import read_text

PASSWORD = "TRIALGRAPH_NEO4J_PASSWORD"  # noqa: S105 - the name of a variable
NEO4J_SCHEMES = ("bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc")


def open_store(
    address: str | Path,
    *,
    user: str | None = None,
    password: str | None = None,
    database: str | None = None,
) -> Store:
    """Return the store at an address: a folder opens the embedded graph in it, bolt:// or neo4j:// a Neo4j server."""
    scheme = "" if isinstance(address, Path) else str(address).partition("://")[0].lower()
    if scheme in NEO4J_SCHEMES:
        from trialgraph.stores.neo4j.store import Neo4jStore

        return Neo4jStore(str(address), user=user, password=password, database=database)
    if "://" in str(address):
        known = ", ".join(f"{name}://" for name in NEO4J_SCHEMES)
        raise UsageError(f"{address} is no store that we know; give a folder or an address that begins with {known}")
    from trialgraph.stores.embedded.store import EmbeddedStore

    return EmbeddedStore(Path(address))


def password_of(settings: Settings, environ: Mapping[str, str] = os.environ) -> str | None:
    """Return the password of a Neo4j from the environment or from the file that the settings name.

    Raises UsageError for a file that others may read.
    """
    if environ.get(PASSWORD):
        return environ[PASSWORD]
    if settings.neo4j_password_file is None:
        return None
    path = Path(settings.neo4j_password_file).expanduser()
    try:
        if os.name == "posix" and path.stat().st_mode & 0o077:
            raise UsageError(f"{path} holds a password that others may read; run: chmod 600 {path}")
        return read_text(path).strip("\r\n\t ")
    except OSError as problem:
        raise UsageError(f"the password file {path} cannot be read: {problem.strerror}") from problem


def open_target(
    settings: Settings,
    to: str | None = None,
    *,
    user: str | None = None,
    database: str | None = None,
    prompt: Callable[[], str] | None = None,
) -> Store:
    """Return the store to load: the home's own graph, or the Neo4j at an address ("neo4j" for the settings' one)."""
    if to is None:
        return open_store(settings.graph)
    if to == "neo4j":
        if settings.neo4j_uri is None:
            raise UsageError("no address of a Neo4j is set; set TRIALGRAPH_NEO4J_URI, or give it: --to bolt://...")
        to = settings.neo4j_uri
    if "://" not in to:
        return open_store(Path(to))
    password = password_of(settings)
    if password is None and prompt is not None:
        password = prompt()
    return open_store(
        to,
        user=user or settings.neo4j_user,
        password=password,
        database=database or settings.neo4j_database,
    )


def open_graph(settings: Settings, address: str | None = None, *, prompt: Callable[[], str] | None = None) -> Store:
    """Return the store to ask: the one at `address` (bolt://..., neo4j+s://..., a folder), else the home's own graph.

    "neo4j" stands for the address in the settings.  A password comes from the environment, from the file that the
    settings name, or from `prompt`.  Raises UsageError where there is no graph yet, StoreError where a server fails.
    """
    from trialgraph.files import swap

    if address is None and not swap.recover(settings.graph).exists():
        raise UsageError(f"no graph in {settings.home}; run 'trialgraph build', or 'trialgraph demo' to try it")
    if address == "neo4j" and not settings.neo4j_uri:
        raise UsageError("no address of a Neo4j is set; set TRIALGRAPH_NEO4J_URI, or give it: --store bolt://...")
    store = open_target(settings, address, prompt=prompt)
    store.corrections = settings.corrections
    return store
