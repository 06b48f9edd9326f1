"""Answers as a table, JSON, CSV, JSON lines, Markdown or HTML; every escaping rule of the project lives here."""

from __future__ import annotations

import csv
import html
import io
import json
import math
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from trialgraph.limits import LONG_WORD, SHORT_CELL

FORMS: Final = ("table", "json", "csv", "nl", "md", "html")

# Escape sequences a terminal would obey: CSI, OSC and other strings up to their end, two-byte ones.
_ANSI = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"
    r"|\x1b[ -/]*[0-~]"
)
# What moves a cursor, reorders letters or hides: control characters, bidirectional marks, zero widths, lone surrogates.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
_SPACE = re.compile(r"\s+")
# JSON leaves these as they are; a terminal, a script element or a line reader would not.
_JSON_UNSAFE = re.compile(r"[\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
_CSV_UNSAFE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_MARKDOWN = re.compile(r"[\\`*\[\]|~$]|(?<![0-9A-Za-z])_|_(?![0-9A-Za-z])")
_FORMULA = re.compile(r"[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")


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
            return "".join(json_text(_picked(columns, row)) + "\n" for row in listed)
        case "csv":
            return csv_rows(columns, listed, raw=raw)
        case "md":
            return markdown_rows(columns, listed)
        case "html":
            return html_rows(columns, listed)
        case "table":
            return _for_terminal(columns, listed, width) if tty else plain_rows(columns, listed)
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
                (name if value is None else _pad(name, margin) + value).rstrip() + "\n" for name, value in lines
            )
    flat = [{"name": name, "value": value} for name, value in _flat(mapping, "")]
    return rows(("name", "value"), flat, form, tty=tty)


# --- the terminal -----------------------------------------------------------------------------------------------------


def terminal(text: str) -> str:
    """Return text on one line, without anything that a terminal would obey instead of show."""
    if text.isascii() and text.isprintable():
        return text
    return _CONTROL.sub("", _SPACE.sub(" ", _ANSI.sub("", text)))


def display_width(text: str) -> int:
    """Return how many cells of a terminal the text takes."""
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def cell(value: Any) -> str:
    """Return a value as a person reads it in a table: missing is empty, lists are joined by semicolons."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case float():
            return _figure(value)
        case Mapping():
            return "; ".join(f"{terminal(str(key))}: {cell(part)}" for key, part in value.items())
        case str():
            return terminal(value)
        case list() | tuple() | set() | frozenset():
            return "; ".join(cell(part) for part in value)
    return terminal(str(value))


def plain_rows(columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> str:
    """Return an aligned table without colours, one line a row, as wide as its values."""
    cells = [[cell(row.get(column)) for column in columns] for row in rows]
    numeric = [_is_numeric(rows, column) for column in columns]
    heads = [terminal(column) for column in columns]
    widths = [max([display_width(head), *(display_width(line[i]) for line in cells)]) for i, head in enumerate(heads)]
    lines = [heads, ["-" * width for width in widths], *cells]
    return "".join(
        "  ".join(_pad(part, widths[i], right=numeric[i]) for i, part in enumerate(line)).rstrip() + "\n"
        for line in lines
    )


def _for_terminal(columns: Sequence[str], rows: Sequence[Mapping[str, Any]], width: int | None) -> str:
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
            if told := _in_lines(row.get(column)):
                block.add_row(Text(f"  {terminal(column)}", style="dim"), Text(told))
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
            justify="right" if _is_numeric(rows, column) else "left",
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
        held = value.get("properties")
        head = [cell(value.get("labels") or value.get("type"))] if isinstance(held, Mapping) else []
        inner = held if isinstance(held, Mapping) else value
        parts = sorted(f"{terminal(str(key))}: {cell(part)}" for key, part in inner.items() if part not in (None, ""))
        return "\n".join(head + sorted(parts, key=lambda part: len(part) > 4 * LONG_WORD))
    if isinstance(value, list | tuple) and display_width(text) > 2 * SHORT_CELL:
        return ";\n".join(cell(part) for part in value)
    return text


# --- JSON -------------------------------------------------------------------------------------------------------------


def json_text(value: Any, indent: int | None = None) -> str:
    """Return a value as JSON, on one line unless indented; what a terminal would obey is written as an escape."""
    text = json.dumps(_plain(value), ensure_ascii=False, indent=indent)
    return _JSON_UNSAFE.sub(lambda m: f"\\u{ord(m[0]):04x}", text)


def json_rows(columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> str:
    """Return an array of objects, one object a line."""
    if not rows:
        return "[]\n"
    return "[\n" + ",\n".join(json_text(_picked(columns, row)) for row in rows) + "\n]\n"


def script_json(value: Any) -> str:
    """Return JSON that may stand inside a script element: no character can end it or begin markup."""
    text = json_text(value)
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


# --- CSV --------------------------------------------------------------------------------------------------------------


def csv_cell(value: Any, *, raw: bool = False) -> str:
    """Return a value as a CSV cell, before quoting.

    Text that a spreadsheet would run as a formula (it begins with = + - @, a tab or a line end) gets an apostrophe
    before it, unless `raw`; numbers stay numbers.
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
    text = _CSV_UNSAFE.sub("", _ANSI.sub("", text))
    if not raw and _FORMULA.match(text) and not _NUMBER.fullmatch(text):
        return "'" + text
    return text


def csv_rows(columns: Sequence[str], rows: Iterable[Mapping[str, Any]], *, raw: bool = False) -> str:
    """Return RFC 4180 CSV with a header."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([csv_cell(column, raw=raw) for column in columns])
    for row in rows:
        writer.writerow([csv_cell(row.get(column), raw=raw) for column in columns])
    return out.getvalue()


# --- Markdown and HTML ------------------------------------------------------------------------------------------------


def markdown(text: str) -> str:
    """Return text that Markdown shows as it is, on one line."""
    return _MARKDOWN.sub(r"\\\g<0>", html.escape(terminal(text), quote=False))


def markdown_rows(columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> str:
    """Return a Markdown table; numbers stand at the right."""
    lines = [
        "| " + " | ".join(markdown(column) for column in columns) + " |",
        "| " + " | ".join("---:" if _is_numeric(rows, column) else "---" for column in columns) + " |",
    ]
    lines += ["| " + " | ".join(markdown(cell(row.get(column))) for column in columns) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def html_text(value: Any) -> str:
    """Return a value as text for an HTML element or a quoted attribute."""
    return html.escape(cell(value), quote=True)


def html_rows(columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> str:
    """Return an HTML table without styles or scripts."""
    head = "".join(f'<th scope="col">{html_text(column)}</th>' for column in columns)
    body = "".join(
        "<tr>" + "".join(f"<td>{html_text(row.get(column))}</td>" for column in columns) + "</tr>\n" for row in rows
    )
    return f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody>\n</table>\n"


# --- values -----------------------------------------------------------------------------------------------------------


def _picked(columns: Sequence[str], row: Mapping[str, Any]) -> dict[str, Any]:
    return {column: row.get(column) for column in columns}


def _plain(value: Any) -> Any:
    """Return a value made of what JSON has; a figure that is no number is null."""
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return value if math.isfinite(value) else None
        case Mapping():
            return {str(key): _plain(part) for key, part in value.items()}
        case list() | tuple():
            return [_plain(part) for part in value]
        case set() | frozenset():
            return sorted((_plain(part) for part in value), key=str)
    return str(value)


def _figure(value: float) -> str:
    if not math.isfinite(value):
        return ""
    return f"{value:.0f}" if value == int(value) and abs(value) >= 1000 else f"{round(value, 3):g}"


def _is_numeric(rows: Sequence[Mapping[str, Any]], column: str) -> bool:
    found = False
    for row in rows:
        value = row.get(column)
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        found = True
    return found


def _pad(text: str, width: int, *, right: bool = False) -> str:
    blank = " " * (width - display_width(text))
    return blank + text if right else text + blank


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
