"""Every statement that writes to a Neo4j, made once from our own schema; values are always parameters.

Our nodes and relationships carry `_tg`, a hash of their row.  Those without it belong to somebody else: no statement
changes them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Final, LiteralString

import msgspec

from trialgraph import schema

MARK: Final = "_tg"
Statements = dict[str, LiteralString]


def literal(text: str) -> LiteralString:
    """Return a text as what the driver's types ask for.

    Our own statements consist of our schema's names alone, so that it is true of them.  For a person's query it is a
    cast: that query runs with read access.
    """
    return text  # pyright: ignore[reportReturnType]


# name -> statement of every constraint and index
PREPARE: Statements = {
    f"tg_{label.name.lower()}": literal(
        f"CREATE CONSTRAINT tg_{label.name.lower()} IF NOT EXISTS "
        f"FOR (n:`{label.name}`) REQUIRE n.`{label.key}` IS UNIQUE"
    )
    for label in schema.LABELS
}
PREPARE |= {
    f"tg_{label.name.lower()}_{name}": literal(
        f"CREATE INDEX tg_{label.name.lower()}_{name} IF NOT EXISTS FOR (n:`{label.name}`) ON (n.`{name}`)"
    )
    for label in schema.LABELS
    for name in label.indexes
}
PREPARE |= {
    f"{label.name.lower()}_text": literal(
        f"CREATE FULLTEXT INDEX {label.name.lower()}_text IF NOT EXISTS FOR (n:`{label.name}`) ON EACH "
        f"[{', '.join(f'n.`{name}`' for name in label.full_text)}]"
    )
    for label in schema.LABELS
    if label.full_text
}
# The state of a load: the node 'loaded' holds the snapshot's hash and the loader's id, the node 'lock' is the lock.
LOAD_STATE_CONSTRAINT: Final[LiteralString] = (
    "CREATE CONSTRAINT tg_snapshot IF NOT EXISTS FOR (m:TrialgraphSnapshot) REQUIRE m.name IS UNIQUE"
)
LOADED: Final[LiteralString] = "MATCH (m:TrialgraphSnapshot {name: 'loaded'}) RETURN m.hash, m.schema"
LOCK: Final[LiteralString] = "MERGE (m:TrialgraphSnapshot {name: 'lock'}) SET m.held = true"
BEGIN_LOAD: Final[LiteralString] = (
    "MERGE (m:TrialgraphSnapshot {name: 'loaded'}) SET m.hash = null, m.schema = $schema, m.loader = $loader"
)
# Every transaction of a load begins with this.  Writing to the node takes its lock before the loader id is read, so
# that another loader cannot begin within the transaction, and a transaction of an earlier loader finds a foreign id.
CHECK_LOADER: Final[LiteralString] = (
    "MATCH (m:TrialgraphSnapshot {name: 'loaded'}) SET m.held = true WITH m WHERE m.loader = $loader RETURN 1"
)
END_LOAD: Final[LiteralString] = "MATCH (m:TrialgraphSnapshot {name: 'loaded'}) SET m.hash = $hash"
# What is there: (key, hash), hash null for a node that is not ours.
NODES: Final[Statements] = {
    label.name: literal(
        f"MATCH (n:`{label.name}`) WHERE n.`{label.key}` IS NOT NULL RETURN n.`{label.key}`, n.`{MARK}`"
    )
    for label in schema.LABELS
}
PUT_NODES: Final[Statements] = {
    label.name: literal(f"UNWIND $rows AS row MERGE (n:`{label.name}` {{`{label.key}`: row.k}}) SET n += row.p")
    for label in schema.LABELS
}
DROP_NODES: Final[Statements] = {
    label.name: literal(
        f"UNWIND $rows AS key MATCH (n:`{label.name}` {{`{label.key}`: key}}) "
        f"WHERE n.`{MARK}` IS NOT NULL DETACH DELETE n"
    )
    for label in schema.LABELS
}
COUNT_NODES: Final[Statements] = {
    label.name: literal(f"MATCH (n:`{label.name}`) WHERE n.`{MARK}` IS NOT NULL RETURN count(n)")
    for label in schema.LABELS
}


def _ends(kind: schema.Relationship) -> str:
    a, b = schema.LABEL[kind.source], schema.LABEL[kind.target]
    return (
        f"MATCH (a:`{a.name}` {{`{a.key}`: row.s}}) MATCH (b:`{b.name}` {{`{b.key}`: row.t}}) "
        f"WHERE a.`{MARK}` IS NOT NULL AND b.`{MARK}` IS NOT NULL"
    )


def _pattern(kind: schema.Relationship) -> str:
    keys = ", ".join(f"`{name}`: row.k{i}" for i, name in enumerate(kind.key))
    return f"(a)-[r:`{kind.type}`" + (f" {{{keys}}}" if keys else "") + "]->(b)"


def _all(kind: schema.Relationship) -> str:
    return f"MATCH (a:`{kind.source}`)-[r:`{kind.type}`]->(b:`{kind.target}`) WHERE r.`{MARK}` IS NOT NULL"


EDGES: Final[Statements] = {
    kind.type: literal(
        f"{_all(kind)} RETURN "
        + ", ".join(
            [
                f"a.`{schema.LABEL[kind.source].key}`",
                f"b.`{schema.LABEL[kind.target].key}`",
                *(f"r.`{name}`" for name in kind.key),
                f"r.`{MARK}`",
            ]
        )
    )
    for kind in schema.RELATIONSHIPS
}
PUT_EDGES: Final[Statements] = {
    kind.type: literal(f"UNWIND $rows AS row {_ends(kind)} MERGE {_pattern(kind)} SET r += row.p")
    for kind in schema.RELATIONSHIPS
}
DROP_EDGES: Final[Statements] = {
    kind.type: literal(
        f"UNWIND $rows AS row {_ends(kind)} MATCH {_pattern(kind)} WHERE r.`{MARK}` IS NOT NULL DELETE r"
    )
    for kind in schema.RELATIONSHIPS
}
COUNT_EDGES: Final[Statements] = {kind.type: literal(f"{_all(kind)} RETURN count(r)") for kind in schema.RELATIONSHIPS}
CLEAR_NODES: Final[Statements] = {
    label.name: literal(
        f"MATCH (n:`{label.name}`) WHERE n.`{MARK}` IS NOT NULL WITH n LIMIT $most DETACH DELETE n RETURN count(n)"
    )
    for label in schema.LABELS
}

DROP_SCHEMA: Final[tuple[LiteralString, ...]] = tuple(
    literal(f"DROP {'CONSTRAINT' if text.startswith('CREATE CONSTRAINT') else 'INDEX'} {name} IF EXISTS")
    for name, text in (PREPARE | {"tg_snapshot": LOAD_STATE_CONSTRAINT}).items()
)


def key_of(name: str, row: Mapping[str, Any]) -> Any:
    """Return a row's primary key: a node's key property, or (source, target, key properties...) of a relationship."""
    if name in schema.LABEL:
        return row[schema.LABEL[name].key]
    return (row["source"], row["target"], *(row[key] for key in schema.RELATIONSHIP[name].key))


def hash_and_size(name: str, row: Mapping[str, Any]) -> tuple[int, int]:
    """Return a row's BLAKE2b hash as a signed 64-bit integer, alike on every machine, and the bytes of its JSON."""
    text = msgspec.json.encode(sorted(row.items()))
    digest = hashlib.blake2b(text, digest_size=8, person=name.encode()[:16]).digest()
    return int.from_bytes(digest, "big", signed=True), len(text)


def as_parameter(name: str, row: Mapping[str, Any], mark: int, *, replaces: bool) -> dict[str, Any]:
    """Return a row as parameters of PUT_NODES or PUT_EDGES.  `replaces`: null stands for properties to remove."""
    properties = {column: row.get(column) for column, _ in schema.columns(name)} if replaces else dict(row)
    properties[MARK] = mark
    if name in schema.LABEL:
        return {"k": row[schema.LABEL[name].key], "p": properties}
    ends = {"s": properties.pop("source"), "t": properties.pop("target")}
    keys = {f"k{i}": row[key] for i, key in enumerate(schema.RELATIONSHIP[name].key)}
    return ends | keys | {"p": properties}


def edge_key(name: str, key: tuple[Any, ...]) -> dict[str, Any]:
    """Return a relationship's primary key as parameters of DROP_EDGES."""
    return {"s": key[0], "t": key[1], **{f"k{i}": value for i, value in enumerate(key[2:])}}
