"""Ten of the named questions as functions over a snapshot's frames: the rows of the Cypher, without a store."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import polars as pl
from polars import col

from trialgraph.ask.frame_parts import (
    Frames,
    Values,
    alike,
    counted,
    facts,
    ids,
    linked,
    only,
    reached,
    sponsors,
    studied,
    trials_below,
    with_lists,
)

RECRUITING: Final = ("RECRUITING", "NOT_YET_RECRUITING", "ENROLLING_BY_INVITATION")
STOPPED: Final = ("TERMINATED", "WITHDRAWN", "SUSPENDED")
_TYPED: Final = """
DRUG BIOLOGICAL GENETIC DIETARY_SUPPLEMENT COMBINATION_PRODUCT DEVICE PROCEDURE RADIATION BEHAVIORAL DIAGNOSTIC_TEST
OTHER
"""


def trials_of_drug(frames: Frames, v: Values) -> pl.DataFrame:
    """Return the trials that test a drug."""
    tests = frames["TESTS"].filter(col("target") == v["drug"])
    held = tests if v["role"] is None else tests.filter(col("role") == v["role"])
    trials = only(frames, v, frames["Trial"].join(ids(held["source"]), on="trial_id", how="semi"))
    named = frames["INCLUDES_DRUG"].filter(col("target") == v["drug"]).select(intervention_id="source")
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
        .with_columns(col("because").fill_null([]))
        .sort("position", "trial_id")
    )


def landscape_of_condition(frames: Frames, v: Values) -> pl.DataFrame:
    """Return the drugs tested in a condition."""
    return (
        frames["TESTS"]
        .rename({"source": "trial_id", "target": "drug_id"})
        .join(trials_below(frames, v["condition"]), on="trial_id", how="semi")
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


def sponsor_portfolio(frames: Frames, v: Values) -> pl.DataFrame:
    """Return the trials of a sponsor and of the bodies it owns."""
    family = reached(frames["SUBSIDIARY_OF"], {v["sponsor"]})
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
    countries = at.join(frames["IN_COUNTRY"].select(site_id="source", iso2="target"), on="site_id")
    countries = countries.join(frames["Country"], on="iso2")
    here = at.filter(col("trial_id") == v["trial"])
    lands = countries.filter(col("trial_id") == v["trial"])
    named = col("facility").fill_null("?") + ", " + col("city").fill_null("?")
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


def drug_partners(frames: Frames, v: Values) -> pl.DataFrame:
    """Return the drugs tested in the same trials as a drug."""
    tests = frames["TESTS"].select("role", trial_id="source", drug_id="target")
    own = tests.filter(col("drug_id") == v["drug"])
    arms = (
        frames["HAS_ARM"]
        .select(trial_id="source", arm_id="target")
        .join(frames["RECEIVES"].select(arm_id="source", intervention_id="target"), on="arm_id")
        .join(frames["INCLUDES_DRUG"].select(intervention_id="source", drug_id="target"), on="intervention_id")
    )
    mine = arms.filter(col("drug_id") == v["drug"])
    together = arms.join(mine, on="arm_id", how="semi").select("trial_id", "drug_id", together=1).unique()
    return (
        tests.join(own, on="trial_id", how="semi")
        .filter(col("drug_id") != v["drug"])
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


def sites_of_drug(frames: Frames, v: Values) -> pl.DataFrame:
    """Return the sites where a drug is tested."""
    tests = frames["TESTS"].filter(col("target") == v["drug"])
    trials = frames["Trial"].join(ids(tests["source"]), on="trial_id", how="semi")
    trials = only(frames, {"condition": v["condition"]}, trials)
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
        .join(sites.select("site_id", "facility", "city", "country"), on="site_id")
        .sort("trials", "site_id", descending=[True, False])
    )


def phase_progress(frames: Frames, v: Values) -> pl.DataFrame:
    """Return how a drug went from phase to phase in each condition."""
    tests = frames["TESTS"].filter(col("target") == v["drug"], col("role").is_in(["EXPERIMENTAL", "UNKNOWN"]))
    trials = frames["Trial"].join(ids(tests["source"]), on="trial_id", how="semi")
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


def link_quality(frames: Frames, v: Values) -> pl.DataFrame:
    """Return how much of each kind of thing was linked."""
    links = pl.concat(
        frames[f"INCLUDES_{kind}"].select("vocabulary", key="source") for kind in ("DRUG", "DEVICE", "PROCEDURE")
    )
    parts = [
        linked(
            frames["Intervention"].filter(col("type").is_in(_TYPED.split())),
            "interventions of type " + col("type"),
            "intervention_id",
            links["key"],
            links.filter(col("vocabulary") != "none")["key"],
        )
    ]
    trials = frames["Trial"].filter(col("study_type").is_not_null())
    for kind, what in (("TESTS", "drug"), ("STUDIES", "condition")):
        edges = frames[kind]
        named = "trials of type " + col("study_type") + f" with a {what}"
        coded = edges.filter(~col("target").str.starts_with("TXT:"))["source"]
        parts.append(linked(trials, named, "trial_id", edges["source"], coded))
    known = frames["Organization"]["ror_id"].is_not_null().sum()
    parts.append(
        pl.DataFrame(
            {
                "what": ["organisations with a ROR id"],
                "all_of_them": [frames["Organization"].height],
                "linked": [known],
                "to_a_vocabulary": [known],
            }
        )
    )
    share = (col("linked") / col("all_of_them") * 1000 + 0.5).floor() / 1000
    return pl.concat(parts).with_columns(share=pl.when(col("all_of_them") > 0).then(share.round(3))).sort("what")


ANSWERS: Final[Mapping[str, Callable[[Frames, Values], pl.DataFrame]]] = {
    function.__name__.replace("_", "-"): function
    for function in (
        competing_recruiting,
        drug_partners,
        landscape_of_condition,
        link_quality,
        listed_as_related,
        phase_progress,
        similar_trials,
        sites_of_drug,
        sponsor_portfolio,
        trials_of_drug,
    )
}
