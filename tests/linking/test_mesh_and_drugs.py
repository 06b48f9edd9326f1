"""The MeSH headings and drug names that ship with the program, and how they are made."""

from __future__ import annotations

import gzip

import pytest

from trialgraph.curation import update as make
from trialgraph.errors import UsageError
from trialgraph.linking import mesh
from trialgraph.linking import term_lists as lists
from trialgraph.linking.drugs import vocabulary as drugs
from trialgraph.linking.words.keys import key, words


def test_headings_know_their_place():
    known = mesh.load()
    itp = known["D016553"]
    assert "Immune Thrombocytopenia" in itp.synonyms
    assert itp.is_in("C15", "F")
    assert not itp.is_in("D")
    assert known.parents("D016553", "C15") == ("D011696", "D006474")
    assert known.ancestors("D016553")[0] in ("D001327", "D011696")
    assert "D016553" in known.below("D013921")
    assert "D016553" in known.children("D011696")


@pytest.mark.parametrize(
    ("padded", "own"), [("D000008727", "D008727"), ("D000068338", "D000068338"), ("D020123", "D020123")]
)
def test_ids_padded_by_the_registry_are_meshs_own(padded, own):
    assert mesh.canonical(padded) == own


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("RAD001", "rad-001"), ("5-FU", "5 fu"), ("Interferon α-2b", "interferon alfa 2b"),
        ("Zilver™ PTX®", "zilver ptx"),
        ("sulphate", "sulfate"), ("Influenza Vaccines", "influenza vaccine"), ("CP-751,871", "cp 751871"),
    ],
)  # fmt: skip
def test_ways_to_write_a_name_have_one_key(one, other):
    assert key(one) == key(other)


def test_places_of_words_are_those_of_the_text():
    text = "Ibuprofèn® (Advil™) 200mg İ"
    assert all(text[start:end].strip() for _, start, end in words(text))
    assert [text[start:end] for _, start, end in words(text)][:3] == ["Ibuprofèn", "Advil", "200"]


def test_every_fact_by_hand_leads_to_a_drug_that_exists():
    known = drugs.load()  # an unknown target is an error that names the line
    assert len(known) > 150_000
    assert known.resolve("Taclonex").vocabulary == "hand"


@pytest.mark.parametrize("name", ["able", "air", "combined", "a 12", "date", "force", "acetate", "CD4", "mice", "camp"])
def test_words_that_lists_hold_as_names_are_no_drugs(name):
    assert drugs.load().resolve(name) is None


HEADINGS = """D017311\tAmlodipine\t\tD03.383.725.203.065\t
D069347\tErlotinib Hydrochloride\tHydrochloride, Erlotinib\tD03.633.100.786.375\t
D020123\tSirolimus\tRapamycin\tD02.540.505.760\t
D013449\tSulfonamides\tSulfonamide\tD02.886.590.700\t
D013450\tSulfones\t\tD02.886.590.700.100\t
"""
SUPPLEMENT = """C542574\tlevamlodipine\t\tD009525\t
C500001\tamlodipine, sirolimus drug combination\tAmsiro\tD004338,D017311,D020123
C500002\twild thing\tcombined\tD009525
"""
NAMES = """Name\tTYPE\tUNII\tDisplay Name
AMLODIPINE [INN]\tcn\t1J444QC288\tAMLODIPINE
NORVASC\tbn\t864V2Q084H\tAMLODIPINE BESYLATE
AMLODIPINE BESYLATE [USAN]\tcn\t864V2Q084H\tAMLODIPINE BESYLATE
(-)-AMLODIPINE\tcn\t0P6NLP6806\tLEVAMLODIPINE
LEVAMLODIPINE [INN]\tcn\t0P6NLP6806\tLEVAMLODIPINE
ERLOTINIB [INN]\tcn\tJ4T82NDH7E\tERLOTINIB
CP-358774\tcd\tJ4T82NDH7E\tERLOTINIB
SIROLIMUS [INN]\tcn\tW36ZG6FT64\tSIROLIMUS
AIM\tbn\tPESTICIDE1\tCARFENTRAZONE
CARFENTRAZONE [ISO]\tcn\tPESTICIDE1\tCARFENTRAZONE
2-METHYL-SOMETHING(1,2)\tsys\tW36ZG6FT64\tSIROLIMUS
"""


@pytest.fixture
def downloads(tmp_path):
    """Three small lists in the form of the public ones."""
    paths = []
    for name, text in (("mesh.tsv", HEADINGS), ("supplement.tsv", SUPPLEMENT), ("UNII_Names.txt", NAMES)):
        path = tmp_path / f"{name}.gz"
        path.write_bytes(gzip.compress(text.encode()))
        paths.append(path)
    return paths


def made(downloads, folder):
    folder.mkdir()
    make.update(downloads, release="test", to=folder)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_same_lists_give_the_same_bytes(downloads, tmp_path):
    assert made(downloads, tmp_path / "a") == made(downloads, tmp_path / "b")


def test_salts_join_their_base_and_stereo_names_steal_nothing(downloads, tmp_path):
    import lzma

    text = lzma.decompress(made(downloads, tmp_path / "a")["drugs.tsv.xz"]).decode()
    known = drugs.DrugVocabulary(text)
    assert known.release == "test"
    assert {known.resolve(n).drugs[0].id for n in ("Norvasc", "amlodipine besylate", "Amlodipine")} == {"MESH:D017311"}
    assert known.resolve("erlotinib").drugs[0].id == "MESH:D069347"  # the heading that is a salt owns the base
    assert known.resolve("levamlodipine").drugs[0].id == "MESH:C542574"
    assert [d.id for d in known.resolve("Amsiro").drugs] == ["MESH:D017311", "MESH:D020123"]
    assert known.resolve("aim") is None
    assert known.resolve("combined") is None
    besylate = known.resolve("amlodipine besylate").salt
    assert (besylate.id, known.base_of(besylate.id).id) == ("UNII:864V2Q084H", "MESH:D017311")
    assert known.resolve("Norvasc").salt is None


def test_substances_of_two_lists_are_one_by_a_code_that_both_hold_or_by_hand():
    from trialgraph.curation.drugs import drugs_text

    supplement = [["C500003", "GSK573719", "GSK-573719", ""], ["C500004", "AZD 6244", "ARRY 142886", ""]]
    names = [
        "UMECLIDINIUM [INN]\tcn\tGE2T1418SV\tUMECLIDINIUM",
        "GSK-573719\tcd\tGE2T1418SV\tUMECLIDINIUM",
        "SELUMETINIB [INN]\tcn\t6UH91I579U\tSELUMETINIB",
    ]
    apart = drugs.DrugVocabulary(drugs_text([], supplement, names, "test"))
    assert apart.resolve("GSK573719").drugs == apart.resolve("umeclidinium").drugs
    assert apart.resolve("umeclidinium").drugs[0].name == "Umeclidinium"
    assert apart.resolve("AZD6244").drugs != apart.resolve("selumetinib").drugs
    joined = drugs.DrugVocabulary(drugs_text([], supplement, names, "test", [("AZD6244", "selumetinib")]))
    assert joined.resolve("ARRY-142886").drugs[0] == joined.resolve("selumetinib").drugs[0]


def test_ids_of_drugs_in_other_lists_are_those_that_may_be_passed_on():
    from trialgraph.curation.drug_xrefs import xrefs_text
    from trialgraph.linking.drugs import xrefs

    rows = ("CAS\t1-2-3\tDrugBank vocabulary", "CAS\t4-5-6\tDrugCentral 2016", "RXCUI\t7\tPharmGKB",
            "CHEBI\tCHEBI:8\tDrugCentral 2016")  # fmt: skip
    assert xrefs_text((f"ABC\t{row}" for row in rows), "test") == "# test\nABC\tcas:1-2-3|chebi:8\n"
    sirolimus = xrefs.of_drug("W36ZG6FT64", "D020123")
    assert {"unii:W36ZG6FT64", "mesh:D020123", "cas:53123-88-9", "chembl:CHEMBL413", "drugbank:DB00877"} <= {*sirolimus}
    assert xrefs.iri("chebi:9168") == "http://purl.obolibrary.org/obo/CHEBI_9168"
    assert xrefs.of_drug(None, None) == ()


def test_a_list_that_is_missing_or_unknown_is_said(downloads, tmp_path):
    with pytest.raises(UsageError, match="mesh-supplementary is missing"):
        make.update([downloads[0], downloads[2]], to=tmp_path)
    other = tmp_path / "other.txt"
    other.write_text("hello")
    with pytest.raises(UsageError, match="neither MeSH headings"):
        make.update([other], to=tmp_path)
    with pytest.raises(UsageError, match="a second list"):
        make.update([downloads[0], downloads[0]], to=tmp_path)


def test_every_shipped_list_is_described_with_its_licence():
    from importlib import resources
    from pathlib import Path

    rows = lists.known()
    folder = Path(str(resources.files("trialgraph.linking")))
    held = {path.name for path in folder.rglob("data/*.xz")}
    assert held
    assert held <= {row["file"] for row in rows}
    assert all(row["source"] and row["licence"] and row["bytes"] > 0 for row in rows)
    assert sum(row["bytes"] for row in rows) < 6_000_000
