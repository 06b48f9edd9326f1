"""One value of an answer: as a person reads it, as JSON has it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from trialgraph.ask.show.safe import terminal


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


def json_value(value: Any) -> Any:
    """Return a value made of what JSON has; a figure that is no number is null."""
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return value if math.isfinite(value) else None
        case Mapping():
            return {str(key): json_value(part) for key, part in value.items()}
        case list() | tuple():
            return [json_value(part) for part in value]
        case set() | frozenset():
            return sorted((json_value(part) for part in value), key=str)
    return str(value)


def selected(columns: Sequence[str], row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the given columns of a row; one that the row lacks is None."""
    return {column: row.get(column) for column in columns}


def is_numeric(rows: Sequence[Mapping[str, Any]], column: str) -> bool:
    """Tell whether a column has a number and nothing else; missing values do not count."""
    values = [value for row in rows if (value := row.get(column)) is not None]
    return bool(values) and all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)


def _figure(value: float) -> str:
    if not math.isfinite(value):
        return ""
    return f"{value:.0f}" if value == int(value) and abs(value) >= 1000 else f"{round(value, 3):g}"
