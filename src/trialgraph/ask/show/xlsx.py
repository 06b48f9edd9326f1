"""Rows as an Excel workbook: a sheet of typed cells, and a sheet of what was understood and cut."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from trialgraph.ask.show.csv import csv_cell
from trialgraph.errors import UsageError

MOST_ROWS: Final = 1_048_575  # a sheet's 2^20 rows, less the header
MOST_LETTERS: Final = 32_767  # of a cell


def write(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, Any]], notes: Sequence[str] = ()) -> None:
    """Write a workbook.  Numbers, truth values and dates are such cells; text is never a formula or a link.

    Raises UsageError where XlsxWriter is not installed, or for more rows than a sheet holds.
    """
    try:
        import xlsxwriter  # type: ignore[import-untyped, import-not-found, unused-ignore]
    except ImportError:
        raise UsageError("an Excel file needs XlsxWriter: pip install 'trialgraph[xlsx]'; or write .csv") from None
    listed = list(rows)
    if len(listed) > MOST_ROWS:
        raise UsageError(f"an Excel sheet holds {MOST_ROWS:,} rows, and these are {len(listed):,}; write .csv")
    with xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd"}) as book:
        sheet = book.add_worksheet("rows")
        for column, name in enumerate(columns):
            sheet.write_string(0, column, name)
        for line, row in enumerate(listed, 1):
            for column, name in enumerate(columns):
                _cell(sheet, line, column, row.get(name))
        sheet.freeze_panes(1, 0)
        notes_sheet = book.add_worksheet("notes")
        for line, note in enumerate(notes):
            notes_sheet.write_string(line, 0, note[:MOST_LETTERS])


def _cell(sheet: Any, line: int, column: int, value: Any) -> None:
    match value:
        case None:
            return
        case bool():
            sheet.write_boolean(line, column, value)
        case int() if abs(value) >= 2**53:  # a cell's number is a double
            sheet.write_string(line, column, str(value))
        case int() | float():
            if math.isfinite(value):
                sheet.write_number(line, column, value)
        case dt.date():
            sheet.write_datetime(line, column, value)
        case _:
            sheet.write_string(line, column, csv_cell(value, raw=True)[:MOST_LETTERS])
