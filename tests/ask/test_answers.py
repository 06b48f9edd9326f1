"""What else is asked: evidence, one trial, words, a text; and what answers become."""

from __future__ import annotations

import doctest

import pytest

import trialgraph as tg
from tests.ask.golden_graph import T
from trialgraph.ask import answers
from trialgraph.ask.answers import Answer
from trialgraph.ask.cypher import run as cypher
from trialgraph.ask.questions import trial as sheet
from trialgraph.ask.questions import why
from trialgraph.ask.search import words as search
from trialgraph.errors import UsageError
from trialgraph.stores.store import Store


def test_a_drug_s_evidence_leads_back_to_the_record(store: Store):
    (row,) = why.why(store, T[1], "rapamycin")
    assert row["link"] == "TESTS"
    assert row["evidence"] == (
        "the record says 'Sirolimus', understood as sirolimus; given as experimental (arms: Both)"
    )
    assert (row["alias"], row["vocabulary"], row["method"]) == ("Sirolimus", "mesh", "exact")
    assert (row["record"], row["sha256"]) == (f"ctgov:{T[1]}", "ab" * 32)
    assert row["url"].endswith(T[1])


def test_either_order_will_do(store: Store):
    assert why.why(store, "rapamycin", T[1]).rows == why.why(store, T[1], "rapamycin").rows


def test_part_of_a_combination_is_told_by_its_words(store: Store):
    (row,) = why.why(store, T[4], "prednisone")
    assert "'Sirolimus + prednisone', the words 'prednisone', understood as prednisone" in row["evidence"]
    assert "given as background" in row["evidence"]


def test_a_broader_condition_is_reached_through_what_is_below_it(store: Store):
    rows = why.why(store, T[1], "Anemia").rows
    assert [row["words"] for row in rows] == ["Warm AIHA", "AIHA"]
    assert rows[0]["evidence"].endswith("understood as Anemia, Hemolytic, Autoimmune, which is within Anaemia")


def test_an_owner_is_reached_through_what_it_owns(store: Store):
    (row,) = why.why(store, T[4], "Big Pharma")
    assert row["link"] == "SPONSORS"
    assert row["evidence"] == "the record says 'Little Pharma', understood as Little Pharma, which is within Big Pharma"


def test_likeness_is_told_in_parts(store: Store):
    rows = why.why(store, T[2], T[1]).rows
    assert rows[0]["evidence"].startswith(f"score 0.600: {T[1]} is number 1 among those most like {T[2]}")
    assert [row["evidence"] for row in rows[1:]] == ["drugs: sirolimus", "words: sirolimus + autoimmune"]


def test_what_a_mirror_lists_is_told_apart(store: Store):
    assert [row["link"] for row in why.why(store, T[1], T[3])] == ["SIMILAR_TO"] * 3 + ["LISTED_AS_RELATED"]
    assert [row["link"] for row in why.why(store, T[5], T[2])] == ["SIMILAR_TO"] * 2 + ["SAME_STUDY_AS"]


def test_no_link_is_said(store: Store):
    assert why.why(store, T[1], T[6]).notes[0].startswith("nothing links")
    assert "nothing in NCT90000003 leads to sirolimus" in why.why(store, T[3], "sirolimus").notes[-1].lower().replace(
        "nct9", "NCT9"
    )


@pytest.mark.parametrize(
    ("pair", "says"),
    [
        (("sirolimus", "lupus"), "one of the two must be a trial id"),
        (("NCT00000000", "sirolimus"), "'trialgraph crawl ctgov --id NCT00000000' fetches it"),
        ((T[1], "Bigg Farma"), "did you mean Big Pharma"),
    ],
)
def test_what_cannot_be_explained_is_refused(store: Store, pair, says):
    with pytest.raises(UsageError) as problem:
        why.why(store, *pair)
    assert says in str(problem.value)


def test_a_trial_s_sheet_holds_what_hangs_on_it(store: Store):
    told = sheet.sheet(store, T[1].lower())
    assert told["trial_id"] == T[1]
    assert told["phases"] == ["PHASE2"]
    assert "why_stopped" not in told
    assert told["conditions"] == ["AIHA"]
    assert {row["condition"] for row in told["understood_conditions"]} == {"Anemia, Hemolytic, Autoimmune"}
    assert told["interventions"][1] == {"as_written": "ATRA", "type": "DRUG", "understood_as": ["tretinoin"]}
    assert told["organizations"][0]["part"] == "lead"
    assert told["changes"][0]["field"] == "overall_status"


def test_words_are_understood_and_found(store: Store):
    answer = search.search(store, "rapamycin lupus")
    assert [row["trial_id"] for row in answer] == [T[4]], "the only trial of both"
    assert [found.casefold() for found in answer[0]["found_by"]] == [
        "drug sirolimus",
        "condition lupus",
        "words",
    ]
    assert any("rapamycin -> " in note for note in answer.notes)


def test_filters_narrow_a_search(store: Store):
    assert [row["trial_id"] for row in search.search(store, "sirolimus", status="RECRUITING")] == [T[1]]
    assert [row["trial_id"] for row in search.search(store, "sirolimus", since="2016-01-01", until="2019-12-31")] == [
        T[4]
    ]
    assert [row["trial_id"] for row in search.search(store, "anemia", country="United States")] == [T[3]]
    none = search.search(store, "sirolimus", phase="PHASE4")
    assert "none has all of these; these have 1 of 2" in none.notes
    assert all("words" not in row["found_by"][0] for row in none), "what has most of it comes"


def test_the_matching_piece_of_text_is_shown(store: Store):
    (row,) = search.search(store, "haemoglobin")
    assert row["text"] == "Whether sirolimus with tretinoin keeps haemoglobin up."


@pytest.mark.parametrize(
    "words", ['sirolimus" OR *:*', "sirolimus AND NOT (", "+sirolimus -lupus ~ ^2", "brief_title:/./"]
)
def test_the_full_text_s_own_language_is_only_words(store: Store, words):
    search.search(store, words)


def test_nothing_to_search_for_is_refused(store: Store):
    with pytest.raises(UsageError, match="Give some words"):
        search.search(store, " ?! ")


def test_answers_become_frames_and_show_in_a_notebook(store: Store):
    answer = Answer(columns=("a", "b"), rows=[{"a": "<b>", "b": ["x"]}, {"a": None, "b": []}], notes=("said & done",))
    assert answer.to_polars().to_dicts() == answer.rows
    assert answer.to_arrow().to_pylist() == answer.rows
    assert answer.to_pandas().shape == (2, 2)
    assert "<td>&lt;b&gt;</td>" in answer._repr_html_()
    assert "<p>said &amp; done</p>" in answer._repr_html_()
    assert str(answer).startswith("said & done\na    b\n")
    assert Answer(columns=("a",), rows=[]).to_polars().shape == (0, 1)


def test_the_python_interface_answers_like_the_commands(golden_home):
    with tg.open(golden_home) as graph:
        assert len(graph.ask("trials-of-drug", drug="rapamycin")) == 3
        assert graph.related(T[1], most=1)[0]["trial_id"] == T[2]
        assert graph.trial(T[1])["trial_id"] == T[1]
        assert len(graph.why(T[1], "ATRA")) == 1
        assert len(graph.search("sirolimus")) == 3
        assert graph.cypher("MATCH (t:Trial) RETURN count(t) AS n")[0] == {"n": 7}
        assert "similar-trials" in graph.questions()
        assert graph.landscape("sirolimus").facts()["trials"] == 3
        assert graph.frames(["Drug"])["Drug"].height == 4
        network = graph.networkx(["Trial", "Drug"], ["TESTS"])
        assert network.number_of_edges() == 7
        assert network.nodes[f"Trial:{T[1]}"]["brief_title"].startswith("Sirolimus")
        with pytest.raises(UsageError, match="there is no label 'Trail'"):
            graph.networkx(["Trail"])
        with pytest.raises(UsageError, match="there is no table"):
            graph.frames(["Nope"])


def test_an_empty_home_says_what_to_run(tmp_path):
    with pytest.raises(UsageError, match="run 'trialgraph build', or 'trialgraph demo' to try it"):
        tg.open(tmp_path)


@pytest.mark.parametrize("module", [answers, cypher])
def test_the_examples_in_the_documentation_run(module):
    assert doctest.testmod(module).failed == 0


def test_importing_the_package_is_light():
    import subprocess
    import sys

    heavy = "polars pyarrow arcadedb neo4j matplotlib sklearn rich httpx networkx"
    code = f"import sys, trialgraph, trialgraph.cli.main; print([m for m in '{heavy}'.split() if m in sys.modules])"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
    )
