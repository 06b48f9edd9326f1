"""Questions of what changed in the records, answered from frames."""

from __future__ import annotations

import polars as pl
from polars import col

from trialgraph.stores.columns.joins import Frames, Values, about


def what_changed(frames: Frames, v: Values) -> pl.DataFrame:
    """Return what changed in the records, and when."""
    found = changes(frames, about(frames, v, everything=True), field=v["field"])
    if v["trial"] is not None:
        found = found.filter(col("trial_id") == v["trial"])
    if v["since"] is not None:
        found = found.filter(col("seen") >= v["since"])
    return found.sort("seen", "trial_id", "field", "change_id", descending=[True, False, False, False])


def enrolment_planned_and_actual(frames: Frames, v: Values) -> pl.DataFrame:
    """Return how many participants were planned, and how many there were."""
    found = changes(frames, about(frames, v), field="enrollment")
    return found.rename({"enrollment": "now", "enrollment_type": "now_is"}).sort("trial_id", "seen", "change_id")


def primary_outcome_switched(frames: Frames, v: Values) -> pl.DataFrame:
    """Return trials whose primary outcome changed after they had begun."""
    after = pl.when(col("seen") > col("primary_completion")).then(pl.lit("after primary completion"))
    return (
        changes(frames, about(frames, v), field="primary_outcome")
        .rename({"start_date": "started", "primary_completion_date": "primary_completion"})
        .filter(col("seen") > col("started"))
        .with_columns(when_changed=after.otherwise(pl.lit("after the start")))
        .sort("seen", "trial_id", "change_id", descending=[True, False, False])
    )


def changes(frames: Frames, trials: pl.DataFrame, *, field: str | None) -> pl.DataFrame:
    """Return the changes of some trials' records, of one field or of any, with the trial's facts."""
    events = frames["ChangeEvent"].drop("trial_id").rename({"seen_at": "seen", "old": "before", "new": "after"})
    if field is not None:
        events = events.filter(col("field") == field)
    return (
        frames["HAS_CHANGE"]
        .select(trial_id="source", change_id="target")
        .join(events, on="change_id")
        .join(trials, on="trial_id")
        .rename({"brief_title": "title", "overall_status": "status"})
    )
