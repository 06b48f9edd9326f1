"""Rows as CSV (RFC 4180)."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from trialgraph.ask.show.json import json_text
from trialgraph.ask.show.safe import csv_text


def csv_cell(value: Any, *, raw: bool = False) -> str:
    """Return a value as a CSV cell, before quoting.

    Text that a spreadsheet would run as a formula gets an apostrophe before it, unless `raw`; numbers stay numbers.
    """
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case int() | float():
            return "" if isinstance(value, float) and not math.isfinite(value) else repr(value)
        case list() | tuple():
            simple = not any(isinstance(part, list | tuple | Mapping) for part in value)
            text = "; ".join(csv_cell(part, raw=True) for part in value) if simple else json_text(value)
        case Mapping():
            text = json_text(value)
        case _:
            text = str(value)
    return csv_text(text, raw=raw)


def csv_rows(columns: Sequence[str], rows: Iterable[Mapping[str, Any]], *, raw: bool = False) -> str:
    """Return RFC 4180 CSV with a header."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([csv_cell(column, raw=raw) for column in columns])
    for row in rows:
        writer.writerow([csv_cell(row.get(column), raw=raw) for column in columns])
    return out.getvalue()
