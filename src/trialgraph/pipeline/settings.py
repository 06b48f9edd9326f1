"""The settings of a run, with the addresses of all registries that can be fetched."""

from __future__ import annotations

from trialgraph import config
from trialgraph.config import Settings
from trialgraph.registries.catalogue import known


def read(home: str | None = None) -> Settings:
    """Return the settings: `home` (else TRIALGRAPH_HOME, else the default), the environment, the home's file."""
    return config.read(home, registries=fetched())


def variables() -> dict[str, str]:
    """Return every setting with its environment variable."""
    return config.variables(fetched())


def fetched() -> list[str]:
    """Return the names of the registries that can be fetched, and so have an address."""
    return [registry.name for registry in known().values() if registry.pages is not None]
