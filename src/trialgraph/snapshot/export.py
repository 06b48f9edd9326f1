"""The snapshot in the forms of other programs: GraphML, JSON, CSV, Parquet; row by row, whatever its size."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any
from xml.sax.saxutils import escape, quoteattr

from trialgraph import schema
from trialgraph.errors import UsageError
from trialgraph.files import swap
from trialgraph.files.atomic import replacing
from trialgraph.snapshot.snapshot import MANIFEST, Snapshot
from trialgraph.spreadsheet import without_formula

SUFFIX = {".graphml": "graphml", ".json": "json", ".jsonld": "jsonld"}
FOLDERS = ("csv", "parquet", "neo4j-import")
SOURCE = "SOURCE.txt"  # lies in every folder that an export wrote
FORMS = ("graphml", "json", "jsonld", *FOLDERS)
ATTRIBUTION = {
    "ctgov": "ClinicalTrials.gov, U.S. National Library of Medicine",
    "meddatax": "MedDataX pages of ClinicalTrials.gov records",
    "isrctn": "ISRCTN registry, Springer Nature",
    "ctis": "Clinical Trials Information System, European Medicines Agency",
    "euctr": "EU Clinical Trials Register, European Medicines Agency",
    "ictrp": "International Clinical Trials Registry Platform, World Health Organization",
}


def form_of(path: Path, given: str | None) -> str:
    """Return the form to write: the one given, or what the file's name says; a folder is CSV."""
    form = given or SUFFIX.get(path.suffix.lower()) or ("csv" if not path.suffix else None)
    if form not in FORMS:
        raise UsageError(f"{path.name} names no form that we write; give one of {', '.join(FORMS)} before it")
    return form


def source_of(snapshot: Snapshot) -> str:
    """Return the sentence that says where the data come from and of when they are."""
    sources = snapshot.manifest.get("sources", {})
    names = "; ".join(ATTRIBUTION.get(name, name) for name in sources) or "no source"
    newest = snapshot.manifest.get("newest")
    return f"Source: {names}. Latest update in the data: {newest or 'unknown'}. Linked and compared by trialgraph."


def tables_of(labels: Sequence[str], relationships: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return which labels and types to write: all where none is named; types only between labels that are written."""
    for name in labels:
        if name not in schema.LABEL:
            raise UsageError(f"there is no label {name!r}; there are {', '.join(schema.LABEL)}")
    for name in relationships:
        if name not in schema.RELATIONSHIP:
            raise UsageError(f"there is no relationship type {name!r}; there are {', '.join(schema.RELATIONSHIP)}")
    nodes = [name for name in schema.LABEL if not labels or name in labels]
    kinds = [
        kind.type
        for kind in schema.RELATIONSHIPS
        if (not relationships or kind.type in relationships) and kind.source in nodes and kind.target in nodes
    ]
    return nodes, kinds


def place(at: Path, form: str) -> Path:
    """Return where to write as a whole path.  Raises UsageError where that would remove what is not an export."""
    at = at.absolute()
    if not at.parent.is_dir():
        raise UsageError(f"there is no folder {at.parent}; make it first, or name another place")
    if form not in FOLDERS:
        if at.is_dir():
            raise UsageError(f"{at} is a folder; name a file in it")
        return at
    if at == Path.cwd():
        raise UsageError("this very folder cannot be replaced; name a new one")
    if at.exists() and not at.is_dir():
        raise UsageError(f"{at} is a file; name a folder")
    if at.is_dir() and any(at.iterdir()) and not (at / SOURCE).is_file():
        raise UsageError(f"{at} holds something that no export wrote; name a new folder")
    return at


def write(
    snapshot: Snapshot,
    at: Path,
    form: str,
    *,
    labels: Sequence[str] = (),
    relationships: Sequence[str] = (),
    raw: bool = False,
) -> int:
    """Write the snapshot, or some tables of it, to a file or folder; returns how many rows were written.

    Whatever is at `at` is replaced only by something whole.
    """
    at = place(at, form)
    nodes, kinds = tables_of(labels, relationships)
    if form in FOLDERS:
        with swap.replacing(at) as part:
            if form == "csv":
                return _csv(snapshot, part, nodes, kinds, raw=raw)
            return _parquet(snapshot, part, nodes, kinds)
    with replacing(at) as part, part.open("w", encoding="utf-8", newline="\n") as file:
        return {"graphml": _graphml, "json": _json, "jsonld": _jsonld}[form](snapshot, file, nodes, kinds)


def _rows(snapshot: Snapshot, name: str) -> Iterator[dict[str, Any]]:
    for batch in snapshot.batches(name):
        yield from batch


def _edges(snapshot: Snapshot, kind: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield (source, target, properties), the ends as label:key."""
    ends = schema.RELATIONSHIP[kind]
    for row in _rows(snapshot, kind):
        source, target = row.pop("source"), row.pop("target")
        yield f"{ends.source}:{source}", f"{ends.target}:{target}", row


# --- one file ---------------------------------------------------------------------------------------------------------


def _graphml(snapshot: Snapshot, file: IO[str], nodes: Sequence[str], kinds: Sequence[str]) -> int:
    """Write GraphML, which has no lists: a list is written as JSON."""
    types = {schema.INT: "long", schema.FLOAT: "double", schema.BOOL: "boolean"}
    file.write('<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n')
    file.write(f"<desc>{escape(source_of(snapshot))}</desc>\n")
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
            f'<data key="{prefix}.{name}.{types.get(kinds_of[name], "string")}">{escape(_word(value))}</data>'
            for name, value in row.items()
        )

    for label in nodes:
        key = schema.LABEL[label].key
        for row in _rows(snapshot, label):
            told = f'<data key="n.label">{label}</data><data key="n.key">{escape(row[key])}</data>'
            file.write(f"<node id={quoteattr(f'{label}:{row[key]}')}>{told}{data('n', label, row)}</node>\n")
            rows += 1
    for type_name in kinds:
        for source, target, row in _edges(snapshot, type_name):
            told = f'<data key="e.type">{type_name}</data>{data("e", type_name, row)}'
            file.write(f"<edge source={quoteattr(source)} target={quoteattr(target)}>{told}</edge>\n")
            rows += 1
    file.write("</graph>\n</graphml>\n")
    return rows


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list) else str(value)


def _json(snapshot: Snapshot, file: IO[str], nodes: Sequence[str], kinds: Sequence[str]) -> int:
    """Write node-link JSON, as NetworkX and drawing libraries read it."""
    about = json.dumps({"source": source_of(snapshot), "snapshot": snapshot.hash}, ensure_ascii=False)
    file.write(f'{{"directed": true, "multigraph": true, "graph": {about},\n"nodes": [')
    rows, comma = 0, "\n"
    for label in nodes:
        key = schema.LABEL[label].key
        for row in _rows(snapshot, label):
            told = {"id": f"{label}:{row[key]}", "label": label, "key": row[key]}
            file.write(comma + json.dumps(row | told, ensure_ascii=False))
            rows, comma = rows + 1, ",\n"
    file.write('\n],\n"edges": [')
    comma = "\n"
    for kind in kinds:
        for place, (source, target, row) in enumerate(_edges(snapshot, kind)):
            told = {"source": source, "target": target, "key": f"{kind}#{place}"}
            kept = {f"edge_{name}" if name in ("type", "key") else name: value for name, value in row.items()}
            file.write(comma + json.dumps(kept | told | {"type": kind}, ensure_ascii=False))
            rows, comma = rows + 1, ",\n"
    file.write("\n]}\n")
    return rows


def _jsonld(snapshot: Snapshot, file: IO[str], nodes: Sequence[str], kinds: Sequence[str]) -> int:
    """Write JSON-LD: nodes with their facts, relationships as nodes of their own with theirs."""
    context = {"@vocab": "urn:trialgraph:", "source": {"@type": "@id"}, "target": {"@type": "@id"}}
    file.write(f'{{"@context": {json.dumps(context)},\n')
    file.write(f'"description": {json.dumps(source_of(snapshot), ensure_ascii=False)},\n"@graph": [')
    rows, comma = 0, "\n"
    for label in nodes:
        key = schema.LABEL[label].key
        for row in _rows(snapshot, label):
            told = {"@id": _iri(f"{label}:{row[key]}"), "@type": label}
            file.write(comma + json.dumps(told | row, ensure_ascii=False))
            rows, comma = rows + 1, ",\n"
    for kind in kinds:
        for source, target, row in _edges(snapshot, kind):
            told = {"@type": kind, "source": _iri(source), "target": _iri(target)}
            file.write(comma + json.dumps(row | told, ensure_ascii=False))
            rows, comma = rows + 1, ",\n"
    file.write("\n]}\n")
    return rows


def _iri(name: str) -> str:
    from urllib.parse import quote

    label, _, key = name.partition(":")
    return f"urn:trialgraph:{label}:{quote(key, safe=':#')}"


# --- folders ----------------------------------------------------------------------------------------------------------


def _csv(snapshot: Snapshot, at: Path, nodes: Sequence[str], kinds: Sequence[str], *, raw: bool) -> int:
    """Write one CSV a table; lists as JSON, and, unless raw, what a spreadsheet would run as a formula defused."""
    rows = 0
    for folder, names in (("nodes", nodes), ("edges", kinds)):
        (at / folder).mkdir()
        for name in names:
            columns = [column for column, _ in schema.columns(name)]
            with (at / folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file)
                writer.writerow(columns)
                for row in _rows(snapshot, name):
                    writer.writerow([_cell(row.get(column), raw=raw) for column in columns])
                    rows += 1
    (at / SOURCE).write_text(source_of(snapshot) + "\n", "utf-8")
    return rows


def _cell(value: Any, *, raw: bool) -> str:
    if value is None:
        return ""
    if isinstance(value, str) and not raw:
        return without_formula(value)
    return _word(value)


def _parquet(snapshot: Snapshot, at: Path, nodes: Sequence[str], kinds: Sequence[str]) -> int:
    rows = 0
    for folder, names in (("nodes", nodes), ("edges", kinds)):
        (at / folder).mkdir()
        for name in names:
            shutil.copyfile(snapshot.file(name), at / folder / f"{name}.parquet")
            rows += snapshot.rows_of(name)
    shutil.copyfile(snapshot.path / MANIFEST, at / MANIFEST)
    (at / SOURCE).write_text(source_of(snapshot) + "\n", "utf-8")
    return rows
