"""Classes of drugs: what stands above them in MeSH's tree, the actions that records tell, and what their names tell.

`data/actions.txt` holds pharmacologic actions learnt from registry records (`learn`); `data/stems.txt` the endings
of international names.
"""

from __future__ import annotations

import functools
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import msgspec

from trialgraph.limits import ACTION_RECORDS, ACTION_SHARE, SHALLOW_CLASS
from trialgraph.linking.mesh import Mesh, canonical
from trialgraph.linking.words.keys import key
from trialgraph.linking.words.tables import rows, text

TREE, ACTION, STEM = "MESH_TREE", "NLM_ANCESTOR", "INN_STEM"
ACTIONS = "D27.505"  # the branch "Pharmacologic Actions"
# branches of D whose headings are no chemical class of a drug: preparations, actions, mixtures by kind
_NO_CLASS = ("D26", "D27", "D20.280")

PACKAGE: Final = "trialgraph.linking.drugs"


class Membership(msgspec.Struct, frozen=True, gc=False):
    """A drug is in a class, and what says so."""

    class_id: str
    name: str
    scheme: str
    method: str
    source_field: str
    confidence: float


class Classes:
    """What is known of the classes of drugs."""

    def __init__(self, mesh: Mesh, actions: Mapping[str, tuple[str, ...]], stems: Mapping[str, str]) -> None:
        self._mesh = mesh
        self._actions = actions
        self._stems = stems

    def of(self, drug_id: str, name: str | None = None) -> tuple[Membership, ...]:
        """Return the classes of a drug, each once, the surest evidence first."""
        mesh_id = drug_id.removeprefix("MESH:")
        heading = self._mesh.get(mesh_id)
        found: dict[str, Membership] = {}
        for class_id in self._actions.get(drug_id, ()):
            self._put(
                found, class_id, ACTION, "nlm-ancestor", "derivedSection.interventionBrowseModule.ancestors", 0.95
            )
        if heading:
            for above in self._mesh.parents(mesh_id, "D"):
                numbers = self._mesh[above].tree_numbers
                if any(
                    n.startswith("D") and n.count(".") >= SHALLOW_CLASS and not n.startswith(_NO_CLASS) for n in numbers
                ):
                    self._put(found, above, TREE, "mesh-tree", "tree_numbers", 1.0)
        by_name = self._by_stem(name or (heading.name if heading else ""))
        if by_name:
            self._put(found, by_name, STEM, "inn-stem", "name", 0.9)
        return tuple(found.values())

    def _put(
        self, found: dict[str, Membership], class_id: str, scheme: str, method: str, field: str, confidence: float
    ) -> None:
        one = Membership(f"MESH:{class_id}", self._mesh.name(class_id), scheme, method, field, confidence)
        found.setdefault(class_id, one)

    def _by_stem(self, name: str) -> str | None:
        words = key(name).split()
        for end in (" ".join(words[-2:]), words[-1], words[0]) if words else ():
            for size in range(min(len(end) - 2, 12), 2, -1):
                if end[-size:] in self._stems:
                    return self._stems[end[-size:]]
        return None


def read_actions(text: str) -> dict[str, tuple[str, ...]]:
    """Return the actions of drugs as our file tells them: drug id, tab, heading ids."""
    rows = (line.split("\t") for line in text.splitlines() if line and not line.startswith("#"))
    return {drug: tuple(ids.split()) for drug, ids in rows}


def read_stems(text: str, mesh: Mesh) -> dict[str, str]:
    """Return endings of names with the heading that they stand for; a heading that is not in MeSH is left out."""
    found = {}
    for line in text.splitlines():
        endings, _, heading = line.partition(" # ")[0].partition(" = ")
        mesh_id = mesh.by_name.get(heading.strip().casefold())
        if mesh_id and not line.startswith("#"):
            found.update(dict.fromkeys((ending.strip() for ending in endings.split("|")), mesh_id))
    return found


@functools.cache
def load() -> Classes:
    """Return the classes that ship with the program, read once per process."""
    from trialgraph.linking import mesh

    headings = mesh.load()
    actions = read_actions(text(PACKAGE, "actions.txt"))
    return Classes(headings, actions, read_stems(text(PACKAGE, "stems.txt"), headings))


@functools.cache
def common_names() -> dict[str, str]:
    """Return what people call classes beside MeSH's names, with the heading's id."""
    return {name: mesh_id for mesh_id, names, _ in _by_hand() for name in names.split("|")}


@functools.cache
def known_members() -> dict[str, tuple[str, ...]]:
    """Return the id of a class -> names of drugs that belong to it, for classes that records tell too little of."""
    return {mesh_id: tuple(drugs.split("|")) for mesh_id, _, drugs in _by_hand() if drugs}


def _by_hand() -> Iterator[tuple[str, str, str]]:
    """Yield heading id, names and drugs of each line of our file; a heading that is not in MeSH is left out."""
    from trialgraph.linking import mesh

    headings = mesh.load()
    for fields in rows(PACKAGE, "class_names.tsv"):
        heading, names, drugs = (*fields, "")[:3]
        mesh_id = headings.by_name.get(heading.casefold())
        if mesh_id:
            yield mesh_id, names, drugs


def learn(records: Iterable[tuple[str, Iterable[str]]], mesh: Mesh) -> dict[str, tuple[str, ...]]:
    """Return the actions of drugs from records that tell of one drug only.

    A record is a drug's id and the ids of its intervention ancestors.  Only records that tell any action count, for
    newer ones hold the chemical tree alone; an action is learnt from ACTION_RECORDS such records and where at least
    ACTION_SHARE of them tell it.
    """
    told: Counter[str] = Counter()
    actions: dict[str, Counter[str]] = defaultdict(Counter)
    for drug_id, ancestors in records:
        mine = {canonical(a) for a in ancestors}
        mine = {a for a in mine if a in mesh and _is_an_action(mesh[a].tree_numbers)}
        if mine:
            told[drug_id] += 1
            actions[drug_id].update(mine)
    return {
        drug: ids
        for drug in sorted(told)
        if (
            ids := tuple(
                sorted(a for a, n in actions[drug].items() if n >= ACTION_RECORDS and n >= ACTION_SHARE * told[drug])
            )
        )
    }


def _is_an_action(numbers: Iterable[str]) -> bool:
    return any(n.startswith(ACTIONS + ".") and n.count(".") > SHALLOW_CLASS for n in numbers)
