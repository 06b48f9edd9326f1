"""What part a drug plays in a trial."""

from __future__ import annotations

from trialgraph.linking.drugs import vocabulary as drugs
from trialgraph.linking.drugs.linker import DrugLinker, roles
from trialgraph.model import Arm, Intervention, Trial


def played(names, arms, **fields):
    """Return drug name -> role for interventions and arms given as (type, places)."""
    trial = Trial(
        id="NCT00000001",
        registry="ctgov",
        study_type="INTERVENTIONAL",
        allocation="RANDOMIZED",
        interventions=tuple(Intervention(name=name, type="DRUG") for name in names),
        arms=tuple(Arm(label=str(n), type=kind, interventions=places) for n, (kind, places) in enumerate(arms)),
        **fields,
    )
    linker = DrugLinker(drugs.load())
    links = linker.link(trial)
    by_id = {link.concept_id: link.name for link in links}
    return {by_id[one.drug_id]: one.role for one in roles(trial, links)}


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


def test_each_drug_is_told_once_with_its_strongest_role():
    arms = [("EXPERIMENTAL", (0,)), ("ACTIVE_COMPARATOR", (1,))]
    assert played(["sirolimus 1 mg", "Rapamune"], arms) == {"Sirolimus": "EXPERIMENTAL"}


def test_a_drug_without_arms_is_tested_if_it_is_the_only_one_and_unknown_otherwise():
    assert played(["sirolimus"], []) == {"Sirolimus": "EXPERIMENTAL"}
    assert set(played(["sirolimus", "tacrolimus"], []).values()) == {"UNKNOWN"}
    assert played(["Comparator: sirolimus", "tacrolimus"], [])["Sirolimus"] == "ACTIVE_COMPARATOR"
