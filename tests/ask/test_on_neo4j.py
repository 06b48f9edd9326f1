"""The same questions and the same attacks on a real Neo4j: the same rows, the same refusals."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.ask import golden_graph, test_questions
from tests.ask.attack_queries import ATTACKS, READS
from trialgraph.ask.cypher import run as cypher
from trialgraph.ask.landscape import landscape
from trialgraph.ask.questions import named as questions
from trialgraph.ask.questions import trial as sheet
from trialgraph.ask.questions import why
from trialgraph.ask.search import words as search
from trialgraph.errors import TrialgraphError, UsageError
from trialgraph.stores.open import open_store
from trialgraph.stores.store import Store

pytestmark = pytest.mark.neo4j


@pytest.fixture(scope="module")
def server(neo4j, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Return the golden graph in a real Neo4j."""
    opened = open_store(neo4j.uri, user=neo4j.user, password=neo4j.password)
    opened.load(golden_graph.write(tmp_path_factory.mktemp("home")))
    yield opened
    opened.close()


def test_every_question_gives_the_same_rows(server: Store, store: Store):
    expected = json.loads(test_questions.ANSWERS.read_text("utf-8"))
    for name, given in test_questions.cases():
        rows = json.loads(json.dumps(questions.ask(server, name, **given).rows))
        assert rows == expected[test_questions.titled(name, given)], name


def test_an_attack_changes_nothing_and_reads_nothing(server: Store):
    before = server.counts()
    for name, attack in ATTACKS.items():
        with pytest.raises(UsageError):
            cypher.run(server, attack)
        if name.startswith("load csv") or "apoc" in name or name in {"users", "transactions", "nothing"}:
            continue  # a file can be read by what only reads: the guard alone refuses that
        try:
            server.query(attack, {}, timeout=10.0, rows=10)
        except TrialgraphError:
            continue
    assert server.counts() == before


@pytest.mark.parametrize("query", READS.values(), ids=READS)
def test_a_query_that_only_reads_runs(server: Store, query):
    cypher.run(server, query)


def test_an_error_points_at_its_place(server: Store):
    with pytest.raises(UsageError) as problem:
        cypher.run(server, "MATCH (t:Trial)\nRETRUN t.trial_id")
    line, text, mark = str(problem.value).splitlines()
    assert line.startswith("line 2, column 1: ")
    assert "did you mean RETURN?" in line
    assert (text, mark) == ("  RETRUN t.trial_id", "  ^")


def test_an_unknown_variable_is_pointed_at(server: Store):
    with pytest.raises(UsageError) as problem:
        cypher.run(server, "MATCH (t:Trial) RETURN u.trial_id")
    assert "line 1, column 24: nothing is called u here" in str(problem.value)


def test_everything_else_that_asks_gives_the_same(server: Store, store: Store):
    first = golden_graph.T[1]
    for other in ("rapamycin", golden_graph.T[2], golden_graph.T[7], "Big Pharma", "anemia", "MTOR Inhibitors"):
        assert why.why(server, first, other) == why.why(store, first, other)
    assert sheet.sheet(server, first) == sheet.sheet(store, first)
    assert landscape.of(server, "sirolimus").page() == landscape.of(store, "sirolimus").page()
    found = [search.search(one, "sirolimus lupus").rows for one in (server, store)]
    assert found[0] == found[1]


@pytest.mark.parametrize("name", questions.find())
def test_a_question_reads_no_whole_label_where_a_key_is_given(neo4j, server: Store, name):
    question = questions.find()[name]
    given = next(given for title, given in test_questions.cases() if title == name)
    values, understood = questions.check(question, given, server)
    if not understood and "trial" not in given:
        pytest.skip("no key is given")
    with neo4j.driver() as driver:
        plan = driver.execute_query("PROFILE " + question.cypher, values).summary.profile
    operators = [plan]
    for operator in operators:
        operators += operator.get("children", [])
        kind = operator["operatorType"].partition("@")[0]
        assert not (kind in {"AllNodesScan", "NodeByLabelScan"} and operator["args"].get("Rows", 0)), operator["args"]


def test_explain_tells_the_plan(server: Store):
    told = cypher.run(server, "EXPLAIN MATCH (t:Trial {trial_id: 'NCT90000001'}) RETURN t.brief_title AS title")
    assert told.columns == ("plan",)
    steps = told[0]["plan"].splitlines()
    assert steps[0].startswith("+ ProduceResults title")
    assert "IndexSeek" in steps[-1]


def test_a_class_of_drugs_has_the_same_answers(server: Store, store: Store):
    for name in ("trials-of-drug", "drug-partners", "comparators-of-drug", "developers-of-drug", "doses-of-drug"):
        given = {"drug": "mTOR inhibitors"}
        assert questions.ask(server, name, **given).rows == questions.ask(store, name, **given).rows, name
    assert questions.ask(server, "brokers", about="mTOR inhibitors").notes == (
        questions.ask(store, "brokers", about="mTOR inhibitors").notes
    )
