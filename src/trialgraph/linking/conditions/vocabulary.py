"""The word lists for conditions beside MeSH: abbreviations, everyday names, and words that carry no meaning."""

from __future__ import annotations

import functools
from typing import Final

import msgspec

from trialgraph.linking.words.medical import read
from trialgraph.linking.words.tables import rows

PACKAGE: Final = "trialgraph.linking.conditions"


class ConditionWords(msgspec.Struct, frozen=True):
    """The hand-made files; every word and name is in the comparable form of `words.read`.  Ids are MeSH headings."""

    same: dict[tuple[str, ...], str]  # words -> the word that stands for them
    free: frozenset[tuple[str, ...]]  # stage, course, line, age: they leave the heading the same
    about: frozenset[tuple[str, ...]]  # what is done about a condition
    weak: frozenset[str]  # words that may be missing from a name of several words
    none: frozenset[tuple[str, ...]]  # names of no condition
    lone: frozenset[str]  # headings never taken from inside a longer name, by comparable name
    near: frozenset[str]  # words that stand for "disease" after an organ
    cell: frozenset[str]  # histology that may be left over beside a site
    otherwise: frozenset[str]  # last words of strings that name no condition
    plain: frozenset[str]  # names that in running text are ordinary language
    never: frozenset[str]  # headings in C that are no condition, by comparable name
    sick: frozenset[str]  # words for something wrong
    endings: tuple[str, ...]  # endings of such words
    well: frozenset[str]  # words with such an ending that name nothing wrong
    states: frozenset[str]  # headings outside C and F03 that studies take as their subject
    abbreviations: dict[str, tuple[str, ...]]  # in capitals -> headings
    names: dict[str, tuple[str, ...]]  # everyday name -> headings
    learned: dict[str, tuple[str, ...]]  # names as the registry itself codes them, over many studies
    learned_abbreviations: dict[str, tuple[str, ...]]  # abbreviations as trials themselves explain them
    rare: dict[str, tuple[str, ...]]  # supplementary concepts (rare diseases) -> the headings they belong under


def _names(name: str) -> dict[str, tuple[str, ...]]:
    return {" ".join(read(row[0]).words): tuple(row[1].split("|")) for row in rows(PACKAGE, name)}


def _plain_names(name: str) -> dict[str, tuple[str, ...]]:
    """Return the names of a generated file, whose names are in comparable form already."""
    return {row[0]: tuple(row[1].split("|")) for row in rows(PACKAGE, name)}


@functools.cache
def load_condition_words() -> ConditionWords:
    """Return the hand-made files that ship with the program, read once per process."""
    forms: dict[str, dict[tuple[str, ...], str]] = {}
    for kind, target, words, _reason in rows(PACKAGE, "condition_words.tsv"):
        for form in words.split("|"):
            forms.setdefault(kind, {})[read(form).words] = " ".join(read(target).words)
    return ConditionWords(
        same={form: target for form, target in forms["same"].items() if " ".join(form) != target},
        free=frozenset(forms["free"]),
        about=frozenset(forms["about"]),
        weak=frozenset(" ".join(form) for form in forms["weak"]),
        none=frozenset(forms["none"]),
        lone=frozenset(" ".join(form) for form in forms["lone"]),
        near=frozenset(" ".join(form) for form in forms["near"]),
        cell=frozenset(word for form in forms["cell"] for word in form),
        otherwise=frozenset(" ".join(form) for form in forms["else"]),
        plain=frozenset(" ".join(form) for form in forms["plain"]),
        never=frozenset(" ".join(form) for form in forms["never"]),
        sick=frozenset(" ".join(form) for form in forms["sick"]),
        endings=tuple(sorted(" ".join(form) for form in forms["ending"])),
        well=frozenset(" ".join(form) for form in forms["well"]),
        states=frozenset(row[0] for row in rows(PACKAGE, "condition_states.tsv")),
        abbreviations={
            row[0].upper(): tuple(row[1].split("|")) for row in rows(PACKAGE, "condition_abbreviations.tsv")
        },
        names=_names("condition_names.tsv"),
        learned=_plain_names("condition_learned.tsv"),
        learned_abbreviations=_plain_names("condition_learned_abbreviations.tsv"),
        rare=_plain_names("rare_conditions.tsv.xz"),
    )
