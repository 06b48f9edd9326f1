"""Anybody's Cypher: it may read within limits, and everything else is refused with a sentence that points."""

from __future__ import annotations

import pytest

from tests.ask.attack_queries import ATTACKS, READS
from trialgraph.ask.cypher import guard
from trialgraph.ask.cypher import run as cypher
from trialgraph.errors import TrialgraphError, UsageError
from trialgraph.stores.store import Store


@pytest.mark.parametrize("query", ATTACKS.values(), ids=ATTACKS)
def test_an_attack_is_refused_before_it_is_sent(query):
    with pytest.raises(UsageError):
        guard.check(query)


# What the engine itself lets through is what only the guard refuses: it is not sent here.
NOT_REFUSED_BY_THE_STORE = {
    "reading in transactions",
    "dbms components",
    "nothing",
    "a name in backticks that seems to end",
    "a text that seems to end",
}


@pytest.mark.parametrize("name", sorted(set(ATTACKS) - NOT_REFUSED_BY_THE_STORE))
def test_the_embedded_store_itself_changes_nothing_and_reads_no_file(store: Store, name):
    before = store.counts()
    try:
        result = store.query(ATTACKS[name], {}, timeout=10.0, rows=10)
    except TrialgraphError:
        pass
    else:
        assert "root:" not in str(result.rows)
    assert store.counts() == before


@pytest.mark.parametrize("query", READS.values(), ids=READS)
def test_a_query_that_only_reads_runs(store: Store, query):
    cypher.run(store, query)


def test_an_error_points_at_its_place(store: Store):
    with pytest.raises(UsageError) as problem:
        cypher.run(store, "MATCH (t:Trial)\nRETRUN t.trial_id")
    line, text, mark = str(problem.value).splitlines()
    assert line.startswith("line 2, column 1: ")
    assert "did you mean RETURN?" in line
    assert text == "  RETRUN t.trial_id"
    assert mark == "  ^"


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("MTACH (t) RETURN t", "did you mean MATCH?"),
        ("MATCH (t:Trial RETURN t", "( is never closed"),
        ("MATCH (t:Trial)) RETURN t", ") closes nothing"),
        ("MATCH (t) WHERE t.x = 'abc RETURN t", "this text is never closed"),
        ("RETURN cuont(1)", "did you mean count?"),
        ("MATCH (t:Trial) RETURN u.trial_id", "nothing is called u here"),
        ("MATCH (t:Trial {trial_id: $id}) RETURN t", "no value for $id; give one with -P id=..."),
        ("RETURN 1 AS x /* what", "this comment is never closed"),
        ("RETURN " + "(" * 200 + "1" + ")" * 200, "brackets within each other"),
        ("RETURN 1" + " " * 200_000, "characters"),
    ],
)
def test_a_mistake_is_told_in_words(store: Store, query, says):
    with pytest.raises(UsageError) as problem:
        cypher.run(store, query)
    assert says in str(problem.value)


def test_an_unknown_name_is_named_with_the_nearest_that_exists(store: Store):
    answer = cypher.run(store, "MATCH (t:Trail)-[:TESTZ]->(d) RETURN t.overall_statu AS x, {own: 1}.own AS y")
    assert "no label is called Trail; did you mean Trial?" in answer.notes
    assert "no relationship type is called TESTZ; did you mean TESTS?" in answer.notes
    assert "no property is called overall_statu; did you mean overall_status?" in answer.notes
    assert len(answer.notes) == 3


def test_a_long_answer_is_cut_and_says_so(store: Store):
    answer = cypher.run(store, "UNWIND range(1, 50) AS n RETURN n", rows=10)
    assert (len(answer), answer.cut) == (10, True)
    assert answer.notes == ("cut after 10 rows; --rows allows more, LIMIT asks for fewer",)
    assert not cypher.run(store, "UNWIND range(1, 10) AS n RETURN n", rows=10).cut


def test_a_heavy_answer_is_cut_and_says_so(store: Store):
    answer = cypher.run(store, "UNWIND range(1, 50) AS n RETURN $text AS text", {"text": "x" * 100}, bytes=1000)
    assert len(answer) == 9
    assert answer.cut
    assert "more than 1,000 bytes" in answer.notes[0]


def test_a_query_without_end_is_stopped(store: Store):
    with pytest.raises(TrialgraphError, match="stopped after"):
        cypher.run(
            store,
            "UNWIND range(1, 1000000) AS a UNWIND range(1, 1000000) AS b WITH a + b AS c WHERE c < 0 RETURN c",
            timeout=1.0,
        )


def test_parameters_are_typed():
    written = [
        "n=5",
        "x=1.5",
        "yes=true",
        "none=null",
        "text=sirolimus",
        'quoted="5"',
        'list=["a", 1]',
        "empty=",
        "a=b=c",
    ]
    assert dict(map(cypher.parameter, written)) == {
        "n": 5,
        "x": 1.5,
        "yes": True,
        "none": None,
        "text": "sirolimus",
        "quoted": "5",
        "list": ["a", 1],
        "empty": "",
        "a": "b=c",
    }
    with pytest.raises(UsageError, match="is no key=value"):
        cypher.parameter("5")


def test_values_never_become_code(store: Store):
    hostile = "x'}) DETACH DELETE t //"
    answer = cypher.run(store, "MATCH (t:Trial {trial_id: $id}) RETURN t.trial_id AS id", {"id": hostile})
    assert answer.rows == []
