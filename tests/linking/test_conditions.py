"""Condition strings to MeSH headings."""

from __future__ import annotations

import gzip
import time

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialgraph.linking import mesh, trial_words
from trialgraph.linking.conditions.linker import ConditionLinker
from trialgraph.linking.corrections import parse
from trialgraph.model import MeshTerm, Trial


@pytest.fixture(scope="module")
def linker() -> ConditionLinker:
    return ConditionLinker(mesh.load())


def trial(*conditions: str, codes: tuple[str, ...] = (), **fields: str) -> Trial:
    known = mesh.load()
    terms = tuple(MeshTerm(id=known.by_name.get(name.casefold()), term=name) for name in codes)
    return Trial(id="NCT00000001", registry="ctgov", conditions=conditions, condition_meshes=terms, **fields)


def names(links) -> list[str]:
    return [link.name for link in links]


@pytest.mark.parametrize(
    ("raw", "headings"),
    [
        ("Hypertension", ["Hypertension"]),
        ("Infection, Human Immunodeficiency Virus", ["HIV Infections"]),
        ("Stage IIIB Renal Cell Cancer AJCC v8", ["Carcinoma, Renal Cell"]),
        ("Untreated Adult Acute Myeloid Leukaemia", ["Leukemia, Myeloid, Acute"]),
        ("Cancer of the Pancreas", ["Pancreatic Neoplasms"]),
        ("Renal tumours", ["Kidney Neoplasms"]),
        ("Recurrent Cervical Carcinoma", ["Uterine Cervical Neoplasms"]),
        ("Squamous Cell Carcinoma of the Larynx", ["Carcinoma, Squamous Cell", "Laryngeal Neoplasms"]),
        ("Verrucous carcinoma of the epiglottis", ["Carcinoma, Verrucous", "Laryngeal Neoplasms"]),
        ("Obesity and Type 2 Diabetes", ["Obesity", "Diabetes Mellitus, Type 2"]),
        ("Colon and Rectal Cancer", ["Colorectal Neoplasms"]),
        ("Gastric/Esophageal Cancer", ["Stomach Neoplasms", "Esophageal Neoplasms"]),
        ("Leukemia, Lymphocytic, Chronic, relapsed", ["Leukemia, Lymphocytic, Chronic, B-Cell"]),
        ("Lung Cancer (NSCLC)", ["Carcinoma, Non-Small-Cell Lung"]),
        ("Respiratory Syncytial Virus", ["Respiratory Syncytial Virus Infections"]),
        ("Tetrology of Fallot", ["Tetralogy of Fallot"]),
        ("PCOS", ["Polycystic Ovary Syndrome"]),
        ("GVHD", ["Graft vs Host Disease"]),
        ("Healthy, Asthma", ["Asthma"]),
    ],
)
def test_a_string_names_its_headings(linker, raw, headings):
    assert names(linker.understand(raw)) == headings


@pytest.mark.parametrize(
    "raw",
    [
        "Subjects Without Type 1 Diabetes", "Pharmacokinetics", "Magnetic Resonance Imaging", "Sirolimus", "", " ; ",
        "Body Weight", "fMRI", "KLM7", "Vaxopril", "Normal Diagnosis", "Glarbian Pathways",
        "Stroke Volume",
    ],
)  # fmt: skip
def test_what_is_no_condition_gives_nothing(linker, raw):
    assert linker.understand(raw) == ()


def test_a_condition_without_a_heading_becomes_its_own_node(linker):
    (link,) = linker.understand("Glarbian Wasting")
    assert (link.concept_id, link.method, link.vocabulary) == ("TXT:glarbian-wasting", "text", "none")


def test_an_abbreviation_may_name_a_condition_without_a_heading(linker):
    (link,) = linker.link(
        trial("GWX", brief_summary="Glarbian wasting complex disorder (GWCD); glarbian wasting xerosis (GWX).")
    )
    assert link.concept_id == "TXT:glarbian-wasting-xerosis"


def test_a_name_with_words_left_over_is_broader_and_less_sure(linker):
    (exact,) = linker.understand("Anemia")
    (broader,) = linker.understand("Autoimmune Anemia")
    assert broader.concept_id == exact.concept_id
    assert broader.broader and not exact.broader
    assert broader.confidence < 0.8 < exact.confidence
    assert broader.span == "Anemia"


@pytest.mark.parametrize(
    ("raw", "names"),
    [
        ("Lung/Ovarian Cancer", ["Lung Neoplasms", "Ovarian Neoplasms"]),
        ("Colon/Small Cell Lung Cancer", ["Small Cell Lung Carcinoma", "Colonic Neoplasms"]),
    ],
)
def test_the_last_word_of_an_enumeration_completes_the_pieces_before_it(linker, raw, names):
    assert [link.name for link in linker.understand(raw)] == names


def test_a_string_and_a_heading_share_words_by_their_weight_in_each():
    weights = {"kidney": 0.5, "failure": 0.5, "disease": 0.25, "chronic": 0.25}
    shares = trial_words.sharing(
        ("kidney", "failure"), [("kidney", "disease"), ("kidney", "disease", "chronic")], weights
    )
    assert shares == pytest.approx((0.5, 2 / 3))
    assert trial_words.sharing(("kidney",), [("liver",)], weights) == (0.0, 0.0)


@pytest.mark.parametrize(
    ("raw", "vocabulary", "confidence"),
    [
        ("myocardial infarction", "mesh", 1.0),
        ("infarction, myocardial", "mesh", 0.97),
        ("heart attack", "hand", 0.95),
        ("cervical disc degeneration", "registry", 0.85),
        ("adenomatoid odontogenic tumor", "mesh-supplementary", 0.8),
    ],
)
def test_confidence_is_capped_by_the_vocabulary_that_a_name_is_from(linker, raw, vocabulary, confidence):
    (link,) = linker.understand(raw)
    assert (link.vocabulary, link.confidence) == (vocabulary, confidence)


def test_the_trials_text_may_support_a_heading_below_the_broader_one(linker):
    text = "Sirolimus in refractory autoimmune hemolytic anemia (AIHA)."
    assert names(linker.link(trial("Autoimmune Anemia"))) == ["Anemia"]
    above, below = linker.link(trial("Autoimmune Anemia", brief_summary=text))
    assert (above.name, below.name) == ("Anemia", "Anemia, Hemolytic, Autoimmune")
    assert below.method == "text" and below.confidence < above.confidence


def test_an_abbreviation_is_read_by_the_trials_own_words_before_ours(linker):
    assert names(linker.link(trial("AD"))) == ["Alzheimer Disease"]
    text = "Children with atopic dermatitis (AD) are treated."
    (link,) = linker.link(trial("AD", brief_summary=text))
    assert (link.name, link.vocabulary, link.matched_alias) == ("Dermatitis, Atopic", "record", "atopic dermatitis")


def test_an_abbreviation_may_be_the_initials_of_another_condition(linker):
    links = linker.link(trial("Eosinophilic Esophagitis", "EE"))
    assert [link.name for link in links if link.condition == 1] == ["Eosinophilic Esophagitis"]


def test_a_code_of_the_record_is_taken_only_where_a_word_is_shared(linker):
    (link,) = linker.link(
        trial("Coronary Artery Calcification", codes=("Coronary Artery Disease", "Acquired Immunodeficiency Syndrome"))
    )
    assert (link.name, link.method) == ("Coronary Artery Disease", "record-code")
    links = linker.link(trial("HPV-16/18 Infections", codes=("Acquired Immunodeficiency Syndrome",)))
    assert names(links) == ["Papillomavirus Infections"]


def test_codes_with_padded_or_missing_ids_are_read(linker):
    odd = Trial(
        id="NCT00000002", registry="ctgov", conditions=("Bleeding in the Brain",),
        condition_meshes=(MeshTerm(id="D000002543", term="Cerebral Hemorrhage"), MeshTerm(id=None, term="Hemorrhage")),
    )  # fmt: skip
    assert "Cerebral Hemorrhage" in names(linker.link(odd))


def test_every_link_says_where_it_stands(linker):
    first, second = linker.link(trial("Asthma", "Gout"))
    assert (first.condition, first.source_field) == (0, "conditionsModule.conditions[0]")
    assert (second.condition, second.source_field) == (1, "conditionsModule.conditions[1]")
    assert all(0 < link.confidence <= 1 for link in (first, second))


def test_a_correction_of_the_user_wins():
    mine = ConditionLinker(corrections=parse("condition: AIA = D000744\ncondition: asthma = nothing"))
    (link,) = mine.understand("AIA")
    assert (link.concept_id, link.method, link.confidence) == ("MESH:D000744", "user", 1.0)
    assert mine.link(trial("Asthma")) == ()


def test_running_text_gives_the_conditions_it_mentions_once(linker):
    text = "Breast cancer and asthma. Asthma, GERD and breast carcinoma; hearing aids, we hope to monitor goals."
    assert names(linker.find(text)) == ["Breast Neoplasms", "Asthma", "Gastroesophageal Reflux"]


@pytest.mark.parametrize("text", ["side effects", "sertraline HCl tablets", "all patients", "stroke volume"])
def test_words_that_are_no_conditions_are_not_found_in_text(linker, text):
    assert linker.find(text) == ()


def test_the_hierarchy_has_several_parents(linker):
    assert set(linker.parents("MESH:D000744")) == {"MESH:D000743", "MESH:D001327", "TXT:autoimmune-cytopenia"}
    assert "MESH:D000744" in linker.below("MESH:D006402")


def test_names_given_by_a_person_are_resolved_or_suggested(linker):
    found = linker.resolve("heart attack")
    assert found is not None and (found.id, found.kind) == ("GROUP:heart-attack", "condition")
    assert linker.resolve("autoimmune anemia") is None
    assert "Anemia, Hemolytic, Autoimmune" in linker.suggest("autoimmune anemia")


@settings(deadline=None)  # a busy machine is no fault of the linker
@given(st.text(max_size=80))
def test_any_string_can_be_read(linker, raw):
    for link in linker.understand(raw):
        assert link.raw == raw and link.concept_id.startswith(("MESH:D", "TXT:"))


def test_reading_is_fast(linker):
    strings = [f"Stage {stage} {kind} of the {place}" for stage in ("I", "II", "III") for kind in ("Cancer", "Sarcoma")
               for place in ("Lung", "Liver", "Kidney", "Colon", "Tongue", "Larynx")]  # fmt: skip
    trials = [trial(*strings) for _ in range(100)]
    linker.link(trials[0])
    start = time.process_time()
    for one in trials:
        linker.link(one)
    assert 100 * len(strings) / (time.process_time() - start) > 20_000


@pytest.mark.shared
def test_labelled_strings_are_linked_right(linker, shared):
    wanted = [msgspec.json.decode(line) for line in (shared / "gold" / "conditions.jsonl").read_bytes().splitlines()]
    ids = {entry["nct_id"] for entry in wanted}
    trials: dict[str, Trial] = {}
    with gzip.open(shared / "registry" / "ctgov-studies.jsonl.gz") as lines:
        for line in lines:
            if line[50:90].find(b"nctId") < 0 and not any(i.encode() in line[:200] for i in ids):
                continue
            study = msgspec.json.decode(line)
            named = study["protocolSection"]["identificationModule"]
            if named["nctId"] in ids:
                told = study["protocolSection"].get("descriptionModule", {})
                terms = study.get("derivedSection", {}).get("conditionBrowseModule", {}).get("meshes", ())
                trials[named["nctId"]] = Trial(
                    id=named["nctId"], registry="ctgov", brief_title=named.get("briefTitle"),
                    official_title=named.get("officialTitle"), brief_summary=told.get("briefSummary"),
                    detailed_description=told.get("detailedDescription"),
                    conditions=tuple(study["protocolSection"]["conditionsModule"]["conditions"]),
                    keywords=tuple(study["protocolSection"]["conditionsModule"].get("keywords", ())),
                    condition_meshes=tuple(MeshTerm(id=t.get("id"), term=t["term"]) for t in terms),
                )  # fmt: skip
    linked = good = answered = leaks = 0
    for entry in wanted:
        links = linker.link(trials[entry["nct_id"]])
        found = {k.concept_id[5:] for k in links if k.raw == entry["raw"] and k.concept_id.startswith("MESH:")}
        best = set(entry["expected_mesh"])
        fine = best | set(entry["acceptable"])
        linked, good = linked + len(found), good + len(found & fine)
        answered += bool(best and found & fine)
        leaks += bool(not best and found - fine)
    assert good / linked >= 0.95
    assert answered / sum(bool(entry["expected_mesh"]) for entry in wanted) >= 0.85
    assert leaks == 0
