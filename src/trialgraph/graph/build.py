"""Trials become the graph: the whole understanding, one trial after the other.

What the record says goes to rows as it is (`rows`); what its words mean is asked of the linkers (`linkers`); nodes
that trials share are gathered as they are named (`concepts`); what needs all trials comes last.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from trialgraph.graph import rows
from trialgraph.graph.concepts import Concepts
from trialgraph.graph.linkers import Linkers, Understood
from trialgraph.graph.tables import Tables
from trialgraph.model import DrugLink, Link, ListedTrial, Official, Party, ThingLink, Trial

LEAD = "sponsorCollaboratorsModule.leadSponsor.name"
COLLABORATOR = "sponsorCollaboratorsModule.collaborators[{}].name"
OFFICIAL = "contactsLocationsModule.overallOfficials[{}]"
MESH = "MESH:"

L = TypeVar("L", DrugLink, ThingLink)


class Builder:
    """The graph while it grows: `add` every trial, then `finish` once."""

    def __init__(self, linkers: Linkers) -> None:
        self.tables = Tables()
        self._linkers = linkers
        self._drugs = Concepts("drug_id", words="synonyms")
        self._devices = Concepts("device_id", words="synonyms")
        self._procedures = Concepts("procedure_id", words="synonyms")
        self._conditions = Concepts("condition_id", words="synonyms")
        self._organizations = Concepts("organization_id", words="aliases", most_said="class")
        self._sites = Concepts("site_id", most_said="facility")
        self._people = Concepts("person_id", most_said="name")
        self._publications = Concepts("publication_id")
        self._identifiers = Concepts("identifier_id")
        self._trials: set[str] = set()
        self._listed: dict[str, tuple[str, ListedTrial]] = {}
        self.trials = 0
        self.unknown_values: dict[str, int] = {}

    # --- one trial ----------------------------------------------------------------------------------------------------

    def add(self, trial: Trial, understood: Understood) -> None:
        """Add a trial and everything that hangs on it."""
        self.trials += 1
        self._trials.add(trial.id)
        for value in trial.unknown_values:
            self.unknown_values[value] = self.unknown_values.get(value, 0) + 1
        for table, row in rows.own_rows(trial):
            self.tables.put(table, row)
        self._numbers_and_papers(trial)
        self._conditions_of(trial, understood)
        self._interventions_of(trial, understood)
        self._organizations_of(trial)
        self._people_of(trial)
        self._places_of(trial)
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

    def _organizations_of(self, trial: Trial) -> None:
        if trial.lead_sponsor is not None:
            self._organization(trial, "SPONSORS", trial.lead_sponsor, LEAD)
        for place, party in enumerate(trial.collaborators):
            self._organization(trial, "COLLABORATES_ON", party, COLLABORATOR.format(place))

    def _organization(self, trial: Trial, edge: str, party: Party, field: str) -> None:
        link = self._linkers.organizations.resolve(party.name, party.agency_class)
        facts = {"name": link.name, "ror_id": link.ror_id, "country": link.country}
        self._organizations.see(link.organization_id, facts, word=party.name, value=party.agency_class)
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

    def _people_of(self, trial: Trial) -> None:
        for place, official in enumerate(trial.officials):
            self._official(trial, official, OFFICIAL.format(place))

    def _official(self, trial: Trial, official: Official, field: str) -> None:
        key = self._linkers.person(official)
        self._people.see(key, {"name": official.name, "affiliation": official.affiliation}, value=official.name)
        self.tables.put(
            "HAS_OFFICIAL",
            {
                "source": trial.id,
                "target": key,
                "role": official.role,
                "raw_name": official.name,
                "affiliation": official.affiliation,
                "title": official.title,
                "source_field": field,
            },
        )

    def _places_of(self, trial: Trial) -> None:
        for site, edge in self._linkers.sites(trial):
            self._sites.see(site["site_id"], site, value=site.get("facility"))
            self.tables.put("CONDUCTED_AT", edge)

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

    # --- all trials ---------------------------------------------------------------------------------------------------

    def finish(self) -> Tables:
        """Add what several trials share and what stands above it; returns the tables."""
        for trial_id, (registry, listed) in sorted(self._listed.items()):
            if trial_id not in self._trials:
                self.tables.put("Trial", rows.listed_row(listed, registry))
        self._hierarchy()
        self._classes()
        self._owners()
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
        waiting = [key for key in self._conditions if key.startswith(MESH)]
        seen = set(waiting)
        while waiting:
            key = waiting.pop()
            mesh_id = key.removeprefix(MESH)
            heading = mesh.get(mesh_id)
            if heading is None:
                continue
            facts = {"name": heading.name, "tree_numbers": list(heading.tree_numbers) or None, "mesh_id": mesh_id}
            self._conditions.see(key, facts)
            for parent in mesh.parents(mesh_id):
                above = MESH + parent
                self.tables.put(
                    "IS_A",
                    {
                        "source": key,
                        "target": above,
                        "method": "mesh-tree",
                        "source_field": "tree_numbers",
                        "confidence": 1.0,
                    },
                )
                if above not in seen:
                    seen.add(above)
                    waiting.append(above)

    def _classes(self) -> None:
        """Add the classes of every drug that is named."""
        named: dict[str, tuple[str, str]] = {}
        for drug in self._drugs:
            for member in self._linkers.classes(drug):
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
        """Add who owns an organisation that is named, and who owns that."""
        waiting = list(self._organizations)
        seen = set(waiting)
        while waiting:
            key = waiting.pop()
            known = self._linkers.organizations.get(key)
            if known is None:
                continue
            facts = {"name": known.name, "ror_id": known.ror_id, "country": known.country}
            self._organizations.see(key, facts)
            if known.parent_id is None:
                continue
            self.tables.put(
                "SUBSIDIARY_OF",
                {
                    "source": key,
                    "target": known.parent_id,
                    "method": "alias-table",
                    "source_field": "vocabulary",
                    "confidence": 1.0,
                },
            )
            if known.parent_id not in seen:
                seen.add(known.parent_id)
                waiting.append(known.parent_id)

    def _countries_of_sites(self) -> None:
        names: dict[str, str] = {}
        for site in self._sites.rows():
            if site.get("country"):
                names[site["country"]] = self._linkers.country_name(site["country"])
                self.tables.put("IN_COUNTRY", {"source": site["site_id"], "target": site["country"]})
        for iso2, name in sorted(names.items()):
            self.tables.put("Country", {"iso2": iso2, "name": name})


def build(
    trials: Iterable[Trial], linkers: Linkers, progress: Callable[[int, int | None], None] | None = None
) -> Builder:
    """Return the builder with all trials added; `finish` it when nothing else is to come."""
    builder = Builder(linkers)
    for _ in add_all(builder, trials, linkers, progress):
        pass
    return builder


def add_all(
    builder: Builder,
    trials: Iterable[Trial],
    linkers: Linkers,
    progress: Callable[[int, int | None], None] | None = None,
) -> Iterator[tuple[Trial, Understood]]:
    """Add trials one after the other, and yield each with what was understood, for whoever also needs it."""
    for trial in trials:
        understood = linkers.understand(trial)
        builder.add(trial, understood)
        if progress is not None:
            progress(builder.trials, None)
        yield trial, understood


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
