"""Pictures of a landscape for a paper or a notebook: matplotlib, the same bytes for the same landscape."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from trialgraph.ask.landscape.phases import PHASES, phase_of
from trialgraph.files.atomic import replacing

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from trialgraph.ask.landscape.landscape import Landscape

INK: Final = "#1c2530"
BLUE: Final = "#3b78b5"
_GROUPS: Final = {
    "recruiting or planned": ("RECRUITING", "NOT_YET_RECRUITING", "ENROLLING_BY_INVITATION"),
    "active or completed": ("ACTIVE_NOT_RECRUITING", "COMPLETED"),
    "stopped": ("TERMINATED", "WITHDRAWN", "SUSPENDED"),
}
_COLOURS: Final = {
    "recruiting or planned": "#2e8b57",
    "active or completed": BLUE,
    "stopped": "#b5483b",
    "unknown": "#b8c0c8",
}


def overview(land: Landscape) -> Figure:
    """Return four panels: phase by state, starts by year, conditions, sponsors."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(12, 9), layout="constrained")
    figure.suptitle(f"{_plain(land.title)}: {len(land.trials):,} trials", fontsize=14, color=INK)
    parts: Any = figure.subfigures(2, 1)  # long names below do not narrow what is above
    axes = [*parts[0].subplots(1, 2), *parts[1].subplots(1, 2)]
    _phases(axes[0], land)
    _years(axes[1], land)
    _bars(axes[2], "Conditions", land.count("conditions")[:12])
    _bars(axes[3], "Lead sponsors", land.count("sponsors")[:12])
    return figure


def save(figure: Figure, path: Path) -> None:
    """Write a figure as PNG, SVG or PDF without a date in it, so that equal figures are equal files."""
    import matplotlib as mpl

    bare: dict[str, Any] = {".svg": {"Date": None}, ".pdf": {"CreationDate": None}}.get(path.suffix.lower(), {})
    with mpl.rc_context({"svg.hashsalt": "trialgraph", "svg.fonttype": "none"}), replacing(path) as part:
        figure.savefig(part, dpi=150, metadata=bare, format=path.suffix.lower().removeprefix("."))


def _phases(axes: Axes, land: Landscape) -> None:
    group_of = {status: group for group, statuses in _GROUPS.items() for status in statuses}
    counted = Counter((phase_of(t), group_of.get(t["status"], "unknown")) for t in land.trials)
    shown = [phase for phase in PHASES if any(counted[(phase, group)] for group in _COLOURS)]
    base = [0] * len(shown)
    for group, colour in _COLOURS.items():
        values = [counted[(phase, group)] for phase in shown]
        if any(values):
            axes.bar([_short(phase) for phase in shown], values, bottom=base, color=colour, label=group)
        base = [a + b for a, b in zip(base, values, strict=True)]
    axes.legend(frameon=False, fontsize=8, ncols=4, loc="lower left", bbox_to_anchor=(0, 0.99), borderaxespad=0)
    _dress(axes, "Phase and state")
    axes.set_title("Phase and state", loc="left", fontsize=11, color=INK, pad=20)
    axes.tick_params(axis="x", labelsize=9)


def _years(axes: Axes, land: Landscape) -> None:
    starts = land.starts()
    axes.bar([int(year) for year, _ in starts], [n for _, n in starts], color=BLUE)
    _dress(axes, "Starts by year")
    _whole(axes.yaxis)
    _whole(axes.xaxis)


def _bars(axes: Axes, title: str, rows: list[tuple[str, int]]) -> None:
    names = [_clip(name) for name, _ in rows]
    axes.barh(range(len(rows)), [n for _, n in rows], color=BLUE)
    axes.set_yticks(range(len(rows)), names, fontsize=8)
    axes.invert_yaxis()
    _dress(axes, title)
    _whole(axes.xaxis)


def _dress(axes: Axes, title: str) -> None:
    axes.set_title(title, loc="left", fontsize=11, color=INK)
    axes.spines[["top", "right"]].set_visible(False)


def _whole(axis: Any) -> None:
    """Put marks at whole numbers only."""
    from matplotlib.ticker import MaxNLocator

    axis.set_major_locator(MaxNLocator(integer=True))


def _short(phase: str) -> str:
    return phase.replace("EARLY_PHASE1", "early 1").replace("PHASE", "")


def _clip(name: str) -> str:
    plain = _plain(name)
    return plain if len(plain) <= 38 else plain[:37] + "…"


def _plain(text: str) -> str:
    """Return text that matplotlib does not read as mathematics, without control characters."""
    from trialgraph.ask.show.safe import terminal

    return terminal(text).replace("$", r"\$")
