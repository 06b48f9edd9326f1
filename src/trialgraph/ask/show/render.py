"""Rows and reports in the form that was asked for: table, JSON, JSON lines, CSV, Markdown or HTML."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from trialgraph.ask.show.csv import csv_rows
from trialgraph.ask.show.html import html_rows
from trialgraph.ask.show.json import json_lines, json_rows, json_text
from trialgraph.ask.show.markdown import markdown_rows
from trialgraph.ask.show.safe import terminal
from trialgraph.ask.show.table import display_width, padded, plain_rows, terminal_rows
from trialgraph.ask.show.values import cell

FORMS: Final = ("table", "json", "csv", "nl", "md", "html")


def rows(
    columns: Sequence[str],
    rows: Iterable[Mapping[str, Any]],
    form: str = "table",
    *,
    tty: bool = False,
    raw: bool = False,
    width: int | None = None,
) -> str:
    """Return rows in one form.

    A table fits the terminal where there is one (`tty`), and is plain aligned text where there is none: nothing is
    cut in either.  `raw` leaves CSV cells alone that a spreadsheet would run as a formula.  `width` is in characters.
    """
    listed = list(rows)
    match form:
        case "json":
            return json_rows(columns, listed)
        case "nl":
            return json_lines(columns, listed)
        case "csv":
            return csv_rows(columns, listed, raw=raw)
        case "md":
            return markdown_rows(columns, listed)
        case "html":
            return html_rows(columns, listed)
        case "table":
            return terminal_rows(columns, listed, width) if tty else plain_rows(columns, listed)
    raise ValueError(f"{form!r} is none of {', '.join(FORMS)}")


def report(mapping: Mapping[str, Any], form: str = "table", *, tty: bool = False) -> str:
    """Return one report (figures under names, possibly nested) in one form."""
    match form:
        case "json":
            return json_text(mapping, indent=2) + "\n"
        case "nl":
            return json_text(mapping) + "\n"
        case "table":
            lines = list(_report_lines(mapping, ""))
            margin = max((display_width(name) for name, value in lines if value is not None), default=0) + 2
            return "".join(
                (name if value is None else padded(name, margin) + value).rstrip() + "\n" for name, value in lines
            )
    flat = [{"name": name, "value": value} for name, value in _flat(mapping, "")]
    return rows(("name", "value"), flat, form, tty=tty)


def _report_lines(mapping: Mapping[str, Any], indent: str) -> Iterable[tuple[str, str | None]]:
    """Yield name and value of each line; a line without a value of its own has None."""
    for name, value in mapping.items():
        label = indent + terminal(str(name)).replace("_", " ")
        if isinstance(value, Mapping) and value:
            yield label, None
            yield from _report_lines(value, indent + "  ")
        elif isinstance(value, list | tuple) and any(isinstance(part, Mapping) for part in value):
            yield label, None
            for part in value:
                yield indent + "  " + cell(part), None
        elif isinstance(value, int) and not isinstance(value, bool):
            yield label, f"{value:,}"
        else:
            yield label, cell(value)


def _flat(mapping: Mapping[str, Any], prefix: str) -> Iterable[tuple[str, Any]]:
    for name, value in mapping.items():
        if isinstance(value, Mapping) and value:
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield prefix + str(name), value
