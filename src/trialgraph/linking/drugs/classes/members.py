"""Which drugs are in which class: names of our table, FDA's classes, company codes, words and stems, by drug."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from trialgraph.linking.drugs.classes import by_name, evidence, mesh_tree, spelling
from trialgraph.linking.drugs.classes import table as tables
from trialgraph.linking.drugs.classes.evidence import Evidence, Membership
from trialgraph.linking.words.keys import key
from trialgraph.linking.words.tables import rows

if TYPE_CHECKING:
    from trialgraph.linking.corrections import Corrections
    from trialgraph.linking.drugs.classes.table import ClassTable
    from trialgraph.linking.drugs.vocabulary import DrugVocabulary
    from trialgraph.linking.mesh import Mesh

PACKAGE: Final = tables.PACKAGE
# what a product's name adds to that of its base
_SALTS: Final = """
hydrochloride hcl sodium anhydrous acetate hydrobromide mesylate maleate tartrate citrate phosphate sulfate sulphate
succinate fumarate potassium calcium besylate monohydrate dihydrate tosylate bromide dihydrochloride disodium magnesium
"""
_SALT: Final = re.compile(rf"\b(?:{'|'.join(_SALTS.split())})\b")

_UNLISTED: Final = "TXT:"  # a drug whose name no vocabulary holds
_PART: Final = re.compile(r"[\s/(),;]+")

Found = dict[str, Evidence]  # slug -> what says so


class Classes:
    """The classes of drugs, looked up by the drug: names are resolved through the vocabulary, never by stored ids."""

    def __init__(self, table: ClassTable, vocabulary: DrugVocabulary, mesh: Mesh) -> None:
        self.table = table
        self._vocabulary = vocabulary
        self._mesh = mesh
        self._by_key: dict[str, Found] = {}  # drug id, or folded name that the vocabulary does not hold
        self._excluded: dict[str, set[str]] = {}
        for one in table.by_slug.values():
            for name in one.added:
                self._put(name, one.slug, evidence.LISTED_BY_USER)
            for name in one.members:
                self._put(name, one.slug, evidence.LISTED)
            for name in (*one.excluded, *one.removed):
                for drug in self._keys(name):
                    self._excluded.setdefault(drug, set()).add(one.slug)
        self._codes: dict[str, list[str]] = {}
        self._add_fda()
        self._add_codes()

    def of(self, drug_id: str, name: str | None = None) -> tuple[Membership, ...]:
        """Return the classes of a drug, each once: the narrowest of our table, then the chemical headings of MeSH."""
        found = self.curated(drug_id, name or "")
        memberships = [self._membership(slug, said) for slug, said in found.items()]
        memberships.extend(
            _member(f"MESH:{heading.id}", heading.name, evidence.TREE, "CHEMICAL", evidence.IN_TREE)
            for heading in mesh_tree.above(self._mesh, drug_id)
        )
        return tuple(memberships)

    def curated(self, drug_id: str, name: str) -> Found:
        """Return the classes of our table that hold a drug, with what says so.

        A class that another of them stands below is left out, unless the table itself lists the drug there.
        """
        found: Found = {}
        for drug in (drug_id, key(name)):
            for slug, said in self._by_key.get(drug, {}).items():
                found.setdefault(slug, said)
        if drug_id.startswith(_UNLISTED):
            for slug in self._by_codes_within(name):
                found.setdefault(slug, evidence.CODE)
        own = self.table.exactly(name) if name else None
        if own is not None and _is_the_class(name, own.spellings, own.name):
            found.setdefault(own.slug, evidence.OWN_NAME)
        for slug in by_name.by_words(name):
            found.setdefault(slug, evidence.WORDS)
        for slug in list(by_name.by_stem(name, has_class=bool(found))):
            found.setdefault(slug, evidence.STEM)
        not_in = self._excluded.get(drug_id, set()) | self._excluded.get(key(name), set())
        allowed = {slug: said for slug, said in found.items() if slug not in not_in and slug in self.table.by_slug}
        above = {higher for slug in allowed for higher in self.table.above(slug)}
        sure = ("class-table", "user")
        return {slug: said for slug, said in allowed.items() if slug not in above or said.method in sure}

    def _by_codes_within(self, name: str) -> Iterator[str]:
        """Yield the classes of the company codes that stand in a name: "MGC026 Escalation", "DB-1305/BNT325"."""
        for part in _PART.split(name):
            if any(c.isdigit() for c in part):
                yield from self._codes.get(key(part), ())

    def targets(self, drug_id: str, name: str) -> dict[tuple[str, str], Evidence]:
        """Return (gene symbol, action) of a drug from its classes; a class below another speaks before it."""
        found = self.curated(drug_id, name)
        narrow = [slug for slug in found if self.table.by_slug[slug].targets]
        above = {higher for slug in narrow for higher in self.table.above(slug)}
        genes: dict[tuple[str, str], Evidence] = {}
        for slug in narrow:
            if slug not in above:
                for target in self.table.by_slug[slug].targets:
                    genes.setdefault(target, found[slug])
        return genes

    def unresolved(self) -> list[str]:
        """Return the names of members that the vocabulary does not hold."""
        names = {name for one in self.table.by_slug.values() for name in one.members}
        return sorted(name for name in names if not self._drugs(name))

    def _membership(self, slug: str, said: Evidence) -> Membership:
        one = self.table.by_slug[slug]
        return _member(one.id, one.name, evidence.CURATED, one.kind, said)

    def _drugs(self, name: str) -> tuple[str, ...]:
        """Return the id of the one drug that a name means; nothing for a combination or an unknown name."""
        for folded in dict.fromkeys((key(name), key(_SALT.sub(" ", name.lower())))):
            match = self._vocabulary.match(folded) if folded else None
            if match is not None:
                return (match.drugs[0].id,) if len(match.drugs) == 1 else ()
        return ()

    def _keys(self, name: str) -> Iterator[str]:
        yield from self._drugs(name)
        yield key(name)

    def _put(self, name: str, slug: str, said: Evidence) -> None:
        for drug in self._keys(name):
            self._by_key.setdefault(drug, {}).setdefault(slug, said)

    def _add_fda(self) -> None:
        slugs: dict[str, list[str]] = {}
        for one in self.table.by_slug.values():
            for name in one.fda_classes:
                slugs.setdefault(name, []).append(one.slug)
        for drug, named, release in rows(PACKAGE, "fda_classes.tsv.xz"):
            for slug in slugs.get(named, ()):
                self._put(drug, slug, evidence.fda(release))

    def _add_codes(self) -> None:
        """Add company codes: the classes of the international name beside them, and those of their own."""
        for code, international, own in ((*fields, "", "")[:3] for fields in rows(PACKAGE, "codes.tsv")):
            slugs: Iterable[str] = [slug for slug in own.split(";") if slug]
            if international:
                slugs = [*slugs, *self.curated((*self._drugs(international), "")[0], international)]
            for slug in slugs:
                self._put(code, slug, evidence.CODE)
                self._codes.setdefault(key(code), []).append(slug)


def _member(class_id: str, name: str, scheme: str, kind: str, said: Evidence) -> Membership:
    return Membership(class_id, name, scheme, kind, said.method, said.source_name, said.source_field, said.confidence)


def _is_the_class(name: str, spellings: Iterable[str], own: str) -> bool:
    """Tell whether a node's name is the class's own, such as "Corticosteroids": words for the class, not one drug."""
    wanted = spelling.literal(name)
    return wanted in {spelling.literal(one) for one in (own, *spellings)}


@functools.cache
def load() -> Classes:
    """Return the classes that ship with the program, read once per process."""
    return _classes(tables.load())


def load_corrected(corrections: Corrections) -> Classes:
    """Return the classes with what a person corrected or made."""
    return _classes(tables.load().corrected(corrections)) if corrections.of("class") else load()


def _classes(table: ClassTable) -> Classes:
    from trialgraph.linking import mesh
    from trialgraph.linking.drugs import vocabulary

    return Classes(table, vocabulary.load(), mesh.load())
