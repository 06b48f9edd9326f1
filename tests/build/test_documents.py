"""Trials and their links as similarity sees them."""

from __future__ import annotations

import pytest

from trialgraph.build.compared import compared
from trialgraph.build.setting import settings
from trialgraph.linking.linkers import Linkers
from trialgraph.model import Intervention, MeshTerm, Party, Trial
from trialgraph.similarity import Document


@pytest.fixture(scope="module")
def linkers() -> Linkers:
    return Linkers()


def made(linkers: Linkers, **fields: object) -> Document:
    trial = Trial(id="NCT00000001", registry="ctgov", **fields)  # type: ignore[arg-type]
    return compared(
        trial, linkers.drugs.link(trial), linkers.conditions.link(trial), linkers.procedures.link(trial), linkers
    )


def test_what_stands_above_a_condition_counts_half_a_step(linkers: Linkers) -> None:
    weights = {c.name: (c.weight, c.broader) for c in made(linkers, conditions=("Asthma",)).conditions}
    assert weights["Asthma"] == (1.0, False)
    assert weights["Bronchial Diseases"] == (0.5, True)


def test_a_drug_that_the_title_does_not_name_counts_less(linkers: Linkers) -> None:
    entries = tuple(Intervention(name=name, type="DRUG") for name in ("Sirolimus", "Prednisone"))
    weights = {
        d.name.casefold(): d.weight for d in made(linkers, brief_title="Sirolimus for ITP", interventions=entries).drugs
    }
    assert weights["sirolimus"] > weights["prednisone"]


def test_a_drug_of_the_title_counts_where_the_trial_lists_none(linkers: Linkers) -> None:
    title = "Cyclophosphamide and Sirolimus after Reduced Intensity Conditioning"
    entries = (Intervention(name="Allogeneic Stem Cell Transplantation", type="PROCEDURE"),)
    told = made(linkers, brief_title=title, interventions=entries).drugs
    assert {(d.name, d.weight, d.broader) for d in told} == {
        ("Cyclophosphamide", 0.6, True),
        ("Sirolimus", 0.6, True),
    }
    listed = made(linkers, brief_title=title, interventions=(Intervention(name="Tacrolimus", type="DRUG"),)).drugs
    assert [d.name for d in listed] == ["Tacrolimus"]


def test_cells_that_are_measured_are_no_drugs_of_a_title(linkers: Linkers) -> None:
    assert made(linkers, brief_title="T Lymphocytes and Plasma in People with Asthma").drugs == ()


def test_conditions_of_one_part_of_medicine_share_an_area(linkers: Linkers) -> None:
    first, second, third = (
        {area.name for area in made(linkers, conditions=(name,)).areas}
        for name in ("Angina Pectoris", "Heart Failure", "Psoriasis")
    )
    assert first & second == {"Heart Diseases"}
    assert not third & (first | second)


def test_cancers_are_told_apart_by_organ(linkers: Linkers) -> None:
    breast, stomach = (
        {area.name: area.weight for area in made(linkers, conditions=(name,)).areas}
        for name in ("Breast Cancer", "Gastric Cancer")
    )
    assert "Breast Neoplasms" in breast
    assert "Breast Neoplasms" not in stomach
    assert breast["Neoplasms by Site"] < breast["Breast Neoplasms"]
    assert "Neoplasms by Site" in stomach


def test_an_entry_that_is_no_disease_is_what_the_trial_is_about(linkers: Linkers) -> None:
    one = made(linkers, brief_title="Sirolimus after Kidney Transplantation", conditions=("Kidney Transplantation",))
    assert "Kidney Transplantation" in {c.name for c in one.conditions}
    assert "Kidney Transplantation" not in {c.name for c in one.procedures}


def test_the_words_that_name_drugs_are_kept(linkers: Linkers) -> None:
    one = made(linkers, interventions=(Intervention(name="Rapamune (sirolimus)", type="DRUG"),))
    assert {"rapamune", "sirolimus"} <= one.drug_words


def test_the_registrys_codes_speak_where_the_list_does_not(linkers: Linkers) -> None:
    code = (MeshTerm(id="D001249", term="Asthma"),)
    unclear = made(linkers, conditions=("Breathing troubles of many sorts",), condition_meshes=code)
    assert "Asthma" in {c.name for c in unclear.conditions}


def test_the_sponsor_is_no_text(linkers: Linkers) -> None:
    one = made(linkers, brief_title="A study", lead_sponsor=Party(name="Acme Pharma", role="LEAD_SPONSOR"))
    assert "Acme" not in " ".join(one.texts.values())
    assert one.sponsor == "Acme Pharma"


def test_an_empty_trial_is_an_empty_document(linkers: Linkers) -> None:
    assert made(linkers) == Document(id="NCT00000001")


@pytest.mark.parametrize(
    ("title", "mark"),
    [
        ("Second-Line Therapy of Triple-Negative Breast Cancer", "triple negative"),
        ("Second-Line Therapy of Triple-Negative Breast Cancer", "second line or later"),
        ("Relapsed or Refractory Multiple Myeloma", "refractory or relapsed"),
        ("Treatment of Paediatric Patients", "children"),
        ("Prevention of Migraine", "prevention"),
        ("Neoadjuvant Chemotherapy", "neoadjuvant"),
        ("Unresectable Hepatocellular Carcinoma", "metastatic or advanced"),
    ],
)
def test_settings_are_read_from_titles(title: str, mark: str) -> None:
    assert mark in {c.name for c in settings(Trial(id="x", registry="ctgov", brief_title=title))}


def test_settings_are_not_seen_where_they_are_not() -> None:
    names = {c.name for c in settings(Trial(id="x", registry="ctgov", brief_title="Unresectable neoadjuvant"))}
    assert "adjuvant" not in names
    assert "early or localised" not in names


def test_a_trial_up_to_twelve_years_is_one_in_children() -> None:
    names = {c.name for c in settings(Trial(id="x", registry="ctgov", maximum_age="12 Years"))}
    assert "children" in names


@pytest.mark.parametrize(
    ("maximum", "children"),
    [("21 Years", True), ("22 Years", False), ("240 Months", True), ("264 Months", False), (None, False)],
)
def test_a_trial_up_to_twenty_one_years_is_one_in_children(maximum: str | None, children: bool) -> None:
    names = {c.name for c in settings(Trial(id="x", registry="ctgov", maximum_age=maximum))}
    assert ("children" in names) is children


@pytest.mark.parametrize(("minimum", "older"), [("55 Years", True), ("54 Years", False), ("900 Minutes", False)])
def test_a_trial_from_fifty_five_years_is_one_in_older_people(minimum: str, older: bool) -> None:
    names = {c.name for c in settings(Trial(id="x", registry="ctgov", minimum_age=minimum))}
    assert ("older people" in names) is older


def test_the_areas_of_a_condition_share_its_weight_as_a_vector_of_its_length(linkers: Linkers) -> None:
    areas = {area.name: area.weight for area in made(linkers, conditions=("Asthma",)).areas}
    assert len(areas) > 1
    assert sum(weight**2 for weight in areas.values()) == pytest.approx(1.0)
