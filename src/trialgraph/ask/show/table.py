"""Rows as a table: plain aligned text for a pipe, a table or blocks of lines that fit a terminal."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import wcwidth

from trialgraph.ask.show.safe import terminal
from trialgraph.ask.show.values import cell, is_numeric
from trialgraph.limits import LONG_WORD, SHORT_CELL


def display_width(text: str) -> int:
    """Return how many cells of a terminal the text takes (Unicode UAX #11, combining marks and emoji included)."""
    return len(text) if text.isascii() else wcwidth.width(text)


def padded(text: str, width: int, *, right: bool = False) -> str:
    """Return text filled with blanks to a width in cells."""
    blank = " " * (width - display_width(text))
    return blank + text if right else text + blank


def plain_rows(columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> str:
    """Return an aligned table without colours, one line a row, as wide as its values."""
    cells = [[cell(row.get(column)) for column in columns] for row in rows]
    numeric = [is_numeric(rows, column) for column in columns]
    heads = [terminal(column) for column in columns]
    widths = [max([display_width(head), *(display_width(line[i]) for line in cells)]) for i, head in enumerate(heads)]
    lines = [heads, ["-" * width for width in widths], *cells]
    return "".join(
        "  ".join(padded(part, widths[i], right=numeric[i]) for i, part in enumerate(line)).rstrip() + "\n"
        for line in lines
    )


def terminal_rows(columns: Sequence[str], rows: Sequence[Mapping[str, Any]], width: int | None) -> str:
    """Return a table that fits, or, where its words would be broken, a block of lines for each row."""
    import shutil

    if not rows:
        return "No rows.\n"
    width = width or shutil.get_terminal_size().columns
    if any(isinstance(row.get(column), Mapping) for row in rows for column in columns):  # nodes, with all they have
        return _rich_blocks(columns, rows, width)
    words = [max(min(_longest_word(row.get(column)), LONG_WORD) for row in rows) + 3 for column in columns]
    for heads in (tuple(columns), tuple(column.replace("_", "_\n") for column in columns)):
        longest = [max(map(len, head.split("\n"))) + 3 for head in heads]
        if sum(map(max, words, longest)) <= width:
            return _rich_table(columns, heads, rows, width)
    return _rich_blocks(columns, rows, width)


def _longest_word(value: Any) -> int:
    return max(map(display_width, cell(value).split()), default=0)


def _rich_blocks(columns: Sequence[str], rows: Sequence[Mapping[str, Any]], width: int) -> str:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    text = io.StringIO()
    console = Console(file=text, width=width, force_terminal=True, highlight=False, legacy_windows=False)
    margin = max(display_width(terminal(column)) for column in columns) + 2
    for row in rows:
        first = row.get(columns[0])
        if isinstance(first, Mapping):
            console.print(Text(terminal(columns[0]), style="bold"))
        else:
            console.print(Text(cell(first), style="bold"))
        block = Table.grid(padding=(0, 2, 0, 0))
        block.add_column(width=margin, no_wrap=True)
        block.add_column(overflow="fold")
        for column in columns if isinstance(first, Mapping) else columns[1:]:
            if text_lines := _in_lines(row.get(column)):
                block.add_row(Text(f"  {terminal(column)}", style="dim"), Text(text_lines))
        console.print(block)
    return text.getvalue()


def _rich_table(columns: Sequence[str], heads: Sequence[str], rows: Sequence[Mapping[str, Any]], width: int) -> str:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, header_style="bold", pad_edge=False, show_edge=False, padding=(0, 1))
    widths = [max(display_width(cell(row.get(column))) for row in rows) for column in columns]
    # Short columns (ids, dates, figures) stay on one line as long as the others keep half of the width.
    whole = sum(size for size in widths if size <= SHORT_CELL) + 3 * len(columns) <= width // 2
    for column, head, size in zip(columns, heads, widths, strict=True):
        table.add_column(
            Text("\n".join(map(terminal, head.split("\n")))),
            justify="right" if is_numeric(rows, column) else "left",
            overflow="fold",
            # A word alone in its column, such as a status, is never broken; words beside others go to the next line.
            no_wrap=(whole and size <= SHORT_CELL)
            or size <= min(LONG_WORD, max(_longest_word(row.get(column)) for row in rows)),
        )
    for row in rows:
        table.add_row(*(Text(_in_lines(row.get(column))) for column in columns))
    text = io.StringIO()
    Console(file=text, width=width, force_terminal=True, highlight=False, legacy_windows=False).print(table)
    return text.getvalue()


def _in_lines(value: Any) -> str:
    """Return a value for a cell that may be several lines high: each part of a long list or map begins its own."""
    text = cell(value)
    if isinstance(value, Mapping):  # of a node or relationship: what it is, then what it has, long texts last
        properties = value.get("properties")
        head = [cell(value.get("labels") or value.get("type"))] if isinstance(properties, Mapping) else []
        inner = properties if isinstance(properties, Mapping) else value
        parts = sorted(f"{terminal(str(key))}: {cell(part)}" for key, part in inner.items() if part not in (None, ""))
        return "\n".join(head + sorted(parts, key=lambda part: len(part) > 4 * LONG_WORD))
    if isinstance(value, list | tuple) and display_width(text) > 2 * SHORT_CELL:
        return ";\n".join(cell(part) for part in value)
    return text
