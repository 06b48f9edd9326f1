"""What part a drug plays in a trial."""

from __future__ import annotations

import pytest

from trialgraph.linking.drugs import vocabulary as drugs
from trialgraph.linking.drugs.linker import DrugLinker, roles
from trialgraph.model import Arm, Intervention, Trial


def answers(entries, arms, **fields):
    """Return drug name -> (role, method) for entries (names, or names with descriptions) and arms (type, places)."""
    pairs = [(entry, None) if isinstance(entry, str) else entry for entry in entries]
    trial = Trial(
        id="NCT00000001",
        registry="ctgov",
        interventions=tuple(Intervention(name=name, type="DRUG", description=text) for name, text in pairs),
        arms=tuple(Arm(label=str(n), type=kind, interventions=places) for n, (kind, places) in enumerate(arms)),
        **{"study_type": "INTERVENTIONAL", "allocation": "RANDOMIZED"} | fields,
    )
    linker = DrugLinker(drugs.load())
    links = linker.link(trial)
    by_id = {link.concept_id: link.name for link in links}
    return {by_id[drug.drug_id]: (drug.role, drug.method) for drug in roles(trial, links)}


def played(entries, arms, **fields):
    """Return drug name -> role."""
    return {name: role for name, (role, _) in answers(entries, arms, **fields).items()}


def test_a_drug_of_the_experimental_arm_is_tested_and_one_of_the_active_comparator_is_compared_with():
    arms = [("EXPERIMENTAL", (0,)), ("ACTIVE_COMPARATOR", (1,))]
    assert played(["sirolimus", "tacrolimus"], arms) == {"Sirolimus": "EXPERIMENTAL", "Tacrolimus": "ACTIVE_COMPARATOR"}


def test_a_drug_that_everybody_gets_is_background_when_another_differs():
    arms = [("EXPERIMENTAL", (0, 1)), ("PLACEBO_COMPARATOR", (1, 2))]
    names = ["sirolimus", "prednisone", "placebo"]
    assert played(names, arms) == {"Sirolimus": "EXPERIMENTAL", "Prednisone": "BACKGROUND"}


def test_a_drug_in_every_dose_group_is_tested():
    arms = [("EXPERIMENTAL", (0,)), ("EXPERIMENTAL", (1,))]
    assert played(["sirolimus 1 mg", "sirolimus 2 mg"], arms) == {"Sirolimus": "EXPERIMENTAL"}


def test_each_drug_has_one_role():
    arms = [("EXPERIMENTAL", (0,)), ("ACTIVE_COMPARATOR", (1,))]
    assert played(["sirolimus 1 mg", "Rapamune"], arms) == {"Sirolimus": "EXPERIMENTAL"}


@pytest.mark.parametrize("kind", ["PLACEBO_COMPARATOR", "SHAM_COMPARATOR", "NO_INTERVENTION", "OTHER"])
def test_an_active_comparator_against_a_placebo_or_nothing_is_what_is_tested(kind):
    arms = [("ACTIVE_COMPARATOR", (0,)), (kind, (1,))]
    assert answers(["sirolimus", "placebo"], arms) == {"Sirolimus": ("EXPERIMENTAL", "against-placebo")}


def test_an_active_comparator_is_tested_where_the_other_arm_only_lacks_it():
    arms = [("ACTIVE_COMPARATOR", (0, 1)), ("PLACEBO_COMPARATOR", (1, 2))]
    assert answers(["sirolimus", "prednisone", "placebo"], arms) == {
        "Sirolimus": ("EXPERIMENTAL", "against-placebo"),
        "Prednisone": ("BACKGROUND", "every-arm"),
    }


def test_an_experimental_arm_that_gives_less_than_the_comparator_leaves_it_a_comparator():
    arms = [("EXPERIMENTAL", (0,)), ("ACTIVE_COMPARATOR", (0, 1))]
    assert played(["sirolimus", "tacrolimus"], arms)["Tacrolimus"] == "ACTIVE_COMPARATOR"


def test_the_fixed_combination_against_its_parts_tests_both_of_them():
    arms = [("EXPERIMENTAL", (0,)), ("ACTIVE_COMPARATOR", (1, 2))]
    entries = ["linagliptin/metformin", "linagliptin", "metformin"]
    assert set(answers(entries, arms).values()) == {("EXPERIMENTAL", "every-arm-alike")}


def test_doses_of_a_partner_leave_what_every_arm_gets_in_the_background():
    arms = [("EXPERIMENTAL", (0, 2)), ("EXPERIMENTAL", (1, 2)), ("PLACEBO_COMPARATOR", (2, 3))]
    entries = ["sirolimus 1 mg", "sirolimus 2 mg", "prednisone", "placebo"]
    assert played(entries, arms) == {"Sirolimus": "EXPERIMENTAL", "Prednisone": "BACKGROUND"}


def test_the_partner_of_a_combination_that_is_also_the_control_alone_is_compared_with():
    arms = [("EXPERIMENTAL", (0, 1)), ("EXPERIMENTAL", (0,)), ("ACTIVE_COMPARATOR", (1,))]
    assert answers(["sirolimus", "tacrolimus"], arms)["Tacrolimus"] == ("ACTIVE_COMPARATOR", "control-alone")


def test_active_comparators_alone_are_tested_against_each_other_unless_the_title_ranks_them():
    arms = [("ACTIVE_COMPARATOR", (0,)), ("ACTIVE_COMPARATOR", (1,))]
    assert set(played(["sirolimus", "tacrolimus"], arms).values()) == {"EXPERIMENTAL"}
    title = "Sirolimus Versus Tacrolimus After Kidney Transplantation"
    found = answers(["sirolimus", "tacrolimus"], arms, official_title=title)
    assert found == {"Sirolimus": ("EXPERIMENTAL", "head-to-head"), "Tacrolimus": ("ACTIVE_COMPARATOR", "title")}


def test_a_trial_of_one_arm_tests_what_it_gives_whatever_the_arm_is_called():
    for kind in ("EXPERIMENTAL", "OTHER", "ACTIVE_COMPARATOR", None):
        assert answers(["sirolimus"], [(kind, (0,))]) == {"Sirolimus": ("EXPERIMENTAL", "single-arm")}


@pytest.mark.parametrize(
    "description",
    [
        "Rescue medication for pain",
        "Premedication before each dose",
        "Given for general anaesthesia",
        "GVHD prophylaxis",
    ],
)
def test_a_drug_that_supports_the_tested_one_is_background(description):
    entries = ["sirolimus", ("dexamethasone", description)]
    found = answers(entries, [("EXPERIMENTAL", (0, 1)), ("EXPERIMENTAL", (0, 1))])
    assert found["Dexamethasone"] == ("BACKGROUND", "supportive")
    assert found["Sirolimus"][0] == "EXPERIMENTAL"


def test_a_premedication_that_alone_tells_the_arms_apart_is_tested():
    entries = [("dexamethasone", "Premedication"), ("diphenhydramine", "Premedication")]
    found = played(entries, [("EXPERIMENTAL", (0,)), ("EXPERIMENTAL", (1,))])
    assert set(found.values()) == {"EXPERIMENTAL"}


def test_a_placebo_comparator_is_a_drug_that_stands_in_as_the_placebo_and_no_other():
    arms = [("EXPERIMENTAL", (0,)), ("PLACEBO_COMPARATOR", (1,))]
    assert played(["sirolimus", "ascorbic acid"], arms)["Ascorbic Acid"] == "PLACEBO_COMPARATOR"
    beside = [("EXPERIMENTAL", (0,)), ("PLACEBO_COMPARATOR", (1, 2))]
    assert played(["sirolimus", "tacrolimus", "placebo"], beside)["Tacrolimus"] == "ACTIVE_COMPARATOR"


def test_without_arms_a_drug_is_tested_if_it_is_the_only_one_and_unknown_otherwise():
    assert answers(["sirolimus"], []) == {"Sirolimus": ("EXPERIMENTAL", "only-intervention")}
    assert set(answers(["sirolimus", "tacrolimus"], []).values()) == {("UNKNOWN", "no-arms")}
    assert played(["Comparator: sirolimus", "tacrolimus"], [])["Sirolimus"] == "ACTIVE_COMPARATOR"


def test_an_entry_name_says_nothing_where_every_entry_is_called_a_comparator():
    arms = [("EXPERIMENTAL", (0,)), ("PLACEBO_COMPARATOR", (1,))]
    assert played(["Comparator: sirolimus", "Comparator: placebo"], arms) == {"Sirolimus": "EXPERIMENTAL"}


def test_without_arms_titles_say_what_is_tested_what_it_is_compared_with_and_what_it_is_added_to():
    entries = ["sirolimus", "tacrolimus", "prednisone"]
    title = "Randomized Trial of Sirolimus Versus Tacrolimus in Patients Treated With Prednisone"
    assert answers(entries, [], official_title=title) == {
        "Sirolimus": ("EXPERIMENTAL", "title"),
        "Tacrolimus": ("ACTIVE_COMPARATOR", "title"),
        "Prednisone": ("BACKGROUND", "title"),
    }


def test_in_arms_of_no_type_a_sentence_of_the_description_says_it():
    arms = [("OTHER", (0, 2)), ("OTHER", (1,))]
    text = "This study compares sirolimus with tacrolimus. All patients receive prednisone."
    found = answers(["sirolimus", "tacrolimus", "prednisone"], arms, brief_summary=text)
    assert found == {
        "Sirolimus": ("EXPERIMENTAL", "description"),
        "Tacrolimus": ("ACTIVE_COMPARATOR", "description"),
        "Prednisone": ("BACKGROUND", "description"),
    }
    assert set(answers(["sirolimus", "tacrolimus"], [("OTHER", (0,)), ("OTHER", (1,))]).values()) == {
        ("UNKNOWN", "arm-types")
    }


def test_a_study_without_random_allotment_tests_the_drugs_of_its_only_group():
    assert set(answers(["sirolimus", "tacrolimus"], [], allocation=None).values()) == {("EXPERIMENTAL", "single-group")}


def test_an_observational_study_gives_no_roles():
    found = answers(["sirolimus"], [(None, (0,))], study_type="OBSERVATIONAL")
    assert found == {"Sirolimus": ("UNKNOWN", "observational")}
