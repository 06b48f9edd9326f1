"""The tables of an update: those of the last build with the rows of some trials replaced.

Which rows belong to a trial is said by the schema: the owner column of a label or relationship type.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trialgraph import schema
from trialgraph.build import shared_nodes
from trialgraph.build.cache import Cache, Stale
from trialgraph.linking.linkers import Linkers
from trialgraph.schema import mentions
from trialgraph.snapshot.tables import Tables, arrow_schema, key_columns

if TYPE_CHECKING:
    import pyarrow as pa

_PLACE: Final = r"#.*$"  # what follows a # in an owner column is a place in the trial


class RenewedTables:
    """Gives every table whole: `finish` is as of Tables, and None where a table is that of the last build."""

    def __init__(self, tables: Tables, before: Cache, stale: Stale) -> None:
        self._tables = tables
        self.before = before
        self._trials = stale.trials | stale.gone
        self._versions = stale.versions | stale.gone
        self._unchanged: set[str] = set()

    def mark_unchanged(self, *names: str) -> None:
        """Record that these tables are those of the last build."""
        self._unchanged.update(names)

    def finish(self, name: str) -> pa.Table | None:
        """Return a whole table, sorted by its key, or None where it is that of the last build."""
        new = self._tables.finish(name)
        if name in self._unchanged:
            return None
        old = self.before.mentions(name) if name in mentions.MENTIONS else self.before.snapshot.table(name)
        return self._merged(name, old.cast(arrow_schema(name)), new)  # Parquet names the items of a list differently

    def _merged(self, name: str, old: pa.Table, new: pa.Table) -> pa.Table | None:
        import pyarrow as pa
        import pyarrow.compute as pc

        replaced = self._replaced(name, old)
        if replaced is not None:
            if old.filter(replaced).equals(new):
                return None
            new = pa.concat_tables([old.filter(pc.invert(replaced)), new])
            new = new.sort_by([(key, "ascending") for key in key_columns(name)]).combine_chunks()
        return None if new.equals(old) else new

    def _replaced(self, name: str, old: pa.Table) -> pa.ChunkedArray | None:
        """Return which rows belong to trials that were read again or are gone; None for a table of no trial."""
        import pyarrow as pa
        import pyarrow.compute as pc

        kind = schema.LABEL.get(name) or schema.RELATIONSHIP.get(name)
        of_versions = kind is not None and kind.of_versions
        trials = pa.array(sorted(self._versions if of_versions else self._trials), pa.string())
        label = schema.LABEL.get(name)
        if label is not None and label.owner_edge is not None:
            edges = self.before.snapshot.edges(label.owner_edge)
            nodes = edges.column("target").filter(pc.is_in(edges.column("source"), trials)).combine_chunks()
            return pc.is_in(old.column(label.key), nodes)
        owner = "trial" if kind is None else kind.owner
        if owner is None:
            return None
        replaced = pc.is_in(pc.replace_substring_regex(old.column(owner), _PLACE, ""), trials)
        if name == "Trial":  # those that only a mirror's list names are listed again
            replaced = pc.or_(replaced, pc.fill_null(old.column("listed_only"), False))
        return replaced


def make_shared(
    tables: Tables, mention_tables: dict[str, pa.Table | None], linkers: Linkers, renewed: RenewedTables | None
) -> None:
    """Add the nodes that trials share, where a mention changed; those of unchanged mentions stay as they were."""

    def mentions_of(name: str) -> pa.Table:
        table = mention_tables[name]
        return table if table is not None else renewed.before.mentions(name)  # type: ignore[union-attr]

    for shared in shared_nodes.SHARED_TABLES:
        if renewed is None or any(mention_tables[name] is not None for name in shared.mentions):
            shared.make(tables, mentions_of, linkers)
        else:
            renewed.mark_unchanged(*shared.tables)
    trials = mentions_of(mentions.TRIALS).column("trial").to_pylist()
    shared_nodes.listed_only(tables, mentions_of(mentions.LISTED), set(trials))
