"""The graph's schema, declared once: labels, keys, properties with type and unit, relationship types.

Tables, constraints, indexes, the bulk importer's headers and docs/schema.md are made from it.
"""

from __future__ import annotations

from typing import Final

from trialgraph.graph.labels import LABELS
from trialgraph.graph.properties import BOOL, FLOAT, FLOATS, INT, LIST, STRING, Label, Property, Relationship
from trialgraph.graph.relationships import RELATIONSHIPS

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
    "markdown",
]

LABEL: Final = {label.name: label for label in LABELS}
RELATIONSHIP: Final = {relationship.type: relationship for relationship in RELATIONSHIPS}
VERSION: Final = "1"  # of this schema; a graph of another version is rebuilt


def columns(name: str) -> tuple[tuple[str, str], ...]:
    """Return (name, type) of the columns of a label's or relationship type's table."""
    if name in LABEL:
        return tuple((p.name, p.type) for p in LABEL[name].properties)
    ends = (("source", STRING), ("target", STRING))
    return ends + tuple((p.name, p.type) for p in RELATIONSHIP[name].properties)


def markdown() -> str:
    """Return docs/schema.md: every label and relationship type with its properties."""
    lines = [
        "# The schema",
        "",
        "Made from `trialgraph.graph.schema` by `python -m trialgraph.graph.schema > docs/schema.md`; a test compares.",
        "Dates are ISO strings of a whole day with their precision beside them; lists are lists of strings;",
        "what a source did not say is null. A snapshot's edge tables begin with the columns `source` and `target`.",
        "",
        "## Nodes",
        "",
    ]
    for label in LABELS:
        lines += [f"### {label.name}", "", label.doc, "", f"Key: `{label.key}`."]
        if label.indexes:
            lines[-1] += " Indexed: " + ", ".join(f"`{name}`" for name in label.indexes) + "."
        if label.full_text:
            lines[-1] += " Searched as text: " + ", ".join(f"`{name}`" for name in label.full_text) + "."
        lines += ["", *_table(label.properties), ""]
    lines += ["## Relationships", ""]
    for kind in RELATIONSHIPS:
        lines += [f"### ({kind.source})-[{kind.type}]->({kind.target})", "", kind.doc, ""]
        if kind.derived:
            lines[-2] += "  Derived: our understanding, not the registry's word."
        if kind.key:
            lines += ["Told apart by " + ", ".join(f"`{name}`" for name in kind.key) + ".", ""]
        if kind.properties:
            lines += [*_table(kind.properties), ""]
    return "\n".join(lines)


def _table(properties: tuple[Property, ...]) -> list[str]:
    return [
        "| property | type | unit | what it is | read from |",
        "| --- | --- | --- | --- | --- |",
        *(
            f"| `{p.name}` | {p.type} | {p.unit or ''} | {p.doc} | {f'`{p.source}`' if p.source else ''} |"
            for p in properties
        ),
    ]


if __name__ == "__main__":
    import sys

    sys.stdout.write(markdown())
