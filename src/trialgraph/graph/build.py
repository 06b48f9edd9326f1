"""Trials become the graph: the whole understanding, one trial after the other.

What the record says goes to rows as it is (`rows`); what its words mean is asked of the linkers (`linkers`); nodes
that trials share are gathered as they are named (`concepts`); what needs all trials comes last.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from trialgraph.entities import places, studies
from trialgraph.graph import rows
from trialgraph.graph.concepts import Concepts
from trialgraph.graph.linkers import Linkers, Understood
from trialgraph.graph.tables import Tables
from trialgraph.model import ChangeEvent, DrugLink, Link, ListedTrial, OrganizationLink, Party, ThingLink, Trial
from trialgraph.vocabularies import condition_groups

LEAD = "sponsorCollaboratorsModule.leadSponsor.name"
COLLABORATOR = "sponsorCollaboratorsModule.collaborators[{}].name"
MESH = "MESH:"
ROR = "ROR:"

L = TypeVar("L", DrugLink, ThingLink)


class Builder:
    """The graph while it grows: `add` every trial, then `finish` once."""

    def __init__(self, linkers: Linkers, aside: Path | None = None) -> None:
        self.tables = Tables(aside)
        self._linkers = linkers
        self._drugs = Concepts("drug_id", words="synonyms")
        self._devices = Concepts("device_id", words="synonyms")
        self._procedures = Concepts("procedure_id", words="synonyms")
        self._conditions = Concepts("condition_id", words="synonyms")
        self._organizations = Concepts("organization_id", words="aliases", most_said="class")
        self._sites = Concepts("site_id", most_said="facility")
        self._people = Concepts("person_id", most_said="affiliation")
        self._publications = Concepts("publication_id")
        self._identifiers = Concepts("identifier_id")
        self._parents: dict[str, tuple[str, str, float]] = {}
        self._affiliations: dict[tuple[str, str], OrganizationLink] = {}
        self._numbers: list[studies.StudyNumbers] = []
        self._trials: set[str] = set()
        self._listed: dict[str, tuple[str, ListedTrial]] = {}
        self.trials = 0
        self.unknown_values: dict[str, int] = {}
        self.sources: dict[str, int] = {}  # records of each source
        self.newest: str | None = None  # the latest date of an update that a registry posted

    # --- one trial ----------------------------------------------------------------------------------------------------

    def add(self, trial: Trial, understood: Understood) -> None:
        """Add a trial and everything that hangs on it."""
        self.trials += 1
        self._trials.add(trial.id)
        for value in trial.unknown_values:
            self.unknown_values[value] = self.unknown_values.get(value, 0) + 1
        for record in trial.records:
            self.sources[record.source] = self.sources.get(record.source, 0) + 1
        if trial.last_update_post_date is not None:
            self.newest = max(self.newest or "", trial.last_update_post_date.day)
        for table, row in rows.own_rows(trial):
            self.tables.put(table, row)
        self._numbers_and_papers(trial)
        self._conditions_of(trial, understood)
        self._interventions_of(trial, understood)
        self._organizations_of(trial, understood)
        self._people_of(trial, understood)
        self._places_of(trial, understood)
        self._numbers.append(understood.numbers)
        self._listed_by(trial)

    def _numbers_and_papers(self, trial: Trial) -> None:
        for key, row in rows.identifiers(trial).items():
            self._identifiers.see(key, row)
            self.tables.put("HAS_IDENTIFIER", {"source": trial.id, "target": key})
        for place, reference in enumerate(trial.references):
            paper = rows.publication(reference)
            if paper is not None:
                key = paper["publication_id"]
                self._publications.see(key, paper)
                edge = {"source": trial.id, "target": key, "type": reference.type, "position": place}
                self.tables.put("HAS_REFERENCE", edge)

    def _conditions_of(self, trial: Trial, understood: Understood) -> None:
        best: dict[tuple[str, str], Any] = {}
        for link in understood.conditions:
            key = (link.concept_id, link.source_field)
            if key not in best or link.confidence > best[key].confidence:
                best[key] = link
        for link in best.values():
            self._conditions.see(link.concept_id, {"name": link.name}, word=link.span)
            edge = {"source": trial.id, "target": link.concept_id, "raw_name": link.raw, "broader": link.broader}
            self.tables.put("STUDIES", edge | _evidence(link))

    def _interventions_of(self, trial: Trial, understood: Understood) -> None:
        for drug in _best(understood.drugs):
            facts = {"name": drug.name, "mesh_id": drug.mesh_id, "unii": drug.unii}
            self._drugs.see(drug.concept_id, facts, word=drug.span)
            dose = {name: getattr(drug, name) for name in ("dose_value", "dose_unit", "form", "route", "frequency")}
            self.tables.put("INCLUDES_DRUG", _from_intervention(trial, drug) | dose)
        for thing in _best(understood.things):
            facts = {"name": thing.name, "mesh_id": _mesh(thing.concept_id)}
            if thing.label == "Device":
                self._devices.see(thing.concept_id, facts, word=thing.span)
                self.tables.put("INCLUDES_DEVICE", _from_intervention(trial, thing))
            else:
                self._procedures.see(thing.concept_id, facts | {"kind": thing.kind}, word=thing.span)
                self.tables.put("INCLUDES_PROCEDURE", _from_intervention(trial, thing))
        for test in understood.roles:
            self.tables.put(
                "TESTS",
                {
                    "source": trial.id,
                    "target": test.drug_id,
                    "role": test.role,
                    "method": test.method,
                    "source_field": "armsInterventionsModule.armGroups",
                    "confidence": test.confidence,
                },
            )

    def _organizations_of(self, trial: Trial, understood: Understood) -> None:
        if trial.lead_sponsor is not None and understood.sponsor is not None:
            self._organization(trial, "SPONSORS", trial.lead_sponsor, understood.sponsor, LEAD)
        for place, (party, link) in enumerate(zip(trial.collaborators, understood.collaborators, strict=True)):
            self._organization(trial, "COLLABORATES_ON", party, link, COLLABORATOR.format(place))

    def _organization(self, trial: Trial, edge: str, party: Party, link: OrganizationLink, field: str) -> None:
        self._see_organization(link, party.agency_class)
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

    def _see_organization(self, link: OrganizationLink, agency_class: str | None = None) -> None:
        facts = {"name": link.name, "ror_id": link.ror_id, "country": link.country}
        self._organizations.see(link.organization_id, facts, word=link.raw_name, value=agency_class)
        if link.parent_id is not None and link.parent_id != link.organization_id:
            self._parents.setdefault(link.organization_id, (link.parent_id, link.method, link.confidence))

    def _people_of(self, trial: Trial, understood: Understood) -> None:
        for person in understood.people:
            self._people.see(person.person_id, {"name": person.name}, value=person.affiliation)
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
                self._see_organization(person.organization)
                self._affiliations.setdefault(
                    (person.person_id, person.organization.organization_id), person.organization
                )

    def _places_of(self, trial: Trial, understood: Understood) -> None:
        reached = set()
        for site in understood.sites:
            country = site.iso2 or site.country
            reached.add(country)
            facts = {"city": site.city, "state": site.state, "zip": site.zip, "country": country}
            self._sites.see(site.site_id, facts | {"lat": site.lat, "lon": site.lon}, value=site.facility)
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
        for land in places.trial_countries(trial):
            if land.iso2 not in reached:  # a country without a facility: the country as a whole is the site
                key = f"SITE:{land.iso2.lower()}"
                self._sites.see(key, {"country": land.iso2})
                self.tables.put(
                    "CONDUCTED_AT",
                    {
                        "source": trial.id,
                        "target": key,
                        "raw_name": land.raw,
                        "method": "country-only",
                        "source_field": "contactsLocationsModule.locations",
                        "confidence": 1.0,
                    },
                )

    def _listed_by(self, trial: Trial) -> None:
        mirror = next((r.source for r in trial.records if r.source != trial.registry), None)
        for place, listed in enumerate(trial.listed_related):
            self._listed.setdefault(listed.id, (trial.registry, listed))
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
        if change.trial_id not in self._trials:
            return
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

    # --- all trials ---------------------------------------------------------------------------------------------------

    def finish(self) -> Tables:
        """Add what several trials share and what stands above it; returns the tables."""
        for trial_id, (registry, listed) in sorted(self._listed.items()):
            if trial_id not in self._trials:
                self.tables.put("Trial", rows.listed_row(listed, registry))
        self._hierarchy()
        self._classes()
        self._owners()
        self._studies()
        self._countries_of_sites()
        for label, concepts in (
            ("Drug", self._drugs),
            ("Device", self._devices),
            ("Procedure", self._procedures),
            ("Condition", self._conditions),
            ("Organization", self._organizations),
            ("Site", self._sites),
            ("Person", self._people),
            ("Publication", self._publications),
            ("Identifier", self._identifiers),
        ):
            self.tables.extend(label, concepts.rows())
        return self.tables

    def _hierarchy(self) -> None:
        """Add every condition above one that is named, so that "and below" finds it."""
        mesh = self._linkers.mesh
        grouped = condition_groups.groups()
        waiting = [key for key in self._conditions if key.startswith(MESH) or key in grouped]
        seen = set(waiting)
        while waiting:
            key = waiting.pop()
            if heading := mesh.get(key.removeprefix(MESH)):
                facts = {"name": heading.name, "tree_numbers": list(heading.tree_numbers) or None}
                self._conditions.see(key, facts | {"mesh_id": heading.id})
            elif key in grouped:
                self._conditions.see(key, {"name": grouped[key].name})
            else:
                continue
            for above in self._linkers.conditions.parents(key):
                by = "group" if key in grouped or above in grouped else "mesh-tree"
                edge = {"source": key, "target": above, "method": by, "confidence": 1.0}
                self.tables.put("IS_A", edge | {"source_field": "tree_numbers" if by == "mesh-tree" else "hand"})
                if above not in seen:
                    seen.add(above)
                    waiting.append(above)

    def _classes(self) -> None:
        """Add the classes of every drug that is named."""
        named: dict[str, tuple[str, str]] = {}
        for drug in self._drugs:
            for member in self._linkers.classes_of(drug, self._drugs.fact(drug, "name")):
                named[member.class_id] = (member.name, member.scheme)
                self.tables.put(
                    "IN_CLASS",
                    {
                        "source": drug,
                        "target": member.class_id,
                        "method": member.method,
                        "source_field": member.source_field,
                        "confidence": member.confidence,
                    },
                )
        for class_id, (name, scheme) in sorted(named.items()):
            self.tables.put("DrugClass", {"class_id": class_id, "name": name, "scheme": scheme})

    def _owners(self) -> None:
        """Add who owns an organisation that is named, and who owns that; and where people work."""
        waiting = list(self._organizations)
        seen = set(waiting)
        while waiting:
            key = waiting.pop()
            known = None
            if self._organizations.fact(key, "name") is None or not key.startswith(ROR):
                known = self._linkers.organizations.get(key)  # a mention has told all that ROR says
            if known is not None:
                self._organizations.see(key, {"name": known.name, "ror_id": known.ror_id, "country": known.country})
                if known.parent_id is not None:
                    self._parents[key] = (known.parent_id, "alias-table", 1.0)
            else:
                self._organizations.see(key, {"name": key.partition(":")[2].replace("-", " ").title()})
            owner, method, confidence = self._parents.get(key, (None, "", 0.0))
            if owner is None:
                continue
            edge = {"source": key, "target": owner, "method": method, "source_field": "name"}
            self.tables.put("SUBSIDIARY_OF", edge | {"confidence": confidence})
            if owner not in seen:
                seen.add(owner)
                waiting.append(owner)
        for (person, body), link in self._affiliations.items():
            edge = {"source": person, "target": body, "raw_name": link.raw_name, "method": link.method}
            self.tables.put("AFFILIATED_WITH", edge | {"source_field": "affiliation", "confidence": link.confidence})

    def _studies(self) -> None:
        """Add which trials are one study in two registries, and which follow others."""
        for link in studies.links(self._numbers):
            if link.source in self._trials and link.target in self._trials:
                edge = {"source": link.source, "target": link.target, "evidence": list(link.evidence)}
                self.tables.put(
                    link.type,
                    edge | {"method": link.method, "source_field": link.source_field, "confidence": link.confidence},
                )

    def _countries_of_sites(self) -> None:
        names: dict[str, str] = {}
        for site in self._sites.rows():
            if site.get("country"):
                names[site["country"]] = self._linkers.country_name(site["country"])
                self.tables.put("IN_COUNTRY", {"source": site["site_id"], "target": site["country"]})
        for iso2, name in sorted(names.items()):
            self.tables.put("Country", {"iso2": iso2, "name": name})


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


def _from_intervention(trial: Trial, link: DrugLink | ThingLink) -> dict[str, Any]:
    return {"source": f"{trial.id}#{link.intervention}", "target": link.concept_id} | _evidence(link)


def _mesh(concept_id: str) -> str | None:
    return concept_id.removeprefix(MESH) if concept_id.startswith(MESH) else None
