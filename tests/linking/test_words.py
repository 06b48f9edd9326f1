"""Medical words in one comparable form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialgraph.linking.words.medical import read


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Haemolytic anaemias", "hemolytic anemia"),
        ("Kaposi´s Sarcoma", "kaposi sarcoma"),
        ("Parkinson’s disease", "Parkinson disease"),
        ("Non-Hodgkin's Lymphoma", "nonhodgkin lymphoma"),
        ("non small cell", "nonsmall cell"),
        ("Pre-Eclampsia", "preeclampsia"),
        ("Diabetes Mellitus Type II", "diabetes mellitus type 2"),
        ("Type2 diabetes", "type 2 diabetes"),
        ("type2diabetes", "type 2 diabetes"),
        ("Metastases", "metastasis"),
        ("Sjögren", "sjogren"),
        ("oesophageal tumours", "esophageal tumor"),
    ],
)
def test_two_spellings_of_one_name_read_alike(one, other):
    assert read(one).words == read(other).words


def test_an_abbreviation_in_capitals_keeps_its_last_letter():
    assert read("PCOS").words == ("pcos",)
    assert read("MICE and MEN").words != read("MICES").words


def test_places_point_into_the_text_as_given():
    text = "Früher: Sjögren’s  Syndrome (pSS)"
    words = read(text)
    assert words.stretch(text, 1, 3) == "Sjögren’s  Syndrome"


@given(st.text(max_size=60))
def test_any_text_can_be_read_and_places_lie_inside_it(text):
    words = read(text)
    assert len(words.words) == len(words.starts) == len(words.ends)
    assert all(0 <= a < b <= len(text) for a, b in zip(words.starts, words.ends, strict=True))
