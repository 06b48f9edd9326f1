"""Rows as an HTML table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from trialgraph.ask.show.safe import html_text
from trialgraph.ask.show.values import cell


def html_rows(columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> str:
    """Return an HTML table without styles or scripts."""
    head = "".join(f'<th scope="col">{html_text(column)}</th>' for column in columns)
    body = "".join(
        "<tr>" + "".join(f"<td>{html_text(cell(row.get(column)))}</td>" for column in columns) + "</tr>\n"
        for row in rows
    )
    return f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody>\n</table>\n"
