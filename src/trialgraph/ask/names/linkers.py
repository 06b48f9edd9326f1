"""The linkers by which a person's words are understood, each made once for a file of corrections."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from trialgraph.linking.conditions.linker import ConditionLinker
    from trialgraph.linking.corrections import Corrections
    from trialgraph.linking.drugs.linker import DrugLinker
    from trialgraph.linking.organizations.linker import OrganizationLinker
    from trialgraph.stores.store import Store


def drugs(store: Store) -> DrugLinker:
    """Return the linker of drugs: the project's own vocabulary, and the corrections of the home that is asked."""
    return _drugs(*own_corrections(store))


def conditions(store: Store) -> ConditionLinker:
    """Return the linker of conditions, with the corrections of the home that is asked."""
    return _conditions(*own_corrections(store))


def organizations(store: Store) -> OrganizationLinker:
    """Return the linker of organisations, with the corrections of the home that is asked."""
    return _organizations(*own_corrections(store))


def corrections(store: Store) -> Corrections:
    """Return the corrections of the home that is asked."""
    return _corrections(*own_corrections(store))


def own_corrections(store: Store) -> tuple[Path | None, int]:
    """Return the file of corrections and its time of change: a linker is made once for each."""
    path = store.corrections
    return (path, path.stat().st_mtime_ns) if path is not None and path.is_file() else (None, 0)


@functools.lru_cache(maxsize=2)
def _corrections(path: Path | None, changed: int) -> Corrections:
    from trialgraph.linking.corrections import Corrections, read

    return read(path) if path is not None else Corrections()


@functools.lru_cache(maxsize=2)
def _drugs(path: Path | None, changed: int) -> DrugLinker:
    from trialgraph.linking.drugs import vocabulary as drugs
    from trialgraph.linking.drugs.linker import DrugLinker

    return DrugLinker(drugs.load(), _corrections(path, changed))


@functools.lru_cache(maxsize=2)
def _conditions(path: Path | None, changed: int) -> ConditionLinker:
    from trialgraph.linking import mesh
    from trialgraph.linking.conditions.linker import ConditionLinker

    return ConditionLinker(mesh.load(), _corrections(path, changed))


@functools.lru_cache(maxsize=2)
def _organizations(path: Path | None, changed: int) -> OrganizationLinker:
    from trialgraph.linking.organizations import vocabulary as organizations
    from trialgraph.linking.organizations.linker import OrganizationLinker

    return OrganizationLinker(organizations.load(), _corrections(path, changed))
