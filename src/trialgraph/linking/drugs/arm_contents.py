"""What each arm of a trial gives: drugs, and entries that name none; and one drug's view of it, for its role."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import msgspec

from trialgraph.linking.drugs import role_words
from trialgraph.linking.drugs.controls import is_care, is_placebo
from trialgraph.linking.drugs.role_words import AROUND, COMBINED, COMPARED, TESTED
from trialgraph.model import DrugLink, Trial
from trialgraph.text import fold

_TEXT = 3000  # characters of summary and description that are read; what follows is logistics as a rule
_RANDOM = re.compile(r"\brandomi[sz]|\bversus\b|\bvs\b|\bplacebo\b|\bdouble-blind", re.IGNORECASE)

Contents = frozenset[str]  # drug ids, and #place of entries that name no drug


class Arms(msgspec.Struct, frozen=True):
    """A trial's arms by what they give."""

    trial: Trial
    entries: tuple[frozenset[int], ...]  # by arm, from either side of the record
    drugs: tuple[frozenset[str], ...]  # by entry
    active: frozenset[int]  # entries that are no placebo and no usual care
    contents: tuple[Contents, ...]  # by arm
    titles: tuple[str, ...]  # folded
    names: dict[str, frozenset[str]]  # what the record calls each drug, and each active entry that names none; folded


class Case(msgspec.Struct, frozen=True):
    """One drug of a trial, and what the rules for its role look at."""

    all_arms: Arms
    drug: str
    entries: frozenset[int]  # that name it
    arms: tuple[int, ...]  # that get it

    @property
    def trial(self) -> Trial:
        """Return the trial."""
        return self.all_arms.trial

    @property
    def contents(self) -> tuple[Contents, ...]:
        """Return what each arm gives."""
        return self.all_arms.contents

    @property
    def trial_entries(self) -> frozenset[int]:
        """Return the places of all entries that are no placebo and no usual care."""
        return self.all_arms.active

    @property
    def types(self) -> set[str | None]:
        """Return the types of the arms that get the drug."""
        return {self.trial.arms[place].type for place in self.arms}

    @property
    def others(self) -> bool:
        """Tell whether another entry is no placebo and no usual care."""
        return bool(self.all_arms.active - self.entries)

    @property
    def is_crossover(self) -> bool:
        """Tell whether every arm has the same entries."""
        return len(set(self.all_arms.entries)) == 1

    @property
    def is_randomized(self) -> bool:
        """Tell whether participants are allotted at random, by the design or by the titles."""
        return self.trial.allocation == "RANDOMIZED" or any(_RANDOM.search(title) for title in self.all_arms.titles)

    def own(self, place: int) -> Contents:
        """Return what an arm gives that not every arm gives."""
        return self.contents[place] - frozenset.intersection(*self.contents)

    def beside(self, place: int) -> frozenset[str | int]:
        """Return what an arm gives beside the drug: drugs, and entries that are no part of a combination with it."""
        arms = self.all_arms
        parts = [arms.drugs[entry] for entry in self.entries]
        apart = {
            entry
            for entry in arms.entries[place] & arms.active - self.entries
            if not arms.drugs[entry] or not any(arms.drugs[entry] <= mine for mine in parts)
        }
        return (self.contents[place] - {self.drug}) | apart

    def is_called_placebo(self) -> bool:
        """Tell whether an entry or an arm of the drug has the words of a placebo."""
        entries = [self.trial.interventions[place] for place in self.entries]
        arms = [self.trial.arms[place] for place in self.arms]
        texts = [f"{e.name} {' '.join(e.other_names)} {e.description or ''}" for e in entries]
        return any(map(is_placebo, texts + [arm.label or "" for arm in arms]))

    def is_all_of(self, place: int) -> bool:
        """Tell whether an arm gets nothing else, not even a placebo."""
        return self.all_arms.entries[place] <= self.entries

    def title(self) -> str | None:
        """Return what the titles say: tested, compared with or given around something else that they name as tested."""
        relation = role_words.in_title(self.all_arms.titles, self.all_arms.names[self.drug])
        if relation == COMBINED:
            relation = AROUND if self.is_randomized and not self.trial.arms else TESTED
        if relation in (COMPARED, AROUND):
            others = [names for drug, names in self.all_arms.names.items() if drug != self.drug]
            if not any(role_words.in_title(self.all_arms.titles, names) == TESTED for names in others):
                return TESTED if relation == COMPARED or not self.is_randomized else None
        return relation

    def text(self) -> str | None:
        """Return what summary and description of a randomised trial say."""
        trial = self.trial
        if not self.is_randomized:
            return None
        text = "\n".join(text for text in (trial.brief_summary, trial.detailed_description) if text)
        return role_words.in_text(text[:_TEXT], self.all_arms.names[self.drug])


def arms_of(trial: Trial, links: Sequence[DrugLink]) -> Arms:
    """Return what the arms of a trial give."""
    drugs: list[set[str]] = [set() for _ in trial.interventions]
    for link in links:
        drugs[link.intervention].add(link.concept_id)
    entries = [set(arm.interventions) & set(range(len(drugs))) for arm in trial.arms]
    active = set()
    for place, entry in enumerate(trial.interventions):
        for arm in entry.arms:
            if arm < len(entries):
                entries[arm].add(place)
        if drugs[place] or not (is_placebo(entry.name) or is_care(entry.name)):
            active.add(place)
    contents = tuple(
        frozenset(part for place in given & active for part in drugs[place] or {f"#{place}"}) for given in entries
    )
    titles = tuple(fold(title) for title in (trial.official_title, trial.brief_title) if title)
    return Arms(
        trial,
        tuple(map(frozenset, entries)),
        tuple(map(frozenset, drugs)),
        frozenset(active),
        contents,
        titles,
        _names(trial, links, active),
    )


def _names(trial: Trial, links: Sequence[DrugLink], active: set[int]) -> dict[str, frozenset[str]]:
    names: dict[str, set[str]] = {}
    for link in links:
        mine = names.setdefault(link.concept_id, set())
        mine.update((link.span, link.name, link.matched_alias))
        if link.components == 1:
            mine.update(trial.interventions[link.intervention].other_names)
    for place in active - {link.intervention for link in links}:
        names[f"#{place}"] = {trial.interventions[place].name, *trial.interventions[place].other_names}
    return {
        concept: frozenset(fold(name) for name in sorted(called) if len(name) > 1) for concept, called in names.items()
    }


def cases(trial: Trial, links: Sequence[DrugLink]) -> Iterator[Case]:
    """Yield the drugs of a trial in the order of its entries."""
    if not links:
        return
    arms = arms_of(trial, links)
    by_drug: dict[str, set[int]] = {}
    for link in links:
        by_drug.setdefault(link.concept_id, set()).add(link.intervention)
    for drug, entries in by_drug.items():
        places = tuple(place for place, given in enumerate(arms.contents) if drug in given)
        yield Case(arms, drug, frozenset(entries), places)
