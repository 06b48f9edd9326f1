"""One contract for every store: the same loads, the same answers, the same refusals."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import small_graph
from trialgraph.errors import StoreError, UsageError
from trialgraph.snapshot.snapshot import Difference, Snapshot
from trialgraph.stores import load
from trialgraph.stores.open import open_store
from trialgraph.stores.store import Store

ALL = {name: Difference(len(rows), 0, 0) for name, rows in small_graph.ROWS.items()}
TRIALS = "MATCH (t:Trial) RETURN t.trial_id AS id, t.brief_title AS title ORDER BY id"
READS = {
    "values": (
        "MATCH (t:Trial {trial_id: $id})-[r:TESTS]->(d:Drug) RETURN t.brief_title AS title, t.phases AS phases, "
        "t.phase_rank AS rank, t.enrollment AS enrollment, t.minimum_age_years AS age, t.has_results AS results, "
        "t.keywords AS keywords, t.why_stopped AS stopped, r.confidence AS sure, d.name AS drug ORDER BY drug",
        {"id": "NCT90000001"},
    ),
    "undirected": (
        "MATCH (t:Trial {trial_id: $id})-[s:SIMILAR_TO]-(o:Trial) RETURN o.trial_id AS id, s.score AS score",
        {"id": "NCT90000002"},
    ),
    "below": (
        "MATCH (c:Condition {name: $name})<-[:IS_A*0..]-(:Condition)<-[:STUDIES]-(t:Trial) "
        "RETURN count(DISTINCT t) AS trials",
        {"name": "Anemia, Hemolytic"},
    ),
    "aggregate": (
        "MATCH (d:Drug)<-[:TESTS]-(t:Trial) WITH d.name AS drug, collect(DISTINCT t.trial_id) AS ids "
        "UNWIND ids AS id WITH drug, id ORDER BY id RETURN drug, collect(id) AS trials ORDER BY drug",
        {},
    ),
    "map": ("MATCH (o:Organization) RETURN {name: o.name, class: o.class} AS organization", {}),
    "node": ("MATCH (d:Drug {drug_id: $id}) RETURN d", {"id": "MESH:D020123"}),
    "relationship": ("MATCH (:Drug)<-[r:TESTS {role: $role}]-(:Trial {trial_id: $id}) RETURN r ORDER BY r.role LIMIT 1",
                     {"role": "EXPERIMENTAL", "id": "NCT90000002"}),
    "missing": ("MATCH (t:Trial {trial_id: $id}) RETURN t.brief_title AS title", {"id": "NCT0"}),
    "optional": (
        "MATCH (t:Trial) OPTIONAL MATCH (t)-[:TESTS]->(d:Drug) RETURN t.trial_id AS id, count(d) AS drugs ORDER BY id",
        {},
    ),
}  # fmt: skip


@pytest.fixture(params=["embedded", pytest.param("neo4j", marks=pytest.mark.neo4j)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    """Every store, empty."""
    if request.param == "embedded":
        opened = open_store(tmp_path / "graph")
    else:
        server = request.getfixturevalue("neo4j")
        server.empty(schema=False)
        opened = open_store(server.uri, user=server.user, password=server.password)
    request.addfinalizer(opened.close)
    return opened


@pytest.fixture
def first(tmp_path: Path) -> Snapshot:
    return small_graph.snapshot(tmp_path / "first")


def test_a_load_is_counted_and_told(store, first):
    loaded = store.load(first)
    assert loaded.tables == ALL
    assert store.loaded() == first.hash
    assert store.counts() == loaded.counts == {name: first.rows_of(name) for name in first.manifest["tables"]}
    assert load.report(loaded) == {
        "nodes": {"added": 12, "changed": 0, "removed": 0},
        "relationships": {"added": 16, "changed": 0, "removed": 0},
        "reconciled": True,
    }


def test_the_same_snapshot_again_writes_nothing(store, first):
    store.load(first)
    again = store.load(first)
    assert again.tables == {}
    assert again.reconciled
    assert "Nothing to write" in load.sentence(again, store.name)


def test_the_next_day_is_the_difference_and_equals_a_fresh_load(store, first, tmp_path):
    second = small_graph.snapshot(tmp_path / "second", small_graph.other_rows())
    store.load(first)
    assert store.load(second).tables == second.compare(first)
    assert store.counts() == {name: second.rows_of(name) for name in second.manifest["tables"]}
    assert store.query(TRIALS).rows[-1] == {"id": "NCT90000004", "title": "New today"}
    status = store.query("MATCH (t:Trial {trial_id: 'NCT90000002'}) RETURN t.overall_status AS status").rows
    assert status == [{"status": "TERMINATED"}]
    score = store.query("MATCH (:Trial)-[s:SIMILAR_TO]->(:Trial) RETURN s.score AS score").rows
    assert score == [{"score": 0.25}]
    assert store.load(first).tables == first.compare(second)
    assert store.query(TRIALS).rows[-1] == {"id": "NCT90000003", "title": "Only listed"}


def test_a_property_that_is_gone_is_gone(store, first, tmp_path):
    rows = small_graph.other_rows()
    del rows["Trial"][0]["enrollment"], rows["SIMILAR_TO"][0]["shared_terms"]
    store.load(first)
    store.load(small_graph.snapshot(tmp_path / "second", rows))
    found = store.query(
        "MATCH (t:Trial {trial_id: 'NCT90000001'})-[s:SIMILAR_TO]-() RETURN t.enrollment AS n, s.shared_terms AS terms"
    )
    assert found.rows == [{"n": None, "terms": None}]


@pytest.mark.parametrize("name", READS)
def test_rows_are_the_same_on_every_store(name, store, first, tmp_path_factory):
    cypher, params = READS[name]
    store.load(first)
    mine = store.query(cypher, params)
    home = tmp_path_factory.mktemp("embedded")
    other = open_store(home / "graph")
    other.load(first)
    theirs = other.query(cypher, params)
    other.close()
    assert mine.rows == theirs.rows
    assert not mine.cut
    if mine.rows:
        assert mine.columns == theirs.columns


def test_a_node_and_a_relationship_are_plain_maps(store, first):
    store.load(first)
    node = store.query(*READS["node"]).rows[0]["d"]
    assert node["labels"] == ["Drug"]
    assert node["properties"] == small_graph.ROWS["Drug"][0]
    edge = store.query(*READS["relationship"]).rows[0]["r"]
    assert edge == {"type": "TESTS", "properties": {"role": "EXPERIMENTAL", **small_graph.LINK}}


def test_text_is_searched_by_the_same_index(store, first):
    store.load(first)
    found = store.query(
        "CALL db.index.fulltext.queryNodes('trial_text', $words) YIELD node, score "
        "RETURN node.trial_id AS id ORDER BY score DESC, id",
        {"words": "sirolimus tretinoin"},
    )
    assert [row["id"] for row in found.rows] == ["NCT90000001", "NCT90000002"]


@pytest.mark.parametrize(
    "cypher",
    [
        "CREATE (n:Trial {trial_id: 'x'})",
        "MATCH (t:Trial) SET t.brief_title = 'x' RETURN t",
        "MATCH (t:Trial) DETACH DELETE t",
        "MERGE (t:Trial {trial_id: 'x'}) RETURN t",
        "MATCH (t:Trial) REMOVE t.brief_title",
        "CREATE INDEX x FOR (n:Trial) ON (n.sex)",
        "LOAD CSV FROM 'file:///etc/passwd' AS line RETURN line",
        "LOAD CSV FROM 'http://127.0.0.1:9/' AS line RETURN line",
    ],
)
def test_a_query_that_writes_or_reads_files_is_refused(cypher, store, first):
    store.load(first)
    with pytest.raises(UsageError):
        store.query(cypher)
    assert store.counts()["Trial"] == 3
    assert store.query(TRIALS).rows[1]["title"] == "Sirolimus ointment"


def test_a_query_is_cut_at_the_rows_asked_for(store, first):
    store.load(first)
    assert store.query(TRIALS, rows=2).cut
    assert len(store.query(TRIALS, rows=2).rows) == 2
    assert not store.query(TRIALS, rows=3).cut


def test_a_query_is_stopped_after_its_time(store, first):
    store.load(first)
    endless = "UNWIND range(1, 10000) AS a UNWIND range(1, 10000) AS b UNWIND range(1, 100) AS c RETURN max(a + b * c)"
    with pytest.raises(StoreError, match=r"--timeout"):
        store.query(endless, timeout=0.5)
    assert len(store.query(TRIALS).rows) == 3


def test_what_is_no_cypher_is_told(store, first):
    store.load(first)
    with pytest.raises(UsageError, match="cannot be run"):
        store.query("MATCH (t:Trial RETURN t")
    with pytest.raises(UsageError, match="is no store that we know"):
        open_store("http://example.org")


def test_a_parameter_is_never_code(store, first):
    store.load(first)
    nasty = "x'}) DETACH DELETE t //"
    assert store.query("MATCH (t:Trial {trial_id: $id}) RETURN t.trial_id AS id", {"id": nasty}).rows == []
    assert store.counts()["Trial"] == 3
