"""What a trial is compared by: its texts, and the concepts it was linked to with those that stand above them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol

from trialgraph import limits
from trialgraph.graph.setting import settings
from trialgraph.model import ConditionLink, DrugLink, ThingLink, Trial
from trialgraph.similarity.fields import Concept, Document, distinct
from trialgraph.vocabularies.mesh import Mesh

Classes = Callable[[str], Iterable[tuple[str, str]]]  # drug id -> (class id, class name)
DISEASES = ("C", "F03")
ACTS = ("E", "F02", "F04", "N", "I02", "G11")  # procedures, behaviours, programmes


class Finder(Protocol):
    """Finds mentions of conditions in running text."""

    def find(self, text: str) -> tuple[ConditionLink, ...]: ...


class ThingFinder(Protocol):
    """Finds mentions of devices and procedures in running text."""

    def find(self, text: str) -> tuple[ThingLink, ...]: ...


def document(
    trial: Trial,
    drugs: Sequence[DrugLink],
    conditions: Sequence[ConditionLink],
    things: Sequence[ThingLink],
    *,
    mesh: Mesh,
    finder: Finder | None = None,
    thing_finder: ThingFinder | None = None,
    classes: Classes | None = None,
    record_codes: bool = True,
) -> Document:
    """Return a trial as similarity sees it.

    With `record_codes` off, nothing that the registry's own codes said is used: for measuring against those codes.
    """
    if not record_codes:
        drugs = [link for link in drugs if link.vocabulary != "record"]
        conditions = [link for link in conditions if link.vocabulary != "record"]
        things = [link for link in things if link.vocabulary != "record"]
    return Document(
        id=trial.id,
        texts=texts(trial),
        drugs=distinct(_drugs(drugs)),
        classes=distinct(_classes(drugs, classes)) if classes else (),
        conditions=distinct(_conditions(trial, conditions, finder, mesh)),
        procedures=distinct(_procedures(trial, things, thing_finder, mesh)),
        settings=settings(trial),
        sponsor=trial.lead_sponsor.name if trial.lead_sponsor else None,
    )


def texts(trial: Trial) -> dict[str, str]:
    """Return the fields of a trial that are compared word by word; names, places and numbers of people are none."""
    fields = {
        "title": trial.brief_title,
        "official_title": trial.official_title,
        "conditions": " . ".join(trial.conditions),
        "keywords": " . ".join(trial.keywords),
        "interventions": " . ".join(part for i in trial.interventions for part in (i.name, *i.other_names) if part),
        "arms": " . ".join(a.description or "" for a in trial.arms),
        "details": " . ".join(i.description or "" for i in trial.interventions),
        "summary": trial.brief_summary,
        "description": trial.detailed_description,
        "eligibility": trial.eligibility,
        "outcomes": " . ".join(o.measure for o in trial.outcomes),
    }
    return {name: text for name, text in fields.items() if text}


def _drugs(links: Iterable[DrugLink]) -> Iterator[Concept]:
    for link in links:
        yield Concept(link.concept_id, link.name, link.confidence)


def _classes(links: Iterable[DrugLink], classes: Classes) -> Iterator[Concept]:
    for link in links:
        for class_id, name in classes(link.concept_id):
            yield Concept(class_id, name, link.confidence * limits.CLASS_OF_DRUG, broader=True)


def _conditions(trial: Trial, links: Sequence[ConditionLink], finder: Finder | None, mesh: Mesh) -> Iterator[Concept]:
    """Yield what the list names, what titles and keywords name and, less, the summary; then what stands above each."""
    weighted = [(link, limits.FROM_LIST * link.confidence) for link in links]
    exact = any(link.method == "exact" and not link.broader for link in links)
    if finder is not None:
        more = 1.0 if exact else limits.LIST_UNCLEAR
        for text, weight in (
            (trial.brief_title, limits.FROM_TITLE),
            (trial.official_title, limits.FROM_TITLE),
            (" . ".join(trial.keywords), limits.FROM_KEYWORDS),
            (trial.brief_summary, limits.FROM_SUMMARY),
        ):
            if text:
                weighted += [(link, min(1.0, weight * more) * link.confidence) for link in finder.find(text)]
    for link, weight in weighted:
        yield Concept(link.concept_id, link.name, weight)
        yield from _above(link.concept_id, weight, mesh, DISEASES)


def _procedures(trial: Trial, links: Sequence[ThingLink], finder: ThingFinder | None, mesh: Mesh) -> Iterator[Concept]:
    weighted = [(link, link.confidence) for link in links]
    if finder is not None and trial.brief_title:
        weighted += [(link, limits.FROM_TITLE * link.confidence) for link in finder.find(trial.brief_title)]
    for link, weight in weighted:
        yield Concept(link.concept_id, link.name, weight)
        yield from _above(link.concept_id, weight, mesh, ACTS)


def _above(concept_id: str, weight: float, mesh: Mesh, branches: tuple[str, ...]) -> Iterator[Concept]:
    """Yield the headings above a heading, each step at half the weight, as long as that is worth counting."""
    level = [concept_id.removeprefix("MESH:")]
    seen = set(level)
    while level and (weight := weight * limits.STEP_UP) >= limits.LEAST_WEIGHT:
        level = [p for child in level for p in mesh.parents(child, *branches) if p not in seen]
        level = list(dict.fromkeys(level))
        seen.update(level)
        for above in level:
            yield Concept(f"MESH:{above}", mesh.name(above), weight, broader=True)
