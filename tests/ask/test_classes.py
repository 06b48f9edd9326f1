"""A class of drugs may be asked for where a drug may: it stands for its drugs, those of the classes below included."""

from __future__ import annotations

from pathlib import Path

import pytest

import trialgraph
from trialgraph.ask import gather
from trialgraph.ask.names import classes
from trialgraph.ask.names import resolve as names
from trialgraph.ask.questions import named as questions
from trialgraph.ask.questions.why import why
from trialgraph.ask.search import words as search
from trialgraph.errors import UsageError
from trialgraph.stores.store import Store

MTOR = "CLASS:mtor-inhibitors"


@pytest.fixture(scope="module")
def graph(sample_home: Path):
    with trialgraph.open(sample_home) as opened:
        yield opened


@pytest.mark.parametrize("name", ["MTOR Inhibitors", "mTOR inhibitor", "rapalogs", "mTOR-blockers", MTOR])
def test_a_class_goes_by_any_of_its_names(store: Store, name):
    found = names.resolve("drug", name, store)
    assert (found.kind, found.id) == ("class", MTOR)
    assert [drug for drug, _ in found.members] == ["MESH:D020123", "MESH:D000068338"]


def test_what_was_understood_names_the_drugs(store: Store):
    told = names.sentence(names.resolve("drug", "rapalogs", store))
    expected = (
        "rapalogs -> mTOR inhibitors (CLASS:mtor-inhibitors), by synonym: "
        "a class with 2 drugs here: sirolimus 3, everolimus 1"
    )
    assert told == expected


def test_a_drug_is_understood_before_a_class(store: Store):
    assert names.resolve("drug", "sirolimus", store).kind == "drug"


def test_a_name_that_is_neither_gets_the_nearest_of_both(store: Store):
    with pytest.raises(
        UsageError, match="no drug or drug class is known as 'MTOR Inhibitrs'; did you mean mTOR inhibitor"
    ):
        names.resolve("drug", "MTOR Inhibitrs", store)
    with pytest.raises(UsageError, match="did you mean rapalog, rapalogs"):
        names.resolve("drug", "rapalosg", store)


def test_trials_of_a_class_are_those_of_its_drugs_each_once(store: Store):
    of_class = [row["trial_id"] for row in questions.ask(store, "trials-of-drug", drug="mTOR inhibitors")]
    one, two = (
        {row["trial_id"] for row in questions.ask(store, "trials-of-drug", drug=drug)}
        for drug in ("sirolimus", "everolimus")
    )
    assert len(of_class) == len(set(of_class))
    assert set(of_class) == one | two


def test_the_drugs_of_a_class_are_no_partners_of_it(store: Store):
    partners = {row["partner_id"] for row in questions.ask(store, "drug-partners", drug="mTOR inhibitors")}
    assert partners
    assert not partners & {"MESH:D020123", "MESH:D000068338"}


def test_a_class_above_has_the_drugs_of_those_below(graph):
    below = {drug for drug, _ in names.resolve("drug", "calcineurin inhibitors", graph.store).members}
    above = {drug for drug, _ in names.resolve("drug", "immunosuppressants", graph.store).members}
    assert below
    assert below < above


def test_a_landscape_and_a_search_take_a_class(graph):
    understood, ids = gather.about(graph.store, "mTOR inhibitors")
    assert understood.id == MTOR
    assert set(ids) > {row["trial_id"] for row in graph.ask("trials-of-drug", drug="sirolimus")}
    found = search.search(graph.store, "mTOR inhibitors kidney", most=5)
    assert found.understood[0].id == MTOR
    assert any("class mTOR inhibitors" in row["found_by"] for row in found)


def test_why_tells_that_a_drug_is_within_a_class(store: Store):
    answer = why(store, "NCT90000001", "mTOR inhibitors")
    assert "understood as sirolimus, which is within mTOR inhibitors (in mTOR inhibitors by " in answer[0]["evidence"]


def test_a_class_named_within_words_is_found_once(store: Store):
    found = classes.mentioned("an mTOR inhibitor for lupus", store)
    assert [one.given for one in found] == ["mTOR inhibitor"]
    assert [one.id for one in classes.mentioned("rapalogs in lupus", store)] == [MTOR]


def test_a_single_word_that_is_part_of_many_texts_is_no_class(graph):
    assert (
        classes.mentioned("a high protein diet in hormone resistant disease, with water and lipid", graph.store) == []
    )
