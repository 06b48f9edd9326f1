"""The snapshot as one file for graph programs: GraphML, node-link JSON, JSON-LD; row by row, whatever its size."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import IO, Any, Final
from xml.sax.saxutils import escape, quoteattr

from trialgraph import schema
from trialgraph.snapshot.snapshot import Snapshot

# open file, attribution, snapshot, labels, relationship types -> rows written
Writer = Callable[[IO[str], str, Snapshot, Sequence[str], Sequence[str]], int]


def rows_of(snapshot: Snapshot, name: str) -> Iterator[dict[str, Any]]:
    """Yield a table's rows; a null property is left out."""
    for batch in snapshot.batches(name):
        yield from batch


def _edges(snapshot: Snapshot, kind: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield (source, target, properties), the ends as label:key."""
    ends = schema.RELATIONSHIP[kind]
    for row in rows_of(snapshot, kind):
        source, target = row.pop("source"), row.pop("target")
        yield f"{ends.source}:{source}", f"{ends.target}:{target}", row


def _graphml(file: IO[str], source: str, snapshot: Snapshot, nodes: Sequence[str], kinds: Sequence[str]) -> int:
    """Write GraphML, which has no lists: a list is written as JSON."""
    types = {schema.INT: "long", schema.FLOAT: "double", schema.BOOL: "boolean"}
    file.write('<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n')
    file.write(f"<desc>{escape(source)}</desc>\n")
    file.write('<key id="n.label" for="node" attr.name="label" attr.type="string"/>\n')
    file.write('<key id="n.key" for="node" attr.name="key" attr.type="string"/>\n')
    file.write('<key id="e.type" for="edge" attr.name="type" attr.type="string"/>\n')
    for kind, tables in (("node", nodes), ("edge", kinds)):
        for name, type_ in sorted({column for table in tables for column in schema.columns(table)}):
            if kind == "edge" and name in ("source", "target"):
                continue
            known = types.get(type_, "string")
            file.write(f'<key id="{kind[0]}.{name}.{known}" for="{kind}" attr.name="{name}" attr.type="{known}"/>\n')
    file.write('<graph edgedefault="directed">\n')
    rows = 0

    def data(prefix: str, table: str, row: dict[str, Any]) -> str:
        kinds_of = dict(schema.columns(table))
        return "".join(
            f'<data key="{prefix}.{name}.{types.get(kinds_of[name], "string")}">{escape(as_text(value))}</data>'
            for name, value in row.items()
        )

    for label in nodes:
        key = schema.LABEL[label].key
        for row in rows_of(snapshot, label):
            names = f'<data key="n.label">{label}</data><data key="n.key">{escape(row[key])}</data>'
            file.write(f"<node id={quoteattr(f'{label}:{row[key]}')}>{names}{data('n', label, row)}</node>\n")
            rows += 1
    for type_name in kinds:
        for start, end, row in _edges(snapshot, type_name):
            content = f'<data key="e.type">{type_name}</data>{data("e", type_name, row)}'
            file.write(f"<edge source={quoteattr(start)} target={quoteattr(end)}>{content}</edge>\n")
            rows += 1
    file.write("</graph>\n</graphml>\n")
    return rows


def as_text(value: Any) -> str:
    """Return a value as formats without lists hold it: a list as JSON, a boolean as true or false."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list) else str(value)


def _json(file: IO[str], source: str, snapshot: Snapshot, nodes: Sequence[str], kinds: Sequence[str]) -> int:
    """Write node-link JSON, as NetworkX and drawing libraries read it."""
    about = json.dumps({"source": source, "snapshot": snapshot.hash}, ensure_ascii=False)
    file.write(f'{{"directed": true, "multigraph": true, "graph": {about},\n"nodes": [')
    rows, comma = 0, "\n"
    for label in nodes:
        key = schema.LABEL[label].key
        for row in rows_of(snapshot, label):
            names = {"id": f"{label}:{row[key]}", "label": label, "key": row[key]}
            file.write(comma + json.dumps(row | names, ensure_ascii=False))
            rows, comma = rows + 1, ",\n"
    file.write('\n],\n"edges": [')
    comma = "\n"
    for kind in kinds:
        for place, (start, end, row) in enumerate(_edges(snapshot, kind)):
            ends = {"source": start, "target": end, "key": f"{kind}#{place}"}
            properties = {f"edge_{name}" if name in ("type", "key") else name: value for name, value in row.items()}
            file.write(comma + json.dumps(properties | ends | {"type": kind}, ensure_ascii=False))
            rows, comma = rows + 1, ",\n"
    file.write("\n]}\n")
    return rows


def _jsonld(file: IO[str], source: str, snapshot: Snapshot, nodes: Sequence[str], kinds: Sequence[str]) -> int:
    """Write JSON-LD: nodes with their facts, relationships as nodes of their own with theirs."""
    context = {"@vocab": "urn:trialgraph:", "source": {"@type": "@id"}, "target": {"@type": "@id"}}
    file.write(f'{{"@context": {json.dumps(context)},\n')
    file.write(f'"description": {json.dumps(source, ensure_ascii=False)},\n"@graph": [')
    rows, comma = 0, "\n"
    for label in nodes:
        key = schema.LABEL[label].key
        for row in rows_of(snapshot, label):
            names = {"@id": _iri(f"{label}:{row[key]}"), "@type": label}
            file.write(comma + json.dumps(names | row, ensure_ascii=False))
            rows, comma = rows + 1, ",\n"
    for kind in kinds:
        for start, end, row in _edges(snapshot, kind):
            ends = {"@type": kind, "source": _iri(start), "target": _iri(end)}
            file.write(comma + json.dumps(row | ends, ensure_ascii=False))
            rows, comma = rows + 1, ",\n"
    file.write("\n]}\n")
    return rows


def _iri(name: str) -> str:
    from urllib.parse import quote

    label, _, key = name.partition(":")
    return f"urn:trialgraph:{label}:{quote(key, safe=':#')}"


GRAPH_FILES: Final[Mapping[str, Writer]] = {"graphml": _graphml, "json": _json, "jsonld": _jsonld}
