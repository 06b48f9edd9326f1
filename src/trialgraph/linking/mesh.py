"""MeSH headings with their synonyms and places in the tree, from our compact file.

Source: Medical Subject Headings, U.S. National Library of Medicine.  A line of the file is
id, name, synonyms, tree numbers (tab; lists joined by |).
"""

from __future__ import annotations

import bisect
import functools
from collections.abc import Iterable, Iterator

import msgspec

from trialgraph.linking.words import tables


class Descriptor(msgspec.Struct, frozen=True, gc=False):
    """One heading."""

    id: str  # D012345
    name: str
    synonyms: tuple[str, ...]
    tree_numbers: tuple[str, ...]

    def is_in(self, *branches: str) -> bool:
        """Tell whether one of its tree numbers lies in a branch such as "C", "F03" or "D12.776"."""
        return any(within(number, branch) for number in self.tree_numbers for branch in branches)


def within(number: str, branch: str) -> bool:
    """Tell whether a tree number is a branch or lies below it; a single letter is a whole category."""
    return number.startswith(branch) and (len(branch) == 1 or len(number) == len(branch) or number[len(branch)] == ".")


class Mesh:
    """The headings, by id, name and tree number."""

    def __init__(self, descriptors: Iterable[Descriptor], release: str = "") -> None:
        self.release = release
        self.descriptors: dict[str, Descriptor] = {d.id: d for d in descriptors}
        self.by_tree: dict[str, str] = {n: d.id for d in self.descriptors.values() for n in d.tree_numbers}
        self.by_name: dict[str, str] = {d.name.casefold(): d.id for d in self.descriptors.values()}

    def __contains__(self, mesh_id: str) -> bool:
        return mesh_id in self.descriptors

    def __getitem__(self, mesh_id: str) -> Descriptor:
        return self.descriptors[mesh_id]

    def get(self, mesh_id: str) -> Descriptor | None:
        """Return the heading, or None for an id that is not in this release."""
        return self.descriptors.get(mesh_id)

    def name(self, mesh_id: str) -> str:
        """Return the heading's name, or the id itself where it is not in this release."""
        found = self.descriptors.get(mesh_id)
        return found.name if found else mesh_id

    def within(self, *branches: str) -> Iterator[Descriptor]:
        """Yield the headings that lie in one of the branches, by id."""
        return (d for d in self.descriptors.values() if d.is_in(*branches))

    def parents(self, mesh_id: str, *branches: str) -> tuple[str, ...]:
        """Return the headings one step above, in tree order; with branches, only along tree numbers in them."""
        found: dict[str, None] = {}
        for number in self._numbers(mesh_id, branches):
            above = self.by_tree.get(number.rpartition(".")[0])
            if above and above != mesh_id:
                found[above] = None
        return tuple(found)

    def ancestors(self, mesh_id: str, *branches: str) -> tuple[str, ...]:
        """Return all headings above, nearest first; with branches, only along tree numbers in them."""
        steps: dict[str, int] = {}
        for number in self._numbers(mesh_id, branches):
            parts = number.split(".")
            for step in range(1, len(parts)):
                above = self.by_tree.get(".".join(parts[:-step]))
                if above and above != mesh_id:
                    steps[above] = min(step, steps.get(above, step))
        return tuple(sorted(steps, key=lambda above: (steps[above], above)))

    def children(self, mesh_id: str) -> tuple[str, ...]:
        """Return the headings one step below, by id."""
        return tuple(sorted(self._children.get(mesh_id, ())))

    def below(self, mesh_id: str) -> tuple[str, ...]:
        """Return all headings below, by id, without the heading itself."""
        numbers = self._sorted_numbers
        found: set[str] = set()
        for top in self._numbers(mesh_id, ()):
            first = bisect.bisect_left(numbers, f"{top}.")
            last = bisect.bisect_left(numbers, f"{top}/")  # the character after the full stop
            found.update(self.by_tree[number] for number in numbers[first:last])
        return tuple(sorted(found - {mesh_id}))

    @functools.cached_property
    def _sorted_numbers(self) -> list[str]:
        return sorted(self.by_tree)

    @functools.cached_property
    def _children(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for number, mesh_id in self.by_tree.items():
            above = self.by_tree.get(number.rpartition(".")[0])
            if above and above != mesh_id:
                found.setdefault(above, set()).add(mesh_id)
        return found

    def _numbers(self, mesh_id: str, branches: tuple[str, ...]) -> Iterator[str]:
        numbers = self.descriptors[mesh_id].tree_numbers if mesh_id in self.descriptors else ()
        return (n for n in numbers if not branches or any(within(n, branch) for branch in branches))


LAST_OF_SIX_DIGITS = 66331  # D066331; later headings carry nine digits (MeSH numbering since 2015)


def canonical(mesh_id: str) -> str:
    """Return a heading's id in MeSH's own form.

    Registry records pad some old ids to nine digits: "D000008727" is D008727.
    """
    if len(mesh_id) == 10 and mesh_id[0] == "D" and mesh_id[1:].isdigit() and int(mesh_id[1:]) <= LAST_OF_SIX_DIGITS:
        return f"D{int(mesh_id[1:]):06d}"
    return mesh_id


@functools.cache
def load() -> Mesh:
    """Return the headings that ship with the program, read once per process."""
    return read(tables.text("trialgraph.linking", "mesh.tsv.xz"))


def read(text: str) -> Mesh:
    """Return the headings of a file in our form; its first line names the release."""
    first, _, rest = text.partition("\n")
    descriptors = []
    for line in rest.splitlines():
        mesh_id, name, synonyms, numbers = line.split("\t")
        descriptors.append(
            Descriptor(
                mesh_id,
                name,
                tuple(synonyms.split("|")) if synonyms else (),
                tuple(numbers.split("|")) if numbers else (),
            )
        )
    return Mesh(descriptors, first.removeprefix("#").strip())
