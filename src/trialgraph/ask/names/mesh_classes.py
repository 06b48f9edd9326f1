"""The chemical headings of MeSH as classes that a person may name: what our table of classes does not know."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import Final

from trialgraph import text

PREFIX: Final = "MESH:"
_PLURAL: Final = re.compile(
    r"\b(?:(?:inhibitor|antagonist|agonist|agent|blocker|modulator|hormone|steroid|drug)s?|antibod(?:ies|y))\b"
)

Heading = tuple[str, str]  # id with its prefix, name


def by_id(class_id: str) -> Heading | None:
    """Return the heading of drugs with an id (MESH:D...), or None."""
    from trialgraph.linking import mesh

    heading = mesh.load().get(class_id.removeprefix(PREFIX))
    return None if heading is None or not heading.is_in("D") else (class_id, heading.name)


def by_name(name: str) -> Heading | None:
    """Return the chemical heading that a name means, by any synonym, in the singular or plural; None for none."""
    names = _vocabulary()
    return next((names[form] for form in _forms(name.strip()) if form in names), None)


def within(class_id: str) -> list[str]:
    """Return the ids of a heading and of all below it: classes and drugs."""
    from trialgraph.linking import mesh

    heading = class_id.removeprefix(PREFIX)
    return [f"{PREFIX}{one}" for one in (heading, *mesh.load().below(heading))]


@functools.cache
def _vocabulary() -> dict[str, Heading]:
    """Return folded name -> heading, of all headings of drugs that have others below them; actions are none."""
    from trialgraph.linking import mesh

    headings = mesh.load()
    found: dict[str, Heading] = {}
    for heading in headings.within("D"):
        if headings.children(heading.id) and not heading.is_in("D27"):
            for name in (heading.name, *heading.synonyms):
                for form in _forms(name):
                    found.setdefault(form, (f"{PREFIX}{heading.id}", heading.name))
    return found


def _forms(name: str) -> Iterator[str]:
    """Yield the folded forms of a name: as written, its kind in the singular, and "Antibodies, Monoclonal" turned."""
    turned = " ".join(reversed(name.split(", "))) if name.count(", ") == 1 else name
    for one in dict.fromkeys((name, turned)):
        folded = text.fold(one)
        if folded:
            yield folded
            yield _PLURAL.sub(lambda kind: kind[0].removesuffix("ies").removesuffix("s").removesuffix("y"), folded)
