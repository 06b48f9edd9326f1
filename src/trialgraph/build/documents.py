"""What a trial is compared by: its texts, and the concepts it was linked to with those that stand above them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol

from trialgraph import limits
from trialgraph.build.setting import settings
from trialgraph.linking.mesh import Mesh, canonical, within
from trialgraph.model import ConditionLink, DeviceOrProcedureLink, DrugLink, Trial
from trialgraph.similarity.documents import Concept, Document, WordForms, distinct, words

Classes = Callable[[str], Iterable[tuple[str, str]]]  # drug id -> (class id, class name)
DISEASES = ("C", "F03")
AREA_DEPTH = 2  # steps into the tree: "Hematologic Diseases", "Heart Diseases"
CANCERS, CANCER_DEPTH = "C04", 3  # cancers by organ and by tissue, one step further
# Headings above so much that to share them says nothing.
TOO_GENERAL = frozenset(
    """D010335 D013568 D020969 D012816 D013812 D019411 D006296 D006285 D011579 D004191 D010812 D008919 D017530 D003695
    D019937 D003933 D013514 D009371 D005791 D003949 D005159 D010346 D011634 D009370 D017531 D011787 D016020
    D004812""".split()  # noqa: SIM905 — a list of ids
)
FOLDED = WordForms()
ACTS = ("E", "F02", "F04", "N", "I02", "G11")  # procedures, behaviours, programmes


class Finder(Protocol):
    """Finds mentions of conditions in running text."""

    def find(self, text: str) -> tuple[ConditionLink, ...]:
        """Return the conditions that a text mentions."""
        ...


class ProcedureFinder(Protocol):
    """Finds mentions of devices and procedures in running text."""

    def find(self, text: str) -> tuple[DeviceOrProcedureLink, ...]:
        """Return the devices and procedures that a text mentions."""
        ...


def document(
    trial: Trial,
    drugs: Sequence[DrugLink],
    conditions: Sequence[ConditionLink],
    procedure_links: Sequence[DeviceOrProcedureLink],
    *,
    mesh: Mesh,
    finder: Finder | None = None,
    procedure_finder: ProcedureFinder | None = None,
    classes: Classes | None = None,
    named: Callable[[str], Iterable[tuple[str, str]]] | None = None,
    record_codes: bool = True,
) -> Document:
    """Return a trial as similarity sees it.

    `named` tells the drugs, id and name, that a title speaks of; it is asked where no intervention names one.
    With `record_codes` off, nothing that the registry's own codes said is used: for measuring against those codes.
    """
    if not record_codes:
        drugs = [link for link in drugs if link.vocabulary != "record"]
        conditions = [link for link in conditions if link.vocabulary != "record"]
        procedure_links = [link for link in procedure_links if link.vocabulary != "record"]
    substances = distinct(_drugs(trial, drugs) if drugs or named is None else _in_titles(trial, named))
    about = distinct(_conditions(trial, conditions, finder, procedure_finder, mesh, record_codes=record_codes))
    return Document(
        id=trial.id,
        texts=texts(trial),
        drugs=substances,
        classes=distinct(_classes([one for one in substances if not one.broader], classes)) if classes else (),
        conditions=about,
        areas=distinct(_areas(about, mesh)),
        procedures=distinct(
            _procedures(trial, procedure_links, procedure_finder, mesh, frozenset(c.id for c in about))
        ),
        settings=settings(trial),
        drug_words=drug_words(drugs),
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


def drug_words(drugs: Iterable[DrugLink]) -> frozenset[str]:
    """Return the words, as similarity counts them, by which drugs are named in a trial."""
    return frozenset(word for link in drugs for name in _names(link) for word in name)


def _drugs(trial: Trial, links: Sequence[DrugLink]) -> Iterator[Concept]:
    """Yield the drugs; where the title names some of them, the others are background or comparators and count less."""
    title = _folded(" ".join(text for text in (trial.brief_title, trial.official_title) if text))
    named = {link.concept_id for link in links if any(name and name <= title for name in _names(link))}
    for link in links:
        part = 1.0 if not named or link.concept_id in named else limits.DRUG_NOT_IN_TITLE
        yield Concept(link.concept_id, link.name, link.confidence * part)


def _in_titles(trial: Trial, named: Callable[[str], Iterable[tuple[str, str]]]) -> Iterator[Concept]:
    """Yield the drugs that the titles speak of; they are marked as not named among what is given."""
    for title in (trial.brief_title, trial.official_title):
        for drug_id, name in named(title or ""):
            yield Concept(drug_id, name, limits.DRUG_IN_TITLE, broader=True)


def _names(link: DrugLink) -> tuple[frozenset[str], ...]:
    return tuple(_folded(text) for text in (link.span, link.matched_alias, link.name))


def _folded(text: str) -> frozenset[str]:
    return frozenset(FOLDED[word] for word in words(text))


def _classes(drugs: Iterable[Concept], classes: Classes) -> Iterator[Concept]:
    for drug in drugs:
        for class_id, name in classes(drug.id):
            yield Concept(class_id, name, drug.weight * limits.CLASS_OF_DRUG, broader=True)


def _conditions(
    trial: Trial,
    links: Sequence[ConditionLink],
    finder: Finder | None,
    procedure_finder: ProcedureFinder | None,
    mesh: Mesh,
    *,
    record_codes: bool,
) -> Iterator[Concept]:
    """Yield what the list names, what titles and keywords name and, less, the summary; then what stands above each.

    An entry of the list that is no disease ("Kidney Transplantation", "Smoking Cessation") is what the trial is about
    all the same, so it counts as a condition here.
    """
    weighted: list[tuple[str, str, float]] = [
        (link.concept_id, link.name, limits.FROM_LIST * link.confidence) for link in links
    ]
    exact = any(link.confidence >= limits.SURELY and not link.broader for link in links)
    if procedure_finder is not None:
        linked = {link.condition for link in links}
        for number, label in enumerate(trial.conditions):
            if number not in linked:
                weighted += [
                    (t.concept_id, t.name, limits.FROM_LIST * t.confidence) for t in procedure_finder.find(label)
                ]
    if record_codes and not exact:
        known = [m.id for m in trial.condition_meshes if m.id]
        above = {a for code in known for a in mesh.ancestors(canonical(code))}
        for code in known:
            if canonical(code) in mesh and canonical(code) not in above:
                weighted.append((f"MESH:{canonical(code)}", mesh.name(canonical(code)), limits.FROM_CODES))
    if finder is not None:
        more = 1.0 if exact else limits.LIST_UNCLEAR
        for text, weight in (
            (trial.brief_title, limits.FROM_TITLE),
            (trial.official_title, limits.FROM_TITLE),
            (" . ".join(trial.keywords), limits.FROM_KEYWORDS),
            (trial.brief_summary, limits.FROM_SUMMARY),
        ):
            if text:
                part = min(1.0, weight * more)
                weighted += [(link.concept_id, link.name, part * link.confidence) for link in finder.find(text)]
    for concept_id, name, weight in weighted:
        if concept_id.removeprefix("MESH:") not in TOO_GENERAL:
            yield Concept(concept_id, name, weight)
            yield from _above(concept_id, weight, mesh, DISEASES + ACTS)


def _areas(about: Iterable[Concept], mesh: Mesh) -> Iterator[Concept]:
    """Yield the parts of medicine in which a trial's own conditions lie, one of many for each as much as the only one.

    Without them, a trial of another disease with the same drug, sponsor or method comes before one of the same organ.
    """
    for condition in about:
        heading = mesh.get(condition.id.removeprefix("MESH:"))
        if condition.broader or heading is None:
            continue
        numbers = [n for n in heading.tree_numbers if any(within(n, branch) for branch in DISEASES)]
        areas = {_upper(n, CANCER_DEPTH if within(n, CANCERS) else AREA_DEPTH) for n in numbers}
        part = condition.weight / math.sqrt(max(1, len(areas)))
        for number in areas:
            yield Concept(f"AREA:{number}", _named(mesh, number), part, broader=True)
            if within(number, CANCERS) and number.count(".") >= AREA_DEPTH:
                wider = _upper(number, AREA_DEPTH)
                yield Concept(f"AREA:{wider}", _named(mesh, wider), part * limits.WIDER_AREA, broader=True)


def _upper(number: str, depth: int) -> str:
    return ".".join(number.split(".")[:depth])


def _named(mesh: Mesh, number: str) -> str:
    return mesh.name(mesh.by_tree.get(number, number))


def _procedures(
    trial: Trial,
    links: Sequence[DeviceOrProcedureLink],
    finder: ProcedureFinder | None,
    mesh: Mesh,
    about: frozenset[str],
) -> Iterator[Concept]:
    """Yield what is done and is no drug: what interventions name and, less, the title and the keywords.

    What the trial is `about` is left out: in a trial of a drug after a transplantation, nobody tests transplanting.
    """
    weighted = [(link, link.confidence) for link in links]
    if finder is not None:
        for text, weight in (
            (" . ".join(i.name for i in trial.interventions), limits.FROM_LABELS),
            (trial.brief_title, limits.FROM_TITLE),
            (trial.official_title, limits.FROM_TITLE),
            (" . ".join(trial.keywords), limits.FROM_KEYWORDS),
        ):
            if text:
                weighted += [(link, weight * link.confidence) for link in finder.find(text)]
    for link, weight in weighted:
        if link.concept_id not in about and link.concept_id.removeprefix("MESH:") not in TOO_GENERAL:
            yield Concept(link.concept_id, link.name, weight)
            yield from (c for c in _above(link.concept_id, weight, mesh, ACTS) if c.id not in about)


def _above(concept_id: str, weight: float, mesh: Mesh, branches: tuple[str, ...]) -> Iterator[Concept]:
    """Yield the headings above a heading, each step at half the weight, as long as that is worth counting."""
    level = [concept_id.removeprefix("MESH:")]
    reached = set(level)
    while level and (weight := weight * limits.STEP_UP) >= limits.LEAST_WEIGHT:
        level = [p for child in level for p in mesh.parents(child, *branches) if p not in reached]
        level = [p for p in dict.fromkeys(level) if p not in TOO_GENERAL]
        reached.update(level)
        for above in level:
            yield Concept(f"MESH:{above}", mesh.name(above), weight, broader=True)
