"""Dose, form, route and frequency."""

from __future__ import annotations

import pytest

from trialgraph.linking.drugs import doses


@pytest.mark.parametrize(
    ("text", "drug", "dose"),
    [
        ("ATRA 20mg bid", "ATRA", (20.0, "mg", None, None, "twice daily")),
        ("Rapamune 1 mg", "Rapamune", (1.0, "mg", None, None, None)),
        ("Tacrolimus Ointment 0.03%", "Tacrolimus", (0.03, "%", "ointment", None, None)),
        ("Metformin 1,000 mg twice a day", "Metformin", (1000.0, "mg", None, None, "twice daily")),
        ("Olmesartan 40mg-Amlodipine 10mg", "Amlodipine", (10.0, "mg", None, None, None)),
        ("100 mg sitagliptin q.d.", "sitagliptin", (100.0, "mg", None, None, "once daily")),
        ("Belimumab SC 1 x 200 mg", "Belimumab", (200.0, "mg", None, "subcutaneous", None)),
        ("insulin glargine", "insulin glargine", (None, None, None, None, None)),
    ],
)
def test_the_words_beside_a_drug_tell_its_dose(text, drug, dose):
    start = text.index(drug)
    found = doses.near(text, start, start + len(drug), None, alone=True)
    assert (found.value, found.unit, found.form, found.route, found.frequency) == dose


def test_a_drug_among_others_does_not_take_their_dose():
    text = "aspirin and clopidogrel 75 mg"
    assert doses.near(text, 0, 7, None, alone=False).value is None


def test_the_description_tells_where_the_label_does_not():
    found = doses.near("Sirolimus", 0, 9, "2 mg by mouth once daily for 12 weeks", alone=True)
    assert (found.value, found.unit, found.route, found.frequency) == (2.0, "mg", "oral", "once daily")


def test_the_bare_label_has_no_dose_form_or_bracket():
    assert doses.bare("GSK2798745 capsule 5 mg (fasted)") == "GSK2798745"
