"""What part a drug plays in a trial: tested, compared with, or given to everybody, from the arms and their words."""

from __future__ import annotations

import re
from collections.abc import Iterable

from trialgraph.linking.drugs.controls import is_placebo
from trialgraph.model import DrugLink, Trial, TrialDrug

EXPERIMENTAL, ACTIVE, PLACEBO, BACKGROUND, UNKNOWN = (
    "EXPERIMENTAL",
    "ACTIVE_COMPARATOR",
    "PLACEBO_COMPARATOR",
    "BACKGROUND",
    "UNKNOWN",
)
STRENGTH = (EXPERIMENTAL, ACTIVE, PLACEBO, BACKGROUND, UNKNOWN)  # the strongest first

_CONTROLS = frozenset(("ACTIVE_COMPARATOR", "PLACEBO_COMPARATOR", "SHAM_COMPARATOR", "NO_INTERVENTION"))
_COMPARED = re.compile(r"\bcomparator\b|\bactive control\b|\breference (?:drug|product|treatment)\b", re.IGNORECASE)
_AROUND = re.compile(
    r"\bbackground\b|\brescue\b|\bpre-?medication\b|\bconcomitant\b|\bconditioning\b|"
    r"\bprophyla(?:xis|ctic) (?:for|against) "
    r"(?:gvhd|infection|nausea)|\ball (?:patients|participants|subjects) (?:will )?(?:receive|get|be given)",
    re.IGNORECASE,
)


def roles(trial: Trial, links: Iterable[DrugLink]) -> tuple[TrialDrug, ...]:
    """Return each drug of a trial once, with the strongest role that the record gives it."""
    entries: dict[str, set[int]] = {}
    for link in links:
        entries.setdefault(link.concept_id, set()).add(link.intervention)
    return tuple(
        TrialDrug(drug_id=drug_id, role=role, method=method, confidence=confidence)
        for drug_id, mine in entries.items()
        for role, method, confidence in (_role(trial, mine),)
    )


def _role(trial: Trial, mine: set[int]) -> tuple[str, str, float]:
    """Return the role of a drug given by some interventions, how it was found and how surely."""
    told = _told(trial, mine)
    arms = [place for place in range(len(trial.arms)) if mine & _given(trial, place)]
    if told == BACKGROUND:
        return BACKGROUND, "description", 0.7
    if not arms:
        return _without_arms(trial, mine, told)
    types = [trial.arms[place].type for place in arms]
    everywhere = len(arms) == len(trial.arms) > 1
    if everywhere and _something_else_differs(trial, mine) and _has_a_control(trial):
        return BACKGROUND, "arms", 0.85
    if "EXPERIMENTAL" in types:
        if "PLACEBO_COMPARATOR" in types and _something_else_differs(trial, mine):
            return BACKGROUND, "arms", 0.8
        if told == ACTIVE:
            return ACTIVE, "name", 0.7
        return EXPERIMENTAL, "arms", 0.95
    if "ACTIVE_COMPARATOR" in types:
        if all(arm.type in ("ACTIVE_COMPARATOR", None) for arm in trial.arms) and told != ACTIVE:
            return EXPERIMENTAL, "arms", 0.6  # every arm is called a comparator: they are compared with each other
        return ACTIVE, "arms", 0.95
    if "PLACEBO_COMPARATOR" in types or "SHAM_COMPARATOR" in types:
        return PLACEBO, "arms", 0.8
    if "NO_INTERVENTION" in types:
        return BACKGROUND, "arms", 0.7
    if trial.study_type == "INTERVENTIONAL" and told is None and any(t is None or t == "OTHER" for t in types):
        return (EXPERIMENTAL, "arms", 0.6) if len(trial.arms) == 1 else (UNKNOWN, "arms", 0.4)
    return told or UNKNOWN, "name" if told else "arms", 0.6 if told else 0.3


def _given(trial: Trial, place: int) -> set[int]:
    """Return the interventions of an arm, whichever side of the record tells it."""
    return set(trial.arms[place].interventions) | {i for i, e in enumerate(trial.interventions) if place in e.arms}


def _told(trial: Trial, mine: set[int]) -> str | None:
    """Return the role that labels and descriptions of all the entries name in words, or None."""
    texts = [f"{trial.interventions[i].name} . {trial.interventions[i].description or ''}" for i in sorted(mine)]
    if all(_COMPARED.search(trial.interventions[i].name) for i in mine):
        return ACTIVE
    if all(_AROUND.search(text[:300]) for text in texts):
        return BACKGROUND
    return None


def _without_arms(trial: Trial, mine: set[int], told: str | None) -> tuple[str, str, float]:
    """Return a role where the record has no arms for the drug: by its words, or by standing alone in the trial."""
    if told:
        return told, "name", 0.6
    others = [i for i, e in enumerate(trial.interventions) if i not in mine and not is_placebo(e.name)]
    if trial.study_type == "INTERVENTIONAL" and not others:
        return EXPERIMENTAL, "only-intervention", 0.7
    return UNKNOWN, "no-arms", 0.3


def _something_else_differs(trial: Trial, mine: set[int]) -> bool:
    """Tell whether an intervention other than these, and no placebo, is given in some arms and not in others."""
    by_arm = [_given(trial, place) - mine for place in range(len(trial.arms))]
    differing = {i for given in by_arm for i in given if any(i not in other for other in by_arm)}
    return any(not is_placebo(trial.interventions[i].name) for i in differing if i < len(trial.interventions))


def _has_a_control(trial: Trial) -> bool:
    return any(arm.type in _CONTROLS for arm in trial.arms)
