"""What part a drug plays in a trial: tested, compared with, or given to everybody, judged by the arms that get it.

A trial's arms are compared by their contents: the drugs of their entries and the entries that name none, without
placebos and usual care.  The rules are tried in the order of `RULES`; the first that applies names itself in `method`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from trialgraph.linking.drugs import role_words
from trialgraph.linking.drugs.arm_contents import Case, Contents, cases
from trialgraph.linking.drugs.role_words import AROUND, COMPARED, TESTED
from trialgraph.model import DrugLink, Trial, TrialDrug

EXPERIMENTAL, ACTIVE, PLACEBO, BACKGROUND, UNKNOWN = (
    "EXPERIMENTAL",
    "ACTIVE_COMPARATOR",
    "PLACEBO_COMPARATOR",
    "BACKGROUND",
    "UNKNOWN",
)

_EMPTY: Final = frozenset(("PLACEBO_COMPARATOR", "SHAM_COMPARATOR", "NO_INTERVENTION"))  # arms that give nothing active
_CONTROLS: Final = _EMPTY | {"ACTIVE_COMPARATOR"}
_ROLE_OF: Final = {TESTED: EXPERIMENTAL, COMPARED: ACTIVE, AROUND: BACKGROUND}

Answer = tuple[str, str, float]  # role, method, confidence


def roles(trial: Trial, links: Iterable[DrugLink]) -> tuple[TrialDrug, ...]:
    """Return each drug of a trial once, with its role, the rule that gave it and how sure that is."""
    found = []
    for case in cases(trial, list(links)):
        role, method, confidence = _role(case)
        found.append(TrialDrug(drug_id=case.drug, role=role, method=method, confidence=confidence))
    return tuple(found)


def _role(case: Case) -> Answer:
    for rule in RULES:
        answer = rule(case)
        if answer is not None:
            return answer
    return UNKNOWN, "arm-types", 0.3


def _supportive(case: Case) -> Answer | None:
    """Rescue, premedication, anaesthesia, contrast: background, where something else is tested."""
    if not case.others or (case.arms and any(case.own(place) == {case.drug} for place in case.arms)):
        return None
    entries = [case.trial.interventions[place] for place in case.entries]
    if all(role_words.is_supportive(entry.name, entry.description) for entry in entries) or (
        len(case.trial.arms) > 1 and all(role_words.is_for_everybody(entry.description) for entry in entries)
    ):
        return None if case.title() in (TESTED, COMPARED) else (BACKGROUND, "supportive", 0.75)
    return None


def _named_comparator(case: Case) -> Answer | None:
    """An entry called a comparator, where not every entry is called so."""
    mine = [case.trial.interventions[place] for place in case.entries]
    if not all(role_words.is_comparator(entry.name) for entry in mine):
        return None
    if all(role_words.is_comparator(case.trial.interventions[place].name) for place in case.trial_entries):
        return None  # some sponsors call every entry a comparator
    return ACTIVE, "entry-name", 0.7


def _without_arms(case: Case) -> Answer | None:
    """No arm is known to get it: by standing alone, by title and description, else unknown."""
    if case.arms:
        return None
    if case.trial.study_type != "INTERVENTIONAL":
        return UNKNOWN, "observational", 0.3
    if not case.others:
        return EXPERIMENTAL, "only-intervention", 0.7
    answer = _by_words(case)
    if answer is None and not case.trial.arms and not case.is_randomized:
        return EXPERIMENTAL, "single-group", 0.5
    return answer or (UNKNOWN, "no-arms", 0.3)


def _single_arm(case: Case) -> Answer | None:
    """What a trial of one arm gives is what it tests."""
    if len(case.trial.arms) != 1 or case.trial.study_type != "INTERVENTIONAL":
        return None
    if case.others and case.title() == AROUND:
        return BACKGROUND, "title", 0.6
    return EXPERIMENTAL, "single-arm", 0.9


def _every_arm(case: Case) -> Answer | None:
    """In every arm: background where the arms differ in something else, tested where they do not."""
    if len(case.arms) != len(case.trial.arms) or case.trial.study_type != "INTERVENTIONAL":
        return None
    differs = len({case.beside(place) for place in case.arms}) > 1
    types = {arm.type for arm in case.trial.arms}
    if differs and types & _CONTROLS and len(types) > 1:
        return BACKGROUND, "every-arm", 0.85
    relation = case.title() if case.others else None
    if relation == AROUND or (relation == COMPARED and case.is_crossover):
        return _ROLE_OF[relation], "title", 0.6
    if differs and relation is None:
        return BACKGROUND, "every-arm", 0.6
    return EXPERIMENTAL, "every-arm-alike", 0.85


def _experimental_arm(case: Case) -> Answer | None:
    """In experimental arms; where controls get it too and experimental arms only beside something new: no."""
    if "EXPERIMENTAL" not in case.types:
        return None
    by_type = [(arm.type, case.contents[place]) for place, arm in enumerate(case.trial.arms)]
    in_controls: Contents = frozenset().union(*(given for kind, given in by_type if kind in _CONTROLS))
    tested = [given for kind, given in by_type if kind == "EXPERIMENTAL" and case.drug in given]
    if case.drug in in_controls and all(given - in_controls for given in tested):
        for place, arm in enumerate(case.trial.arms):
            if arm.type == "ACTIVE_COMPARATOR" and case.own(place) == {case.drug}:
                return ACTIVE, "control-alone", 0.75
        return BACKGROUND, "control-too", 0.8
    return EXPERIMENTAL, "experimental-arm", 0.95


def _against_nothing(case: Case) -> Answer | None:
    """Whatever its arm is called: the others get a placebo, a sham, nothing, or no more than what its arm gets too."""
    rest = [place for place in range(len(case.contents)) if place not in case.arms]
    if case.types & _EMPTY or case.trial.study_type != "INTERVENTIONAL" or not rest:
        return None
    return (EXPERIMENTAL, "against-placebo", 0.9) if all(_is_empty(case, place) for place in rest) else None


def _is_empty(case: Case, place: int) -> bool:
    """Tell whether an arm gives nothing active, or no more than an arm of the drug gives too."""
    kind, given = case.trial.arms[place].type, case.contents[place]
    less = any(given < case.contents[mine] for mine in case.arms)
    return kind in _EMPTY or not given or (kind != "EXPERIMENTAL" and less)


def _comparator_arm(case: Case) -> Answer | None:
    """In active comparators: compared with what an experimental arm gets; without one, with each other."""
    if "ACTIVE_COMPARATOR" not in case.types:
        return None
    types = {arm.type for arm in case.trial.arms}
    if "EXPERIMENTAL" in types:
        return ACTIVE, "comparator-arm", 0.95
    relation = case.title()
    if relation in (COMPARED, AROUND):
        return _ROLE_OF[relation], "title", 0.6
    if "OTHER" in types and relation is None:
        return ACTIVE, "comparator-arm", 0.6
    return EXPERIMENTAL, "head-to-head", 0.6


def _placebo_arm(case: Case) -> Answer | None:
    """In placebo arms alone: a placebo where words say so or it is all that the arm gets, else a comparator."""
    if not case.types & {"PLACEBO_COMPARATOR", "SHAM_COMPARATOR"}:
        return None
    if case.is_called_placebo() or any(case.is_all_of(place) for place in case.arms):
        return PLACEBO, "placebo-named", 0.8
    return ACTIVE, "placebo-arm", 0.6


def _untyped_arm(case: Case) -> Answer | None:
    """In arms of type OTHER, of none or without an intervention: by title and description."""
    if case.trial.study_type != "INTERVENTIONAL":
        return UNKNOWN, "observational", 0.3
    if case.types == {"NO_INTERVENTION"}:
        return BACKGROUND, "no-intervention-arm", 0.7
    return _by_words(case)


def _by_words(case: Case) -> Answer | None:
    for method, relation in (("title", case.title()), ("description", case.text())):
        if relation:
            return _ROLE_OF[relation], method, 0.6
    return None


RULES: Final[tuple[Callable[[Case], Answer | None], ...]] = (
    _supportive,
    _named_comparator,
    _without_arms,
    _single_arm,
    _every_arm,
    _experimental_arm,
    _against_nothing,
    _comparator_arm,
    _placebo_arm,
    _untyped_arm,
)
