"""Questions of one trial, answered from frames: what is like it, who has run such trials, what became of it."""

from __future__ import annotations

from typing import Final

import polars as pl
from polars import col

from trialgraph.stores.columns.joins import (
    RECRUITING,
    Frames,
    Values,
    alike,
    facts,
    number,
    only,
    places,
    reached,
    sponsors,
    studied,
    with_itself,
    with_lists,
)

_DATES: Final = (
    ("first_submit", "first submitted", None),
    ("first_post", "first posted", None),
    ("start", "start", "start_date_type"),
    ("primary_completion", "primary completion", "primary_completion_date_type"),
    ("completion", "completion", "completion_date_type"),
    ("results_first_post", "results first posted", None),
    ("last_update_post", "last update posted", "overall_status"),
)


def similar_trials(frames: Frames, v: Values) -> pl.DataFrame:
    """Return the trials most like one."""
    trials = only(frames, v, frames["Trial"])
    found = facts(trials).join(alike(frames, v["trial"]), on="trial_id")
    return found.sort("score", "trial_id", descending=[True, False])


def listed_as_related(frames: Frames, v: Values) -> pl.DataFrame:
    """Return what a mirror lists as related to a trial."""
    listed = frames["LISTED_AS_RELATED"].filter(col("source") == v["trial"])
    return (
        listed.select("position", "listed_title", "listed_status", trial_id="target", mirror="source_name")
        .join(frames["Trial"].select("trial_id", title="brief_title"), on="trial_id")
        .join(alike(frames, v["trial"]), on="trial_id", how="left")
        .sort("position", "trial_id")
    )


def competing_recruiting(frames: Frames, v: Values) -> pl.DataFrame:
    """Return the trials that look for the same patients now."""
    own = set(frames["STUDIES"].filter(col("source") == v["trial"])["target"])
    above = frames["IS_A"].filter(col("source").is_in(sorted(own)))["target"]
    near = pl.DataFrame(
        {"condition_id": sorted(reached(frames["IS_A"], own) | set(above))}, {"condition_id": pl.String}
    )
    patients = studied(frames).join(near, on="condition_id", how="semi")
    trials = frames["Trial"].filter(col("trial_id") != v["trial"], col("overall_status").is_in(RECRUITING))
    trials = only(frames, v, trials).join(patients, on="trial_id", how="semi")
    at = frames["CONDUCTED_AT"].select(trial_id="source", site_id="target").unique()
    at = at.join(frames["Site"].select("site_id", "facility", "city"), on="site_id")
    countries = frames["CONDUCTED_IN"].select(trial_id="source", iso2="target").join(frames["Country"], on="iso2")
    here = at.filter(col("trial_id") == v["trial"], col("facility").is_not_null())
    lands = countries.filter(col("trial_id") == v["trial"])
    named = col("facility") + ", " + col("city").fill_null("?")
    return (
        facts(trials)
        .pipe(with_lists, "conditions", patients)
        .pipe(with_lists, "same_sites", at.join(here, on="site_id", how="semi").with_columns(name=named))
        .pipe(with_lists, "same_countries", countries.join(lands, on="iso2", how="semi"))
        .join(alike(frames, v["trial"]).select("trial_id", "score"), on="trial_id", how="left")
        .join(sponsors(frames, "name"), on="trial_id", how="left")
        .sort(
            col("same_sites").list.len(),
            col("same_countries").list.len(),
            col("score").fill_null(0.0),
            "trial_id",
            descending=[True, True, True, False],
        )
    )


def eligibility_differences(frames: Frames, v: Values) -> pl.DataFrame:
    """Return whom similar trials take that one does not, and the other way round."""
    facts = ["sex", "minimum_age", "maximum_age", "minimum_age_years", "maximum_age_years", "healthy_volunteers"]
    one = frames["Trial"].filter(col("trial_id") == v["trial"]).select(col(name).alias(f"{name}_t") for name in facts)
    o = {name: col(name) for name in facts}
    t = {name: col(f"{name}_t") for name in facts}
    unknown = {"sex": "?", "minimum_age_years": -1.0, "maximum_age_years": 999.0, "healthy_volunteers": False}
    a = {name: t[name].fill_null(value) for name, value in unknown.items()}
    b = {name: o[name].fill_null(value) for name, value in unknown.items()}
    young, old = "minimum_age_years", "maximum_age_years"
    parts = [
        pl.when(a["sex"] != b["sex"]).then(pl.lit("sex")),
        pl.when(a[young] < b[young])
        .then(pl.lit("this one takes younger people"))
        .when(a[young] > b[young])
        .then(pl.lit("the other takes younger people")),
        pl.when(a[old] > b[old])
        .then(pl.lit("this one takes older people"))
        .when(a[old] < b[old])
        .then(pl.lit("the other takes older people")),
        pl.when(a["healthy_volunteers"] != b["healthy_volunteers"]).then(pl.lit("healthy volunteers")),
    ]
    ages = [one["minimum_age"].fill_null("any") + " to " + one["maximum_age"].fill_null("any") for one in (t, o)]
    return (
        alike(frames, v["trial"])
        .join(frames["Trial"], on="trial_id")
        .join(one, how="cross")
        .with_columns(
            title="brief_title",
            differs_in=pl.concat_list(parts).list.drop_nulls(),
            sexes=pl.concat_list(a["sex"], b["sex"]),
            ages=pl.concat_list(ages),
        )
        .with_columns(healthy_volunteers=pl.concat_list(t["healthy_volunteers"], o["healthy_volunteers"]))
        .sort("score", "trial_id", descending=[True, False])
    )


def experienced_sites(frames: Frames, v: Values) -> pl.DataFrame:
    """Return the sites that ran a trial or ones similar to it."""
    sites = frames["Site"] if v["country"] is None else frames["Site"].filter(col("country") == v["country"])
    return (
        with_itself(frames, v["trial"])
        .join(frames["CONDUCTED_AT"].select(trial_id="source", site_id="target").unique(), on="trial_id")
        .sort("score", "trial_id", descending=[True, False])
        .group_by("site_id", maintain_order=True)
        .agg(
            trials=number("trial_id"),
            weight=col("score").sum().round(3),
            ran_this_one=(col("trial_id") == v["trial"]).any(),
            examples=col("trial_id").head(3),
        )
        .join(places(sites), on="site_id")
        .sort("weight", "trials", "site_id", descending=[True, True, False])
    )


def experienced_investigators(frames: Frames, v: Values) -> pl.DataFrame:
    """Return the officials of a trial and of ones similar to it."""
    return (
        with_itself(frames, v["trial"])
        .join(frames["HAS_OFFICIAL"].select("role", trial_id="source", person_id="target"), on="trial_id")
        .sort("score", "trial_id", "role", descending=[True, False, False], nulls_last=True)
        .group_by("person_id", maintain_order=True)
        .agg(
            roles=col("role").drop_nulls().unique(maintain_order=True),
            trials=number("trial_id"),
            weight=col("score").filter(col("trial_id").is_first_distinct()).sum().round(3),
            examples=col("trial_id").unique(maintain_order=True).head(3),
        )
        .join(frames["Person"].select("person_id", "name", "affiliation"), on="person_id")
        .sort("weight", "trials", "person_id", descending=[True, True, False])
    )


def same_study(frames: Frames, v: Values) -> pl.DataFrame:
    """Return the same study in other registries, and studies that follow one another."""
    kinds = {"SAME_STUDY_AS": "is the same study as", "FOLLOW_UP_OF": "is a follow-up of"}
    pairs = pl.concat(
        frames[kind].select("evidence", "confidence", trial_id="source", other_id="target", relation=pl.lit(told))
        for kind, told in kinds.items()
    )
    if v["trial"] is not None:
        pairs = pairs.filter((col("trial_id") == v["trial"]) | (col("other_id") == v["trial"]))
    titles = frames["Trial"].select("trial_id", title="brief_title")
    return (
        pairs.join(titles, on="trial_id")
        .join(titles.rename({"trial_id": "other_id", "title": "other_title"}), on="other_id")
        .sort("relation", "trial_id", "other_id")
    )


def status_timeline(frames: Frames, v: Values) -> pl.DataFrame:
    """Return the dates of one trial and every change of its record."""
    trial = frames["Trial"].filter(col("trial_id") == v["trial"])
    dates = pl.concat(
        trial.select(
            day=f"{name}_date",
            event=pl.lit(event),
            before=pl.lit(None, pl.String),
            after=pl.lit(None, pl.String) if after is None else col(after),
            precision=f"{name}_date_precision",
        )
        for name, event, after in _DATES
    )
    changes = frames["HAS_CHANGE"].filter(col("source") == v["trial"]).select(change_id="target")
    changes = frames["ChangeEvent"].join(changes, on="change_id", how="semi")
    changes = changes.select(
        day="seen_at", event="changed: " + col("field"), before="old", after="new", precision=pl.lit("DAY")
    )
    order = ["day", "event", col("before").fill_null(""), col("after").fill_null("")]
    return pl.concat([dates.filter(col("day").is_not_null()), changes]).sort(order)
