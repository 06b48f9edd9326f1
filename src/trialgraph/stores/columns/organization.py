"""Questions of organisations, answered from frames: portfolios, who works with whom, who brings others together."""

from __future__ import annotations

import polars as pl
from polars import col

from trialgraph.stores.columns.joins import (
    Frames,
    Values,
    about,
    bodies,
    examples,
    facts,
    meetings,
    number,
    only,
    reached,
    studied,
    with_lists,
)


def sponsor_portfolio(frames: Frames, v: Values) -> pl.DataFrame:
    """Return the trials of a sponsor and of the bodies it owns."""
    family = reached(frames["SUBSIDIARY_OF"], set(v["sponsor"]))
    parts = pl.concat(
        frames[kind].select(organization_id="source", trial_id="target", part=pl.lit(part))
        for kind, part in (("SPONSORS", "lead"), ("COLLABORATES_ON", "collaborator"))
    )
    parts = (
        parts.join(pl.DataFrame({"organization_id": sorted(family)}), on="organization_id", how="semi")
        .join(frames["Organization"].select("organization_id", "name"), on="organization_id")
        .sort("part", "name", descending=[True, False])
        .group_by("trial_id", maintain_order=True)
        .agg(through=col("name").unique(maintain_order=True), part=col("part").first())
    )
    drugs = frames["TESTS"].select(trial_id="source", drug_id="target").join(frames["Drug"], on="drug_id")
    return (
        facts(only(frames, v, frames["Trial"]), "started", "enrollment")
        .join(parts, on="trial_id")
        .pipe(with_lists, "drugs", drugs)
        .pipe(with_lists, "conditions", studied(frames))
        .sort(col("started").fill_null(""), "trial_id", descending=[True, False])
    )


def brokers(frames: Frames, v: Values) -> pl.DataFrame:
    """Return the organisations that bring others together, by period."""
    year = col("start_date").str.head(4).cast(pl.Int64) // 5 * 5
    trials = about(frames, v).filter(col("start_date").is_not_null())
    trials = trials.select("trial_id", period=year.cast(pl.String) + " to " + (year + 4).cast(pl.String))
    met = meetings(frames, trials).filter(col("organization_id") != col("partner_id"))
    degree = met.group_by("period", "partner_id").agg(degree=col("organization_id").n_unique())
    return (
        met.join(degree, on=["period", "partner_id"])
        .group_by("period", "organization_id")
        .agg(
            trials=number("trial_id"),
            partners=number("partner_id"),
            only_through=number("partner_id", col("degree") == 1),
        )
        .filter(col("partners") > 1)
        .join(bodies(frames), on="organization_id")
        .rename({"sponsor": "organization", "sponsor_class": "organization_class"})
        .sort("period", "only_through", "partners", "organization_id", descending=[True, True, True, False])
    )


def collaboration_network(frames: Frames, v: Values) -> pl.DataFrame:
    """Return who works with whom."""
    trials = only(frames, {"since": v["since"]}, about(frames, v))
    trials = trials.select("trial_id", year=col("start_date").str.head(4))
    named = frames["Organization"].select("organization_id", organization="name")
    return (
        meetings(frames, trials)
        .filter(col("organization_id") < col("partner_id"))
        .group_by("organization_id", "partner_id")
        .agg(
            trials=number("trial_id"),
            first_year=col("year").min(),
            last_year=col("year").max(),
            examples=examples(),
        )
        .join(named, on="organization_id")
        .join(named.rename({"organization_id": "partner_id", "organization": "partner"}), on="partner_id")
        .sort("trials", "organization_id", "partner_id", descending=[True, False, False])
    )
