"""Stage, line, severity, setting, population and biomarkers beside a condition's name."""

from __future__ import annotations

import pytest

from trialgraph.linking.conditions import attributes


@pytest.mark.parametrize(
    ("words", "rest", "terms"),
    [
        ("relapsed or refractory multiple myeloma", "multiple myeloma", ["relapsed or refractory"]),
        ("EGFR-mutated NSCLC", "NSCLC", ["EGFR-mutated"]),
        ("metastatic castration-resistant prostate cancer", "prostate cancer", ["metastatic", "castration-resistant"]),
        ("HER2-positive breast cancer", "breast cancer", ["HER2-positive"]),
        ("HER2 low metastatic breast cancer", "breast cancer", ["HER2-low", "metastatic"]),
        ("treatment-resistant depression", "depression", ["treatment-resistant"]),
        ("moderate to severe plaque psoriasis", "plaque psoriasis", ["moderate to severe"]),
        ("Mild-to-moderate Alzheimer's disease", "Alzheimer's disease", ["mild to moderate"]),
        ("MSI-H colorectal cancer", "colorectal cancer", ["MSI-high or dMMR"]),
        ("ALK+ NSCLC", "NSCLC", ["ALK-positive"]),
        ("FLT3-ITD AML", "AML", ["FLT3-mutated"]),
        ("Ph+ ALL", "ALL", ["Philadelphia-positive"]),
        ("newly diagnosed glioblastoma", "glioblastoma", ["newly diagnosed"]),
        ("paediatric asthma", "asthma", ["children"]),
        ("neoadjuvant breast cancer", "breast cancer", ["neoadjuvant"]),
    ],
)
def test_a_person_s_words_are_the_condition_and_its_attributes(words: str, rest: str, terms: list[str]):
    left, found = attributes.split(words)
    assert (left, [one.term for one in found]) == (rest, terms)
    assert all(words[one.start : one.end] == one.span for one in found)


@pytest.mark.parametrize("words", ["multiple myeloma", "hypertension", "adjuvant arthritis model", "metformin"])
def test_a_plain_name_has_no_attribute(words: str):
    assert attributes.split(words) == (words, ())


def test_words_that_are_all_attributes_come_back_as_they_are():
    assert attributes.split("postmenopausal") == ("postmenopausal", ())


def test_the_properties_of_an_edge_hold_the_words_and_where_they_stand():
    fields = (("brief_title", "Adjuvant trastuzumab in women"), ("keywords", "HER2 positive"))
    assert attributes.properties("Stage IV Breast Cancer", fields) == {
        "stage": ["metastatic"],
        "line": ["adjuvant"],
        "population": ["women"],
        "biomarkers": ["HER2-positive"],
        "attribute_spans": [
            "HER2-positive: HER2 positive (keywords)",
            "adjuvant: Adjuvant (brief_title)",
            "women: women (brief_title)",
            "metastatic: Stage IV (condition)",
        ],
    }


def test_every_term_has_a_property_of_the_schema():
    assert {one[0] for one in attributes._patterns()} == set(attributes.PROPERTIES)


def test_an_anchor_never_hides_what_a_pattern_matches():
    texts = [
        "HER-2/neu+ tumors",
        "in-patients",
        "stage IIIB",
        "mCRPC",
        "inpatients in ICU",
        "untreated",
        "Ph+",
        "hemodialysis",
    ]
    for _, term, anchors, pattern in attributes._patterns():
        for text in (*texts, term):
            if pattern.search(text):
                assert not anchors or any(anchor in text.lower() for anchor in anchors), (term, text, anchors)


def test_what_a_trial_does_without_is_no_attribute_and_patients_are_no_inpatients():
    assert [one.term for one in attributes.read("MDS w/o IDH2 mutation in patients")] == []
