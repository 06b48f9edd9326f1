"""link, eval and vocabularies, as a person types them."""

from __future__ import annotations

import json

import pytest

from trialgraph.cli import main as command_line


@pytest.fixture
def type_in(tmp_path, monkeypatch, capsys):
    """Run a command line in a home of its own; returns exit code, stdout and stderr."""

    def run(*words):
        monkeypatch.setattr("sys.argv", ["trialgraph", "--home", str(tmp_path), *map(str, words)])
        with pytest.raises(SystemExit) as end:
            command_line.main()
        said = capsys.readouterr()
        return end.value.code, said.out, said.err

    return run


def test_link_shows_what_a_text_is_understood_as_and_why(type_in):
    code, out, _ = type_in("link", "Rapamune 1 mg + ATRA 20mg bid", "--json")
    rows = json.loads(out)
    assert code == 0
    assert [(r["span"], r["place"], r["id"], r["alias"], r["vocabulary"]) for r in rows] == [
        ("Rapamune", 0, "MESH:D020123", "rapamune", "unii"),
        ("ATRA", 16, "MESH:D014212", "ATRA", "hand"),
    ]
    assert [(r["dose"], r["frequency"]) for r in rows] == [("1 mg", None), ("20 mg", "twice daily")]


def test_link_says_when_nothing_is_named_and_shows_corrections(type_in, tmp_path):
    code, out, said = type_in("link", "placebo", "--json")
    assert (code, json.loads(out)) == (0, [])
    assert "Nothing in 'placebo' names a concept that we know." in said
    (tmp_path / "corrections.txt").write_text("drug: placebo = sirolimus\n")
    _, out, _ = type_in("link", "placebo", "--json")
    assert [(r["name"], r["method"]) for r in json.loads(out)] == [("Sirolimus", "user")]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("AIHA", [("condition", "MESH:D000744")]),
        ("cognitive behavioural therapy (CBT)", [("procedure", "MESH:D015928")]),
        ("Merck Sharp & Dohme LLC", [("organization", "ORG:merck-sharp-dohme")]),
        ("Tulane University School of Medicine", [("organization", "ORG:tulane-medicine-school-university")]),
        ("Autoimmune Anemia", [("condition", "MESH:D000740")]),
        ("ABC-12345", [("drug", "TXT:abc-12345")]),
    ],
)
def test_without_a_kind_every_kind_is_looked_for_and_names_on_no_list_come_last(type_in, text, found):
    code, out, _ = type_in("link", text, "--json")
    assert code == 0
    assert [(row["kind"], row["id"]) for row in json.loads(out)] == found


def test_a_correction_to_nothing_is_told(type_in, tmp_path):
    (tmp_path / "corrections.txt").write_text("drug: study medication = nothing\n")
    _, out, said = type_in("link", "study medication", "--json")
    assert json.loads(out) == []
    assert "corrections.txt says that it is nothing." in said


def test_a_subsidiary_is_shown_with_its_owner_and_a_broader_heading_as_such(type_in):
    assert json.loads(type_in("link", "Merck Sharp & Dohme LLC", "--json")[1])[0]["parent"] == "ORG:merck-and-co"
    assert json.loads(type_in("link", "Autoimmune Anemia", "--json")[1])[0]["broader"]


def test_a_dose_before_a_plus_is_not_that_of_the_drug_after_it(type_in):
    rows = json.loads(type_in("link", "Rapamune 1 mg + ATRA", "--json")[1])
    assert [row.get("dose") for row in rows] == ["1 mg", None]


def test_a_bad_line_of_corrections_ends_with_its_number(type_in, tmp_path):
    (tmp_path / "corrections.txt").write_text("drug: a = sirolimus\nnonsense\n")
    code, _, said = type_in("link", "x")
    assert code == 2
    assert "corrections.txt, line 2: 'nonsense'" in said


def test_every_kind_can_be_asked_for(type_in):
    code, out, _ = type_in("link", "ITP", "--kind", "all", "--json")
    assert code == 0
    assert "MESH:D016553" in {row["id"] for row in json.loads(out)}


def test_organisations_are_measured_without_any_study(type_in, tmp_path):
    gold = tmp_path / "g.tsv"
    gold.write_text("a\tb\tsame\tnote\nPfizer\tPfizer Inc.\t1\t\nMerck KGaA\tMerck & Co.\t0\ttwo\n")
    code, out, said = type_in("eval", "links", "--gold", gold, "--predictions", tmp_path / "p.jsonl", "--json")
    assert code == 0, said
    report = json.loads(out)
    assert (report["kind"], report["precision"], report["recall"], report["traps_merged"]) == ("organizations", 1, 1, 0)
    assert len((tmp_path / "p.jsonl").read_text().splitlines()) == 4


def test_a_home_without_the_studies_says_so(type_in, tmp_path):
    gold = tmp_path / "g.jsonl"
    gold.write_text(json.dumps({"nct_id": "NCT00000001", "intervention_index": 0, "label": "x", "expected": []}))
    code, _, said = type_in("eval", "links", "--gold", gold)
    assert code != 0
    assert "trialgraph" in said


def test_vocabularies_are_listed_with_source_and_licence(type_in):
    code, out, _ = type_in("vocabularies", "--json")
    rows = {row["name"]: row for row in json.loads(out)}
    assert code == 0
    assert "National Library of Medicine" in rows["MeSH"]["source"]
    assert rows["Organisations"]["licence"] == "CC0"


def test_an_unknown_list_is_refused(type_in, tmp_path):
    path = tmp_path / "x.txt"
    path.write_text("hello\n")
    code, _, said = type_in("vocabularies", "update", path)
    assert code == 2
    assert "neither MeSH headings, MeSH supplementary concepts, UNII names, ids of drugs in other lists nor ROR" in said


def test_link_shows_a_class_with_its_kind_and_drugs(type_in):
    code, out, said = type_in("link", "SSRIs", "--json")
    assert code == 0
    rows = json.loads(out)
    assert [(row["kind"], row["id"], row["class_kind"]) for row in rows] == [("class", "CLASS:ssris", "MECHANISM")]
    assert "drugs by the table" in said
    assert "sertraline" in said
