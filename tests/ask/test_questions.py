"""The named questions: their headers are whole, their parameters checked, their answers those read by eye."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.ask.golden_graph import T
from trialgraph.ask.names import resolve as names
from trialgraph.ask.questions import named as questions
from trialgraph.ask.questions.named import REQUIRED
from trialgraph.errors import UsageError
from trialgraph.spelling import nearest_names
from trialgraph.stores.store import Store

ANSWERS = Path(__file__).with_name("golden_answers.json")
GIVEN = {
    "drug": "rapamycin",
    "condition": "Anemia",
    "other": "lupus",
    "trial": T[1].lower(),
    "sponsor": "Big Pharma",
    "about": "Rapamune",
    "today": "2024-01-01",
    "regimen": "rapamycin + ATRA",
}
MORE = {  # a second way to ask some of them
    "trials-of-drug": {
        "drug": "Sirolimus",
        "condition": "anemia",
        "phase": "2",
        "status": "recruiting",
        "country": "China",
    },
    "who-tests-drug-in-condition": {"drug": "ATRA", "condition": "Anemia, Hemolytic"},
    "trials-of-regimen": {"regimen": "prednisone and sirolimus", "condition": "lupus"},
    "dropped-drugs": {"condition": "SLE"},
    "why-trials-stop": {},
    "what-changed": {"since": "2017", "field": "enrollment"},
    "same-study": {"trial": T[5]},
    "results-overdue": {"about": "Little Pharma", "today": "2024-01-01"},
    "trials-by-country": {"about": "MTOR Inhibitors"},
    "isolated-trials": {"lacking": "drug"},
    "developers-of-drug": {"drug": "everolimus", "scheme": "CURATED"},
    "brokers": {"about": "anemia"},
    "competitive-landscape": {"condition": "Purpura, Thrombocytopenic, Idiopathic"},
}


def cases() -> list[tuple[str, dict[str, str]]]:
    asked_for = []
    for name, question in questions.find().items():
        asked = {p.name for p in question.parameters if p.default == REQUIRED} | {"today", "about"}
        asked_for.append((name, {p.name: GIVEN[p.name] for p in question.parameters if p.name in asked}))
    return [*asked_for, *MORE.items()]


def titled(name: str, given: dict[str, str]) -> str:
    return " ".join([name, *(f"{key}={value}" for key, value in given.items())])


def answers(store: Store) -> dict[str, list[dict[str, object]]]:
    """Return the rows that every case gives."""
    told = {}
    for name, given in cases():
        answer = questions.ask(store, name, **given)
        told[titled(name, given)] = answer.rows
    return told


def test_every_question_gives_the_answer_that_was_read_by_eye(store: Store):
    expected = json.loads(ANSWERS.read_text("utf-8"))
    given = json.loads(json.dumps(answers(store)))
    assert list(given) == list(expected)
    for title in expected:
        assert given[title] == expected[title], title


@pytest.mark.parametrize("name", questions.find())
def test_a_question_says_what_it_gives(store: Store, name):
    question = questions.find()[name]
    given = next(given for title, given in cases() if title == name)
    values, _ = questions.check(question, given, store)
    result = store.query(question.cypher, values, timeout=60.0, rows=10)
    if result.rows:
        assert set(question.columns) <= set(result.columns)
    assert "ORDER BY" in question.cypher
    assert question.reading.endswith(".")


@pytest.mark.parametrize("name", questions.find())
def test_a_question_is_cypher_that_only_reads(name):
    from trialgraph.ask.cypher import guard

    words = guard.check(questions.find()[name].cypher)
    used = {word.text[1:] for word in words if word.kind == "parameter"}
    assert used == {p.name for p in questions.find()[name].parameters}
    known = guard.names_used(words)
    assert known, "it names no label"


def test_there_are_the_questions_that_were_promised():
    promised = """
    trials-of-drug similar-trials landscape-of-condition sponsor-portfolio competing-recruiting drug-partners
    sites-of-drug phase-progress listed-as-related link-quality what-changed primary-outcome-switched
    enrolment-planned-and-actual results-overdue status-timeline"""
    assert set(promised.split()) <= set(questions.find())
    assert len(questions.find()) >= 25


@pytest.mark.parametrize("name", ["rapamycin", "sirolimus", "Rapamune", "SIROLIMUS ", "MESH:D020123"])
def test_a_drug_is_asked_for_by_any_of_its_names(store: Store, name):
    answer = questions.ask(store, "trials-of-drug", drug=name)
    assert [row["trial_id"] for row in answer] == [T[1], T[4], T[2]]


def test_a_word_that_is_only_part_of_a_name_is_no_drug(store: Store):
    # "farma" is an old name of suramin, and "rapamycin tablets" is rapamycin.
    assert names.resolve("subject", "rapamycin 2 mg tablets", store).id == "MESH:D020123"
    assert names.resolve("subject", "Big Farma", store).name == "Big Pharma"
    with pytest.raises(UsageError, match="did you mean Big Pharma"):
        names.resolve("subject", "Bigg Farma", store)


def test_the_answer_says_what_it_understood(store: Store):
    answer = questions.ask(store, "trials-of-drug", drug="rapamycin")
    assert answer.notes[0].casefold() == "rapamycin -> sirolimus (mesh:d020123), by synonym"
    assert answer.understood[0].id == "MESH:D020123"


def test_a_condition_counts_a_trial_once_however_many_ways_lead_up(store: Store):
    row = questions.ask(store, "who-tests-drug-in-condition", drug="sirolimus", condition="anemia")[0]
    assert row["trials"] == 1


@pytest.mark.parametrize(
    ("name", "given", "says"),
    [
        ("trials-of-drugs", {}, "did you mean trials-of-drug or trials-of-regimen?"),
        ("zzz", {}, "'trialgraph ask' lists them"),
        ("trials-of-drug", {}, "needs drug=...: a drug or a class of drugs, by any name"),
        ("trials-of-drug", {"drugs": "x"}, "has no parameter 'drugs'; did you mean drug?"),
        ("trials-of-drug", {"drug": "xqzzy"}, "no drug or drug class is known as 'xqzzy'"),
        ("sponsor-portfolio", {"sponsor": "Bigg Farma"}, "did you mean Big Pharma"),
        ("similar-trials", {"trial": "4324411"}, "no trial here has the number or acronym '4324411'"),
        ("similar-trials", {"trial": T[1], "most": "many"}, "most='many' is no number"),
        ("similar-trials", {"trial": T[1], "most": "0"}, "1 is the least"),
        ("trials-of-drug", {"drug": "sirolimus", "phase": "9"}, "is none of EARLY_PHASE1, PHASE1"),
        ("trials-of-drug", {"drug": "sirolimus", "since": "yesterday"}, "is no date"),
        ("trials-of-drug", {"drug": "sirolimus", "since": "2020-13"}, "is no day of the calendar"),
        ("trials-of-drug", {"drug": "sirolimus", "country": "Chinna"}, "did you mean China?"),
    ],
)
def test_a_mistake_is_told_with_what_would_do(store: Store, name, given, says):
    with pytest.raises(UsageError) as problem:
        questions.ask(store, name, **given)
    assert says in str(problem.value)


def test_an_empty_answer_says_why(store: Store):
    with pytest.raises(
        UsageError, match=r"does not hold NCT00000007; 'trialgraph crawl ctgov --id NCT00000007' fetches"
    ):
        questions.ask(store, "similar-trials", trial="NCT00000007")
    held = questions.ask(
        store, "drugs-in-both", condition="lupus", other="Purpura, Thrombocytopenic, Idiopathic", most=1
    )
    assert held.rows
    none = questions.ask(store, "usual-endpoints", condition="asthma")
    assert none.notes[-1] == "this graph holds nothing of Asthma"


def test_an_answer_that_goes_on_says_so(store: Store):
    answer = questions.ask(store, "trials-of-drug", drug="sirolimus", most=2)
    assert (len(answer), answer.cut, answer.notes[-1]) == (2, True, "the first 2 rows; most=20 shows more")
    assert not questions.ask(store, "trials-of-drug", drug="sirolimus", most=3).cut


@pytest.mark.parametrize(
    "header",
    [
        "// A title\n// -> a\nRETURN 1 AS a",
        "// Read: x.\n// -> a\nRETURN 1 AS a",
        "// A title\n// Read: x.\nRETURN 1 AS a",
        "// A title\n// Read: x.\n// $x colour  what\n// -> a\nRETURN 1 AS a",
    ],
)
def test_a_header_that_says_too_little_is_refused(header):
    with pytest.raises(ValueError, match=r"queries/x\.cypher"):
        questions.parse("x", header)


def test_nearest_names_begin_with_hold_or_are_spelled_alike():
    held = ["Anemia, Hemolytic", "Anemia", "Asthma", "Pernicious anemia"]
    assert nearest_names("anem", held) == ["Anemia", "Anemia, Hemolytic", "Pernicious anemia"]
    assert nearest_names("asthmma", held) == ["Asthma"]


if __name__ == "__main__":  # write the answers anew: read every one of them before it is committed
    import tempfile

    from tests.ask import golden_graph
    from trialgraph.stores.open import open_store

    home = Path(tempfile.mkdtemp())
    opened = open_store(home / "graph")
    opened.load(golden_graph.write(home))
    lines = []
    for title, rows in answers(opened).items():
        listed = ",\n".join(f"  {json.dumps(row, ensure_ascii=False)}" for row in rows)
        lines.append(f"{json.dumps(title)}: [\n{listed}\n]" if rows else f"{json.dumps(title)}: []")
    sys.stdout.write("{\n" + ",\n".join(lines) + "\n}\n")
