"""The table of classes: names, spellings, sub-classes; with what a person corrected or made in corrections.txt."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Final

import msgspec

from trialgraph.errors import UsageError
from trialgraph.linking.drugs.classes import spelling
from trialgraph.linking.words.tables import rows

if TYPE_CHECKING:
    from trialgraph.linking.corrections import Correction, Corrections

PACKAGE: Final = "trialgraph.linking.drugs.classes"
PREFIX: Final = "CLASS:"
KINDS: Final = ("MECHANISM", "TARGET", "MODALITY", "THERAPEUTIC", "CHEMICAL", "VACCINE")
FILES: Final = ("classes.tsv", "more_classes.tsv")
BY_HAND, BY_USER = "trialgraph", "corrections.txt"


class DrugClass(msgspec.Struct, frozen=True, kw_only=True):
    """One class of drugs; every list but `targets` (gene symbol, action) holds names as people write them."""

    slug: str
    name: str
    kind: str
    parents: tuple[str, ...] = ()  # slugs
    spellings: tuple[str, ...] = ()
    fda_classes: tuple[str, ...] = ()
    targets: tuple[tuple[str, str], ...] = ()
    members: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()  # drugs that another list puts here and that do not belong
    removed: tuple[str, ...] = ()  # drugs that the user takes out of it and of what is below it
    added: tuple[str, ...] = ()  # drugs that the user puts in
    source: str = BY_HAND

    @property
    def id(self) -> str:
        """Return the key of its node."""
        return PREFIX + self.slug


class ClassTable:
    """All classes by slug and by every way to write their names."""

    def __init__(self, classes: Iterable[DrugClass]) -> None:
        self.by_slug: dict[str, DrugClass] = {one.slug: one for one in classes}
        # a class that the user took out of the table stands above none
        self._above = {one.slug: tuple(p for p in one.parents if p in self.by_slug) for one in self.by_slug.values()}
        self._below: dict[str, list[str]] = {}
        for one in self.by_slug.values():
            for parent in self._above[one.slug]:
                self._below.setdefault(parent, []).append(one.slug)
        self._literal: dict[str, str] = {}
        self._forms: dict[str, str] = {}
        self._close: dict[str, str] = {}
        named = [(name, one.slug) for one in self.by_slug.values() for name in (one.name, *one.spellings)]
        for name, slug in named:
            self._literal.setdefault(spelling.literal(name), slug)
            self._forms.setdefault(spelling.form(name), slug)
        for name, slug in named:
            for form in spelling.forms(name, typed=False):
                self._close.setdefault(form, slug)

    def find(self, name: str) -> DrugClass | None:
        """Return the class that a name means in any spelling, or None.  Ids (CLASS:slug) are names too."""
        if name.startswith(PREFIX):
            return self.by_slug.get(name.removeprefix(PREFIX))
        exact = self.exactly(name)
        if exact is not None:
            return exact
        for index in (self._forms, self._close):
            for form in spelling.forms(name):
                if form in index and len(form) > 2:
                    return self.by_slug[index[form]]
        first, comma, last = name.partition(", ")
        return self.find(f"{last} {first}") if comma and ", " not in last else None  # "Analgesics, Opioid"

    def spelled(self, name: str) -> DrugClass | None:
        """Return the class that has a name in the singular or plural, in British or American spelling, or None."""
        slug = self._forms.get(spelling.form(name))
        return None if slug is None else self.by_slug[slug]

    def exactly(self, name: str) -> DrugClass | None:
        """Return the class that is spelled so but for case, blanks and hyphens, or None."""
        slug = self._literal.get(spelling.literal(name))
        return None if slug is None else self.by_slug[slug]

    def within(self, slug: str) -> list[str]:
        """Return the slugs of a class and of all classes below it, each once."""
        return _reached(slug, self._below)

    def above(self, slug: str) -> list[str]:
        """Return the slugs of all classes above a class, each once."""
        return _reached(slug, self._above)[1:]

    def parents(self, slug: str) -> tuple[str, ...]:
        """Return the slugs of the next broader classes."""
        return self._above[slug]

    @staticmethod
    def slug_of(class_id: str) -> str:
        """Return the slug that an id of the table is made of."""
        return class_id.removeprefix(PREFIX)

    def names(self) -> Iterator[str]:
        """Yield the names and spellings of all classes."""
        for one in self.by_slug.values():
            yield one.name
            yield from one.spellings

    def corrected(self, corrections: Corrections) -> ClassTable:
        """Return the table with the classes that a person corrected or made."""
        lines = corrections.of("class").values()
        return _Correcting(self, lines).table() if lines else self


def _reached(start: str, edges: Mapping[str, Iterable[str]]) -> list[str]:
    found = [start]
    visited = {start}
    for slug in found:
        for other in edges.get(slug, ()):
            if other not in visited:
                visited.add(other)
                found.append(other)
    return found


class _Correcting:
    """Applies lines of corrections to a table, in their order."""

    def __init__(self, table: ClassTable, lines: Iterable[Correction]) -> None:
        self._table = table
        self._classes = dict(table.by_slug)
        for line in lines:
            self._apply(line)

    def table(self) -> ClassTable:
        return ClassTable(self._classes.values())

    def _apply(self, line: Correction) -> None:
        known = self._table.find(line.words)
        items = [item.strip() for item in (line.target or "").split(";") if item.strip()]
        signed = [item[0] in "+-" for item in items]
        if line.target is None:
            self._classes.pop(self._known(line, known).slug, None)
        elif any(signed):
            if not all(signed):
                raise UsageError(f"corrections.txt, line {line.line}: write + or - before each drug, or before none")
            self._amend(self._known(line, known), items)
        elif len(items) == 1 and (same := self._table.find(items[0])) is not None:
            one = self._classes[same.slug]
            # the person's own spelling is found before those of the table
            self._put_first(msgspec.structs.replace(one, spellings=(line.words, *one.spellings)))
        else:
            self._put_first(self._of_its_own(line, items))

    def _known(self, line: Correction, known: DrugClass | None) -> DrugClass:
        if known is None:
            raise UsageError(f"corrections.txt, line {line.line}: no class of drugs is known as {line.words!r}")
        return self._classes[known.slug]

    def _amend(self, known: DrugClass, items: Iterable[str]) -> None:
        added = [item[1:].strip() for item in items if item[0] == "+"]
        removed = [item[1:].strip() for item in items if item[0] == "-"]
        self._classes[known.slug] = msgspec.structs.replace(
            known, added=(*known.added, *added), removed=(*known.removed, *removed)
        )

    def _of_its_own(self, line: Correction, items: Iterable[str]) -> DrugClass:
        """Return a class of the named drugs; the classes among them stand below it."""
        slug = re.sub(r"[^a-z0-9]+", "-", line.words.lower()).strip("-")
        drugs = []
        for item in items:
            below = self._table.find(item)
            if below is None or below.slug == slug:
                drugs.append(item)
            else:
                one = self._classes[below.slug]
                self._classes[one.slug] = msgspec.structs.replace(one, parents=(*one.parents, slug))
        return DrugClass(slug=slug, name=line.words, kind="THERAPEUTIC", added=tuple(drugs), source=BY_USER)

    def _put_first(self, one: DrugClass) -> None:
        self._classes.pop(one.slug, None)
        self._classes = {one.slug: one} | self._classes


def parse(fields: list[str]) -> DrugClass:
    """Return the class of one row of a table."""
    slug, name, kind, parents, spellings, fda, targets, members, excluded = (*fields, *[""] * 9)[:9]
    pairs = tuple((gene, action) for gene, _, action in (pair.partition(":") for pair in _list(targets)))
    return DrugClass(
        slug=slug,
        name=name,
        kind=kind,
        parents=_list(parents),
        spellings=_list(spellings),
        fda_classes=_list(fda),
        targets=pairs,
        members=_list(members),
        excluded=_list(excluded),
    )


@functools.cache
def load() -> ClassTable:
    """Return the table that ships with the program, read once per process."""
    return ClassTable(parse(fields) for file in FILES for fields in rows(PACKAGE, file))


def _list(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split(";") if part.strip())
