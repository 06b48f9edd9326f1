"""Questions of how good the links are, answered from frames."""

from __future__ import annotations

from typing import Final

import polars as pl
from polars import col

from trialgraph.stores.columns.joins import Frames, Values, examples, linked, number

KINDS: Final = ("DRUG", "DEVICE", "PROCEDURE")
_TYPED: Final = """
DRUG BIOLOGICAL GENETIC DIETARY_SUPPLEMENT COMBINATION_PRODUCT DEVICE PROCEDURE RADIATION BEHAVIORAL DIAGNOSTIC_TEST
OTHER
"""


def link_quality(frames: Frames, v: Values) -> pl.DataFrame:
    """Return how much of each kind of thing was linked."""
    links = pl.concat(frames[f"INCLUDES_{kind}"].select("vocabulary", key="source") for kind in KINDS)
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


def isolated_trials(frames: Frames, v: Values) -> pl.DataFrame:
    """Return trials that nothing ties to others: no similar trial, no drug, or no condition."""
    written = frames["HAS_INTERVENTION"].select(trial_id="source", intervention_id="target")
    written = written.join(frames["Intervention"].select("intervention_id", "name", "type"), on="intervention_id")
    given = written.filter(col("type").is_in(["DRUG", "BIOLOGICAL"]))["trial_id"]
    alike = pl.concat([frames["SIMILAR_TO"]["source"], frames["SIMILAR_TO"]["target"]])

    def among(ids: pl.Series) -> pl.Expr:
        return col("trial_id").is_in(ids.unique().implode())

    no_drug = (
        (col("study_type") == "INTERVENTIONAL").fill_null(False) & ~among(frames["TESTS"]["source"]) & among(given)
    )
    lacks = [
        pl.when(no_drug).then(pl.lit("drug")),
        pl.when(~among(frames["STUDIES"]["source"])).then(pl.lit("condition")),
        pl.when(~among(alike)).then(pl.lit("similar trial")),
    ]
    names = (
        written.sort("intervention_id").group_by("trial_id", maintain_order=True).agg(interventions_as_written="name")
    )
    found = (
        frames["Trial"]
        .filter(~col("listed_only").fill_null(False))
        .with_columns(lacks=pl.concat_list(lacks).list.drop_nulls(), title="brief_title")
        .filter(col("lacks").list.len() > 0)
    )
    if v["lacking"] is not None:
        found = found.filter(col("lacks").list.contains(v["lacking"]))
    return (
        found.join(names, on="trial_id", how="left")
        .with_columns(col("interventions_as_written").fill_null([]), conditions_as_written="conditions")
        .sort(col("lacks").list.len(), "trial_id", descending=[True, False])
    )


def unlinked_interventions(frames: Frames, v: Values) -> pl.DataFrame:
    """Return interventions of a type that nothing was found in, the most frequent first."""
    linked_ones = pl.concat(frames[f"INCLUDES_{kind}"]["source"] for kind in KINDS)
    return (
        frames["Intervention"]
        .filter(col("type") == v["type"], ~col("intervention_id").is_in(linked_ones.unique().implode()))
        .join(frames["HAS_INTERVENTION"].select(trial_id="source", intervention_id="target"), on="intervention_id")
        .group_by(as_written=col("name").str.strip_chars().str.to_lowercase())
        .agg(trials=number("trial_id"), examples=examples())
        .sort("trials", "as_written", descending=[True, False])
    )
