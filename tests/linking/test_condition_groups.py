"""Clinical groups: what people ask for as one where a MeSH heading says too little, too much, or nothing."""

from __future__ import annotations

import pytest

from trialgraph.linking.conditions import groups as condition_groups
from trialgraph.linking.conditions import xrefs
from trialgraph.linking.conditions.linker import ConditionLinker

NODE = "TXT:autoimmune-cytopenia"


@pytest.fixture(scope="module")
def linker() -> ConditionLinker:
    return ConditionLinker()


def members(linker: ConditionLinker, name: str) -> set[str]:
    resolved = linker.resolve(name)
    assert resolved is not None, name
    assert resolved.method == "group"
    return {linker.mesh.name(i.removeprefix("MESH:")) for i in resolved.ids}


@pytest.mark.parametrize("name", ["autoimmune cytopenia", "Autoimmune Cytopenias", "auto-immune cytopenias"])
def test_a_group_is_found_by_any_spelling_of_its_name(linker: ConditionLinker, name: str):
    resolved = linker.resolve(name)
    assert resolved is not None
    assert (resolved.id, resolved.method) == ("GROUP:autoimmune-cytopenia", "group")
    assert NODE in resolved.ids
    assert [link.concept_id for link in linker.understand(name)] == [NODE]


def test_a_group_that_records_name_stands_above_its_members_and_below_broader_headings(linker: ConditionLinker):
    assert NODE in linker.parents("MESH:D016553")  # ITP
    assert NODE not in linker.parents("MESH:D013921")  # any thrombocytopenia
    assert set(linker.parents(NODE)) == {"MESH:D001327", "MESH:D006402"}
    assert {"MESH:D000744", "MESH:D016553", "MESH:D012010"} <= set(linker.below(NODE))


def test_there_are_groups_enough_and_every_heading_in_them_exists(linker: ConditionLinker):
    groups = condition_groups.groups()  # a heading that MeSH has not raises KeyError here
    assert len(groups) >= 200
    assert all(condition_groups.members()[group] for group in groups)


def test_no_spelling_means_two_groups():
    spelled: dict[tuple[str, ...], str] = {}
    for group in condition_groups.groups().values():
        for name in (group.name, *group.spellings):
            found = condition_groups.named(name) or condition_groups.named(name.upper())
            assert found is not None, name
            assert spelled.setdefault(tuple(name.casefold().split()), group.id) == group.id, name


@pytest.mark.parametrize(
    ("name", "within", "without"),
    [
        ("hypertension", "Essential Hypertension", "Hypertension, Pulmonary"),
        ("high blood pressure", "Hypertension, Renovascular", "Ocular Hypertension"),
        ("cancer", "Breast Neoplasms", "Polycystic Ovary Syndrome"),
        ("malignancies", "Mesothelioma", "Leiomyoma"),
        ("stroke", "Cerebral Infarction", "Intracranial Aneurysm"),
        ("IBD", "Crohn Disease", "Irritable Bowel Syndrome"),
        ("preterm infants", "Retinopathy of Prematurity", "Primary Ovarian Insufficiency"),
        ("T2DM", "Diabetes Mellitus, Type 2", "Diabetes Mellitus, Type 1"),
        ("depression", "Depressive Disorder, Major", "Bipolar Disorder"),
    ],
)
def test_a_group_takes_what_belongs_and_leaves_out_what_only_stands_near(
    linker: ConditionLinker, name: str, within: str, without: str
):
    found = members(linker, name)
    assert within in found
    assert without not in found


@pytest.mark.parametrize(
    ("short", "name"),
    [
        ("AF", "Atrial fibrillation"),
        ("ms", "Multiple sclerosis"),
        ("CF", "Cystic fibrosis"),
        ("SCD", "Sickle cell disease"),
        ("PsA", "Psoriatic arthritis"),
        ("PAH", "Pulmonary arterial hypertension"),
    ],
)
def test_abbreviations_mean_groups_in_any_case(linker: ConditionLinker, short: str, name: str):
    resolved = linker.resolve(short)
    assert resolved is not None
    assert resolved.name == name


def test_an_english_word_is_no_abbreviation():
    assert condition_groups.named("all") is None


def test_a_condition_without_a_heading_belongs_by_its_words(linker: ConditionLinker):
    assert "GROUP:heart-failure" in linker.groups_of("TXT:acute-myocardial-failure", "Acute Myocardial Failure")
    assert "GROUP:heart-failure" not in linker.groups_of("TXT:x", "Heart Transplant Failure")
    assert linker.groups_of("TXT:y", "Chrohn's Disease") == ("GROUP:crohn",)  # a letter too much


@pytest.mark.parametrize(
    ("written", "heading"),
    [
        ("Kidney Transplant Recipients", "Kidney Transplantation"),
        ("Renal Transplantation", "Kidney Transplantation"),
        ("Total Knee Replacement", "Arthroplasty, Replacement, Knee"),
        ("Coronary Artery Bypass", "Coronary Artery Bypass"),
        ("PCI", "Percutaneous Coronary Intervention"),
        ("Healthy Volunteers", "Healthy Volunteers"),
        ("Healthy Male Subjects", "Healthy Volunteers"),
    ],
)
def test_a_procedure_or_healthy_people_named_as_a_condition_is_a_subject(
    linker: ConditionLinker, written: str, heading: str
):
    links = linker.understand(written)
    assert [(link.name, link.method) for link in links] == [(heading, "subject")]


def test_a_disease_is_read_before_a_procedure_and_healthy_skin_is_no_person(linker: ConditionLinker):
    assert linker.understand("Healthy Skin") == ()
    assert [link.name for link in linker.understand("Kidney Transplant Rejection")] != ["Kidney Transplantation"]


def test_what_lies_above_a_procedure_is_a_procedure(linker: ConditionLinker):
    assert "MESH:D016377" in linker.parents("MESH:D016030")  # Kidney Transplantation is an Organ Transplantation


def test_a_heading_has_the_ids_of_other_lists():
    assert {"MONDO:0005011", "DOID:8778"} <= set(xrefs.of("D003424"))  # Crohn disease
    assert any(one.startswith("ICD10CM:C50") for one in xrefs.of("D001943"))  # breast neoplasms: by breast cancer
    assert xrefs.of("D000000") == ()
