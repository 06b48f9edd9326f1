"""A linked trial becomes rows: its own tables, its relationships, a mention of each node that it shares.

The record's own facts are rows of `record_rows`; the meaning of its words comes from the linkers; the nodes that trials
share are made of all mentions by `shared_nodes`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from trialgraph.build import record_rows
from trialgraph.linking import places
from trialgraph.linking.conditions import attributes
from trialgraph.linking.entity import Entity
from trialgraph.linking.linkers import Understood
from trialgraph.model import ChangeEvent, DeviceOrProcedureLink, DrugLink, Link, OrganizationLink, Party, Trial
from trialgraph.schema import mentions, properties
from trialgraph.snapshot.tables import Tables

LEAD = "sponsorCollaboratorsModule.leadSponsor.name"
COLLABORATOR = "sponsorCollaboratorsModule.collaborators[{}].name"
MESH = "MESH:"
_ARMS = "armsInterventionsModule.armGroups"
DOSE = tuple(column.name for column in properties.DOSE)

L = TypeVar("L", DrugLink, DeviceOrProcedureLink)


class TrialRows:
    """What trials say, as rows of every table that belongs to a trial: `add` each trial."""

    def __init__(self, aside: Path | None = None) -> None:
        self.tables = Tables(aside)
        self.trials = 0
        self._place = 0

    def add(self, trial: Trial, understood: Understood) -> None:
        """Add a trial and everything that hangs on it."""
        self.trials += 1
        self._place = 0
        self._mention(
            mentions.TRIALS,
            trial,
            updated=trial.last_update_post_date.day if trial.last_update_post_date else None,
            sources=[record.source for record in trial.records],
            unknown_values=list(trial.unknown_values),
            sponsor=trial.lead_sponsor.name if trial.lead_sponsor else None,
        )
        for table, row in record_rows.own_rows(trial):
            self.tables.put(table, row)
        self._numbers_and_papers(trial)
        self._conditions_of(trial, understood)
        self._interventions_of(trial, understood)
        self._organizations_of(trial, understood)
        self._people_of(trial, understood)
        self._places_of(trial, understood)
        self._mention(mentions.NUMBERS, trial, numbers=msgspec.json.encode(understood.numbers, order="sorted").decode())
        self._listed_by(trial)
        for entity in understood.entities:
            self._entity(trial, entity)

    def _entity(self, trial: Trial, entity: Entity) -> None:
        """Add a node of a kind that needs nothing but its mention and its relationship."""
        self._add_mention(entity.label, trial, entity.key, entity.facts, word=entity.word)
        self.tables.put(entity.relationship, {**entity.properties, "source": trial.id, "target": entity.key})

    def _mention(self, table: str, trial: Trial, **values: Any) -> None:
        self._place += 1
        self.tables.put(table, {"trial": trial.id, "place": self._place, **values})

    def _add_mention(
        self,
        label: str,
        trial: Trial,
        key: str,
        facts: Mapping[str, Any],
        *,
        word: str | None = None,
        stated: str | None = None,
    ) -> None:
        """Record that a trial mentions a node, with the facts it gives, the word it used and one more value."""
        self._place += 1
        mention = {"trial": trial.id, "place": self._place, "key": key, "word": word, "stated": stated}
        self.tables.put(mentions.name_of(label), {**facts, **mention})

    def _numbers_and_papers(self, trial: Trial) -> None:
        for key, row in record_rows.numbers(trial).items():
            self._add_mention("Identifier", trial, key, row)
            self.tables.put("HAS_IDENTIFIER", {"source": trial.id, "target": key})
        for place, reference in enumerate(trial.references):
            paper = record_rows.publication(reference)
            if paper is not None:
                key = paper["publication_id"]
                self._add_mention("Publication", trial, key, paper)
                edge = {"source": trial.id, "target": key, "type": reference.type, "position": place}
                self.tables.put("HAS_REFERENCE", edge)

    def _conditions_of(self, trial: Trial, understood: Understood) -> None:
        best: dict[tuple[str, str], Any] = {}
        for link in understood.conditions:
            key = (link.concept_id, link.source_field)
            if key not in best or link.confidence > best[key].confidence:
                best[key] = link
        shared = attributes.of_trial(trial)
        for link in best.values():
            self._add_mention("Condition", trial, link.concept_id, {"name": link.name}, word=link.span)
            edge = {"source": trial.id, "target": link.concept_id, "raw_name": link.raw, "broader": link.broader}
            self.tables.put("STUDIES", edge | _evidence(link) | attributes.properties(link.raw, shared))

    def _interventions_of(self, trial: Trial, understood: Understood) -> None:
        for drug in _best(understood.drugs):
            facts = {"name": drug.name, "mesh_id": drug.mesh_id, "unii": drug.unii}
            self._add_mention("Drug", trial, drug.concept_id, facts, word=drug.span)
            if drug.salt_id is not None:
                self._add_mention("Drug", trial, drug.salt_id, {"name": drug.salt_name}, word=drug.span)
            dose = {name: getattr(drug, name) for name in DOSE}
            self.tables.put("INCLUDES_DRUG", _from_intervention(trial, drug) | {"salt_id": drug.salt_id} | dose)
        for procedure in _best(understood.procedures):
            facts = {"name": procedure.name, "mesh_id": _mesh(procedure.concept_id)}
            if procedure.label == "Device":
                self._add_mention("Device", trial, procedure.concept_id, facts, word=procedure.span)
                self.tables.put("INCLUDES_DEVICE", _from_intervention(trial, procedure))
            else:
                self._add_mention(
                    "Procedure", trial, procedure.concept_id, facts | {"kind": procedure.kind}, word=procedure.span
                )
                self.tables.put("INCLUDES_PROCEDURE", _from_intervention(trial, procedure))
        for regimen in understood.regimens:
            names = list(regimen.names) or None
            regimen_facts: dict[str, Any] = {
                "name": names[0] if names else None,
                "spellings": names,
                "drug_ids": list(regimen.drug_ids),
            }
            self._add_mention("Regimen", trial, regimen.regimen_id, regimen_facts)
            edge = {"source": f"{trial.id}#{regimen.arm}", "target": regimen.regimen_id, "method": regimen.method}
            self.tables.put("GIVES", edge | {"source_field": _ARMS, "confidence": regimen.confidence})
        for test in understood.roles:
            self.tables.put(
                "TESTS",
                {
                    "source": trial.id,
                    "target": test.drug_id,
                    "role": test.role,
                    "method": test.method,
                    "source_field": _ARMS,
                    "confidence": test.confidence,
                },
            )

    def _organizations_of(self, trial: Trial, understood: Understood) -> None:
        if trial.lead_sponsor is not None and understood.sponsor is not None:
            self._organization(trial, "SPONSORS", trial.lead_sponsor, understood.sponsor, LEAD)
        for place, (party, link) in enumerate(zip(trial.collaborators, understood.collaborators, strict=True)):
            self._organization(trial, "COLLABORATES_ON", party, link, COLLABORATOR.format(place))

    def _organization(self, trial: Trial, edge: str, party: Party, link: OrganizationLink, field: str) -> None:
        self._mention_organization(trial, link, party.agency_class)
        self.tables.put(
            edge,
            {
                "source": link.organization_id,
                "target": trial.id,
                "raw_name": party.name,
                "agency_class": party.agency_class,
                "method": link.method,
                "source_field": field,
                "confidence": link.confidence,
            },
        )

    def _mention_organization(self, trial: Trial, link: OrganizationLink, agency_class: str | None = None) -> None:
        facts = {"name": link.name, "ror_id": link.ror_id, "country": link.country}
        self._add_mention("Organization", trial, link.organization_id, facts, word=link.raw_name, stated=agency_class)
        if link.parent_id is not None and link.parent_id != link.organization_id:
            owner = {"owner": link.parent_id, "method": link.method, "confidence": link.confidence}
            self._mention(mentions.OWNERS, trial, key=link.organization_id, **owner)

    def _people_of(self, trial: Trial, understood: Understood) -> None:
        for person in understood.people:
            self._add_mention("Person", trial, person.person_id, {"name": person.name}, stated=person.affiliation)
            self.tables.put(
                "HAS_OFFICIAL",
                {
                    "source": trial.id,
                    "target": person.person_id,
                    "role": person.role,
                    "raw_name": person.raw_name,
                    "affiliation": person.affiliation,
                    "title": person.title,
                    "source_field": person.source_field,
                    "confidence": person.confidence,
                },
            )
            if person.organization is not None:
                body = person.organization
                self._mention_organization(trial, body)
                self._mention(
                    mentions.AFFILIATIONS,
                    trial,
                    person=person.person_id,
                    organization=body.organization_id,
                    raw_name=body.raw_name,
                    method=body.method,
                    confidence=body.confidence,
                )

    def _places_of(self, trial: Trial, understood: Understood) -> None:
        for site in understood.sites:
            country = site.iso2 or site.country
            facts = {"city": site.city, "state": site.state, "zip": site.zip, "country": country}
            self._add_mention(
                "Site", trial, site.site_id, facts | {"lat": site.lat, "lon": site.lon}, stated=site.facility
            )
            self.tables.put(
                "CONDUCTED_AT",
                {
                    "source": trial.id,
                    "target": site.site_id,
                    "raw_name": site.facility,
                    "status": site.status,
                    "method": site.method,
                    "source_field": f"contactsLocationsModule.locations[{site.location}]",
                    "confidence": site.confidence,
                },
            )
        for land in places.trial_countries(trial, understood.sites):
            self._add_mention("Country", trial, land.iso2, {"name": land.name})
            self.tables.put(
                "CONDUCTED_IN",
                {
                    "source": trial.id,
                    "target": land.iso2,
                    "sites": land.sites,
                    "unnamed_sites": land.unnamed_sites,
                    "raw_name": land.raw,
                    "source_field": land.source_field,
                },
            )

    def _listed_by(self, trial: Trial) -> None:
        mirror = next((r.source for r in trial.records if r.source != trial.registry), None)
        for place, listed in enumerate(trial.listed_related):
            self._mention(
                mentions.LISTED,
                trial,
                key=listed.id,
                registry=trial.registry,
                title=listed.title,
                status=listed.overall_status,
                phases=list(listed.phases) or None,
            )
            self.tables.put(
                "LISTED_AS_RELATED",
                {
                    "source": trial.id,
                    "target": listed.id,
                    "position": place,
                    "source_name": mirror,
                    "listed_title": listed.title,
                    "listed_status": listed.overall_status,
                    "listed_phases": list(listed.phases) or None,
                },
            )

    def add_change(self, change: ChangeEvent) -> None:
        """Add what changed between two versions of a trial's record."""
        self.tables.put(
            "ChangeEvent",
            {
                "change_id": change.event_id,
                "trial_id": change.trial_id,
                "field": change.field,
                "old": change.old,
                "new": change.new,
                "seen_at": change.seen_at,
                "kind": change.detail,
                "version": change.to_sha256,
                "previous_version": change.from_sha256,
            },
        )
        self.tables.put("HAS_CHANGE", {"source": change.trial_id, "target": change.event_id})


def _best(links: Iterable[L]) -> Iterator[L]:
    """Yield the surest link of each intervention to each concept, in the order they came."""
    best: dict[tuple[int, str], L] = {}
    for link in links:
        key = (link.intervention, link.concept_id)
        if key not in best or link.confidence > best[key].confidence:
            best[key] = link
    yield from best.values()


def _evidence(link: Link) -> dict[str, Any]:
    return {
        "raw_span": link.span,
        "span_in": link.span_in,
        "component": link.component,
        "components": link.components,
        "matched_alias": link.matched_alias,
        "vocabulary": link.vocabulary,
        "method": link.method,
        "source_field": link.source_field,
        "confidence": link.confidence,
    }


def _from_intervention(trial: Trial, link: DrugLink | DeviceOrProcedureLink) -> dict[str, Any]:
    return {"source": f"{trial.id}#{link.intervention}", "target": link.concept_id} | _evidence(link)


def _mesh(concept_id: str) -> str | None:
    return concept_id.removeprefix(MESH) if concept_id.startswith(MESH) else None
