"""All linkers, constructed once: from a trial to the concepts that its words name."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec

from trialgraph.linking import mesh, people, places, studies
from trialgraph.linking.conditions.linker import ConditionLinker
from trialgraph.linking.corrections import Corrections, read
from trialgraph.linking.drugs import regimens
from trialgraph.linking.drugs import vocabulary as drugs
from trialgraph.linking.drugs.classes import members as classes
from trialgraph.linking.drugs.classes.evidence import Membership
from trialgraph.linking.drugs.linker import DrugLinker
from trialgraph.linking.drugs.mentioned import spoken_of
from trialgraph.linking.drugs.roles import roles
from trialgraph.linking.entity import Entity
from trialgraph.linking.organizations.linker import OrganizationLinker
from trialgraph.linking.people import Person
from trialgraph.linking.places import Site
from trialgraph.linking.procedures.linker import ProcedureLinker
from trialgraph.linking.readable import readable
from trialgraph.linking.studies import StudyNumbers
from trialgraph.model import (
    ArmRegimen,
    ConditionLink,
    DeviceOrProcedureLink,
    DrugLink,
    OrganizationLink,
    Trial,
    TrialDrug,
)

# Kinds of nodes that need nothing beside a mention and a relationship from the trial: a function from a trial to them.
KINDS: list[Callable[[Trial], Iterable[Entity]]] = []


class Understood(msgspec.Struct, frozen=True, gc=False):
    """The concepts that one trial's words name."""

    drugs: tuple[DrugLink, ...]
    procedures: tuple[DeviceOrProcedureLink, ...]
    conditions: tuple[ConditionLink, ...]
    roles: tuple[TrialDrug, ...]
    regimens: tuple[ArmRegimen, ...]
    people: tuple[Person, ...]
    sites: tuple[Site, ...]
    sponsor: OrganizationLink | None
    collaborators: tuple[OrganizationLink, ...]
    numbers: StudyNumbers
    entities: tuple[Entity, ...] = ()  # of the kinds in KINDS


class Linkers:
    """Every linker; `understand` is pure, so trials may be given in any order and to any number of processes."""

    def __init__(self, corrections: Path | None = None) -> None:
        by_user = read(corrections) if corrections is not None else Corrections()
        self.mesh = mesh.load()
        self.classes = classes.load_corrected(by_user)
        self._classes: dict[str, tuple[Membership, ...]] = {}
        self.drugs = DrugLinker(drugs.load(), by_user)
        self.regimen_names = regimens.names(self.drugs.vocabulary)
        self.spoken_of = spoken_of(self.drugs.vocabulary, self.mesh)
        self.conditions = ConditionLinker(self.mesh, by_user)
        self.procedures = ProcedureLinker(self.mesh, by_user)
        self.organizations = OrganizationLinker(corrections=by_user)

    def understand(self, trial: Trial) -> Understood:
        """Return the concepts that a trial's words name."""
        trial = readable(trial)
        found = self.drugs.link(trial)
        return Understood(
            drugs=found,
            procedures=self.procedures.link(trial),
            conditions=self.conditions.link(trial),
            roles=roles(trial, found),
            regimens=regimens.regimens(trial, found, self.regimen_names),
            people=people.people(trial, self.organizations),
            sites=places.sites(trial),
            sponsor=self._organization(trial.lead_sponsor.name, trial.lead_sponsor.agency_class)
            if trial.lead_sponsor
            else None,
            collaborators=tuple(self._organization(party.name, party.agency_class) for party in trial.collaborators),
            numbers=studies.numbers_of(trial),
            entities=tuple(entity for kind in KINDS for entity in kind(trial)),
        )

    def _organization(self, name: str, agency_class: str | None) -> OrganizationLink:
        return self.organizations.resolve(name, agency_class)

    def classes_of(self, drug_id: str, name: str) -> tuple[Membership, ...]:
        """Return the classes of a drug, and what says so."""
        found = self._classes.get(drug_id)
        if found is None:
            found = self._classes[drug_id] = self.classes.of(drug_id, name)
        return found

    def vocabularies(self) -> dict[str, str]:
        """Return which release of each term list is used, for the manifest."""
        return {"mesh": self.mesh.release}
