"""docs/schema.md: every label and relationship type with its properties, made from the schema."""

from __future__ import annotations

from trialgraph.schema.labels import LABELS
from trialgraph.schema.properties import Property
from trialgraph.schema.relationships import RELATIONSHIPS


def markdown() -> str:
    """Return docs/schema.md: every label and relationship type with its properties."""
    lines = [
        "# The schema",
        "",
        "Made from `trialgraph.schema` by `python -m trialgraph.schema.docs > docs/schema.md`; a test compares.",
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
