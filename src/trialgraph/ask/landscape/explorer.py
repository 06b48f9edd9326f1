"""One self-contained HTML page of a landscape: a drawn graph to click in, a table, charts; it needs no network."""

from __future__ import annotations

import base64
import hashlib
import math
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from trialgraph.ask.landscape import charts
from trialgraph.ask.landscape.layout import clusters, positions
from trialgraph.ask.landscape.phases import PHASES, phase_of
from trialgraph.ask.questions.because import because
from trialgraph.ask.show.json import script_json
from trialgraph.ask.show.safe import html_text
from trialgraph.limits import BARS, FEW_DRAWN, LISTED_PULL, MOST_DRAWN

if TYPE_CHECKING:
    from trialgraph.ask.landscape.landscape import Landscape

LIBRARY: Final = ("Cytoscape.js", "3.34.4", "MIT")
_HERE: Final = Path(__file__).resolve().parent
_KINDS: Final = (("drugs", "drug"), ("conditions", "condition"), ("sponsors", "sponsor"))


def page(land: Landscape) -> str:
    """Return the page: nothing in it is fetched, nothing of a registry's text is markup, only our scripts may run."""
    library = (_HERE / "vendor" / "cytoscape.min.js").read_text("utf-8")
    script = (_HERE / "page" / "explorer.js").read_text("utf-8")
    style = (_HERE / "page" / "explorer.css").read_text("utf-8")
    data = drawn(land)
    # The library looks for this element and makes it where it is missing, which the policy would refuse.
    library_style = ".__________cytoscape_container { position: relative; }"
    policy = (
        "default-src 'none'; base-uri 'none'; form-action 'none'; img-src data: blob:; "
        f"script-src {_hash(library)} {_hash(script)}; style-src {_hash(style)} {_hash(library_style)}"
    )
    phases = [phase for phase in PHASES if any(t["phase"] == phase for t in data["trials"])]
    statuses = sorted({t["status"] for t in data["trials"] if t["status"]})
    conditions = [name for name, _ in land.count("conditions")[:200]]
    text = html_text
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>{text(land.title)}</title>
<style id="__________cytoscape_stylesheet">{library_style}</style>
<style>{style}</style>
</head>
<body>
<header>
<h1>{text(land.title)}</h1>
{"".join(f'<p class="note">{text(note)}</p>' for note in [*land.notes, *data["notes"]])}
<dl class="facts">{"".join(f"<div><dt>{text(k)}</dt><dd>{v:,}</dd></div>" for k, v in land.facts().items())}</dl>
</header>
<main>
<h2 id="explore">Explore</h2>
<div id="tools" role="group" aria-label="Filters">
<label>Search <input id="text" type="search" placeholder="title, drug, sponsor"></label>
{_choice("phase", "Phase", phases)}{_choice("status", "Status", statuses)}
{_choice("condition", "Condition", conditions)}
<label>Colour by <select id="colour"><option value="status">status</option><option value="phase">phase</option>
<option value="cluster">cluster</option></select></label>
{_flag("drugs", "drugs", data["shows_things"])}{_flag("conditions", "conditions", data["shows_things"])}
{_flag("sponsors", "sponsors", False)}
<button id="fit" type="button">Fit</button><button id="picture" class="export" type="button">Save picture</button>
<span id="count" class="quiet" role="status"></span>
</div>
<div id="legend" aria-hidden="true"></div>
<div id="explorer">
<div id="graph" role="img" aria-label="The trials as a graph, alike ones drawn together; the table below holds the same
trials for keyboard and screen reader"></div>
<section id="panel" aria-live="polite" aria-label="Details" data-hint="Click a trial, a drug or a condition
to see its neighbours; click a line to see why two are linked."></section>
</div>
<h2>Trials</h2>
<p><button id="csv" class="export" type="button">Save table as CSV</button></p>
<div class="scroll" tabindex="0" role="region" aria-label="Trials"><table>
<thead><tr><th scope="col">Trial</th><th scope="col">Title</th><th scope="col">Phase</th><th scope="col">Status</th>
<th scope="col">Start</th><th scope="col">Participants</th><th scope="col">Sponsor</th></tr></thead>
<tbody id="rows"></tbody></table></div>
{_charts(land)}
</main>
<footer>
<p>Made by trialgraph from registry records; a link here is a reading of a record, not medical advice.
Data: {text(", ".join(f"{name} ({number:,} trials)" for name, number in land.sources()) or "no records")}.
ClinicalTrials.gov is a service of the U.S. National Library of Medicine.</p>
<p>Drawn with {LIBRARY[0]} {LIBRARY[1]} ({LIBRARY[2]} licence), sha256 {_sha256(library)}.
This page asks no network.</p>
</footer>
<script type="application/json" id="data">{script_json(data)}</script>
<script>{library}</script>
<script>{script}</script>
</body>
</html>
"""


def drawn(land: Landscape) -> dict[str, Any]:
    """Return what the page's script draws: trials and things with places, edges with reasons, names of clusters."""
    kept = sorted(land.trials, key=lambda t: (t["id"] == land.focus, t["start"] or "", t["id"]), reverse=True)[
        :MOST_DRAWN
    ]
    ids = {t["id"] for t in kept}
    notes = []
    if len(kept) < len(land.trials):
        notes.append(f"The map and the table hold the newest {len(kept):,}; charts and figures count all.")
    pairs = [pair for pair in land.pairs if pair["source"] in ids and pair["target"] in ids]
    # What a mirror lists is drawn near its trial too, even where we see nothing in common.
    listed = [
        {"source": land.focus, "target": one["id"], "score": LISTED_PULL} for one in land.listed if one["id"] in ids
    ]
    shows_things = len(kept) <= FEW_DRAWN
    named = [(t["id"], f"{kind}|{one['id']}") for t in kept for field, kind in _KINDS[:2] for one in t[field]]
    places = positions(
        sorted(ids), [*pairs, *(listed if land.focus else [])], sorted(set(named)) if shows_things else ()
    )
    grouped, group_names = clusters(sorted(ids), pairs)
    trials = [
        {
            "id": t["id"],
            "title": t["title"],
            "label": t["id"]
            if len(kept) > 2 * FEW_DRAWN
            else f"{t['id']} {(t['acronym'] or t['title'] or '')[:40]}".strip(),
            "phase": phase_of(t),
            "status": t["status"],
            "start": t["start"],
            "enrollment": t["enrollment"],
            "why_stopped": t["why_stopped"],
            "summary": _clipped(t["summary"]),
            "sponsor": t["sponsors"][0]["name"] if t["sponsors"] else None,
            "countries": t["countries"],
            "conditions": [c["name"] for c in t["conditions"]],
            "url": t["records"][0]["url"] if t["records"] else None,
            "words": _words(t),
            "cluster": grouped.get(t["id"]),
            "x": places[t["id"]][0],
            "y": places[t["id"]][1],
        }
        for t in sorted(kept, key=lambda t: str(t["id"]))
    ]
    things, edges = _things(kept, places)
    for pair in pairs:
        edges.append(
            {
                "id": f"s{len(edges)}",
                "kind": "alike",
                "source": pair["source"],
                "target": pair["target"],
                "score": pair["score"],
                "because": because(pair),
            }
        )
    for one in land.listed:
        if land.focus and one["id"] in ids:
            said = [f"the page of {land.focus} lists it at place {one['position'] + 1} ({one['mirror']})"]
            ends = {"source": land.focus, "target": one["id"]}
            edges.append({"id": f"l{len(edges)}", "kind": "listed", "because": said} | ends)
    return {
        "focus": land.focus,
        "trials": trials,
        "things": things,
        "edges": edges,
        "clusters": group_names,
        "marks": [] if shows_things else _marks(grouped, group_names, places),
        "notes": notes,
        "shows_things": shows_things,
    }


def _marks(grouped: dict[str, int], names: list[str], places: dict[str, tuple[float, float]]) -> list[dict[str, Any]]:
    """Return the names of the clusters with a place above each, the largest cluster first."""
    marks = []
    for i, name in enumerate(names):
        xs, ys = zip(*(places[one] for one, group in grouped.items() if group == i), strict=True)
        marks.append({"id": f"mark|{i}", "name": name, "x": round(sum(xs) / len(xs), 1), "y": round(min(ys), 1)})
    return marks


def _things(
    kept: list[dict[str, Any]], places: dict[str, tuple[float, float]]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return drugs, conditions and sponsors of the trials, each in the middle of its trials, and the edges to them."""
    members: dict[str, list[str]] = {}
    facts: dict[str, tuple[str, str]] = {}
    for t in kept:
        for field, kind in _KINDS:
            for one in t[field]:
                key = f"{kind}|{one['id']}"
                facts[key] = (kind, one["name"] or one["id"])
                members.setdefault(key, []).append(t["id"])
    things: list[dict[str, Any]] = []
    edges: list[dict[str, Any]] = []
    alone: dict[str, list[str]] = {}
    for key, ids in sorted(members.items()):
        if len(ids) == 1:
            alone.setdefault(ids[0], []).append(key)
    for number, (key, ids) in enumerate(sorted(members.items())):
        x = sum(places[i][0] for i in ids) / len(ids)
        y = sum(places[i][1] for i in ids) / len(ids)
        # A thing of one trial would lie under it: such things stand in a circle around it.
        if len(ids) == 1:
            place, round_it = alone[ids[0]].index(key), len(alone[ids[0]])
            angle = 2 * math.pi * (place + 0.25) / round_it
            x, y = x + (40 + 5 * round_it) * math.cos(angle), y + (40 + 5 * round_it) * math.sin(angle)
        dx, dy = ((37 * number) % 41 - 20, (53 * number) % 47 - 23) if len(ids) == 2 else (0, 0)
        kind, name = facts[key]
        if key in places:  # laid out among the trials
            (x, y), dx, dy = places[key], 0, 0
        things.append({"id": key, "kind": kind, "name": name, "x": round(x + dx, 1), "y": round(y + dy, 1)})
        for trial in ids:
            edges.append(
                {"id": f"e{len(edges)}", "kind": kind, "source": trial, "target": key, "because": [f"{kind} {name}"]}
            )
    return things, edges


def _charts(land: Landscape) -> str:
    statuses = sorted({t["status"] or "none" for t in land.trials})
    counted = Counter((phase_of(t), t["status"] or "none") for t in land.trials)
    table = [
        (phase, [counted[(phase, status)] for status in statuses])
        for phase in PHASES
        if any(counted[(phase, status)] for status in statuses)
    ]
    countries = sorted(
        Counter(c for t in land.trials for c in t["countries"]).items(), key=lambda item: (-item[1], item[0])
    )
    others = [one for one in land.count("drugs") if one[0] != land.title]
    lines = [
        (t["id"], t["title"] or "", t["start"] or "", t["finish"] or "", t["status"] or "")
        for t in sorted(land.trials, key=lambda t: (t["start"] or "", t["id"]))
    ][-120:]
    above: Counter[str] = Counter()
    broader: dict[str, set[str]] = {}
    for row in land.broader:
        broader.setdefault(row["id"], set()).add(row["above"])
    for t in land.trials:
        above.update({name for c in t["conditions"] for name in broader.get(c["id"], ())})
    parts = [
        ("Phase and status", f'<div class="heat scroll">{charts.heat(("phase", *statuses), table)}</div>'),
        ("Starts by year", charts.columns("Trials by year of start", land.starts())),
        ("Conditions", charts.bars("Trials by condition", land.count("conditions")[:BARS])),
        ("Groups of conditions", charts.bars("Trials by the next broader condition", above.most_common(BARS))),
        ("Drugs in the same trials", charts.bars("Trials by drug", others[:BARS])),
        ("Sponsors", charts.bars("Trials by lead sponsor", land.count("sponsors")[:BARS])),
        ("Sponsors by class", charts.bars("Trials by class of sponsor", land.sponsor_classes())),
        ("Countries", charts.bars("Trials by country", countries[:BARS])),
    ]
    drawn = "".join(f"<section><h2>{title}</h2>{chart}</section>" for title, chart in parts if "None." not in chart)
    newest = f", the newest {len(lines)}" if len(lines) < len(land.trials) else ""
    return f'<div class="charts">{drawn}</div><h2>Timeline{newest}</h2>{charts.timeline("Timeline of trials", lines)}'


def _choice(name: str, label: str, options: list[str]) -> str:
    text = html_text
    listed = "".join(f'<option value="{text(one)}">{text(one)}</option>' for one in options)
    return f'<label>{label} <select id="{name}"><option value="">all</option>{listed}</select></label>'


def _flag(name: str, label: str, on: bool) -> str:
    return f'<label class="flag"><input id="{name}" type="checkbox"{" checked" if on else ""}> {label}</label>'


def _words(trial: dict[str, Any]) -> str:
    """Return all that the search box looks in, in lower case."""
    names = [one["name"] for field, _ in _KINDS for one in trial[field]]
    return " ".join(part for part in (trial["id"], trial["title"], trial["acronym"], *names) if part).lower()


def _clipped(summary: str | None) -> str | None:
    return None if summary is None else summary if len(summary) <= 600 else summary[:600] + "…"


def _hash(text: str) -> str:
    """Return a script's or style's hash as a Content-Security-Policy wants it."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
