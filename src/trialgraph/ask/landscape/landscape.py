"""The landscape of a drug, class, condition, sponsor or trial: frames, pictures, and one page that needs no network."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from trialgraph import text
from trialgraph.ask import gather
from trialgraph.ask.landscape.phases import PHASES, phase_of
from trialgraph.ask.names import resolve as names
from trialgraph.ask.names import trials
from trialgraph.ask.questions import named as questions
from trialgraph.errors import UsageError
from trialgraph.files.atomic import write_text
from trialgraph.limits import NEIGHBOURS_DRAWN

if TYPE_CHECKING:
    import polars as pl

    from trialgraph.stores.store import Store

_TRIAL_COLUMNS: Final = ("trial_id", "stopped_trial", "trial_ids")
STOPPED: Final = ("TERMINATED", "WITHDRAWN", "SUSPENDED")

SENTENCE_TRIALS: Final = 1_000  # of a sentence's answer: more than a page shows well


class Landscape:
    """Some trials and what is known of them together.  `frames` holds every picture's figures."""

    def __init__(
        self,
        title: str,
        notes: Iterable[str],
        trials: list[dict[str, Any]],
        pairs: list[dict[str, Any]],
        *,
        focus: str | None = None,
        listed: Iterable[dict[str, Any]] = (),
        broader: Iterable[dict[str, Any]] = (),
    ) -> None:
        self.title = title
        self.notes = list(notes)
        self.trials = trials
        self.pairs = pairs
        self.focus = focus  # the trial in the middle, where there is one
        self.listed = list(listed)
        self.broader = list(broader)

    @property
    def frames(self) -> dict[str, pl.DataFrame]:
        """Return the figures behind every picture as polars frames."""
        import polars as pl

        flat = [
            {
                "trial_id": t["id"],
                "title": t["title"],
                "phase": phase_of(t),
                "status": t["status"],
                "start_date": t["start"],
                "finish_date": t["finish"],
                "enrollment": t["enrollment"],
                "sponsor": t["sponsors"][0]["name"] if t["sponsors"] else None,
                "sponsor_class": t["sponsors"][0]["class"] if t["sponsors"] else None,
                "drugs": [d["name"] for d in t["drugs"]],
                "conditions": [c["name"] for c in t["conditions"]],
                "countries": t["countries"],
            }
            for t in self.trials
        ]
        strings = pl.List(pl.String)
        kinds: dict[str, Any] = dict.fromkeys(("drugs", "conditions", "countries"), strings)
        kinds |= dict.fromkeys(("finish_date", "start_date", "sponsor", "sponsor_class", "status", "title"), pl.String)
        kinds |= {"enrollment": pl.Int64}
        counted = {
            "phase_status": [
                {"phase": phase, "status": status, "trials": n}
                for (phase, status), n in sorted(
                    Counter((phase_of(t), t["status"] or "none") for t in self.trials).items(),
                    key=lambda item: (PHASES.index(item[0][0]), item[0][1]),
                )
            ],
            "starts": [{"year": year, "trials": n} for year, n in self.starts()],
            "conditions": _frame(self.count("conditions"), "condition"),
            "drugs": _frame(self.count("drugs"), "drug"),
            "sponsors": _frame(self.count("sponsors"), "sponsor"),
            "sponsor_classes": _frame(self.sponsor_classes(), "class"),
            "countries": _frame(Counter(c for t in self.trials for c in t["countries"]).most_common(), "country"),
            "sources": _frame(self.sources(), "source"),
        }
        made = {"trials": pl.DataFrame(flat, schema_overrides=kinds)}
        made |= {name: pl.DataFrame(rows) for name, rows in counted.items()}
        made["similar"] = pl.DataFrame(
            [{"source": p["source"], "target": p["target"], "score": p["score"]} for p in self.pairs],
            schema={"source": pl.String, "target": pl.String, "score": pl.Float64},
        )
        return made

    def count(self, what: str) -> list[tuple[str, int]]:
        """Return the drugs, conditions or sponsors with their number of distinct trials, most first."""
        found = Counter(name for t in self.trials for name in {one["name"] for one in t[what]})
        return sorted(found.items(), key=lambda item: (-item[1], item[0]))

    def sponsor_classes(self) -> list[tuple[str, int]]:
        """Return the classes of lead sponsors with their number of trials, most first."""
        found = Counter((t["sponsors"][0]["class"] or "UNKNOWN") if t["sponsors"] else "none" for t in self.trials)
        return sorted(found.items(), key=lambda item: (-item[1], item[0]))

    def sources(self) -> list[tuple[str, int]]:
        """Return how many trials each source tells of."""
        found = Counter(source for t in self.trials for source in {r["source"] for r in t["records"]})
        return sorted(found.items())

    def starts(self) -> list[tuple[str, int]]:
        """Return the years from the first start to the last with the trials begun in each."""
        found = Counter(int(t["start"][:4]) for t in self.trials if t["start"])
        return [(str(year), found[year]) for year in range(min(found), max(found) + 1)] if found else []

    def page(self) -> str:
        """Return one HTML page with everything in it."""
        from trialgraph.ask.landscape import explorer

        return explorer.page(self)

    def figure(self) -> Any:
        """Return a matplotlib figure of four panels: phase and status, starts, conditions, sponsors."""
        from trialgraph.ask.landscape import figures

        return figures.overview(self)

    def save(self, path: str | Path) -> Path:
        """Write the landscape; the name's end decides: .html, .png, .svg, .pdf, or a folder of .csv frames.

        Raises UsageError for another end.
        """
        path = Path(path)
        form = path.suffix.lower()
        if form == ".html":
            write_text(path, self.page())
        elif form in {".png", ".svg", ".pdf"}:
            from trialgraph.ask.landscape import figures

            figures.save(self.figure(), path)
        elif form == "":
            from trialgraph.ask.show.csv import csv_rows

            path.mkdir(parents=True, exist_ok=True)
            for name, frame in self.frames.items():
                content = csv_rows(frame.columns, frame.to_dicts())
                write_text(path / f"{name}.csv", content)
        else:
            raise UsageError(
                f"{path}: end the name in .html, .png, .svg or .pdf, or give a folder for the frames as CSV"
            )
        return path

    def _repr_html_(self) -> str:
        from trialgraph.ask.show.html import html_rows
        from trialgraph.ask.show.safe import html_text

        rows = [{"figure": name, "value": value} for name, value in self.facts().items()]
        return f"<h3>{html_text(self.title)}</h3>\n{html_rows(('figure', 'value'), rows)}"

    def facts(self) -> dict[str, Any]:
        """Return the few figures that stand at the top of the page."""
        going = sum(t["status"] in {"RECRUITING", "NOT_YET_RECRUITING", "ENROLLING_BY_INVITATION"} for t in self.trials)
        return {
            "trials": len(self.trials),
            "recruiting now or soon": going,
            "completed": sum(t["status"] == "COMPLETED" for t in self.trials),
            "stopped": sum(t["status"] in STOPPED for t in self.trials),
            "participants, as planned or counted": sum(t["enrollment"] or 0 for t in self.trials),
            "with posted results": sum(bool(t["has_results"]) for t in self.trials),
            "sponsors": len({s["id"] for t in self.trials for s in t["sponsors"]}),
            "countries": len({c for t in self.trials for c in t["countries"]}),
        }


def of(store: Store, subject: str, **params: Any) -> Landscape:
    """Return the landscape of a drug, class, condition or sponsor by any name, or of a trial's neighbourhood.

    With the name of a question and its parameters: of the trials in its answer.
    Raises UsageError for a name that is not known, with the nearest that are.
    """
    if params or subject in questions.find():
        return _of_answer(store, subject, params)
    trial = trials.named(subject, store)
    if trial is not None:
        ids, listed = gather.neighbourhood(store, trial, NEIGHBOURS_DRAWN)
        found = gather.trials(store, ids)
        if trial not in {one["id"] for one in found}:
            raise UsageError(f"this graph does not hold {trial}")
        title = next((one["title"] for one in found if one["id"] == trial), None)
        notes = [f"{trial} with the {len(ids) - 1} trials most like it or listed as related to it"]
        return Landscape(
            f"{trial}: {title or 'without a title'}",
            notes,
            found,
            gather.similar(store, ids),
            focus=trial,
            listed=listed,
        )
    try:
        understood, ids = gather.about(store, subject)
    except UsageError:
        sentence = _of_sentence(store, subject)
        if sentence is None:
            raise
        return sentence
    found = gather.trials(store, ids)
    broader = gather.above(store, (c["id"] for t in found for c in t["conditions"]))
    pairs = gather.similar(store, ids)
    return Landscape(understood.name, [names.sentence(understood)], found, pairs, broader=broader)


def _of_sentence(store: Store, subject: str) -> Landscape | None:
    """Return the landscape of the trials that hold everything a sentence names; None where it names nothing here."""
    from trialgraph.ask.search.words import search

    answer = search(store, subject, most=SENTENCE_TRIALS)
    if not answer.rows or not (answer.understood or answer.filters):
        return None
    ids = [row["trial_id"] for row in answer.rows]
    found = gather.trials(store, ids)
    broader = gather.above(store, (c["id"] for t in found for c in t["conditions"]))
    return Landscape(subject, list(answer.notes), found, gather.similar(store, ids), broader=broader)


def _of_answer(store: Store, name: str, params: Mapping[str, Any]) -> Landscape:
    """Return the landscape of the trials that a question's answer names."""
    column = next((one for one in _TRIAL_COLUMNS if one in questions.get(name).columns), None)
    if column is None:
        fit = [one.name for one in questions.find().values() if set(_TRIAL_COLUMNS) & set(one.columns)]
        raise UsageError(f"{name} names no trials that could be drawn; these do: {', '.join(fit)}")
    answer = questions.ask(store, name, **params)
    named = (row[column] for row in answer)
    ids = list(dict.fromkeys(one for value in named for one in (value if isinstance(value, list) else [value])))
    if not ids:
        raise UsageError(f"{name}: {'; '.join(answer.notes)}")
    given = " ".join(f"{key}={value}" for key, value in params.items())
    found = gather.trials(store, ids)
    broader = gather.above(store, (c["id"] for t in found for c in t["conditions"]))
    title = f"{answer.title}: {given}" if given else answer.title
    return Landscape(title, answer.notes, found, gather.similar(store, ids), broader=broader)


def draw(
    store: Store, subject: str, path: Path | None, *, home: Path | None = None, params: Mapping[str, Any] | None = None
) -> list[str]:
    """Write the landscape of something to a file; returns sentences: what was understood, what was written."""
    land = of(store, subject, **(params or {}))
    if path is None:
        path = Path(f"{text.slug(subject)}.html")
    if home is not None:
        land.notes += _set_aside(home)
    written = land.save(path)
    size = f", {written.stat().st_size / 1024:,.0f} KiB" if written.is_file() else ""
    return [*land.notes, f"Written: {written} ({len(land.trials):,} trials{size})"]


def _frame(counted: Iterable[tuple[str, int]], name: str) -> list[dict[str, Any]]:
    return [{name: one, "trials": n} for one, n in counted]


def _set_aside(home: Path) -> list[str]:
    """Return a sentence about what the whole snapshot holds and what was set aside in building it."""
    from trialgraph.snapshot.snapshot import Snapshot

    try:
        manifest = Snapshot.open(home / "snapshot").manifest
    except UsageError:
        return []
    aside = manifest.get("set_aside") or []
    number = aside if isinstance(aside, int) else len(aside)
    held = manifest["tables"]["Trial"]["rows"]
    return [f"of {held:,} trials in this graph; {number:,} records were set aside in building it"]
