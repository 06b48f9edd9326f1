"""A trial and its links as a document that is compared: one way for the build, for a text and for measuring."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from trialgraph.build.documents import document
from trialgraph.linking.linkers import Linkers
from trialgraph.model import ConditionLink, DeviceOrProcedureLink, DrugLink, Trial
from trialgraph.similarity.documents import Document


def compared(
    trial: Trial,
    drugs: Sequence[DrugLink],
    conditions: Sequence[ConditionLink],
    procedure_links: Sequence[DeviceOrProcedureLink],
    linkers: Linkers,
) -> Document:
    """Return a trial as similarity sees it, with all that the linkers know."""
    names = {link.concept_id: link.name for link in drugs}

    def classes(drug: str) -> Iterable[tuple[str, str]]:
        return [(one.class_id, one.name) for one in linkers.classes_of(drug, names[drug])]

    return document(
        trial,
        drugs,
        conditions,
        procedure_links,
        mesh=linkers.mesh,
        finder=linkers.conditions,
        procedure_finder=linkers.procedures,
        classes=classes,
        named=linkers.spoken_of,
    )
