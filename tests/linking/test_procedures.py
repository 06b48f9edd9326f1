"""Devices and procedures of interventions."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialgraph.linking import mesh
from trialgraph.linking.corrections import parse
from trialgraph.linking.procedures.linker import ProcedureLinker
from trialgraph.model import Intervention, Trial


@pytest.fixture(scope="module")
def linker() -> ProcedureLinker:
    return ProcedureLinker(mesh.load())


def trial(*labels: str, kind: str = "PROCEDURE", **fields: str) -> Trial:
    made = tuple(Intervention(name=label, type=kind) for label in labels)
    return Trial(id="NCT00000001", registry="ctgov", interventions=made, **fields)


@pytest.mark.parametrize(
    ("label", "name", "node", "kind"),
    [
        ("Implantable pacemaker", "Pacemaker, Artificial", "Device", None),
        ("Drug-eluting stent", "Drug-Eluting Stents", "Device", None),
        ("Home telemonitoring", "Telemedicine", "Procedure", "PROGRAMME"),
        ("Electro-acupuncture", "Electroacupuncture", "Procedure", "THERAPY"),
        ("Cognitive behavioural therapy (CBT)", "Cognitive Behavioral Therapy", "Procedure", "BEHAVIOR"),
        ("Total Knee Replacement", "Arthroplasty, Replacement, Knee", "Procedure", "SURGERY"),
        ("Cardiac MRI", "Magnetic Resonance Imaging", "Procedure", "DIAGNOSTIC"),
        ("Low-LET electron therapy", "Radiotherapy", "Procedure", "THERAPY"),
        ("lotrafilcon B", "Contact Lenses, Hydrophilic", "Device", None),
    ],
)
def test_a_label_names_its_thing(linker, label, name, node, kind):
    (link,) = linker.link(trial(label))
    assert (link.name, link.label, link.kind) == (name, node, kind)


@pytest.mark.parametrize(
    "label",
    [
        "Usual care", "Standard of Care (SOC)", "Control group", "questionnaire administration", "Placebo", "Wait list",
        "Sham acupuncture", "Sham rTMS", "No intervention", "Treatment as Usual (TAU)", "Sham Device", "observation",
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["OTHER", "DEVICE", "BEHAVIORAL"])
def test_care_as_usual_controls_and_shams_give_nothing(linker, label, kind):
    assert linker.link(trial(label, kind=kind)) == ()


def test_a_placebo_beside_a_thing_keeps_the_thing(linker):
    assert [link.name for link in linker.understand("Placebo + exercise")] == ["Exercise"]
    assert [link.name for link in linker.understand("Acupuncture and usual care")] == ["Acupuncture Therapy"]
    assert [link.name for link in linker.understand("Exercise with sham acupuncture")] == ["Exercise"]


def test_drugs_are_left_to_the_drug_linker(linker):
    assert linker.link(trial("Exercise", kind="DRUG")) == ()


def test_an_abbreviation_is_read_by_the_trials_own_words(linker):
    (link,) = linker.link(trial("MI", kind="BEHAVIORAL", brief_summary="A motivational interviewing (MI) session."))
    assert (link.name, link.method, link.span) == ("Motivational Interviewing", "abbreviation", "MI")
    (link,) = linker.link(trial("MI", kind="BEHAVIORAL"))
    assert link.concept_id == "TXT:mi"


def test_a_brand_without_a_heading_becomes_its_own_node(linker):
    (link,) = linker.link(trial("SpeediCath® Compact", kind="DEVICE"))
    assert (link.concept_id, link.label, link.method) == ("TXT:speedicath-compact", "Device", "text")


def test_other_names_count_when_the_label_gives_nothing(linker):
    made = Intervention(name="Arm 7x", type="DEVICE", other_names=("Hearing aid",))
    (link,) = linker.link(Trial(id="NCT00000001", registry="ctgov", interventions=(made,)))
    assert (link.name, link.span_in) == ("Hearing Aids", "other_name")


def test_a_correction_of_the_user_wins():
    mine = ProcedureLinker(corrections=parse("device: magic box = Pacemaker, Artificial\nprocedure: biopsy = nothing"))
    (link,) = mine.understand("Magic Box")
    assert (link.concept_id, link.method) == ("MESH:D010138", "user")
    assert mine.understand("biopsy") == ()


def test_running_text_gives_the_things_it_mentions(linker):
    text = "Telemonitoring against home visits. The act of waiting, followed by surgery; a hearing aid was fitted."
    found = [link.name for link in linker.find(text)]
    assert "Telemedicine" in found and "Hearing Aids" in found
    assert "Acceptance and Commitment Therapy" not in found


@settings(deadline=None)  # a busy machine is no fault of the linker
@given(st.text(max_size=80))
def test_any_label_can_be_read(linker, label):
    for link in linker.link(trial(label, kind="OTHER")):
        assert link.concept_id.startswith(("MESH:D", "TXT:")) and link.label in ("Device", "Procedure")
