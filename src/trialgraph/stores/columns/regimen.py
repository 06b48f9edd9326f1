"""Questions of a regimen, from frames: the trials in which an arm gets it."""

from __future__ import annotations

import polars as pl
from polars import col

from trialgraph.stores.columns.joins import Frames, Values, facts, only


def trials_of_regimen(frames: Frames, v: Values) -> pl.DataFrame:
    """Return the trials in which an arm gets all drugs of a regimen, alone or beside others."""
    drugs = frames["Drug"].select("drug_id", other="name")
    contained = frames["CONTAINS"].select(regimen_id="source", drug_id="target")
    mine = contained.filter(col("drug_id").is_in(v["regimen"])).group_by("regimen_id").len()
    regimens = mine.filter(col("len") == len(v["regimen"])).select("regimen_id")
    beside = (
        contained.filter(~col("drug_id").is_in(v["regimen"])).join(drugs, on="drug_id").select("regimen_id", "other")
    )
    arms = (
        frames["GIVES"]
        .select(arm_id="source", regimen_id="target")
        .join(regimens, on="regimen_id")
        .join(frames["HAS_ARM"].select(trial_id="source", arm_id="target"), on="arm_id")
        .join(frames["ArmGroup"].select("arm_id", "label"), on="arm_id", how="left")
        .join(beside.group_by("regimen_id").agg(col("other")), on="regimen_id", how="left")
        .sort("arm_id")
    )
    by_trial = arms.group_by("trial_id", maintain_order=True).agg(
        exact=col("other").is_null().any(),
        arms=col("arm_id").n_unique().cast(pl.Int64),
        with_others=col("other").explode().drop_nulls().unique().sort(),
        as_written=col("label").drop_nulls(),
    )
    trials = only(frames, v, frames["Trial"].join(by_trial.select("trial_id"), on="trial_id", how="semi"))
    return (
        facts(trials, "started")
        .join(by_trial, on="trial_id")
        .sort("exact", col("started").fill_null(""), "trial_id", descending=[True, True, False])
    )
