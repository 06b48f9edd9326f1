"""How a drug or class was developed, from frames: its phases, sites, publications and who tests it in a condition."""

from __future__ import annotations

import polars as pl
from polars import col

from trialgraph.stores.columns.joins import (
    ON_TRIAL,
    RECRUITING,
    Frames,
    Values,
    bodies,
    counted,
    examples,
    number,
    only,
    places,
    studied,
    tested,
    trials_of,
)


def sites_of_drug(frames: Frames, v: Values) -> pl.DataFrame:
    """Return the sites where a drug is tested."""
    trials = only(frames, {"condition": v["condition"]}, trials_of(frames, tested(frames, v)))
    sites = frames["Site"] if v["country"] is None else frames["Site"].filter(col("country") == v["country"])
    return (
        frames["CONDUCTED_AT"]
        .select(trial_id="source", site_id="target")
        .unique()
        .join(trials, on="trial_id")
        .group_by("site_id")
        .agg(
            trials=pl.len().cast(pl.Int64),
            recruiting=counted("overall_status", RECRUITING),
            first_start=col("start_date").min(),
            last_start=col("start_date").max(),
            examples=col("trial_id").sort().head(3),
        )
        .join(places(sites), on="site_id")
        .sort("trials", "site_id", descending=[True, False])
    )


def phase_progress(frames: Frames, v: Values) -> pl.DataFrame:
    """Return how a drug went from phase to phase in each condition."""
    trials = trials_of(frames, tested(frames, v, ON_TRIAL))
    first = {
        f"phase_{i}": pl.when(pl.any_horizontal(col("phases").list.contains(phase) for phase in phases))
        .then("start_date")
        .min()
        for i, phases in enumerate((("PHASE1", "EARLY_PHASE1"), ("PHASE2",), ("PHASE3",), ("PHASE4",)), 1)
    }
    found = (
        frames["STUDIES"]
        .select(trial_id="source", condition_id="target")
        .unique()
        .join(trials, on="trial_id")
        .group_by("condition_id")
        .agg(trials=pl.len().cast(pl.Int64), highest_phase=col("phase_rank").max(), **first)
    )
    for i in (1, 2, 3):
        one, next_ = col(f"phase_{i}"), col(f"phase_{i + 1}")
        days = (next_.str.to_date() - one.str.to_date()).dt.total_days()
        found = found.with_columns(pl.when(one < next_).then((days / 365.25).round(1)).alias(f"years_{i}_to_{i + 1}"))
    found = found.join(frames["Condition"].select("condition_id", condition="name"), on="condition_id")
    highest = col("highest_phase").fill_null(0.0)
    return found.sort(highest, "trials", "condition_id", descending=[True, True, False])


def publications_of_drug(frames: Frames, v: Values) -> pl.DataFrame:
    """Return the publications that a drug's trials name."""
    trials = only(frames, {"condition": v["condition"]}, trials_of(frames, tested(frames, v)))
    named = frames["HAS_REFERENCE"].select("type", trial_id="source", publication_id="target")
    if v["type"] is not None:
        named = named.filter(col("type") == v["type"])
    return (
        named.join(trials, on="trial_id", how="semi")
        .sort("type", "trial_id", nulls_last=True)
        .group_by("publication_id", maintain_order=True)
        .agg(
            types=col("type").drop_nulls().unique(maintain_order=True),
            trials=number("trial_id"),
            trial_ids=col("trial_id").unique(maintain_order=True),
        )
        .join(frames["Publication"].select("publication_id", "pmid", "citation"), on="publication_id")
        .sort("trials", "publication_id", descending=[True, False])
    )


def who_tests_drug_in_condition(frames: Frames, v: Values) -> pl.DataFrame:
    """Return who runs trials of a drug in a condition and everything below it."""
    wanted = studied(frames).filter(col("condition_id").is_in(v["condition"]))
    wanted = wanted.join(tested(frames, v).select(trial_id="source"), on="trial_id", how="semi")
    wanted = wanted.group_by("trial_id").agg(below=col("name").unique())
    return (
        wanted.join(frames["Trial"], on="trial_id")
        .join(
            frames["SPONSORS"].select(organization_id="source", trial_id="target").unique(), on="trial_id", how="left"
        )
        .group_by("organization_id")
        .agg(
            trials=number("trial_id"),
            recruiting=number("trial_id", col("overall_status").is_in(RECRUITING)),
            highest_phase=col("phase_rank").max(),
            first_start=col("start_date").min(),
            last_start=col("start_date").max(),
            conditions=col("below").explode().unique().sort(),
            examples=examples(),
        )
        .join(bodies(frames), on="organization_id", how="left")
        .sort("trials", col("examples").list.first(), descending=[True, False])
    )
