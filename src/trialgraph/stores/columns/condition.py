"""Questions of a condition and everything below it, answered from frames."""

from __future__ import annotations

from typing import Final

import polars as pl
from polars import col

from trialgraph.stores.columns.joins import (
    ON_TRIAL,
    RECRUITING,
    STOPPED,
    Frames,
    Values,
    bodies,
    counted,
    examples,
    number,
    sponsors,
    tests_studying,
    trials_studying,
)

_GIVEN_UP: Final = "accru|recru|enrol|fund|sponsor|business|strateg|financ|budget|company|commercial|portfolio|priorit"


def landscape_of_condition(frames: Frames, v: Values) -> pl.DataFrame:
    """Return the drugs tested in a condition."""
    return (
        frames["TESTS"]
        .rename({"source": "trial_id", "target": "drug_id"})
        .join(trials_studying(frames, v["condition"]), on="trial_id", how="semi")
        .group_by("drug_id", "trial_id")
        .agg(experimental=(col("role") == "EXPERIMENTAL").any())
        .join(frames["Trial"], on="trial_id")
        .join(sponsors(frames, "organization_id"), on="trial_id", how="left")
        .group_by("drug_id")
        .agg(
            trials=pl.len().cast(pl.Int64),
            as_experimental=col("experimental").sum().cast(pl.Int64),
            highest_phase=col("phase_rank").max(),
            recruiting=counted("overall_status", RECRUITING),
            completed=counted("overall_status", ("COMPLETED",)),
            stopped=counted("overall_status", STOPPED),
            participants=col("enrollment").sum(),
            first_start=col("start_date").min(),
            last_start=col("start_date").max(),
            sponsors=col("sponsor").drop_nulls().n_unique().cast(pl.Int64),
        )
        .join(frames["Drug"].select("drug_id", drug="name"), on="drug_id")
        .sort("trials", "drug_id", descending=[True, False])
    )


def competitive_landscape(frames: Frames, v: Values) -> pl.DataFrame:
    """Return who tests which drug in a condition, at which phase and in which state."""
    found = (
        tests_studying(frames, v["condition"], ON_TRIAL)
        .join(frames["Trial"], on="trial_id")
        .join(frames["Drug"].select("drug_id", drug="name"), on="drug_id")
        .join(
            frames["SPONSORS"].select(organization_id="source", trial_id="target").unique(), on="trial_id", how="left"
        )
        .join(bodies(frames), on="organization_id", how="left")
        .rename({"overall_status": "status"})
    )
    keys = ["drug", "phases", "sponsor", "sponsor_class", "status"]
    return (
        found.group_by(keys)
        .agg(trials=number("trial_id"), latest_start=col("start_date").max(), examples=examples())
        .sort(
            "trials",
            "drug",
            "sponsor",
            "status",
            col("examples").list.first(),
            descending=[True, False, False, False, False],
            nulls_last=True,
        )
    )


def dropped_drugs(frames: Frames, v: Values) -> pl.DataFrame:
    """Return the drugs given up in a condition for money, business or too few participants."""
    started = frames["Trial"].select("trial_id", "start_date")
    every = frames["TESTS"].select(trial_id="source", drug_id="target").unique().join(started, on="trial_id")
    return (
        tests_studying(frames, v["condition"], ON_TRIAL)
        .join(frames["Trial"], on="trial_id")
        .sort(col("start_date").fill_null(""), "trial_id", descending=True)
        .group_by("drug_id", maintain_order=True)
        .agg(
            stopped_trial=col("trial_id").first(),
            started=col("start_date").first(),
            status=col("overall_status").first(),
            why_stopped=col("why_stopped").first(),
            trials=number("trial_id"),
        )
        .filter(
            col("status").is_in(STOPPED), col("why_stopped").fill_null("").str.to_lowercase().str.contains(_GIVEN_UP)
        )
        .join(every, on="drug_id", how="left")
        .group_by("drug_id", "stopped_trial", "started", "status", "why_stopped", "trials")
        .agg(begun_elsewhere=number("trial_id", col("start_date") > col("started")))
        .join(frames["Drug"].select("drug_id", drug="name"), on="drug_id")
        .sort("started", "drug_id", descending=[True, False])
    )


def drugs_in_both(frames: Frames, v: Values) -> pl.DataFrame:
    """Return the drugs tested in one condition that were also tested in another."""
    ranks = frames["Trial"].select("trial_id", "phase_rank")
    one = tests_studying(frames, v["condition"]).join(ranks, on="trial_id")
    two = tests_studying(frames, v["other"]).join(ranks, on="trial_id")
    both = col("trial_id").is_in(two["trial_id"].unique().implode())
    sides = (
        one.group_by("drug_id").agg(
            trials=number("trial_id"), highest_phase=col("phase_rank").max(), in_both=number("trial_id", both)
        ),
        two.group_by("drug_id").agg(other_trials=number("trial_id"), other_highest_phase=col("phase_rank").max()),
    )
    return (
        sides[0]
        .join(sides[1], on="drug_id")
        .join(frames["Drug"].select("drug_id", drug="name"), on="drug_id")
        .sort("trials", "other_trials", "drug_id", descending=[True, True, False])
    )


def usual_endpoints(frames: Frames, v: Values) -> pl.DataFrame:
    """Return the usual primary endpoints of a condition, and their time frames."""
    primary = frames["Outcome"].filter(col("type") == "PRIMARY", col("measure").is_not_null())
    return (
        frames["MEASURES"]
        .select(trial_id="source", outcome_id="target")
        .join(trials_studying(frames, v["condition"]), on="trial_id", how="semi")
        .join(primary, on="outcome_id")
        .join(frames["SPONSORS"].select(body="source", trial_id="target").unique(), on="trial_id", how="left")
        .sort("trial_id", "outcome_id")
        .group_by(endpoint=col("measure").str.strip_chars().str.to_lowercase(), maintain_order=True)
        .agg(
            trials=number("trial_id"),
            sponsors=number("body"),
            time_frames=col("time_frame").drop_nulls().unique(maintain_order=True).head(3),
            examples=col("trial_id").unique(maintain_order=True).head(3),
        )
        .sort("sponsors", "trials", "endpoint", descending=[True, True, False])
    )
