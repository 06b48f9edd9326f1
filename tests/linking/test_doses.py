"""Dose, form, route and frequency."""

from __future__ import annotations

import pytest

from trialgraph.linking.drugs import doses


def named(text, drug, part=0, parts=1):
    start = text.lower().index(drug.lower())
    return doses.Named(text, start, start + len(drug), (drug,), part, parts)


@pytest.mark.parametrize(
    ("text", "drug", "dose"),
    [
        ("ATRA 20mg bid", "ATRA", (20.0, "mg", None, None, None, "twice daily")),
        ("Rapamune 1 mg", "Rapamune", (1.0, "mg", None, None, None, None)),
        ("Metformin 1,000 mg twice a day", "Metformin", (1000.0, "mg", None, None, None, "twice daily")),
        ("Olmesartan 40mg-Amlodipine 10mg", "Amlodipine", (10.0, "mg", None, None, None, None)),
        ("100 mg sitagliptin q.d.", "sitagliptin", (100.0, "mg", None, None, None, "once daily")),
        ("Belimumab SC 1 x 200 mg", "Belimumab", (200.0, "mg", None, None, "subcutaneous", None)),
        ("paclitaxel 400 milligram per square meter", "paclitaxel", (400.0, "mg", "m²", None, None, None)),
        ("peginterferon 0.75 µg/kg/week and", "peginterferon", (0.75, "µg", "kg/week", None, None, None)),
        ("dopamine 5 mcg/kg/min", "dopamine", (5.0, "µg", "kg/minute", None, None, None)),
        ("teriparatide 20 micrograms/day, injection", "teriparatide", (20.0, "µg", "day", "injection", None, None)),
        ("insulin glargine", "insulin glargine", (None, None, None, None, None, None)),
    ],
)
def test_the_words_beside_a_drug_tell_its_dose(text, drug, dose):
    found = doses.near(named(text, drug), None)
    assert (found.dose_value, found.dose_unit, found.dose_per, found.form, found.route, found.frequency) == dose


def test_spellings_of_a_unit_are_one_and_a_normal_value_compares_them():
    found = [doses.near(named(f"sirolimus {text}", "sirolimus"), None) for text in ("2 mg", "2 milligrams", "2 MG")]
    assert {(dose.dose_value, dose.dose_unit) for dose in found} == {(2.0, "mg")}
    gram, micro = (doses.near(named(f"sirolimus {text}", "sirolimus"), None) for text in ("0.5 g", "500 mcg"))
    assert (gram.dose_value, gram.dose_unit, gram.dose_text) == (0.5, "g", "0.5 g")
    assert (gram.dose_normal_value, gram.dose_normal_unit) == (500.0, "mg")
    assert (micro.dose_normal_value, micro.dose_normal_unit) == (0.5, "mg")


@pytest.mark.parametrize(
    ("text", "strength"), [("Tacrolimus Ointment 0.03%", (0.03, "%")), ("tacrolimus 5 mg/mL", (5.0, "mg/mL"))]
)
def test_a_concentration_is_a_strength_and_no_dose(text, strength):
    found = doses.near(named(text, "tacrolimus"), None)
    assert (found.strength_value, found.strength_unit) == strength
    assert (found.dose_value, found.dose_unit) == (None, None)


def test_each_partner_of_a_combination_has_its_own_dose():
    text = "ledipasvir/sofosbuvir 90/400 mg"
    found = [doses.near(named(text, drug, n, 2), None) for n, drug in enumerate(("ledipasvir", "sofosbuvir"))]
    assert [dose.dose_value for dose in found] == [90.0, 400.0]
    text = "telmisartan 10 mg plus amlodipine 5 mg"
    found = [doses.near(named(text, drug, n, 2), None) for n, drug in enumerate(("telmisartan", "amlodipine"))]
    assert [dose.dose_value for dose in found] == [10.0, 5.0]
    text = "aspirin and clopidogrel 75 mg"
    assert doses.near(named(text, "aspirin", 0, 2), None).dose_value is None


def test_of_an_amount_in_two_units_the_first_counts():
    found = doses.near(named("nitrate 1,000 mg/11.8 mmol", "nitrate"), None)
    assert (found.dose_value, found.dose_unit) == (1000.0, "mg")


def test_the_description_tells_where_the_label_does_not():
    found = doses.near(named("Sirolimus", "Sirolimus"), "2 mg by mouth once daily for 12 weeks")
    assert (found.dose_value, found.dose_unit, found.route, found.frequency) == (2.0, "mg", "oral", "once daily")


def test_a_description_of_several_drugs_gives_each_what_stands_beside_its_name():
    text = "RAD001 30 mg every week, one hour prior to patupilone. Patupilone as an infusion, starting at 5 mg/m2."
    found = doses.near(named("Patupilone", "Patupilone"), text)
    assert (found.dose_value, found.dose_unit, found.dose_per) == (5.0, "mg", "m²")
    partner = doses.near(named("MK-0752, Docetaxel", "Docetaxel", 1, 2), "MK-0752 300 mg, then docetaxel 80 mg/m2")
    assert (partner.dose_value, partner.dose_per) == (80.0, "m²")


def test_a_placebo_tells_neither_dose_nor_route_nor_frequency_of_the_drug():
    text = "Placebo 5 mL intravenously twice a day, sirolimus 2 mg by mouth once daily"
    found = doses.near(named("Sirolimus", "sirolimus"), text)
    assert (found.dose_value, found.dose_unit, found.route, found.frequency) == (2.0, "mg", "oral", "once daily")
    both = doses.near(named("Sirolimus", "sirolimus"), "sirolimus or placebo once daily")
    assert both.frequency == "once daily"


def test_the_bare_label_has_no_dose_form_or_bracket():
    assert doses.bare("GSK2798745 capsule 5 mg (fasted)") == "GSK2798745"
