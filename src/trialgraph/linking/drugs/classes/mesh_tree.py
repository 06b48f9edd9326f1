"""The chemical classes of MeSH: the headings above a drug in the tree D, a scheme of its own beside our table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from trialgraph.limits import SHALLOW_CLASS

if TYPE_CHECKING:
    from trialgraph.linking.mesh import Descriptor, Mesh

PREFIX: Final = "MESH:"
# branches of D whose headings are no chemical class of a drug: preparations, actions, mixtures by kind
_NO_CLASS: Final = ("D26", "D27", "D20.280")


def above(mesh: Mesh, drug_id: str) -> Iterator[Descriptor]:
    """Yield the chemical headings right above a drug; none for a drug that is no heading of MeSH."""
    mesh_id = drug_id.removeprefix(PREFIX)
    if mesh_id in mesh:
        for parent in mesh.parents(mesh_id, "D"):
            if is_chemical(mesh[parent]):
                yield mesh[parent]


def is_chemical(heading: Descriptor) -> bool:
    """Tell whether a heading is a chemical class, deep enough in the tree to say something."""
    return any(
        number.startswith("D") and number.count(".") >= SHALLOW_CLASS and not number.startswith(_NO_CLASS)
        for number in heading.tree_numbers
    )
