"""What the words of interventions are understood as."""

from __future__ import annotations

import pytest

from trialgraph.linking.corrections import parse
from trialgraph.linking.drugs import vocabulary as drugs
from trialgraph.linking.drugs.linker import DrugLinker
from trialgraph.model import Arm, Intervention, Trial


@pytest.fixture(scope="module")
def linker():
    return DrugLinker(drugs.load())


def named(linker, text):
    return [link.name for link in linker.understand(text)]


def of(linker, *entries, **fields):
    trial = Trial(id="NCT00000001", registry="ctgov", interventions=entries, **fields)
    return [[link.name for link in linker.link(trial) if link.intervention == i] for i in range(len(entries))]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Rapamune 1 mg + ATRA", ["Sirolimus", "Tretinoin"]),
        ("RAD001", ["Everolimus"]),
        ("RAD 001", ["Everolimus"]),
        ("BI 10773", ["Empagliflozin"]),
        ("BI10773 high dose", ["Empagliflozin"]),
        ("CP-751,871", ["Figitumumab"]),
        ("Everolimus (tacrolimus elimination)", ["Everolimus"]),
        ("Systemic therapy (Gemcitabine plus Cisplatin)", ["Gemcitabine", "Cisplatin"]),
        ("clindamycin phosphate 1.2%/benzoyl peroxide 2.5%", ["Clindamycin", "Benzoyl Peroxide"]),
        ("Corticosteroid: Hydrocortisone", ["Hydrocortisone"]),
        ("[18F]Flutemetamol", ["Flutemetamol f-18"]),
        ("Azithromcyin 500 mg", ["Azithromycin"]),
        ("Hypertonic Saline 3%", ["Saline Solution, Hypertonic"]),
        ("oxycodone hydrochloride controlled-release tablets", ["Oxycodone"]),
        ("H1N1 monovalent split virion vaccine", ["Influenza Vaccines"]),
        ("rThrombin 1000 IU/mL", ["Thrombin"]),
        ("IFN-α", ["Interferon-alpha"]),
        ("Immune Globulin IV (Human), 10% Caprylate/Chromatography Purified", ["Immunoglobulins, Intravenous"]),
    ],
)
def test_a_label_names_its_drugs(linker, text, names):
    assert named(linker, text) == names


@pytest.mark.parametrize(
    "text",
    [
        "Placebo", "Placebo to vismodegib", "Methadone placebo", "AGN-199201 Vehicle",
        "Placebo (for alirocumab)", "Placebo identical to BI 10773 high dose", "placebo of the vaccine RUTI",
        "Sham injection", "0.9 % NaCl solution", "Normal saline", "sodium chloride 0.9%", "sterile water",
        "Standard of care", "Best Supportive Care", "no treatment", "chemotherapy", "corticosteroids",
        "Statins", "triple therapy", "current antiretroviral regimen", "urine collection",
        "DNA methylation analysis", "hope", "gel", "air",
        "Control", "combined", "glucose monitoring", "insulin pump", "oral glucose tolerance test",
        "DPP-4 inhibitor", "Moisturizing Lotion", "HMG CoA inhibitor", "Discontinuation of azathioprine",
        "steroid-free diet",
    ],
)  # fmt: skip
def test_what_is_no_drug_names_nothing(linker, text):
    assert named(linker, text) == []


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("placebo and ketamine", ["Ketamine"]),
        ("pioglitazone/placebo", ["Pioglitazone"]),
        ("Placebo to dutogliptin + metformin", ["Metformin"]),
        ("Placebo to ezetimibe and simvastatin", []),
        ("levodopa/carbidopa placebo", []),
        ("abciximab; reteplase placebo; abciximab placebo; abciximab", ["Abciximab"]),
    ],
)
def test_a_placebo_takes_only_what_it_stands_for(linker, text, names):
    assert named(linker, text) == names


@pytest.mark.parametrize(
    "text",
    [
        "placebo matching nonivamide + nicoboxil", "placebo to tiotropium+olodaterol",
        "Placebo matched with pregabalin",
        "Placebo to grazoprevir + elbasvir FDC", "matching placebo sacubitril/valsartan",
    ],
)  # fmt: skip
def test_nothing_in_a_placebos_scope_is_named(linker, text):
    assert named(linker, text) == []


@pytest.mark.parametrize(
    ("kind", "label", "names"),
    [
        ("RADIATION", "yttrium Y 90 monoclonal antibody CC49",
         ["yttrium Y 90 monoclonal antibody CC49", "Minretumomab"]),
        ("RADIATION", "iodine I 131", ["Iodine i-131"]),
        ("RADIATION", "low-LET cobalt-60 gamma ray therapy", []),
        ("BIOLOGICAL", "tumor infiltrating lymphocytes", ["tumor infiltrating lymphocytes"]),
        ("BIOLOGICAL", "CD276 CAR-T cells", ["CD276 CAR-T cells"]),
        ("BIOLOGICAL", "mesenchymal stem cells", ["Mesenchymal Stem Cells"]),
        ("BIOLOGICAL", "hematopoietic stem cell transplantation", []),
    ],
)  # fmt: skip
def test_cells_and_labelled_antibodies_are_products_of_their_own(linker, kind, label, names):
    assert of(linker, Intervention(name=label, type=kind)) == [names]


@pytest.mark.parametrize(
    ("label", "description", "names"),
    [
        ("NPC-01", "Norethisterone 1mg, Ethinyl estradiol 0.02mg", ["Norethindrone", "Ethinyl Estradiol"]),
        ("GX-4711", "Given one week before the first infusion of pemetrexed", ["GX-4711"]),
        ("Xybilun", "Erectile dysfunction, Viagra generic", ["Xybilun"]),
        ("Zaldiar", "Analgesia with Zaldiar (tramadol and paracetamol)", ["Tramadol", "Acetaminophen"]),
        ("PDE5I therapy", "a stable regimen of sildenafil, vardenafil or tadalafil", []),
        ("withdrawal", "stopping tacrolimus in all participants", []),
        ("high dose", "efavirenz once daily", ["Efavirenz"]),
    ],
)
def test_a_description_counts_only_where_it_says_what_is_given(linker, label, description, names):
    assert of(linker, Intervention(name=label, type="DRUG", description=description)) == [names]


def test_another_name_is_no_source_of_carriers_enzymes_and_cells(linker):
    for other in ("oxalate decarboxylase", "melanoma antigen recognized by T cells", "IgG with Proline (IgPro)"):
        assert of(linker, Intervention(name="Product X", type="DRUG", other_names=(other,))) == [[]]


def test_a_longer_name_is_not_the_shorter_one_in_it(linker):
    assert named(linker, "temsirolimus") == ["Temsirolimus"]
    assert named(linker, "levamlodipine") != ["Amlodipine"]
    assert named(linker, "rhC1INH") != ["Isoniazid"]


@pytest.mark.parametrize(
    "names",
    [
        ("rapamycin", "Sirolimus", "Rapamune 2 mg tablets", "AY-22989"),
        ("erlotinib", "Erlotinib hydrochloride", "Tarceva", "OSI-774"),
        ("amlodipine besylate", "Amlodipine", "Norvasc"),
        ("olmesartan medoxomil", "olmesartan", "Benicar"),
        ("sodium valproate", "valproic acid", "Depakote"),
        ("lithium", "lithium carbonate"),
        ("tolterodine tartrate", "tolterodine"),
        ("cabozantinib", "Cabometyx"),
        ("umeclidinium", "GSK573719", "umeclidinium bromide"),
        ("selumetinib", "AZD6244"),
        ("nerandomilast", "BI 1015550"),
        ("dasotraline", "SEP-225289"),
        ("pentamidine isethionate", "pentamidine"),
        ("vilanterol trifenatate", "vilanterol"),
        ("doxycycline hyclate", "doxycycline"),
        ("diclofenac diethylamine", "diclofenac"),
        ("ethanol", "ethyl alcohol"),
    ],
)
def test_one_substance_has_one_id(linker, names):
    assert len({link.concept_id for name in names for link in linker.understand(name)}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("isosorbide mononitrate", "isosorbide dinitrate"),
        ("fluticasone furoate", "fluticasone propionate"),
        ("tenofovir disoproxil fumarate", "tenofovir alafenamide"),
        ("citicoline", "cytidine"),
        ("Genvoya", "Stribild"),
    ],
)
def test_esters_that_are_drugs_of_their_own_stay_apart(linker, one, other):
    assert {link.concept_id for link in linker.understand(one)} != {
        link.concept_id for link in linker.understand(other)
    }


def test_a_company_code_of_two_drugs_in_one_crystal_is_both(linker):
    for name in ("LCZ696", "Entresto", "sacubitril/valsartan", "sacubitril valsartan sodium"):
        assert set(named(linker, name)) == {"Sacubitril", "Valsartan"}


def test_a_link_ends_at_the_base_and_says_which_salt_the_words_name(linker):
    (link,) = linker.understand("metformin hydrochloride 500 mg")
    assert link.name == "Metformin"
    assert link.salt_name == "Metformin hydrochloride"
    assert linker.vocabulary.base_of(link.salt_id).id == link.concept_id
    assert linker.understand("metformin")[0].salt_id is None


def test_the_node_that_a_code_was_joined_to_keeps_the_codes_name(linker):
    (link,) = linker.understand("GSK573719")
    assert "GSK573719" in linker.vocabulary.joined_names(link.concept_id)


def test_regimens_and_combination_brands_are_opened(linker):
    assert set(named(linker, "mFOLFOX6")) == {"Leucovorin", "Fluorouracil", "Oxaliplatin"}
    assert len(named(linker, "R-CHOP")) == 5
    assert set(named(linker, "Janumet")) == {"Sitagliptin", "Metformin"}
    assert [(link.component, link.components) for link in linker.understand("Janumet")] == [(1, 2), (2, 2)]


def test_other_names_count_only_where_the_label_gives_nothing(linker):
    allopurinol = Intervention(name="allopurinol", type="DRUG", other_names=("Altace",))
    coded = Intervention(name="LCP-X", type="DRUG", other_names=("Tacrolimus modified-release",))
    assert of(linker, allopurinol, coded) == [["Allopurinol"], ["Tacrolimus"]]


def test_the_description_counts_where_label_and_other_names_give_nothing(linker):
    first = Intervention(name="62.5 mcg", type="DRUG", description="umeclidinium by inhaler once daily")
    listed = Intervention(name="Study medicine", type="DRUG", description="such as amiodarone")
    assert of(linker, first, listed) == [["Umeclidinium"], []]


def test_a_description_of_more_than_four_drugs_is_a_choice_and_no_regimen(linker):
    drugs = ["amiodarone", "naproxen", "tacrolimus", "prednisone", "allopurinol"]
    four, five = (
        Intervention(name="62.5 mcg", type="DRUG", description=", ".join(drugs[:size]) + " once daily")
        for size in (4, 5)
    )
    assert of(linker, four, five) == [[drug.capitalize() for drug in drugs[:4]], []]


def test_the_trials_own_abbreviations_are_read(linker):
    entry = Intervention(name="Naproxen 440 mg / DPH 50 mg", type="DRUG")
    summary = "Naproxen with DPH (diphenhydramine) against naproxen alone."
    assert of(linker, entry, brief_summary=summary) == [["Naproxen", "Diphenhydramine"]]
    coded = Intervention(name="ZZ-4711", type="DRUG")
    assert of(linker, coded, brief_summary="ZZ-4711 (tacrolimus) is given.") == [["Tacrolimus"]]


def test_an_abbreviation_that_cannot_stand_for_the_words_is_not_believed(linker):
    entry = Intervention(name="QRX", type="DRUG")
    assert of(linker, entry, brief_summary="Given with tacrolimus (QRX).") != [["Tacrolimus"]]


def test_a_device_includes_a_drug_only_when_it_gives_it_off(linker):
    kinds = (
        "Endeavor Zotarolimus-Eluting Coronary Stent", "TAXUS Express", "Zilver PTX Drug Eluting Stent", "insulin pump",
        "glucose meter", "Drug Eluting stent", "Xience V",
    )  # fmt: skip
    found = of(linker, *(Intervention(name=name, type="DEVICE") for name in kinds))
    assert found == [["Zotarolimus"], ["Paclitaxel"], ["Paclitaxel"], [], [], [], ["Everolimus"]]


def test_salt_water_is_a_drug_only_where_it_is_what_is_tested(linker):
    entry = Intervention(name="0.9% sodium chloride bolus", type="DRUG")
    tested, control = (Arm(label="a", type=kind, interventions=(0,)) for kind in ("EXPERIMENTAL", "PLACEBO_COMPARATOR"))
    assert of(linker, entry, arms=(tested,)) == [["Sodium Chloride"]]
    assert of(linker, entry, arms=(tested, control)) == [[]]


def test_other_kinds_of_entries_name_a_drug_only_as_a_whole(linker):
    entries = [
        Intervention(name="Metformin 500 mg", type="OTHER"),
        Intervention(name="counselling about metformin", type="OTHER"),
        Intervention(name="metformin", type="BEHAVIORAL"),
    ]
    assert of(linker, *entries) == [["Metformin"], [], []]


def test_a_code_without_an_entry_becomes_a_node_of_its_own(linker):
    (link,) = linker.understand("QQX99417 capsule")
    assert (link.concept_id, link.vocabulary, link.confidence) == ("TXT:qqx-99417", "none", 0.5)


def test_a_link_says_by_which_words_it_was_made(linker):
    (link,) = linker.understand("Rapamune 1 mg bid, oral tablets")
    assert (link.span, link.matched_alias, link.vocabulary, link.method) == ("Rapamune", "rapamune", "unii", "span")
    assert (link.dose_value, link.dose_unit, link.frequency) == (1.0, "mg", "twice daily")
    assert (link.route, link.form, link.mesh_id, link.unii) == ("oral", "tablet", "D020123", "W36ZG6FT64")
    assert link.source_field == "armsInterventionsModule.interventions[0].name"


def test_names_given_by_a_person_are_resolved_or_get_suggestions(linker):
    assert {linker.resolve(name).id for name in ("rapamycin", "Rapamune", "MESH:D020123")} == {"MESH:D020123"}
    assert linker.resolve("xyzzy") is None
    assert "Sirolimus" in linker.suggest("sirolimsu")


def test_corrections_win_over_every_rule():
    corrections = parse(
        "drug: rapamune = everolimus\ndrug: study drug = sirolimus + tretinoin\ndrug: metformin = nothing\n"
        "drug: TXT:qqx-99417 = UNII:W36ZG6FT64x\n".replace("UNII:W36ZG6FT64x", "MESH:D020123")
    )
    linker = DrugLinker(drugs.load(), corrections)
    assert named(linker, "Rapamune") == ["Everolimus"]
    assert named(linker, "STUDY DRUG") == ["Sirolimus", "Tretinoin"]
    assert named(linker, "Metformin") == []
    assert named(linker, "QQX99417") == ["Sirolimus"]
    assert linker.understand("Rapamune")[0].method == "user"


def test_a_correction_to_an_unknown_drug_names_its_line():
    with pytest.raises(
        Exception, match=r"corrections.txt, line 2: 'sirolimusx' is no drug that we know; near: Sirolimus"
    ):
        DrugLinker(drugs.load(), parse("# mine\ndrug: rapa = sirolimusx"))


@pytest.mark.parametrize(
    "text",
    ["", " ", "()", "((", "+", "®", "placebo to", "1", "a" * 5000, "\0", "💊 + 🧪", "A/B/C/" * 300, "[(mg]) 5 %"],
)
def test_any_text_is_survived(linker, text):
    linker.understand(text)


@pytest.mark.parametrize(
    ("label", "title", "expected"),
    [
        ("V710", "Immunogenicity of an investigational influenza vaccine", ["Influenza Vaccines"]),
        ("VB-10 rabies glycoprotein", "A candidate HIV vaccine", ["Rabies Vaccines"]),
        ("LT Adjuvant Patch", "An influenza vaccine with an adjuvant", None),
        ("V710", "Influenza and HIV vaccines", None),
        ("V710", "A vaccinia vaccine against cancer", None),
    ],
)
def test_a_code_in_a_vaccine_trial_is_the_vaccine_that_the_title_names(linker, label, title, expected):
    trial = Trial(
        id="NCT00000001", registry="ctgov", brief_title=title,
        interventions=(Intervention(name=label, type="BIOLOGICAL"),),
    )  # fmt: skip
    links = linker.link(trial)
    if expected is None:
        assert all(link.vocabulary == "none" for link in links)
    else:
        assert [link.name for link in links] == expected


def test_a_title_that_names_the_vaccine_of_another_entry_says_nothing_of_a_code(linker):
    entries = (Intervention(name="Fluzone", type="BIOLOGICAL"), Intervention(name="V710", type="BIOLOGICAL"))
    trial = Trial(id="NCT00000001", registry="ctgov", brief_title="An influenza vaccine", interventions=entries)
    assert [link.name for link in linker.link(trial)] == ["Influenza Vaccines", "V710"]


@pytest.mark.parametrize(
    ("label", "names"),
    [
        ("Ciclesonide nasal aerosol", ["Ciclesonide"]),
        ("O-15 water", ["Water o-15"]),
        ("sterile water", []),
        ("Bu-Zhong-Yi-Qi-Tang", ["bu-zhong-yi-qi-tang"]),
        ("MK2461 200 mg", ["MK-2461"]),
        ("ABC-12345", ["ABC-12345"]),
    ],
)
def test_forms_are_no_drugs_and_herbs_codes_and_labelled_water_are(linker, label, names):
    assert [link.name for link in linker.understand(label)] == names


def test_a_stents_brand_is_one_only_where_the_trial_speaks_of_vessels(linker):
    brand = Intervention(name="Synergy System", type="DEVICE")
    assert of(linker, brand, brief_title="A cervical disc") == [[]]
    assert of(linker, brand, brief_title="Stenting of coronary lesions") == [["Everolimus"]]
