"""Arms and interventions of a ClinicalTrials.gov record, each with the places of the others."""

from __future__ import annotations

import functools
from collections.abc import Iterable

from trialgraph.model import Arm, Intervention
from trialgraph.registries.ctgov import shape
from trialgraph.registries.reading import terms
from trialgraph.registries.reading.values import one_of, texts
from trialgraph.text import fold, plain, prose


def arms_of(module: shape.ArmsInterventions, unknown: list[str]) -> tuple[tuple[Arm, ...], tuple[Intervention, ...]]:
    """Return arms and interventions, each with the places of the others.

    An arm names its interventions as "Drug: Sirolimus", an intervention its arms by label; either side may be missing
    or may have been reworded alone, so both are used.  Where a name stands twice, the other side decides; where that is
    silent, every one of that name is meant.
    """
    groups = [
        (a, label) for a in module.arm_groups or () if a is not None and (label := _label(a, unknown)) is not None
    ]
    given = [(v, name) for v in module.interventions or () if v is not None and (name := _name(v, unknown)) is not None]
    received: list[set[int]] = [set() for _ in groups]
    if groups and given:
        places = _places((label for _, label in groups))
        for n, (v, _) in enumerate(given):
            for label in v.arm_group_labels or ():
                for arm in _lookup(places, label):
                    received[arm].add(n)
        names = _places((name for _, name in given), (f"{_title(v.type)}: {name}" for v, name in given))
        for arm, (a, _) in enumerate(groups):
            for written in a.intervention_names or ():
                meant = _lookup(names, written) or _lookup(names, (written or "").partition(": ")[2])
                if len(meant) == 1 or not received[arm].intersection(meant):
                    received[arm].update(meant)
    arms = tuple(
        [
            Arm(
                label=label,
                type=one_of(terms.ARM_TYPES, a.type, "armGroups.type", unknown),
                description=prose(a.description),
                interventions=tuple(sorted(received[arm])),
            )
            for arm, (a, label) in enumerate(groups)
        ]
    )
    interventions = tuple(
        [
            Intervention(
                name=name,
                type=one_of(terms.INTERVENTION_TYPES, v.type, "interventions.type", unknown),
                description=prose(v.description),
                other_names=texts(v.other_names),
                arms=tuple([arm for arm in range(len(groups)) if n in received[arm]]),
            )
            for n, (v, name) in enumerate(given)
        ]
    )
    return arms, interventions


def _label(a: shape.ArmGroup, unknown: list[str]) -> str | None:
    label = plain(a.label)
    if label is None and (a.type or a.description):
        unknown.append("armGroups.label=")
    return label


def _name(v: shape.Intervention, unknown: list[str]) -> str | None:
    name = plain(v.name) or next(iter(texts(v.other_names)), None)
    if name is None and (v.type or v.description):
        unknown.append("interventions.name=")
    return name


@functools.cache
def _title(kind: str | None) -> str:
    return (kind or "").replace("_", " ").title()


def _places(*spellings: Iterable[str]) -> dict[str, list[int]]:
    """Return where each name stands, under its exact form in every spelling."""
    found: dict[str, list[int]] = {}
    for names in spellings:
        for n, name in enumerate(names):
            places = found.setdefault(name, [])
            if n not in places:
                places.append(n)
    return found


def _lookup(places: dict[str, list[int]], name: str | None) -> list[int]:
    if not name:
        return []
    exact = places.get(name)
    if exact is not None:
        return exact
    folded = fold(plain(name) or "")
    return [n for known, found in places.items() if folded and fold(known) == folded for n in found]
