"""Rows as JSON: an array of objects, or one object a line."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from trialgraph.ask.show import safe
from trialgraph.ask.show.values import json_value, selected


def json_text(value: Any, indent: int | None = None) -> str:
    """Return a value as JSON, on one line unless indented; what a terminal would obey is written as an escape."""
    return safe.json_escapes(json.dumps(json_value(value), ensure_ascii=False, indent=indent))


def json_rows(columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> str:
    """Return an array of objects, one object a line."""
    if not rows:
        return "[]\n"
    return "[\n" + ",\n".join(json_text(selected(columns, row)) for row in rows) + "\n]\n"


def json_lines(columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> str:
    """Return one object a line."""
    return "".join(json_text(selected(columns, row)) + "\n" for row in rows)


def script_json(value: Any) -> str:
    """Return JSON that may stand inside a script element."""
    return safe.script_escapes(json_text(value))
