"""Questions of all trials of a drug, class, condition or sponsor, answered from frames."""

from __future__ import annotations

from typing import Final

import polars as pl
from polars import col

from trialgraph.stores.columns.joins import (
    RECRUITING,
    STOPPED,
    Frames,
    Values,
    about,
    counted,
    countries,
    examples,
    number,
    only,
    sponsors,
)

_FINISHED: Final = ("COMPLETED", "TERMINATED", "UNKNOWN", "ACTIVE_NOT_RECRUITING")
# What a kind of reason is known by, in the order in which they are tried; the query has the same.
REASONS: Final = {
    "too few participants": (
        "accru|recru|enrol|slow|low number of (patients|participants|subjects)"
        "|lack of (patients|participants|subjects)|insufficient (patients|participants|subjects|number)"
        "|no (patients|participants|subjects)"
    ),
    "money or business": (
        r"fund|sponsor|business|strateg|financ|budget|company|commercial|portfolio|grant|priorit|marketing|development"
    ),
    "safety": r"safety|toxic|adverse|side effect|risk|death|harm",
    "no effect seen": (
        r"futil|efficac|ineffective|no benefit|lack of (effect|response)|not effective|interim|endpoint|negative"
    ),
    "pandemic": r"covid|pandemic|sars",
    "people left": r"\bpi\b|investigator|staff|personnel|left|moved|relocat|transfer|retire|resign",
    "supply of what is tested": r"drug|supply|supplies|product|device|manufactur|availab",
    "authorities": r"regulat|fda|irb|ethic|approv|hold|authorit",
    "no reason given": None,
}


def trials_by_country(frames: Frames, v: Values) -> pl.DataFrame:
    """Return trials and participants by country and year."""
    trials = only(frames, {"since": v["since"]}, about(frames, v))
    trials = trials.select("trial_id", "enrollment", year=col("start_date").str.head(4))
    each = trials.join(countries(frames).select("trial_id", "country", "countries"), on="trial_id", how="left")
    each = each.with_columns(col("country").fill_null("(no country named)"), col("countries").fill_null(0))
    several = each.filter(col("countries") > 1).unique("trial_id").with_columns(country=pl.lit("(several countries)"))
    whole = (col("countries") < 2) | (col("country") == "(several countries)")
    return (
        pl.concat([each, several.select(each.columns)])
        .group_by("country", "year")
        .agg(
            trials=number("trial_id"),
            participants=col("enrollment").filter(whole).sum(),
            single_country=number("trial_id", col("countries") == 1),
        )
        .sort("country", "year", nulls_last=True)
    )


def single_and_multinational(frames: Frames, v: Values) -> pl.DataFrame:
    """Return trials in one country and in several, by phase."""
    several = col("countries")
    reach = (
        pl.when(several == 0)
        .then(pl.lit("no country named"))
        .when(several == 1)
        .then(pl.lit("one country"))
        .otherwise(pl.lit("multinational"))
    )
    return (
        about(frames, v)
        .join(countries(frames).select("trial_id", "countries").unique(), on="trial_id", how="left")
        .with_columns(several.fill_null(0))
        .group_by("phases", reach=reach)
        .agg(
            trials=number("trial_id"),
            participants=col("enrollment").sum(),
            median_countries=several.sort().get((pl.len() + 1) // 2 - 1),
            recruiting=counted("overall_status", RECRUITING),
        )
        .sort("reach", "trials", col("phases").list.join(""), descending=[False, True, False], nulls_last=True)
    )


def why_trials_stop(frames: Frames, v: Values) -> pl.DataFrame:
    """Return why trials stopped, by phase and kind of reason."""
    why = col("why_stopped").fill_null("").str.to_lowercase()
    reason = pl.lit("other")
    for kind, words in reversed(REASONS.items()):
        fits = why == "" if words is None else why.str.contains(words)
        reason = pl.when(fits).then(pl.lit(kind)).otherwise(reason)
    return (
        about(frames, v)
        .filter(col("overall_status").is_in(STOPPED))
        .sort("trial_id")
        .group_by("phases", reason=reason, maintain_order=True)
        .agg(
            trials=number("trial_id"),
            in_their_words=col("why_stopped").drop_nulls().head(3),
            examples=examples(),
        )
        .sort("trials", "reason", col("examples").list.first(), descending=[True, False, False])
    )


def results_overdue(frames: Frames, v: Values) -> pl.DataFrame:
    """Return finished trials whose results are due or overdue, and those that posted them."""
    done = col("primary_completion_date").str.to_date()
    over = (pl.lit(v["today"]).str.to_date() - done).dt.total_days() - 365
    posted = col("has_results").fill_null(False)
    finished = about(frames, v).filter(
        col("study_type") == "INTERVENTIONAL",
        col("overall_status").is_in(_FINISHED),
        col("primary_completion_date") < v["today"],
        pl.any_horizontal(col("phases").list.contains(phase) for phase in ("PHASE2", "PHASE3", "PHASE4")),
    )
    state = pl.when(posted).then(pl.lit("posted")).when(over > 0).then(pl.lit("overdue")).otherwise(pl.lit("due"))
    return (
        finished.with_columns(
            state=state,
            title="brief_title",
            status="overall_status",
            primary_completion="primary_completion_date",
            due=(done + pl.duration(days=365)).dt.to_string("iso"),
            days_over=pl.when(~posted & (over > 0)).then(over),
            posted="results_first_post_date",
        )
        .join(sponsors(frames, "name"), on="trial_id", how="left")
        .sort("state", col("days_over").fill_null(0), "trial_id", descending=[False, True, False])
    )
