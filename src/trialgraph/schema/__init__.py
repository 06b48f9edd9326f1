"""The graph's schema, declared once: labels, keys, properties with type and unit, relationship types.

Tables, constraints, indexes, the bulk importer's headers and docs/schema.md are made from it.
"""

from __future__ import annotations

from typing import Final

from trialgraph.schema.labels import LABELS
from trialgraph.schema.properties import BOOL, FLOAT, FLOATS, INT, LIST, STRING, Label, Property, Relationship
from trialgraph.schema.relationships import RELATIONSHIPS

__all__ = [
    "BOOL",
    "FLOAT",
    "FLOATS",
    "INT",
    "LABEL",
    "LABELS",
    "LIST",
    "RELATIONSHIP",
    "RELATIONSHIPS",
    "STRING",
    "VERSION",
    "Label",
    "Property",
    "Relationship",
    "columns",
]

LABEL: Final = {label.name: label for label in LABELS}
RELATIONSHIP: Final = {relationship.type: relationship for relationship in RELATIONSHIPS}
VERSION: Final = "2"  # of this schema; a graph of another version is rebuilt


def columns(name: str) -> tuple[tuple[str, str], ...]:
    """Return (name, type) of the columns of a label's or relationship type's table."""
    if name in LABEL:
        return tuple((p.name, p.type) for p in LABEL[name].properties)
    ends = (("source", STRING), ("target", STRING))
    return ends + tuple((p.name, p.type) for p in RELATIONSHIP[name].properties)
