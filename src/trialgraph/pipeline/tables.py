"""The snapshot's tables: what each is, and the tables as frames, as NetworkX, and for questions by polars."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import msgspec

from trialgraph import schema
from trialgraph.config import Settings
from trialgraph.errors import UsageError
from trialgraph.snapshot.snapshot import Snapshot
from trialgraph.spelling import nearest_names

if TYPE_CHECKING:
    import networkx as nx
    import polars as pl

    from trialgraph.stores.columns.joins import Frames

PROPERTY_COLUMNS: Final = ("property", "type", "unit", "what")


class TableFacts(msgspec.Struct, frozen=True):
    """What the schema says of one label or relationship type: its properties, and the relationships at it."""

    doc: str
    properties: list[dict[str, Any]]
    relationships: list[dict[str, str]]


def table_rows() -> list[dict[str, str]]:
    """Return every label and relationship type, with what it is."""
    return [{"name": label.name, "what": label.doc} for label in schema.LABELS] + [
        {"name": f"({r.source})-[:{r.type}]->({r.target})", "what": r.doc} for r in schema.RELATIONSHIPS
    ]


def table_facts(name: str) -> TableFacts:
    """Return what one label or relationship type is.  Raises UsageError, with the nearest, for one that is not."""
    table = schema.LABEL.get(name) or schema.RELATIONSHIP.get(name)
    if table is None:
        nearest = nearest_names(name, [*schema.LABEL, *schema.RELATIONSHIP])
        raise UsageError(f"there is no {name}" + (f"; did you mean {' or '.join(nearest)}?" if nearest else ""))
    properties = [dict(zip(PROPERTY_COLUMNS, (p.name, p.type, p.unit, p.doc), strict=True)) for p in table.properties]
    relationships = [
        {"relationship": f"({r.source})-[:{r.type}]->({r.target})", "what": r.doc}
        for r in schema.RELATIONSHIPS
        if name in (r.source, r.target)
    ]
    return TableFacts(table.doc, properties, relationships)


def snapshot(settings: Settings) -> Snapshot:
    """Return the home's snapshot.  Raises UsageError where there is none, BuildError where it is damaged."""
    return Snapshot.open(settings.snapshot)


def column_store(settings: Settings, current: Frames | None = None) -> Frames:
    """Return the snapshot's tables as questions by polars read them: `current` while no build has replaced them."""
    from trialgraph.stores.columns.joins import Frames

    latest = snapshot(settings)
    return current if current is not None and current.manifest == latest.manifest else Frames(latest)


def frames(settings: Settings, names: Sequence[str] | None = None) -> dict[str, pl.DataFrame]:
    """Return tables as polars frames by label or relationship type.  Raises UsageError for one that is not."""
    import polars as pl

    tables = [*schema.LABEL, *schema.RELATIONSHIP]
    for name in names or ():
        if name not in tables:
            raise UsageError(f"there is no table {name!r}; there are {', '.join(tables)}")
    latest = snapshot(settings)
    return {name: pl.DataFrame(pl.from_arrow(latest.table(name))) for name in names or tables}


def networkx(settings: Settings, labels: Sequence[str], relationships: Sequence[str]) -> nx.MultiDiGraph[str]:
    """Return the snapshot, or some labels and relationship types of it, as a NetworkX graph."""
    from trialgraph.snapshot.networkx_view import network

    return network(snapshot(settings), labels, relationships)
