"""Cross-references of MeSH headings to other lists of diseases, as CURIEs."""

from __future__ import annotations

import functools

from trialgraph.linking.conditions.vocabulary import PACKAGE
from trialgraph.linking.words.tables import rows


def of(mesh_id: str) -> tuple[str, ...]:
    """Return the CURIEs of a heading, such as MONDO:0005011, sorted; () where none is known."""
    return _table().get(mesh_id, ())


@functools.cache
def _table() -> dict[str, tuple[str, ...]]:
    return {heading: tuple(curies.split("|")) for heading, curies in rows(PACKAGE, "condition_xrefs.tsv.xz")}
