"""Regimens: the exact set of drugs that an arm gets, and the names that the field has for such sets.

Names come from `data/regimens.txt` and the part of `data/drugs.txt` that lists regimens; where two names stand for one
set, the first in the files names it and all are its spellings.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator

import msgspec

from trialgraph.errors import UsageError
from trialgraph.linking.drugs.vocabulary import DrugVocabulary
from trialgraph.linking.words import tables
from trialgraph.model import ArmRegimen, DrugLink, Trial
from trialgraph.text import fold

_PACKAGE = "trialgraph.linking.drugs"
_SECTION = "# --- regimens"


class RegimenNames(msgspec.Struct, frozen=True):
    """The names of sets of drugs: by the sorted ids of the set, and the set by a folded name."""

    by_drugs: dict[tuple[str, ...], tuple[str, ...]]
    by_name: dict[str, tuple[str, ...]]


def regimen_id(drug_ids: Iterable[str]) -> str:
    """Return the key of a set of drugs: the same for every order."""
    return "REGIMEN:" + "+".join(sorted(set(drug_ids)))


@functools.cache
def names(vocabulary: DrugVocabulary) -> RegimenNames:
    """Return the named regimens, their drugs as a vocabulary identifies them."""
    by_drugs: dict[tuple[str, ...], tuple[str, ...]] = {}
    by_name: dict[str, tuple[str, ...]] = {}
    for called, drugs in _lines():
        found = [vocabulary.resolve(drug) for drug in drugs]
        if not all(found):
            raise UsageError(
                f"regimens: {called[0]!r} has a drug that the vocabulary does not hold: {', '.join(drugs)}"
            )
        ids = tuple(sorted({drug.id for match in found if match for drug in match.drugs}))
        by_drugs[ids] = tuple(dict.fromkeys((*by_drugs.get(ids, ()), *called)))
        for name in called:
            by_name.setdefault(fold(name), ids)
    return RegimenNames(by_drugs, by_name)


def _lines() -> Iterator[tuple[list[str], list[str]]]:
    """Yield the names and the drugs of each line of the files."""
    section = tables.text(_PACKAGE, "drugs.txt").partition(_SECTION)[2].partition("\n# ---")[0].partition("\n")[2]
    for line in (*section.splitlines(), *tables.text(_PACKAGE, "regimens.txt").splitlines()):
        if line and not line.startswith("#"):
            left, _, right = line.partition(" # ")[0].rpartition(" = ")
            yield [name.strip().strip("'") for name in left.split(" | ")], [drug.strip() for drug in right.split(" + ")]


def regimens(trial: Trial, links: Iterable[DrugLink], known: RegimenNames) -> tuple[ArmRegimen, ...]:
    """Return what each arm of two or more drugs gives.

    `method` is "name" where one name of the record stands for all the drugs (FOLFOX), else "parts".
    """
    by_entry: dict[int, list[DrugLink]] = {}
    for link in links:
        by_entry.setdefault(link.intervention, []).append(link)
    found = []
    for place, arm in enumerate(trial.arms):
        entries = set(arm.interventions) | {i for i, entry in enumerate(trial.interventions) if place in entry.arms}
        given = [link for entry in sorted(entries) for link in by_entry.get(entry, ())]
        drugs = tuple(sorted({link.concept_id for link in given}))
        if len(drugs) > 1:
            found.append(_regimen(place, drugs, given, known))
    return tuple(found)


def _regimen(place: int, drugs: tuple[str, ...], given: list[DrugLink], known: RegimenNames) -> ArmRegimen:
    called = known.by_drugs.get(drugs, ())
    by_name = len({(link.intervention, link.span) for link in given}) == 1
    return ArmRegimen(
        arm=place,
        regimen_id=regimen_id(drugs),
        drug_ids=drugs,
        names=called,
        method="name" if by_name else "parts",
        confidence=min(link.confidence for link in given),
    )
