"""What answers from frames are made of: a snapshot's tables, and the joins that several questions share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import polars as pl
from polars import col

if TYPE_CHECKING:
    from trialgraph.snapshot.snapshot import Snapshot

Values = Mapping[str, Any]
RECRUITING: Final = ("RECRUITING", "NOT_YET_RECRUITING", "ENROLLING_BY_INVITATION")
STOPPED: Final = ("TERMINATED", "WITHDRAWN", "SUSPENDED")
ON_TRIAL: Final = ("EXPERIMENTAL", "UNKNOWN")
SHARED: Final = ("drugs", "conditions", "procedures", "classes", "settings", "terms")
BESIDE: Final = ("ACTIVE_COMPARATOR", "PLACEBO_COMPARATOR", "BACKGROUND")


class Frames:
    """The tables of a snapshot as polars frames, each read when it is first asked for."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.manifest = snapshot.manifest
        self._snapshot = snapshot
        self._held: dict[str, pl.DataFrame] = {}

    def __getitem__(self, name: str) -> pl.DataFrame:
        """Return a table: a label's nodes, or a relationship type's edges with `source` and `target`."""
        if name not in self._held:
            self._held[name] = pl.DataFrame(pl.from_arrow(self._snapshot.table(name)))
        return self._held[name]


def only(frames: Frames, v: Values, trials: pl.DataFrame) -> pl.DataFrame:
    """Return the trials that pass the filters which are given."""
    if v.get("phase"):
        trials = trials.filter(col("phases").list.contains(v["phase"]))
    if v.get("status"):
        trials = trials.filter(col("overall_status") == v["status"])
    if v.get("since"):
        trials = trials.filter(col("start_date") >= v["since"])
    if v.get("condition"):
        trials = trials.join(trials_studying(frames, v["condition"]), on="trial_id", how="semi")
    if v.get("country"):
        there = frames["CONDUCTED_IN"].filter(col("target") == v["country"]).select(trial_id="source")
        trials = trials.join(there, on="trial_id", how="semi")
    return trials


def facts(trials: pl.DataFrame, *more: str) -> pl.DataFrame:
    """Return the columns of trials that most answers show."""
    known = {"started": col("start_date"), "enrollment": col("enrollment")}
    return trials.select(
        "trial_id", "phases", title="brief_title", status="overall_status", **{name: known[name] for name in more}
    )


def ids(ids: pl.Series) -> pl.DataFrame:
    """Return different trial ids as a frame to join with."""
    return pl.DataFrame({"trial_id": ids.unique()})


def with_lists(trials: pl.DataFrame, column: str, named: pl.DataFrame) -> pl.DataFrame:
    """Return trials with the different names that belong to each, in order; none is an empty list."""
    lists = named.group_by("trial_id").agg(col("name").unique().sort().alias(column))
    return trials.join(lists, on="trial_id", how="left").with_columns(col(column).fill_null([]))


def studied(frames: Frames) -> pl.DataFrame:
    """Return each trial's conditions with their names."""
    edges = frames["STUDIES"].select(trial_id="source", condition_id="target")
    return edges.join(frames["Condition"].select("condition_id", "name"), on="condition_id")


def sponsors(frames: Frames, column: str) -> pl.DataFrame:
    """Return each trial's lead sponsor: the first by a column, where there are several."""
    edges = frames["SPONSORS"].select(organization_id="source", trial_id="target")
    named = edges.join(frames["Organization"].select("organization_id", "name"), on="organization_id")
    return named.group_by("trial_id").agg(sponsor=col(column).min())


def alike(frames: Frames, trial: str) -> pl.DataFrame:
    """Return the trials similar to one with the score, and as `because` a struct of what the pair shares."""
    edges = frames["SIMILAR_TO"].filter((col("source") == trial) | (col("target") == trial))
    other = pl.when(col("source") == trial).then("target").otherwise("source")
    return edges.select("score", trial_id=other, because=pl.struct(f"shared_{kind}" for kind in SHARED))


def trials_studying(frames: Frames, conditions: Sequence[str]) -> pl.DataFrame:
    """Return the ids of the trials of some conditions: all nodes that a name means, those below included."""
    return ids(frames["STUDIES"].filter(col("target").is_in(list(conditions)))["source"])


def tests_studying(frames: Frames, conditions: Sequence[str], roles: Sequence[str] | None = None) -> pl.DataFrame:
    """Return each drug once for each trial of some conditions that tests it, in some roles or in any."""
    tests = frames["TESTS"] if roles is None else frames["TESTS"].filter(col("role").is_in(roles))
    tests = tests.select(trial_id="source", drug_id="target").unique()
    return tests.join(trials_studying(frames, conditions), on="trial_id", how="semi")


def tested(frames: Frames, v: Values, roles: Sequence[str] | None = None) -> pl.DataFrame:
    """Return the edges from trials to the drugs that are asked for, in some roles or in any."""
    tests = frames["TESTS"].filter(col("target").is_in(v["drug"]))
    return tests if roles is None else tests.filter(col("role").is_in(roles))


def trials_of(frames: Frames, edges: pl.DataFrame) -> pl.DataFrame:
    """Return the trials that some edges come from, each once."""
    return frames["Trial"].join(ids(edges["source"]), on="trial_id", how="semi")


def about(frames: Frames, v: Values, *, everything: bool = False) -> pl.DataFrame:
    """Return the trials of what `about` names: drugs, conditions, organisations with subsidiaries.

    All trials where nothing is named; those that only a mirror's list names with `everything`.
    """
    if v["about"] is None:
        trials = frames["Trial"]
        return trials if everything else trials.filter(~col("listed_only").fill_null(False))
    asked = set(v["about"])
    family = reached(frames["SUBSIDIARY_OF"], asked)
    found = [
        frames["TESTS"].filter(col("target").is_in(sorted(asked)))["source"],
        frames["STUDIES"].filter(col("target").is_in(sorted(asked)))["source"],
        *(
            frames[kind].filter(col("source").is_in(sorted(family)))["target"]
            for kind in ("SPONSORS", "COLLABORATES_ON")
        ),
    ]
    return frames["Trial"].join(ids(pl.concat(found)), on="trial_id", how="semi")


def bodies(frames: Frames) -> pl.DataFrame:
    """Return the organisations with name, class and country as answers call them."""
    return frames["Organization"].select("organization_id", "country", sponsor="name", sponsor_class="class")


def meetings(frames: Frames, trials: pl.DataFrame) -> pl.DataFrame:
    """Return each two organisations that take part in the same of some trials, both ways round, with the trial."""
    part = pl.concat(frames[kind].select("source", "target") for kind in ("SPONSORS", "COLLABORATES_ON")).unique()
    one = part.rename({"source": "organization_id", "target": "trial_id"}).join(trials, on="trial_id")
    return one.join(part.select(partner_id="source", trial_id="target"), on="trial_id")


def countries(frames: Frames) -> pl.DataFrame:
    """Return each trial's countries, and how many there are."""
    named = frames["Country"].select("iso2", country="name")
    found = frames["CONDUCTED_IN"].select(trial_id="source", iso2="target").join(named, on="iso2")
    return found.with_columns(countries=pl.len().over("trial_id").cast(pl.Int64))


def places(sites: pl.DataFrame) -> pl.DataFrame:
    """Return the sites as answers show them."""
    return sites.select("site_id", "facility", "city", "country")


def with_itself(frames: Frames, trial: str) -> pl.DataFrame:
    """Return a trial and those like it, with the score; its own is 1."""
    own = frames["Trial"].filter(col("trial_id") == trial).select("trial_id", score=pl.lit(1.0))
    return pl.concat([own, alike(frames, trial).select("trial_id", "score")])


def number(column: str, where: pl.Expr | None = None) -> pl.Expr:
    """Return how many different values there are, of all rows or of some."""
    values = col(column) if where is None else col(column).filter(where)
    return values.drop_nulls().n_unique().cast(pl.Int64)


def examples() -> pl.Expr:
    """Return the first three trial ids of a group."""
    return col("trial_id").unique().sort().head(3)


def reached(edges: pl.DataFrame, targets: set[str]) -> set[str]:
    """Return some nodes with all that lead to them by edges of one kind."""
    found, last = set(targets), sorted(targets)
    while last:
        sources = set(edges.filter(col("target").is_in(last))["source"]) - found
        found |= sources
        last = sorted(sources)
    return found


def counted(column: str, values: tuple[str, ...]) -> pl.Expr:
    """Return how many rows have one of some values."""
    return col(column).is_in(values).sum().cast(pl.Int64)


def linked(nodes: pl.DataFrame, what: pl.Expr, key: str, linked: pl.Series, coded: pl.Series) -> pl.DataFrame:
    """Return how many nodes of each kind are linked at all, and to a vocabulary."""
    marked = nodes.select(what=what, linked=col(key).is_in(linked.implode()), coded=col(key).is_in(coded.implode()))
    return marked.group_by("what").agg(
        all_of_them=pl.len().cast(pl.Int64),
        linked=col("linked").sum().cast(pl.Int64),
        to_a_vocabulary=col("coded").sum().cast(pl.Int64),
    )
