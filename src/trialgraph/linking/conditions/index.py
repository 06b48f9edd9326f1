"""Names of conditions as four dictionaries from comparable words to name, each looser than the one before.

Form 0 holds names as written, form 1 a permuted index (the words sorted, so that order does not matter), form 2 the
same after synonyms of words are replaced, form 3 without words that carry little meaning.  A look-up tries them in this
order; a key that two unrelated headings share is AMBIGUOUS and finds nothing.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from trialgraph.linking import mesh
from trialgraph.linking.conditions.vocabulary import ConditionWords, load_condition_words
from trialgraph.linking.mesh import Descriptor, Mesh
from trialgraph.linking.procedures.vocabulary import load_procedure_words
from trialgraph.linking.words.longest_match import Phrases
from trialgraph.linking.words.medical import read

GLUE = frozenset("of the and in with to by for at on an due or from s nos vs".split())  # noqa: SIM905
# Branches whose names are no conditions: a longer name of theirs hides a shorter one of ours ("stroke volume").
OTHERS = ("A", "E", "F", "G", "H", "I", "J", "L", "M", "N")
AMBIGUOUS = -1
MOST_SPACES = 4  # words of a substance or an organism as people write it, in natural order
LONGEST_SUBSTANCE = 40  # characters: nobody gives a whole chemical name as a condition


class Name(msgspec.Struct, frozen=True, gc=False):
    """One name, of one heading or (names of the hand-written list) of several."""

    ids: tuple[str, ...]
    alias: str
    vocabulary: str  # mesh, mesh-supplementary, hand, registry
    preferred: bool = False


class NameMatch(msgspec.Struct, frozen=True, gc=False):
    """A name that some words match, and how loosely."""

    name: Name
    looseness: int  # 0 as written, 1 reordered, 2 words that mean the same, 3 without weak words


class Index:
    """All names of conditions in four forms, each a dictionary from comparable form to name."""

    def __init__(self, mesh: Mesh, words: ConditionWords) -> None:
        self.mesh, self.words = mesh, words
        self.names: list[Name] = []
        self.forms: tuple[dict[str, int], ...] = ({}, {}, {}, {})
        self.eponyms: set[str] = set()
        self._below: dict[str, frozenset[str]] = {}
        self._above: dict[str, frozenset[str]] = {}
        self.lone = {i for n in words.lone if (i := _lone_id(mesh, n))}
        self._same = Phrases(words.same.items())
        self._cached_find = functools.lru_cache(maxsize=200_000)(self._find)
        for heading in mesh.descriptors.values():
            if is_condition(heading, words):
                self._add_heading(heading)
        for label, ids in words.names.items():
            self._add(Name(ids=ids, alias=label, vocabulary="hand"), label.split(), over=True)
        self._without_weak()
        for source, vocabulary in ((words.learned, "registry"), (words.rare, "mesh-supplementary")):
            for label, ids in source.items():
                self._add(Name(ids=ids, alias=label, vocabulary=vocabulary), label.split(), forms=(0, 1, 2))
        self.others = _other_names(mesh, self)

    def find(self, words: Sequence[str], loosest: int = 3) -> NameMatch | None:
        """Return the name that all the words together match, by the strictest of the four forms, or None.

        `words` are in comparable form (`words.medical.read`); forms looser than `loosest` (0 to 3) are not tried.
        """
        return self._cached_find(tuple(words), loosest)

    def _find(self, words: tuple[str, ...], loosest: int) -> NameMatch | None:
        number = self.forms[0].get(" ".join(words), AMBIGUOUS)
        if number != AMBIGUOUS:
            return NameMatch(self.names[number], 0)
        number = self.forms[1].get(reordered(words), AMBIGUOUS)
        if number != AMBIGUOUS:
            return NameMatch(self.names[number], 1)
        if loosest < 2:
            return None
        same = self.same(words)
        number = self.forms[2].get(reordered(same), AMBIGUOUS)
        if number != AMBIGUOUS:
            return NameMatch(self.names[number], 2)
        if len(same) > 2 and "adenocarcinoma" in same:  # "pancreatic ductal adenocarcinoma"
            key = reordered("carcinoma" if w == "adenocarcinoma" else w for w in same)
            number = self.forms[2].get(key, AMBIGUOUS)
            if number != AMBIGUOUS:
                return NameMatch(self.names[number], 3)
        if len(same) > 1 and "carcinoma" in same:  # "ovarian carcinoma" where MeSH has only Ovarian Neoplasms
            key = reordered("neoplasm" if w == "carcinoma" else w for w in same)
            number = self.forms[2].get(key, AMBIGUOUS)
            if number != AMBIGUOUS:
                return NameMatch(self.names[number], 3)
        if loosest < 3:
            return None
        strong = self._strong(same)
        number = self.forms[3].get(strong, AMBIGUOUS) if strong else AMBIGUOUS
        return NameMatch(self.names[number], 3) if number != AMBIGUOUS else None

    def same(self, words: Sequence[str]) -> list[str]:
        """Return the words with synonyms replaced by one canonical word each; longest match from the left."""
        out = self._same.replace(words, lambda target: (target,))
        if len(out) > 1 and "neoplasm" in out:  # "malignant neoplasm", "neoplasm malignancy"
            out = [w for w in dict.fromkeys(out) if w != "malignant"]
        return out

    def below(self, mesh_id: str) -> frozenset[str]:
        """Return all headings below a heading; cached, since texts ask for the same ones again."""
        found = self._below.get(mesh_id)
        if found is None:
            found = frozenset(self.mesh.children(mesh_id))
            found = found.union(*(self.below(child) for child in found))
            self._below[mesh_id] = found
        return found

    def above(self, mesh_id: str) -> frozenset[str]:
        """Return all headings above a heading; cached."""
        found = self._above.get(mesh_id)
        if found is None:
            found = self._above[mesh_id] = frozenset(self.mesh.ancestors(mesh_id))
        return found

    def is_other(self, words: Sequence[str]) -> str | None:
        """Return the heading that is no condition and that the words as a whole name, or None."""
        return self.others.get(" ".join(words)) or self.others.get(reordered(words))

    def is_substance(self, words: Sequence[str]) -> bool:
        """Tell whether the words as a whole name a substance; these names are read when first asked for."""
        return reordered(words) in self._substances

    def is_organism(self, words: Sequence[str]) -> bool:
        """Tell whether the words as a whole name an organism; these names are read when first asked for."""
        return reordered(words) in self._organisms

    @functools.cached_property
    def _substances(self) -> frozenset[str]:
        return frozenset(_keys(self.mesh.within("D")))

    @functools.cached_property
    def _organisms(self) -> frozenset[str]:
        return frozenset(_keys(self.mesh.within("B")))

    def _strong(self, same: Sequence[str]) -> str | None:
        kept = [w for w in same if w not in self.words.weak and w not in GLUE]
        if len(kept) > 1 or (kept and kept[0] in self.eponyms):
            return " ".join(sorted(set(kept)))
        return None

    def _add_heading(self, heading: Descriptor) -> None:
        ids = (heading.id,)
        for alias in (heading.name, *heading.synonyms):
            comparable = read(alias).words
            if not comparable:
                continue
            if "'s" in alias and len(comparable) == 2 and comparable[1] in ("disease", "syndrome"):
                self.eponyms.add(comparable[0])
            self._add(Name(ids, alias, "mesh", alias is heading.name), comparable)

    def _add(self, name: Name, words: Sequence[str], *, over: bool = False, forms: Sequence[int] = (0, 1, 2)) -> None:
        number = len(self.names)
        self.names.append(name)
        for form in forms:
            key = " ".join(words) if form == 0 else reordered(words) if form == 1 else reordered(self.same(words))
            if key:
                self._put(form, key, number, over=over and form < 2)

    def _put(self, form: int, key: str, number: int, *, over: bool = False) -> None:
        table = self.forms[form]
        before = table.get(key)
        if before is None or over:
            table[key] = number
            return
        if before == AMBIGUOUS or self.names[before].ids == self.names[number].ids:
            return
        old, new = self.names[before], self.names[number]
        if old.vocabulary != new.vocabulary or old.preferred:
            return
        if new.preferred:
            table[key] = number
        elif old.ids[0] in self.mesh.ancestors(new.ids[0]):
            return
        elif new.ids[0] in self.mesh.ancestors(old.ids[0]):
            table[key] = number
        else:
            table[key] = AMBIGUOUS

    def _without_weak(self) -> None:
        for key, number in list(self.forms[2].items()):
            if number == AMBIGUOUS:
                continue
            strong = self._strong(key.split())
            if strong and strong != key and strong in self.forms[2]:
                continue
            if strong:
                self._put(3, strong, number)


def _keys(headings: Iterable[Descriptor]) -> Iterator[str]:
    for heading in headings:
        for alias in (heading.name, *heading.synonyms):
            if len(alias) < LONGEST_SUBSTANCE and alias.count(" ") < MOST_SPACES and "," not in alias:
                yield reordered(read(alias).words)


def reordered(words: Iterable[str]) -> str:
    """Return the words sorted, once each and without glue, as one string."""
    return " ".join(sorted({w for w in words if w not in GLUE}))


def is_condition(heading: Descriptor, words: ConditionWords) -> bool:
    """Tell whether a heading is a disease, a symptom, a mental disorder, or a state that studies take as subject."""
    if heading.id in words.states:
        return True
    if " ".join(read(heading.name).words) in words.never:
        return False
    return any((n[0] == "C" and not n.startswith("C22")) or n.startswith("F03") for n in heading.tree_numbers)


def _lone_id(mesh: Mesh, name: str) -> str | None:
    return _by_comparable_name(mesh).get(reordered(name.split()))


@functools.lru_cache(maxsize=2)
def _by_comparable_name(mesh: Mesh) -> dict[str, str]:
    return {reordered(read(d.name).words): d.id for d in mesh.descriptors.values() if d.is_in("C", "F")}


def _other_names(mesh: Mesh, index: Index) -> dict[str, str]:
    """Return the names of headings that are no condition, as written and reordered."""
    found: dict[str, str] = {}
    for heading in _others(mesh, index.words):
        for alias in (heading.name, *heading.synonyms):
            words = read(alias).words
            for key in (" ".join(words), reordered(words)):
                if key and index.forms[0].get(key) is None and index.forms[1].get(key) is None:
                    found.setdefault(key, heading.id)
    for name, mesh_id in _procedures(mesh):
        words = read(name).words
        if " ".join(words) not in index.forms[0]:
            found.setdefault(" ".join(words), mesh_id)
    return found


def _procedures(mesh: Mesh) -> Iterator[tuple[str, str]]:
    for name, targets in load_procedure_words(mesh).names:
        if targets[0].id.startswith("MESH:"):
            yield name, targets[0].id.removeprefix("MESH:")


def _others(mesh: Mesh, words: ConditionWords) -> Iterator[Descriptor]:
    for heading in mesh.descriptors.values():
        if heading.is_in(*OTHERS) and not is_condition(heading, words):
            yield heading


@functools.cache
def load_index() -> Index:
    """Return the index of the vocabularies that ship with the program, built once per process."""
    return Index(mesh.load(), load_condition_words())
