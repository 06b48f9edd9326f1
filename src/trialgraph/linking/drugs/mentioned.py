"""Drugs that running text speaks of, whether or not anybody is given them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from trialgraph.linking.drugs.find import find
from trialgraph.linking.drugs.vocabulary import DrugVocabulary
from trialgraph.linking.mesh import Mesh

BODY = "A"  # the tree of cells, tissues and fluids: "T cells" in a title are mostly what is measured


def spoken_of(vocabulary: DrugVocabulary, mesh: Mesh) -> Callable[[str], Iterable[tuple[str, str]]]:
    """Return what yields the id and name of each drug in a text, in the order of the text; parts of a body are none."""

    def named(text: str) -> Iterable[tuple[str, str]]:
        for mention in find(text, vocabulary):
            for drug in mention.drugs:
                heading = mesh.get(drug.id.removeprefix("MESH:"))
                if heading is None or not heading.is_in(BODY):
                    yield drug.id, drug.name

    return named
