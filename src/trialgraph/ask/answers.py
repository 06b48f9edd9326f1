"""An answer: rows under columns, what was understood, and what to say beside them; it becomes a frame."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from trialgraph.meanings import Filter, Resolution

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """Rows (a map a row), with notes for a person: what was understood, what was cut, what is missing.

    >>> answer = Answer(columns=("trial_id",), rows=[{"trial_id": "NCT04324411"}])
    >>> len(answer), answer[0]["trial_id"], [row["trial_id"] for row in answer]
    (1, 'NCT04324411', ['NCT04324411'])
    """

    columns: tuple[str, ...]
    rows: list[dict[str, Any]]
    notes: tuple[str, ...] = ()
    understood: tuple[Resolution, ...] = ()
    filters: tuple[Filter, ...] = ()  # values of the registry that the words stand for
    not_understood: tuple[str, ...] = ()
    facets: dict[str, list[dict[str, Any]]] = {}
    cut: bool = False
    title: str = ""

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self.rows)

    def __getitem__(self, place: int) -> dict[str, Any]:
        return self.rows[place]

    def report(self) -> dict[str, Any]:
        """Return what was understood and what was not, and the facets: what `--report FILE` writes."""
        understood = [
            {
                "kind": "sponsor" if one.kind == "organization" else one.kind,
                "given": one.given,
                "name": one.name,
                "ids": list(one.ids or (member[0] for member in one.members)) or [one.id],
                "candidates": [msgspec.to_builtins(candidate) for candidate in one.candidates],
            }
            for one in self.understood
        ]
        understood += [{"kind": one.kind, "given": one.given, "value": one.value} for one in self.filters]
        return {
            "understood": understood,
            "not_understood": list(self.not_understood),
            "facets": self.facets,
        }

    def to_polars(self) -> pl.DataFrame:
        """Return the rows as a polars frame; maps become structs, missing is null."""
        import polars as pl

        if not self.rows:
            return pl.DataFrame({column: [] for column in self.columns})
        return pl.DataFrame({column: [row.get(column) for row in self.rows] for column in self.columns}, strict=False)

    def to_pandas(self) -> pd.DataFrame:
        """Return the rows as a pandas frame (pandas must be installed)."""
        import pandas as pd

        return pd.DataFrame(self.rows, columns=list(self.columns))

    def to_arrow(self) -> pa.Table:
        """Return the rows as an Arrow table."""
        return self.to_polars().to_arrow()

    def _repr_html_(self) -> str:
        from trialgraph.ask.show.html import html_rows
        from trialgraph.ask.show.safe import html_text

        notes = "".join(f"<p>{html_text(note)}</p>\n" for note in self.notes)
        return f"{notes}{html_rows(self.columns, self.rows)}"

    def __str__(self) -> str:
        from trialgraph.ask.show.table import plain_rows

        return "".join(f"{note}\n" for note in self.notes) + plain_rows(self.columns, self.rows)
