"""Write a home's graph for other programs: GraphML, JSON, CSV, Parquet, or files for Neo4j's own importer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from trialgraph.config import Settings
from trialgraph.pipeline import home
from trialgraph.registries.catalogue import attributions
from trialgraph.snapshot import export as forms
from trialgraph.snapshot.snapshot import Snapshot
from trialgraph.stores.neo4j import bulk

NEO4J_IMPORT: Final = "neo4j-import"


class ExportRun(msgspec.Struct, frozen=True, kw_only=True):
    """What was written, where, and whose data it is."""

    form: str
    rows: int
    target: Path
    source: str  # the attribution that goes with the data

    def report(self) -> dict[str, Any]:
        """Return the form, the number of rows and the target."""
        return {"form": self.form, "rows": self.rows, "target": str(self.target)}

    @property
    def next_step(self) -> str | None:
        """Return what the person has to do to bring the files into a server, if they are for one."""
        if self.form != NEO4J_IMPORT:
            return None
        return f"Stop the server, run {self.target / 'import.sh'}, start it, then: trialgraph load --to bolt://..."


def export(
    settings: Settings,
    target: Path,
    form: str | None = None,
    *,
    labels: Sequence[str] = (),
    relationships: Sequence[str] = (),
    raw: bool = False,
) -> ExportRun:
    """Write the snapshot, or some labels and relationship types of it, to a file or folder.

    Without `form` the target's name decides.  `raw` leaves CSV cells as they are, also what a spreadsheet would run.
    Raises UsageError for a form, label or type that does not exist, and without a snapshot.
    """
    form = forms.form_of(target, form)
    with home.reading(settings):
        snapshot = Snapshot.open(settings.snapshot)
        if form == NEO4J_IMPORT:
            rows = bulk.write(snapshot, target, attributions())
        else:
            options = forms.Options(
                labels=tuple(labels), relationships=tuple(relationships), raw=raw, attributions=attributions()
            )
            rows = forms.write(snapshot, target, form, options)
    return ExportRun(form=form, rows=rows, target=target, source=forms.source_of(snapshot, attributions()))


def run_importer(exported: ExportRun) -> None:
    """Run Neo4j's importer on exported files, if they are for it; the server must be stopped."""
    if exported.form == NEO4J_IMPORT:
        bulk.run(exported.target)
