"""Small charts as SVG text for a page: bars, a timeline; every word in them escaped, every chart named for readers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from trialgraph.ask.show.safe import html_text, terminal

ROW: Final = 22  # pixels a bar or a trial takes
LABEL: Final = 258  # pixels for the names at the left


def bars(title: str, rows: Sequence[tuple[str, int]], *, width: int = 640) -> str:
    """Return horizontal bars, one a row, longest value full width; the number stands beside the bar."""
    if not rows:
        return "<p>None.</p>"
    most = max(value for _, value in rows) or 1
    room = width - LABEL - 60
    height = ROW * len(rows) + 4
    parts = []
    for i, (name, value) in enumerate(rows):
        y = i * ROW
        size = max(1, round(room * value / most))
        parts.append(
            f'<text class="name" x="{LABEL - 8}" y="{y + 15}" text-anchor="end">{html_text(_short(name, 34))}'
            f"<title>{html_text(name)}</title></text>"
            f'<rect class="bar" x="{LABEL}" y="{y + 3}" width="{size}" height="{ROW - 6}" rx="2"></rect>'
            f'<text class="value" x="{LABEL + size + 6}" y="{y + 15}">{value:,}</text>'
        )
    told = "; ".join(f"{name} {value}" for name, value in rows[:40])
    return _svg(f"{title}: {told}", width, height, "".join(parts))


def heat(head: Sequence[str], rows: Sequence[tuple[str, Sequence[int]]]) -> str:
    """Return a table of counts whose cells are the darker the more they hold; nought is left blank."""
    most = max((n for _, values in rows for n in values), default=0) or 1
    columns = "".join(f'<th scope="col">{html_text(one).replace("_", "_<wbr>")}</th>' for one in head)
    body = "".join(
        f'<tr><th scope="row">{html_text(name)}</th>'
        + "".join(f'<td class="h{math.ceil(5 * n / most)}">{n:,}</td>' if n else "<td></td>" for n in values)
        + "</tr>\n"
        for name, values in rows
    )
    return f"<table>\n<thead><tr>{columns}</tr></thead>\n<tbody>\n{body}</tbody>\n</table>\n"


def columns(title: str, rows: Sequence[tuple[str, int]], *, width: int = 640, height: int = 170) -> str:
    """Return upright bars, one a year or group, with some of the names below."""
    if not rows:
        return "<p>None.</p>"
    most = max(value for _, value in rows) or 1
    step = min(40.0, (width - 10) / len(rows))
    room = height - 42
    every = max(1, math.ceil(38 / step))
    parts = []
    for i, (name, value) in enumerate(rows):
        size = round(room * value / most)
        x = 5 + i * step
        parts.append(
            f'<rect class="bar" x="{x + 1:.1f}" y="{18 + room - size}" width="{max(step - 2, 1):.1f}" height="{size}">'
            f"<title>{html_text(name)}: {value:,}</title></rect>"
        )
        if value and (step > 22 or value == most):
            y = 14 + room - size
            parts.append(f'<text class="value" x="{x + step / 2:.1f}" y="{y}" text-anchor="middle">{value:,}</text>')
        if i % every == 0:
            parts.append(
                f'<text class="name" x="{x + step / 2:.1f}" y="{height - 8}" text-anchor="middle">'
                f"{html_text(name)}</text>"
            )
    told = "; ".join(f"{name} {value}" for name, value in rows)
    return _svg(f"{title}: {told}", width, height, "".join(parts))


def timeline(title: str, rows: Sequence[tuple[str, str, str, str, str]], *, width: int = 960) -> str:
    """Return one line a trial from start to end.  A row is (id, title, start, finish, status); dates are ISO."""
    dated = [row for row in rows if row[2]]
    if not dated:
        return "<p>No trial says when it began.</p>"
    first = min(int(row[2][:4]) for row in dated)
    last = max(first, *(int((row[3] or row[2])[:4]) for row in dated)) + 1
    left, room = 110, width - 130
    scale = room / (last - first)

    def x(day: str) -> float:
        year, month, date = int(day[:4]), int(day[5:7] or 1), int(day[8:10] or 1)
        return left + (year - first + (month - 1) / 12 + (date - 1) / 365) * scale

    height = 14 * len(dated) + 34
    parts = []
    every = max(1, round(60 / scale))
    for year in range(first, last + 1, every):
        at = left + (year - first) * scale
        parts.append(f'<line class="grid" x1="{at:.1f}" y1="16" x2="{at:.1f}" y2="{height}"></line>')
        parts.append(f'<text class="name" x="{at:.1f}" y="11" text-anchor="middle">{year}</text>')
    for i, (trial, name, start, finish, status) in enumerate(dated):
        y = 24 + i * 14
        end = max(x(finish) if finish else x(start) + 4, x(start) + 3)
        shown = f"{trial} {name}: {start} to {finish or '?'}, {status}"
        parts.append(
            f'<text class="name small" x="{left - 6}" y="{y + 8}" text-anchor="end">{html_text(trial)}</text>'
            f'<rect class="bar {_class(status)}" x="{x(start):.1f}" y="{y}" '
            f'width="{end - x(start):.1f}" height="9" rx="2">'
            f"<title>{html_text(shown)}</title></rect>"
        )
    return _svg(f"{title}: {len(dated)} trials from {first} to {last}", width, height, "".join(parts))


def _svg(told: str, width: int, height: int, inner: str) -> str:
    return (
        f'<svg role="img" aria-label="{html_text(told)}" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}">{inner}</svg>'
    )


def _short(name: str, most: int) -> str:
    """Return a name that fits beside a bar; the whole of it is its title."""
    shown = terminal(name)
    return shown if len(shown) <= most else shown[: most - 1] + "…"


def _class(status: str) -> str:
    """Return one of our own class names for a status; never a word of the registry."""
    known = {"RECRUITING": "going", "COMPLETED": "done", "TERMINATED": "stopped", "WITHDRAWN": "stopped"}
    return known.get(status, "other")
