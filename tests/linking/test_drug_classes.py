"""Classes of drugs: what the table says is whole, who belongs to a class, who does not, and what people call it."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

import pytest

from trialgraph.curation import drug_classes
from trialgraph.errors import UsageError
from trialgraph.linking import corrections
from trialgraph.linking.drugs import vocabulary
from trialgraph.linking.drugs.classes import by_name, genes, members, spelling
from trialgraph.linking.drugs.classes import table as tables
from trialgraph.linking.words.tables import rows

CLASSES = tables.load()
SHARED = {"immunomodulatorydrug"}  # "immunomodulatory drugs" are the IMiDs, "immunomodulatory agents" all of them


def drug(name: str) -> tuple[str, str]:
    """Return id and name of a drug of the vocabulary."""
    match = vocabulary.load().resolve(name)
    assert match is not None, name
    return match.drugs[0].id, match.drugs[0].name


def classes_of(name: str) -> set[str]:
    """Return the slugs of the classes of a drug, those above included."""
    known = members.load()
    match = vocabulary.load().resolve(name)
    found = known.curated(*drug(name)) if match else known.curated("TXT:x", name)
    return {slug for own in found for slug in (own, *CLASSES.above(own))}


def test_the_table_is_as_large_as_people_ask():
    assert len(CLASSES.by_slug) >= 560
    assert {one.kind for one in CLASSES.by_slug.values()} == set(tables.KINDS)


def test_no_slug_stands_twice_in_the_files():
    slugs = [fields[0] for file in tables.FILES for fields in rows(tables.PACKAGE, file)]
    assert sorted(slugs) == sorted(set(slugs))


def test_no_two_classes_share_a_spelling():
    owners = defaultdict(set)
    for one in CLASSES.by_slug.values():
        for name in (one.name, *one.spellings):
            owners[spelling.form(name)].add(one.slug)
    assert {form: slugs for form, slugs in owners.items() if len(slugs) > 1 and form not in SHARED} == {}


def test_every_parent_is_a_class_and_parents_form_no_circle():
    for one in CLASSES.by_slug.values():
        assert set(one.parents) <= set(CLASSES.by_slug), one.slug
        assert one.slug not in CLASSES.above(one.slug)


def test_a_class_without_members_has_classes_below_or_names_that_lead_to_it():
    told = {
        slug for file in ("words.tsv", "stems.tsv") for row in rows(tables.PACKAGE, file) for slug in row[1].split(";")
    }
    for one in CLASSES.by_slug.values():
        assert one.members or one.fda_classes or one.slug in told or len(CLASSES.within(one.slug)) > 1, one.slug


def test_every_class_that_a_rule_tells_is_in_the_table():
    for file, column in (("words.tsv", 1), ("stems.tsv", 1), ("codes.tsv", 2)):
        for row in rows(tables.PACKAGE, file):
            for slug in filter(None, (*row, "", "")[column].split(";")):
                assert slug in CLASSES.by_slug, (file, row)


def test_the_vocabulary_holds_most_members():
    named = {name for one in CLASSES.by_slug.values() for name in one.members}
    assert len(members.load().unresolved()) < 0.25 * len(named)  # the others are younger than its lists


def test_every_target_is_a_gene():
    symbols = {symbol for one in CLASSES.by_slug.values() for symbol, _ in one.targets}
    assert symbols <= set(genes.load())
    assert all(gene.hgnc_id.startswith("HGNC:") for gene in genes.load().values())


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("olanzapine", "ssris"),
        ("duloxetine", "ssris"),
        ("atomoxetine", "ssris"),
        ("trazodone", "ssris"),
        ("doxorubicin", "aminoglycosides"),
        ("tacrolimus", "macrolides"),
        ("cholesterol", "beta-2-agonists"),
        ("atezolizumab", "pd-1-inhibitors"),
        ("abatacept", "ctla-4-inhibitors"),
        ("sitagliptin", "hiv-protease-inhibitors"),
        ("bortezomib", "hiv-protease-inhibitors"),
        ("glimepiride", "immunosuppressants"),
        ("mitomycin", "macrolides"),
        ("anastrozole", "azole-antifungals"),
        ("omeprazole", "azole-antifungals"),
        ("malathion", "cholinesterase-inhibitors"),
    ],
)
def test_a_drug_is_not_in_a_class_by_chemistry_side_effect_or_ending(name, slug):
    assert slug in CLASSES.by_slug
    assert slug not in classes_of(name)


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("fluoxetine", "antidepressants"),
        ("ruxolitinib", "jak-inhibitors"),
        ("nivolumab", "checkpoint-inhibitors"),
        ("nivolumab", "monoclonal-antibodies"),
        ("trastuzumab deruxtecan", "antibody-drug-conjugates"),
        ("rosuvastatin", "lipid-lowering"),
        ("apixaban", "doacs"),
        ("enoxaparin", "heparins"),
        ("CD19 CAR-T cells", "car-t"),
        ("Chimeric Antigen Receptor Modified T cells Targeting CD19", "anti-cd19"),
        ("Anti-PD-1 monoclonal antibody", "pd-1-inhibitors"),
        ("Quadrivalent meningococcal conjugate vaccine", "meningococcal-vaccines"),
        ("177Lu-something-617", "radioligand-therapy"),
        ("MGC026 for Expansion", "antibody-drug-conjugates"),
        ("Newimab", "monoclonal-antibodies"),
        ("Xyzisiran", "sirna"),
        ("Xyzitinib", "tyrosine-kinase-inhibitors"),
        ("Corticosteroids", "corticosteroids"),
    ],
)
def test_a_drug_is_in_its_class_and_in_those_above(name, slug):
    assert slug in classes_of(name)


def test_a_stem_never_speaks_against_what_the_table_says():
    assert list(by_name.by_stem("gefitinib", has_class=True)) == []
    assert list(by_name.by_stem("gefitinib", has_class=False)) == ["tyrosine-kinase-inhibitors"]
    assert list(by_name.by_stem("somemab", has_class=True)) == ["monoclonal-antibodies"]


def test_a_placebo_of_a_class_is_in_no_class():
    assert list(by_name.by_words("Placebo for influenza vaccine")) == []
    assert "influenza-vaccines" in list(by_name.by_words("Influenza vaccine"))


def test_a_class_that_another_stands_below_is_not_said_twice():
    found = members.load().curated(*drug("gefitinib"))
    assert "egfr-tkis" in found
    assert "kinase-inhibitors" not in found


def test_a_drug_acts_on_the_gene_of_its_narrowest_class():
    assert ("TYK2", "inhibitor") in members.load().targets(*drug("deucravacitinib"))
    assert ("DPP4", "inhibitor") in members.load().targets(*drug("sitagliptin"))


def test_chemical_headings_of_mesh_are_a_scheme_of_their_own():
    of = {one.name: one for one in members.load().of(*drug("sirolimus"))}
    assert (of["Macrolides"].scheme, of["Macrolides"].class_id[:5]) == ("MESH_TREE", "MESH:")
    assert (of["mTOR inhibitors"].scheme, of["mTOR inhibitors"].class_id) == ("CURATED", "CLASS:mtor-inhibitors")
    assert members.load().of("TXT:abc", "Abc") == ()


@pytest.mark.parametrize(
    ("typed", "slug"),
    [
        ("SSRIs", "ssris"),
        ("ssri", "ssris"),
        ("SSRI antidepressants class", None),
        ("Beta-blockers", "beta-blockers"),
        ("betablocker", "beta-blockers"),
        ("beta antagonists", "beta-blockers"),
        ("statin therapy", "statins"),
        ("anti-PD-1", "pd-1-inhibitors"),
        ("anti PD1 antibodies", "pd-1-inhibitors"),
        ("PD-1 blockers", "pd-1-inhibitors"),
        ("PD-(L)1 inhibitors", "pd-1-pd-l1-inhibitors"),
        ("PD-L1 inhibitors", "pd-l1-inhibitors"),
        ("5HT3 receptor antagonists", "5-ht3-antagonists"),
        ("IL17 inhibitors", "il-17-inhibitors"),
        ("anti-IL-17 antibodies", "il-17-inhibitors"),
        ("HER2-targeted therapies", "her2-inhibitors"),
        ("anti-TNFs", "tnf-inhibitors"),
        ("oestrogens", "estrogens"),
        ("general anesthetics", "general-anaesthetics"),
        ("GLP-1 agonists", "glp-1-receptor-agonists"),
        ("GLP1 receptor agonist", "glp-1-receptor-agonists"),
        ("CLASS:statins", "statins"),
        ("AI", None),
        ("MS", None),
        ("sirolimus", None),
        ("Analgesics, Opioid", "opioids"),
        ("cancer", None),
        ("acne", None),
        ("malaria", None),
        ("PD-1 inhibitor therapy", "pd-1-inhibitors"),
    ],
)
def test_a_class_is_found_as_people_type_it(typed, slug):
    found = CLASSES.find(typed)
    assert (found.slug if found else None) == slug


def corrected(text: str) -> members.Classes:
    return members.load_corrected(corrections.parse(text))


def test_a_person_puts_drugs_into_a_class_and_takes_them_out():
    known = corrected("class: SSRIs = + olanzapine; - fluoxetine")
    assert known.curated(*drug("olanzapine"))["ssris"].method == "user"
    assert "ssris" not in known.curated(*drug("fluoxetine"))
    assert "ssris" in known.curated(*drug("sertraline"))


def test_a_person_makes_a_class_of_drugs_and_of_classes():
    known = corrected("class: our rivals = olanzapine; PARP inhibitors").table
    assert known.find("Our Rivals").source == "corrections.txt"
    assert "parp-inhibitors" in known.within("our-rivals")


def test_a_person_names_a_class_and_takes_one_away():
    known = corrected("class: our pills = SGLT2 inhibitors\nclass: statins = nothing").table
    assert known.find("our pills").slug == "sglt2-inhibitors"
    assert known.find("statins") is None


@pytest.mark.parametrize(
    ("line", "said"),
    [("class: zzz things = + olanzapine", "no class of drugs is known"), ("class: SSRIs = + a; b", "before each drug")],
)
def test_a_correction_that_says_nothing_clear_is_refused(line, said):
    with pytest.raises(UsageError, match=said):
        corrected(line)


def test_of_two_sources_of_an_fda_class_the_public_domain_is_named():
    lines = [
        "unii\tname\ttype\tclass\tnui\tsource",
        "A\tAspirin\tEPC\tPlatelet Aggregation Inhibitor\tN1\tDrugCentral 2016-11",
        "A\tAspirin\tEPC\tPlatelet Aggregation Inhibitor\tN1\tNDC 2019-04-29",
        "A\tAspirin\tMoA\tCyclooxygenase Inhibitors\tN2\tNDC 2019-04-29",
    ]
    text = drug_classes.fda_text(lines, ["Platelet Aggregation Inhibitor"])
    assert text.splitlines()[1:] == ["aspirin\tPlatelet Aggregation Inhibitor\tNDC 2019-04-29"]


def test_genes_are_those_that_the_table_names():
    text = drug_classes.genes_text(["hgnc\tsymbol\tname", "HGNC:1\tABC\ta gene\tx", "HGNC:2\tXYZ\tanother"], ["XYZ"])
    assert text.splitlines()[1:] == ["XYZ\tHGNC:2\tanother"]


def test_the_file_of_fda_classes_names_its_sources_and_holds_only_what_the_table_reads():
    wanted = {name for one in CLASSES.by_slug.values() for name in one.fda_classes}
    named = list(rows(tables.PACKAGE, "fda_classes.tsv.xz"))
    assert {release[:3] for _, _, release in named} == {"NDC", "Dru"}
    assert {fda for _, fda, _ in named} <= wanted


def _ids(cell: str) -> set[str]:
    return {part.split(" ")[0] for part in cell.split("; ") if part}


def test_labelled_classes_hold_their_drugs_and_no_others(shared: Path):
    """Of the drugs that a labelled file names: those of a class are in it, those of other classes are not.

    The measure counts drugs, since trials are counted in a home (`score_asking.py`).
    """
    with (shared / "gold" / "classes.tsv").open(encoding="utf-8", newline="") as lines:
        labelled = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    named: dict[str, str] = {}
    for row in labelled:
        for part in f"{row['members']}; {row['borderline']}".split("; "):
            drug_id, _, name = part.partition(" ")
            named[drug_id] = name
    known = members.load()
    of_class = defaultdict(set)
    for drug_id, name in named.items():
        match = vocabulary.load().resolve(name)
        key = match.drugs[0].id if match and len(match.drugs) == 1 else drug_id
        for own in known.curated(key, name):
            for slug in (own, *CLASSES.above(own)):
                of_class[slug].add(drug_id)
    found = [(row, CLASSES.find(typed)) for row in labelled for typed in row["spellings"].split(" | ")]
    assert sum(one is not None for _, one in found) >= 0.97 * len(found)
    precision, recall = [], []
    for row, one in found:
        given = of_class[one.slug] if one else set()
        gold, border = _ids(row["members"]), _ids(row["borderline"])
        recall.append(len(given & gold) / len(gold))
        if given - border:
            precision.append(len(given & gold) / len(given - border))
    assert sum(precision) / len(precision) >= 0.95
    assert sum(recall) / len(recall) >= 0.90
