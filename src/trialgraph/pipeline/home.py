"""A home: where its graph is opened, who may read and write it, and what its settings are."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any

import msgspec

from trialgraph.config import Settings, url_setting
from trialgraph.locks import read_lock, write_lock
from trialgraph.pipeline.settings import variables
from trialgraph.stores import open as stores

if TYPE_CHECKING:
    from trialgraph.stores.store import Store


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """Which store to load: the home's embedded graph, or the Neo4j at `to` ("neo4j": the one in the settings)."""

    to: str | None = None
    user: str | None = None
    database: str | None = None
    prompt: Callable[[], str] | None = None  # asks a person for the password


EMBEDDED = Target()


def open_graph(settings: Settings, address: str | None = None, *, prompt: Callable[[], str] | None = None) -> Store:
    """Return the store to ask: the one at `address` (bolt://..., neo4j+s://..., a folder), else the home's own graph.

    "neo4j" stands for the address in the settings.  Raises UsageError without a graph, StoreError where a server fails.
    """
    return stores.open_graph(settings, address, prompt=prompt)


@contextmanager
def opened(settings: Settings, target: Target) -> Iterator[Store]:
    """Open the store to load, and close it.  Raises UsageError for a bad address, StoreError where a server fails."""
    store = stores.open_target(settings, target.to, user=target.user, database=target.database, prompt=target.prompt)
    try:
        yield store
    finally:
        store.close()


def reading(settings: Settings) -> AbstractContextManager[None]:
    """Keep others from replacing the snapshot while it is read.  Raises Busy where a build is at it."""
    return read_lock(settings.lock)


def writing(settings: Settings, command: str) -> AbstractContextManager[None]:
    """Hold the home for writing, alone.  Raises Busy, naming who reads or writes it."""
    return write_lock(settings.lock, command)


def setting_rows(settings: Settings) -> list[dict[str, Any]]:
    """Return each setting, its value and where that comes from; a password is never in it."""
    rows: list[dict[str, Any]] = [{"setting": "home", "value": str(settings.home), "from": settings.sources["home"]}]
    urls = {url_setting(name): url for name, url in settings.registry_urls.items()}
    for name, variable in variables().items():
        value = _without_password(urls.get(name) or getattr(settings, name, None))
        rows.append({"setting": name, "value": value, "from": settings.sources.get(name, f"default (set {variable})")})
    is_set = bool(os.environ.get(stores.PASSWORD))
    value, source = ("set, not shown", stores.PASSWORD) if is_set else (None, f"default (set {stores.PASSWORD})")
    return [*rows, {"setting": "neo4j_password", "value": value, "from": source}]


def _without_password(value: str | None) -> str | None:
    """Return a setting as it may be shown: of an address that names user and password, neither."""
    if value is None or "://" not in value:
        return value
    scheme, _, rest = value.partition("://")
    place, slash, path = rest.partition("/")
    return f"{scheme}://{'***@' if '@' in place else ''}{place.rpartition('@')[2]}{slash}{path}"
