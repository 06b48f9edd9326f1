"""Questions of a drug or a class of drugs, from frames: its trials, partners, comparators, developers, doses."""

from __future__ import annotations

import polars as pl
from polars import col

from trialgraph.stores.columns.joins import (
    BESIDE,
    ON_TRIAL,
    RECRUITING,
    Frames,
    Values,
    bodies,
    examples,
    facts,
    ids,
    number,
    only,
    sponsors,
    studied,
    tested,
    trials_of,
    with_lists,
)


def trials_of_drug(frames: Frames, v: Values) -> pl.DataFrame:
    """Return the trials that test a drug."""
    tests = tested(frames, v)
    held = tests if v["role"] is None else tests.filter(col("role") == v["role"])
    trials = only(frames, v, frames["Trial"].join(ids(held["source"]), on="trial_id", how="semi"))
    named = frames["INCLUDES_DRUG"].filter(col("target").is_in(v["drug"])).select(intervention_id="source")
    written = frames["HAS_INTERVENTION"].rename({"source": "trial_id", "target": "intervention_id"})
    written = written.join(named, on="intervention_id", how="semi").join(frames["Intervention"], on="intervention_id")
    roles = tests.select(trial_id="source", name="role")
    return (
        facts(trials, "started", "enrollment")
        .pipe(with_lists, "roles", roles)
        .pipe(with_lists, "as_written", written)
        .pipe(with_lists, "conditions", studied(frames))
        .join(sponsors(frames, "name"), on="trial_id", how="left")
        .sort(col("started").fill_null(""), "trial_id", descending=[True, False])
    )


def drug_partners(frames: Frames, v: Values) -> pl.DataFrame:
    """Return the drugs tested in the same trials as a drug."""
    tests = frames["TESTS"].select("role", trial_id="source", drug_id="target")
    own = tests.filter(col("drug_id").is_in(v["drug"]))
    arms = (
        frames["HAS_ARM"]
        .select(trial_id="source", arm_id="target")
        .join(frames["RECEIVES"].select(arm_id="source", intervention_id="target"), on="arm_id")
        .join(frames["INCLUDES_DRUG"].select(intervention_id="source", drug_id="target"), on="intervention_id")
    )
    mine = arms.filter(col("drug_id").is_in(v["drug"]))
    together = arms.join(mine, on="arm_id", how="semi").select("trial_id", "drug_id", together=1).unique()
    return (
        tests.join(own, on="trial_id", how="semi")
        .filter(~col("drug_id").is_in(v["drug"]))
        .group_by("trial_id", "drug_id")
        .agg(comparator=(col("role") == "ACTIVE_COMPARATOR").any(), background=(col("role") == "BACKGROUND").any())
        .join(together, on=["trial_id", "drug_id"], how="left")
        .group_by("drug_id")
        .agg(
            trials=pl.len().cast(pl.Int64),
            together=col("together").sum().cast(pl.Int64),
            as_comparator=col("comparator").sum().cast(pl.Int64),
            as_background=col("background").sum().cast(pl.Int64),
            examples=col("trial_id").sort().head(3),
        )
        .join(frames["Drug"].select("drug_id", partner="name"), on="drug_id")
        .rename({"drug_id": "partner_id"})
        .sort("trials", "partner_id", descending=[True, False])
    )


def comparators_of_drug(frames: Frames, v: Values) -> pl.DataFrame:
    """Return what a drug is compared with, and what is given beside it."""
    trials = only(frames, {"condition": v["condition"]}, trials_of(frames, tested(frames, v, ON_TRIAL)))
    arms = frames["ArmGroup"].filter(col("type") == "PLACEBO_COMPARATOR").select(target="arm_id")
    placebo = frames["HAS_ARM"].join(arms, on="target", how="semi")["source"].unique()
    named = frames["INCLUDES_DRUG"].filter(col("span_in").fill_null("label") != "description")
    written = frames["HAS_INTERVENTION"].select(trial_id="source", intervention_id="target")
    written = written.join(named.select(intervention_id="source", drug_id="target"), on="intervention_id")
    written = written.select("trial_id", "drug_id", named=True).unique()
    others = frames["TESTS"].filter(~col("target").is_in(v["drug"]), col("role").is_in(BESIDE))
    return (
        others.select("role", trial_id="source", drug_id="target")
        .join(trials.select("trial_id", "phase_rank"), on="trial_id")
        .join(written, on=["trial_id", "drug_id"], how="left")
        .group_by("drug_id", "role")
        .agg(
            trials=number("trial_id"),
            with_placebo_arm=col("trial_id").is_in(placebo.implode()).sum().cast(pl.Int64),
            only_described=col("named").is_null().sum().cast(pl.Int64),
            highest_phase=col("phase_rank").max(),
            examples=examples(),
        )
        .join(frames["Drug"].select("drug_id", other_drug="name"), on="drug_id")
        .sort("trials", "drug_id", "role", descending=[True, False, False])
    )


def developers_of_drug(frames: Frames, v: Values) -> pl.DataFrame:
    """Return who develops a drug, or another drug of its classes."""
    named = frames["DrugClass"]
    if v["scheme"] is not None:
        named = named.filter(col("scheme") == v["scheme"])
    classes = frames["IN_CLASS"].select(drug_id="source", class_id="target").join(named, on="class_id")
    own = classes.filter(col("drug_id").is_in(v["drug"]))
    others = classes.filter(~col("drug_id").is_in(v["drug"])).join(own, on="class_id", how="semi")
    others = others.group_by("drug_id").agg(shared=col("name").min())
    asked = pl.DataFrame({"drug_id": v["drug"], "shared": [None] * len(v["drug"])}, others.schema)
    tests = frames["TESTS"].filter(col("role").is_in(ON_TRIAL)).select(drug_id="target", trial_id="source").unique()
    return (
        pl.concat([asked, others])
        .join(frames["Drug"].select("drug_id", drug="name"), on="drug_id")
        .join(tests, on="drug_id")
        .join(frames["Trial"].select("trial_id", "overall_status", "phase_rank", "start_date"), on="trial_id")
        .join(frames["SPONSORS"].select(organization_id="source", trial_id="target").unique(), on="trial_id")
        .group_by("organization_id", "shared")
        .agg(
            drugs=col("drug").unique().sort(),
            trials=number("trial_id"),
            recruiting=number("trial_id", col("overall_status").is_in(RECRUITING)),
            highest_phase=col("phase_rank").max(),
            last_start=col("start_date").max(),
        )
        .join(bodies(frames), on="organization_id")
        .sort(
            col("shared").is_not_null(), "trials", "organization_id", "shared", descending=[False, True, False, False]
        )
    )


_DOSE = {  # what a line of doses-of-drug tells apart: the column in the answer, the property
    "dose": "dose_normal_value",
    "unit": "dose_normal_unit",
    "per": "dose_per",
    "strength": "strength_value",
    "strength_unit": "strength_unit",
    "form": "form",
    "route": "route",
    "frequency": "frequency",
}
_AMOUNTS = ("dose", "strength")
_STATED = ("dose_normal_value", "strength_value", "route", "frequency", "form")  # one of them is there


def doses_of_drug(frames: Frames, v: Values) -> pl.DataFrame:
    """Return the doses, strengths, forms, routes and schedules of a drug, by condition."""
    stated = frames["INCLUDES_DRUG"].filter(
        col("target").is_in(v["drug"]), pl.any_horizontal(col(name).is_not_null() for name in _STATED)
    )
    doses = stated.select(
        "dose_text",
        intervention_id="source",
        drug_id="target",
        **{column: col(name) for column, name in _DOSE.items()},
    )
    conditions = studied(frames)
    if v["condition"]:
        conditions = conditions.filter(col("condition_id").is_in(v["condition"]))
    return (
        doses.join(frames["HAS_INTERVENTION"].select(trial_id="source", intervention_id="target"), on="intervention_id")
        .join(conditions.rename({"name": "condition"}), on="trial_id")
        .join(frames["RECEIVES"].select(arm_id="source", intervention_id="target"), on="intervention_id", how="left")
        .sort("trial_id", "dose_text", nulls_last=True)
        .group_by("drug_id", "condition_id", *_DOSE, maintain_order=True)
        .agg(
            condition=col("condition").first(),
            trials=number("trial_id"),
            arms=number("arm_id"),
            as_written=col("dose_text").drop_nulls().unique(maintain_order=True).head(3),
            examples=examples(),
        )
        .join(frames["Drug"].select("drug_id", drug="name"), on="drug_id")
        .sort(
            "trials",
            "drug",
            "condition",
            *(col(name).fill_null(-1.0 if name in _AMOUNTS else "") for name in _DOSE),
            descending=[True] + [False] * (2 + len(_DOSE)),
        )
    )
