"""What only a server can do to us: foreign nodes, two loaders, restarts, cut connections, the bulk importer."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import neo4j.exceptions
import pytest

from tests import small_graph
from tests.stores import bolt_proxy, break_neo4j
from trialgraph.errors import StoreError, UsageError
from trialgraph.snapshot.snapshot import Difference, Snapshot
from trialgraph.stores.neo4j import bulk
from trialgraph.stores.neo4j.store import Neo4jStore
from trialgraph.stores.open import open_store

pytestmark = pytest.mark.neo4j
ROUNDS = 20


@pytest.fixture
def server(neo4j):
    neo4j.empty(schema=False)
    return neo4j


@pytest.fixture
def store(server, request) -> Neo4jStore:
    opened = open_store(server.uri, user=server.user, password=server.password)
    request.addfinalizer(opened.close)
    assert isinstance(opened, Neo4jStore)
    return opened


@pytest.fixture
def first(tmp_path: Path) -> Snapshot:
    return small_graph.snapshot(tmp_path / "first")


@pytest.fixture
def second(tmp_path: Path) -> Snapshot:
    return small_graph.snapshot(tmp_path / "second", small_graph.other_rows())


FOREIGN = "MATCH (n:Foreign) OPTIONAL MATCH (n)-[r]->(m) RETURN properties(n) AS n, type(r) AS r, properties(m) AS m"


def test_foreign_nodes_are_never_touched(server, store, first, second):
    server.run("CREATE (:Foreign:Trial {name: 'mine'})-[:KNOWS {since: 1}]->(:Drug {name: 'also mine'})")
    server.run("CREATE (:Foreign:Condition {condition_id: 'mine too'})")
    before = server.run(FOREIGN)
    store.load(first)
    assert store.counts()["Trial"] == 3
    store.load(second)
    store.clear()
    assert server.run(FOREIGN) == before
    assert server.run("MATCH (n) RETURN count(n) AS n") == [{"n": 3}]
    names = server.run("SHOW INDEXES YIELD name WHERE name STARTS WITH 'tg_' OR name = 'trial_text' RETURN name")
    assert names == []


def test_a_foreign_node_under_one_of_our_keys_is_an_error_and_stays(server, store, first):
    server.run("CREATE (:Drug {drug_id: 'MESH:D020123', name: 'theirs'})")
    with pytest.raises(StoreError, match="Drug with drug_id 'MESH:D020123' that trialgraph did not write"):
        store.load(first)
    assert server.run("MATCH (d:Drug {drug_id: 'MESH:D020123'}) RETURN d.name AS name") == [{"name": "theirs"}]
    assert store.loaded() is None


def test_what_somebody_removed_is_found_and_written_again(server, store, first):
    store.load(first)
    server.run("MATCH (d:Drug {name: 'Tretinoin'}) DETACH DELETE d")
    with pytest.raises(StoreError, match=r"Drug 1 instead of 2.*--full"):
        store.load(first)
    again = store.load(first, full=True)
    assert again.tables == {
        "Drug": Difference(1, 0, 0),
        "INCLUDES_DRUG": Difference(1, 0, 0),
        "TESTS": Difference(1, 0, 0),
    }


def test_a_load_whose_connection_is_cut_anywhere_can_be_repeated(server, tmp_path):
    assert "50 lines cut" in break_neo4j.cut(server, tmp_path, 50, random.Random(4711))


def test_a_load_goes_on_when_the_connection_is_cut_at_a_commit(server, store, first, tmp_path):
    told = break_neo4j.cut_at_commits(server, tmp_path, ROUNDS, random.Random(4711))
    assert not told.startswith("0 "), told
    assert ", 0 before" not in told, told
    for what in ("before", "after"):  # three times in a row, and by itself
        server.empty(schema=False)
        port = int(server.uri.rpartition(":")[2])
        how = {10: what, 11: what, 12: what}
        with bolt_proxy.cut_at_commits(port, lambda number, how=how: how.get(number, "")) as (at, done):
            break_neo4j.load(server, first, at)
        assert done.count(what) == 3
        assert store.loaded() == first.hash
        assert store.load(first, full=True).tables == {}


def test_a_server_that_never_answers_a_commit_is_told_and_the_load_can_be_repeated(server, store, first):
    port = int(server.uri.rpartition(":")[2])
    how = bolt_proxy.cut_at_commits(port, lambda number: "after" if number >= 6 else "")
    with how as (address, done), pytest.raises(StoreError, match="does not answer"):
        break_neo4j.load(server, first, address)
    assert len(done) > 6
    assert store.loaded() is None
    break_neo4j.eventually(lambda: store.load(first))
    assert store.load(first, full=True).tables == {}


def test_a_second_loader_is_told_of_the_first(server, store, first):
    other = open_store(server.uri, user=server.user, password=server.password)
    with store._lock(), pytest.raises(StoreError, match="is being loaded by another process"):
        other.load(first)
    other.close()
    store.load(first)


@pytest.mark.timeout(1800)
def test_a_killed_loader_leaves_no_lock_and_no_half_graph(server, tmp_path):
    """The killed are forks of a process of its own, which must have no threads."""
    words = [sys.executable, "-m", "tests.stores.break_neo4j", "killed", tmp_path, ROUNDS]
    where = {"TRIALGRAPH_TEST_NEO4J": server.uri.replace("//", f"//{server.user}:{server.password}@")}
    command, project = list(map(str, words)), Path(__file__).resolve().parents[2]
    done = subprocess.run(
        command, cwd=project, env=os.environ | where, capture_output=True, text=True, timeout=1700, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert int(done.stdout.split(" killed")[0].rsplit(" ", 1)[1]) == ROUNDS, done.stdout


def test_a_half_loaded_graph_answers_nothing(server, store, first, second):
    with pytest.raises(StoreError, match="holds no whole graph"):
        store.query("MATCH (t:Trial) RETURN count(t) AS n")
    store.load(first)
    assert store.query("MATCH (t:Trial) RETURN count(t) AS n").rows == [{"n": 3}]
    asked = []

    def ask(done: int, total: int | None) -> None:
        other = open_store(server.uri, user=server.user, password=server.password)
        with pytest.raises(StoreError, match="holds no whole graph"):
            other.query("MATCH (t:Trial) RETURN count(t) AS n")
        other.close()
        asked.append(done)

    store.load(second, ask)
    assert asked
    assert store.query("MATCH (t:Trial) RETURN count(t) AS n").rows == [{"n": 3}]


def test_a_graph_that_is_loaded_while_it_is_asked_gives_no_answer(server, store, first):
    store.load(first)
    query = "UNWIND range(1, 3000) AS i MATCH (t:Trial) WITH t, i ORDER BY i RETURN t.trial_id AS id"
    server.run("MATCH (m:TrialgraphSnapshot {name: 'loaded'}) SET m.hash = 'a'")
    seen = threading.Thread(target=change_while_asked, args=(server,))
    slow = (
        "UNWIND range(1, 4000) AS a UNWIND range(1, 4000) AS b WITH max(a * b) AS n MATCH (t:Trial) RETURN t.trial_id"
    )
    assert len(store.query(query, rows=10).rows) == 10
    seen.start()
    with pytest.raises(StoreError, match="was being loaded while it was asked"):
        store.query(slow, timeout=60)
    seen.join()


def change_while_asked(server) -> None:
    """Change what is loaded once the server is at work on the question, which has then seen what was loaded before."""
    deadline = time.monotonic() + 60
    running = "SHOW TRANSACTIONS YIELD currentQuery WHERE currentQuery STARTS WITH 'UNWIND range(1, 4000)' RETURN 1"
    while not server.run(running):
        assert time.monotonic() < deadline, "the question did not begin"
        time.sleep(0.01)
    server.run(CHANGED)


CHANGED = "MATCH (m:TrialgraphSnapshot {name: 'loaded'}) SET m.hash = 'b'"


def test_a_loader_that_lost_its_lock_writes_nothing_once_another_has_begun(server, store, first, second):
    """The lock is a transaction's; a server that ends it, or restarts, gives it back while the loader goes on."""
    other = open_store(server.uri, user=server.user, password=server.password)

    def lose(done: int, total: int | None) -> None:
        if other.loaded() is None and not lost:
            ended = server.run(
                "SHOW TRANSACTIONS YIELD transactionId, currentQuery, status "
                "WHERE currentQuery IS NULL OR NOT currentQuery STARTS WITH 'SHOW' RETURN transactionId AS id"
            )
            server.run("TERMINATE TRANSACTIONS $ids", ids=[row["id"] for row in ended])
            lost.append(len(ended))
            break_neo4j.eventually(lambda: other.load(second))

    lost: list[int] = []
    with pytest.raises(StoreError, match="another process began to load"):
        store.load(first, lose)
    assert lost
    assert other.loaded() == second.hash
    assert other.load(second, full=True).tables == {}
    other.close()


@pytest.mark.slow
def test_a_server_that_stops_and_starts_in_the_middle_loses_nothing(server, tmp_path):
    """Once the loader goes on alone, once another begins when the server is back."""
    if not server.mine:
        pytest.skip("not our server to stop")
    assert "in the middle of 2 loads" in break_neo4j.stopped(server, tmp_path, 2, random.Random(4711))


def test_foreign_data_that_break_a_constraint_are_told_and_stay(server, store, first):
    server.empty()
    server.run("UNWIND [1, 2] AS i CREATE (:Drug {drug_id: 'same', name: 'theirs'})")
    with pytest.raises(StoreError, match=r"refused|failed") as problem:
        store.load(first)
    assert "drug_id" in str(problem.value)
    assert "\n" not in str(problem.value)
    assert store.loaded() is None
    assert server.run("MATCH (d:Drug) RETURN count(d) AS n") == [{"n": 2}]
    server.run("MATCH (d:Drug) DELETE d")
    assert store.load(first).reconciled


def test_a_relationship_that_is_there_twice_is_written_once(server, store, first):
    store.load(first)
    server.run("MATCH (a)-[r:TESTS]->(b) WITH a, r, b LIMIT 1 CREATE (a)-[s:TESTS]->(b) SET s = properties(r)")
    with pytest.raises(StoreError, match=r"TESTS 4 instead of 3.*--full"):
        store.load(first)
    assert store.load(first, full=True).tables == {"TESTS": Difference(1, 0, 0)}
    assert store.load(first, full=True).tables == {}


def test_an_equal_snapshot_sends_no_write_at_all(server, store, first, second):
    store.load(first)
    with bolt_proxy.overheard(int(server.uri.rpartition(":")[2])) as (address, said):
        break_neo4j.load(server, first, address)
        equal = b"".join(data for from_driver, data in said if from_driver)
        break_neo4j.load(server, second, address)
    other = b"".join(data for from_driver, data in said if from_driver)
    for word in (b"CREATE", b"MERGE", b"SET ", b"DELETE"):
        assert word in other
        assert word not in equal


def test_refusals_are_one_sentence_without_the_password(server, first):
    cases = {
        "refused user and password": open_store(server.uri, password="canary-4711"),
        "does not exist": open_store(server.uri, password=server.password, database="nosuch"),
        "does not answer": open_store("bolt://127.0.0.1:9", password="canary-4711"),
    }
    for sentence, refused in cases.items():
        with pytest.raises(StoreError, match=sentence) as problem:
            refused.load(first)
        refused.close()
        said = str(problem.value)
        assert "canary-4711" not in said
        assert server.password not in said
        assert "\n" not in said
        assert problem.value.exit_code == 4
    with pytest.raises(UsageError, match="holds no user or password"):
        open_store("bolt://neo4j:canary-4711@127.0.0.1:9")


@pytest.mark.slow
def test_a_batch_for_which_the_server_has_too_little_memory_is_halved(server, store, tmp_path, monkeypatch):
    if not server.mine:
        pytest.skip("the server must be started with little memory")
    title = "T" * 10_000
    rows = [{"trial_id": f"NCT{i:08}", "brief_title": f"{i} {title}"} for i in range(450)]
    many = small_graph.snapshot(tmp_path / "many", {"Trial": rows})
    one = small_graph.snapshot(tmp_path / "one", {"Trial": [{"trial_id": "NCT1", "brief_title": title * 300}]})
    settings = server.home / "conf" / "neo4j.conf"
    before = settings.read_text()
    server.stop(signal.SIGKILL)
    settings.write_text(before + "db.memory.transaction.max=2m\n")
    server.start()
    try:
        with (
            server.driver() as driver,
            driver.session() as session,
            pytest.raises(neo4j.exceptions.TransientError, match=r"(?i)memory"),
        ):
            session.run("UNWIND $rows AS row CREATE (n:Foreign) SET n = row", rows=rows[:400]).consume()
        # Tried again as it was, it would go on for an hour.
        monkeypatch.setattr("trialgraph.stores.neo4j.store.NEO4J_RETRY_SECONDS", 3600.0)
        assert store.load(many).tables == {"Trial": Difference(450, 0, 0)}
        with pytest.raises(StoreError, match="too little memory for one row"):
            store.load(one)
    finally:
        settings.write_text(before)
        server.stop(signal.SIGKILL)
        server.start()


@pytest.mark.slow
def test_a_bulk_import_equals_a_load(server, store, first, tmp_path, monkeypatch):
    if not server.mine:
        pytest.skip("the importer needs a stopped server")
    store.load(first)
    loaded = [store.query(text, params).rows for text, params in EVERYTHING]
    folder = tmp_path / "import"
    assert bulk.write(first, folder) == 28
    server.stop()
    try:
        monkeypatch.setenv("PATH", f"{server.installed(tmp_path)}:{os.environ['PATH']}")
        bulk.run(folder)
    finally:
        server.start()
    store.close()
    anew = open_store(server.uri, user=server.user, password=server.password)  # the database is another one now
    assert anew.loaded() is None
    assert anew.load(first).tables == {}
    assert anew.loaded() == first.hash
    assert [anew.query(text, params).rows for text, params in EVERYTHING] == loaded
    anew.close()
    shutil.rmtree(folder)


EVERYTHING = [
    ("MATCH (n) WHERE n._tg IS NOT NULL RETURN labels(n) AS labels, properties(n) AS p ORDER BY toString(n._tg)", {}),
    ("MATCH ()-[r]->() RETURN type(r) AS type, properties(r) AS p ORDER BY type, toString(r._tg)", {}),
]
