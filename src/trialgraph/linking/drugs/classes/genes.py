"""The genes of our targets: symbol, HGNC id and name.  Source: HGNC (genenames.org), CC0."""

from __future__ import annotations

import functools

import msgspec

from trialgraph.linking.drugs.classes.table import PACKAGE
from trialgraph.linking.words.tables import rows


class Gene(msgspec.Struct, frozen=True, gc=False):
    """A gene as HGNC names it."""

    symbol: str
    hgnc_id: str
    name: str


@functools.cache
def load() -> dict[str, Gene]:
    """Return the genes that ship with the program by symbol: those that a class of the table names."""
    return {fields[0]: Gene(*fields[:3]) for fields in rows(PACKAGE, "genes.tsv")}
