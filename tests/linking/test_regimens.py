"""Regimens: the exact set of drugs of an arm."""

from __future__ import annotations

import pytest

from trialgraph.linking.drugs import regimens
from trialgraph.linking.drugs import vocabulary as drugs
from trialgraph.linking.drugs.linker import DrugLinker
from trialgraph.model import Arm, Intervention, Trial


def given(entries, arms):
    """Return (arm, name, method, number of drugs) of the regimens of a trial with such entries, and arms as places."""
    trial = Trial(
        id="NCT00000001",
        registry="ctgov",
        interventions=tuple(Intervention(name=name, type="DRUG") for name in entries),
        arms=tuple(Arm(label=str(n), interventions=places) for n, places in enumerate(arms)),
    )
    vocabulary = drugs.load()
    found = regimens.regimens(trial, DrugLinker(vocabulary).link(trial), regimens.names(vocabulary))
    return [(r.arm, r.names[0] if r.names else None, r.method, len(r.drug_ids)) for r in found], found


def test_an_arm_of_two_drugs_gives_a_regimen_and_an_arm_of_one_none():
    rows, found = given(["sirolimus 2 mg", "tretinoin", "placebo"], [(0, 1), (0, 2)])
    assert rows == [(0, None, "parts", 2)]
    assert found[0].regimen_id == "REGIMEN:MESH:D014212+MESH:D020123"


def test_the_parts_and_the_name_give_the_same_regimen():
    parts, by_parts = given(["oxaliplatin", "fluorouracil", "leucovorin"], [(0, 1, 2)])
    name, by_name = given(["FOLFOX"], [(0,)])
    assert parts == [(0, "FOLFOX", "parts", 3)]
    assert name == [(0, "FOLFOX", "name", 3)]
    assert by_parts[0].regimen_id == by_name[0].regimen_id


def test_one_drug_more_is_another_regimen():
    rows, _ = given(["R-CHOP", "lenalidomide"], [(0,), (0, 1)])
    assert rows == [(0, "R-CHOP", "name", 5), (1, None, "parts", 6)]


@pytest.mark.parametrize(
    ("entries", "name"),
    [
        (["bortezomib", "lenalidomide", "dexamethasone", "daratumumab"], "DVRd"),
        (["doxorubicin", "bleomycin", "vinblastine", "dacarbazine"], "ABVD"),
        (["cisplatin", "gemcitabine"], "GemCis"),
        (["cytarabine", "daunorubicin"], "7+3"),
        (["efavirenz/emtricitabine/tenofovir"], "Atripla"),
        (["ivacaftor", "tezacaftor", "elexacaftor"], "Trikafta"),
        (["omeprazole", "clarithromycin", "amoxicillin"], "OAC"),
    ],
)
def test_sets_of_drugs_have_the_names_of_the_field(entries, name):
    rows, _ = given(entries, [tuple(range(len(entries)))])
    assert [row[1] for row in rows] == [name]


def test_every_name_stands_for_one_set_of_two_or_more_drugs():
    known = regimens.names(drugs.load())
    assert len(known.by_drugs) > 150
    assert all(len(ids) > 1 and list(ids) == sorted(set(ids)) for ids in known.by_drugs)
    assert known.by_name["folfirinox"] == known.by_name["folfoxiri"]
