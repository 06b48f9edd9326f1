"""Rows as a Markdown table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from trialgraph.ask.show.safe import markdown
from trialgraph.ask.show.values import cell, is_numeric


def markdown_rows(columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> str:
    """Return a Markdown table; numbers stand at the right."""
    lines = [
        "| " + " | ".join(markdown(column) for column in columns) + " |",
        "| " + " | ".join("---:" if is_numeric(rows, column) else "---" for column in columns) + " |",
    ]
    lines += ["| " + " | ".join(markdown(cell(row.get(column))) for column in columns) + " |" for row in rows]
    return "\n".join(lines) + "\n"
