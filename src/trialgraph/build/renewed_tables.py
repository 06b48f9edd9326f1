"""The tables of the last build with the rows of some trials replaced: what an update has to write."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trialgraph.build import shared_nodes as shared
from trialgraph.build.cache import Kept, Stale
from trialgraph.linking.linkers import Linkers
from trialgraph.schema import mentions
from trialgraph.snapshot.tables import Tables, arrow_schema, key_columns

if TYPE_CHECKING:
    import pyarrow as pa

# The column that names the trial a row belongs to; what follows a # there is a place in the trial.
BY_SOURCE: Final = (
    "HAS_RECORD HAS_IDENTIFIER STUDIES HAS_ARM HAS_INTERVENTION RECEIVES INCLUDES_DRUG INCLUDES_DEVICE "
    "INCLUDES_PROCEDURE TESTS HAS_OFFICIAL CONDUCTED_AT MEASURES HAS_REFERENCE LISTED_AS_RELATED HAS_CHANGE"
)
OF_A_TRIAL: Final = {
    "Trial": "trial_id",
    "ArmGroup": "arm_id",
    "Intervention": "intervention_id",
    "Outcome": "outcome_id",
    "ChangeEvent": "trial_id",
    "SPONSORS": "target",
    "COLLABORATES_ON": "target",
    **dict.fromkeys(BY_SOURCE.split(), "source"),
    **dict.fromkeys(mentions.MENTIONS, "trial"),
}
OF_VERSIONS: Final = ("ChangeEvent", "HAS_CHANGE")


class Renewed:
    """Gives every table whole: `finish` is as of Tables, and None where a table is that of the last build."""

    def __init__(self, tables: Tables, before: Kept, stale: Stale) -> None:
        self._tables = tables
        self.before = before
        self._trials = stale.trials | stale.gone
        self._versions = stale.versions | stale.gone
        self._same: set[str] = set()  # tables of what trials share, that nothing which changed is told in

    def unchanged(self, *names: str) -> None:
        """Take note that these tables are those of the last build."""
        self._same.update(names)

    def finish(self, name: str) -> pa.Table | None:
        """Return a whole table, sorted by its key, or None where it is that of the last build."""
        new = self._tables.finish(name)
        if name in self._same:
            return None
        old = self.before.mentions(name) if name in mentions.MENTIONS else self.before.snapshot.table(name)
        return self._merged(name, old.cast(arrow_schema(name)), new)  # a file calls what is in a list otherwise

    def _merged(self, name: str, old: pa.Table, new: pa.Table) -> pa.Table | None:
        import pyarrow as pa
        import pyarrow.compute as pc

        if name in OF_A_TRIAL or name == "RegistryRecord":
            replaced = self._replaced(name, old)
            if old.filter(replaced).equals(new):
                return None
            new = pa.concat_tables([old.filter(pc.invert(replaced)), new])
            new = new.sort_by([(key, "ascending") for key in key_columns(name)]).combine_chunks()
        return None if new.equals(old) else new

    def _replaced(self, name: str, old: pa.Table) -> pa.ChunkedArray:
        """Return which rows of a table belong to trials that were read again or are gone."""
        import pyarrow as pa
        import pyarrow.compute as pc

        trials = pa.array(sorted(self._versions if name in OF_VERSIONS else self._trials), pa.string())
        if name == "RegistryRecord":
            held = self.before.snapshot.edges("HAS_RECORD")
            records = held.column("target").filter(pc.is_in(held.column("source"), trials)).combine_chunks()
            return pc.is_in(old.column("record_id"), records)
        column = old.column(OF_A_TRIAL[name])
        if name not in ("Trial", "ChangeEvent"):
            column = pc.replace_substring_regex(column, r"#.*$", "")
        replaced = pc.is_in(column, trials)
        if name == "Trial":  # those that only a list names are listed anew
            replaced = pc.or_(replaced, pc.fill_null(old.column("listed_only"), False))
        return replaced


def share(tables: Tables, told: dict[str, pa.Table | None], linkers: Linkers, renewed: Renewed | None) -> None:
    """Add what trials share, where a mention changed; what is told in no changed table of mentions stays as it was."""

    def mentioned(name: str) -> pa.Table:
        table = told[name]
        return table if table is not None else renewed.before.mentions(name)  # type: ignore[union-attr]

    for made in shared.MADE:
        if renewed is None or any(told[name] is not None for name in made.of):
            made.by(tables, mentioned, linkers)
        else:
            renewed.unchanged(*made.tables)
    trials = mentioned(mentions.TRIALS).column("trial").to_pylist()
    shared.listed_only(tables, mentioned(mentions.LISTED), set(trials))
