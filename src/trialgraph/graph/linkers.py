"""Who says what a trial's words mean: every linker, constructed once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol

import msgspec

from trialgraph.model import ConditionLink, DrugLink, Official, OrganizationLink, ThingLink, Trial, TrialDrug
from trialgraph.vocabularies.mesh import Mesh


class Understood(msgspec.Struct, frozen=True, gc=False):
    """What one trial's words were understood as."""

    drugs: tuple[DrugLink, ...]
    things: tuple[ThingLink, ...]
    conditions: tuple[ConditionLink, ...]
    roles: tuple[TrialDrug, ...]


class Membership(Protocol):
    """A drug's class, and what says so."""

    class_id: str
    name: str
    scheme: str
    method: str
    source_field: str
    confidence: float


class Organizations(Protocol):
    """Resolves names of organisations."""

    def resolve(self, name: str, agency_class: str | None = None) -> OrganizationLink:
        """Return what a name is."""

    def get(self, organization_id: str) -> OrganizationLink | None:
        """Return what is known of an organisation beyond its mentions, or None."""


class Linkers(Protocol):
    """Everything that `build` asks."""

    mesh: Mesh
    organizations: Organizations

    def understand(self, trial: Trial) -> Understood:
        """Return what a trial's words mean."""

    def classes(self, drug_id: str) -> Iterable[Membership]:
        """Return the classes of a drug."""

    def person(self, official: Official) -> str:
        """Return the key of a person."""

    def sites(self, trial: Trial) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
        """Yield the Site node and the CONDUCTED_AT edge of every site."""

    def country_name(self, iso2: str) -> str:
        """Return a country's name."""
