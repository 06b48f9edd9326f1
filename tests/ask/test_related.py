"""Trials like one among those that a filter lets through, and two trials side by side, on the sample."""

from __future__ import annotations

import pytest

import trialgraph as tg
from trialgraph.ask.questions.related import related
from trialgraph.errors import UsageError

SEED = "NCT04324411"


@pytest.fixture(scope="module")
def graph(sample_home):
    with tg.open(sample_home) as opened:
        yield opened


def drugs_of(graph, trial: str) -> set[str]:
    rows = graph.cypher("MATCH (:Trial {trial_id: $id})-[:TESTS]->(d:Drug) RETURN d.drug_id AS id", {"id": trial})
    return {row["id"] for row in rows}


def test_without_a_filter_the_nearest_of_the_graph_are_told(graph):
    told = [row["trial_id"] for row in graph.related(SEED)]
    assert told == [row["trial_id"] for row in graph.ask("similar-trials", trial=SEED)]


def test_a_filter_searches_beyond_the_ten_nearest(graph):
    linked = {row["trial_id"] for row in graph.ask("similar-trials", trial=SEED, most=90)}
    answer = graph.related(SEED, most=90, same_drug=True)
    found = {row["trial_id"] for row in answer}
    mine = drugs_of(graph, SEED)
    assert found - linked
    assert all(mine & drugs_of(graph, trial) for trial in found)
    held = graph.cypher("MATCH (t:Trial) RETURN t.trial_id AS id")
    assert len(found) == sum(bool(mine & drugs_of(graph, row["id"])) for row in held if row["id"] != SEED)
    assert answer.notes == (f"searched among the {len(found)} trials that fit",)


def test_scores_of_a_search_are_those_of_the_graph(graph):
    linked = {row["trial_id"]: (row["score"], row["because"]) for row in graph.ask("similar-trials", trial=SEED)}
    found = {row["trial_id"]: (row["score"], row["because"]) for row in graph.related(SEED, most=90, since="1990")}
    undated = graph.cypher("MATCH (t:Trial) WHERE t.start_date IS NULL RETURN t.trial_id AS id")
    dated = linked.keys() - {row["id"] for row in undated}
    assert len(dated) > 5
    assert {trial: found[trial] for trial in dated} == {trial: linked[trial] for trial in dated}


def test_the_same_sponsor_s_trials_can_be_left_out(graph):
    sponsors = "MATCH (:Trial {trial_id: $id})<-[:SPONSORS]-(:Organization)-[:SPONSORS]->(o) RETURN o.trial_id AS id"
    several = (
        "MATCH (o:Organization)-[:SPONSORS]->(t:Trial) "
        "RETURN o.name AS name, collect(t.trial_id)[0] AS id, count(t) AS n"
    )
    trial = max(graph.cypher(several), key=lambda row: row["n"])["id"]
    same = {row["id"] for row in graph.cypher(sponsors, {"id": trial})} - {trial}
    every = {row["trial_id"] for row in graph.related(trial, most=90, since="1900")}
    assert same & every
    assert {
        row["trial_id"] for row in graph.related(trial, most=90, since="1900", not_same_sponsor=True)
    } == every - same


def test_without_what_a_build_keeps_the_linked_ones_are_told_and_a_note_says_so(graph):
    answer = related(None, graph.store, SEED, same_drug=True)
    linked = [row["trial_id"] for row in graph.ask("similar-trials", trial=SEED, most=90)]
    mine = drugs_of(graph, SEED)
    assert [row["trial_id"] for row in answer] == [one for one in linked if mine & drugs_of(graph, one)][:10]
    assert "no build here kept all to search" in answer.notes[0]


def test_an_unknown_trial_or_date_is_told(graph):
    with pytest.raises(UsageError, match="NCT00000000"):
        graph.related("NCT00000000", same_drug=True)
    with pytest.raises(UsageError, match="is no date"):
        graph.related(SEED, since="soon")


def test_two_trials_stand_side_by_side(graph):
    other = graph.related(SEED)[0]["trial_id"]
    answer = graph.compare(SEED, other)
    rows = {row["what"]: row for row in answer}
    assert answer.columns == ("what", "both", SEED, other)
    assert rows["title"][SEED] != rows["title"][other]
    assert set(rows["drugs"][SEED] or ()) | set(rows["drugs"]["both"] or ()) == {"Sirolimus", "Tretinoin"}
    for row in answer:
        assert row["both"] or row[SEED] or row[other]
        assert not set(row["both"] or ()) & {*(row[SEED] or ()), *(row[other] or ())}
    assert answer.notes[0].startswith("likeness 0.")


def test_a_trial_is_not_compared_with_itself(graph):
    with pytest.raises(UsageError, match="with itself"):
        graph.compare(SEED, SEED)
