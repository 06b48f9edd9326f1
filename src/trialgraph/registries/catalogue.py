"""The registries that can be read: a new one is one line here."""

from __future__ import annotations

from typing import Final

from trialgraph.errors import UsageError
from trialgraph.registries import ctis, ictrp, isrctn
from trialgraph.registries.ctgov import registry as ctgov
from trialgraph.registries.euctr import registry as euctr
from trialgraph.registries.meddatax import registry as meddatax
from trialgraph.registries.registry import Registry

REGISTRIES: Final[tuple[Registry, ...]] = (
    ctgov.REGISTRY,
    meddatax.REGISTRY,
    isrctn.REGISTRY,
    ctis.REGISTRY,
    euctr.REGISTRY,
    ictrp.REGISTRY,
)


def known() -> dict[str, Registry]:
    """Return every registry by its name, in the order of the list above."""
    return {registry.name: registry for registry in REGISTRIES}


def fetching() -> Registry:
    """Return the registry to name in advice: the first that can be crawled."""
    return next(registry for registry in REGISTRIES if registry.pages is not None)


def fetching_id(trial_id: str) -> Registry | None:
    """Return the first registry that can be crawled for this id, or None."""
    crawled = (registry for registry in REGISTRIES if registry.pages is not None and "ids" in registry.selects)
    return next((registry for registry in crawled if registry.normal_id(trial_id)), None)


def attributions() -> dict[str, str]:
    """Return whom to name as the source, by the registry's name."""
    return {registry.name: registry.attribution for registry in REGISTRIES}


def named(name: str) -> Registry:
    """Return one registry.  Raises UsageError for a name that is not in the list."""
    registries = known()
    if name not in registries:
        raise UsageError(f"no registry is called {name!r}; there are {', '.join(registries)}")
    return registries[name]
