"""What only a server can do to us: foreign nodes, two loaders, restarts, cut connections, the bulk importer."""

from __future__ import annotations

import contextlib
import os
import random
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import small_graph

import neo4j_server
from trialgraph.errors import StoreError, UsageError
from trialgraph.graph import bulk
from trialgraph.graph.snapshot import Difference, Snapshot
from trialgraph.graph.stores import open_store
from trialgraph.graph.stores.neo4j import Neo4jStore

pytestmark = pytest.mark.neo4j
CUTS = int(os.environ.get("TRIALGRAPH_TEST_CUTS", "10"))


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


def test_a_load_whose_connection_is_cut_anywhere_can_be_repeated(server, store, first, second):
    port = int(server.uri.rpartition(":")[2])
    dice = random.Random(4711)
    for turn in range(CUTS):
        with cut_once(port, dice.randrange(200, 60_000)) as address:
            through = open_store(address, user=server.user, password=server.password)
            try:
                through.load((first, second)[turn % 2])
            except StoreError as problem:  # what cannot be repeated by itself says so, and is repeated below
                assert server.password not in str(problem)
            finally:
                through.close()
    eventually(lambda: store.load(second))
    assert store.loaded() == second.hash
    assert store.counts() == {name: second.rows_of(name) for name in second.manifest["tables"]}
    assert store.load(second, full=True).tables == {}


@contextlib.contextmanager
def cut_once(port: int, size: int) -> Iterator[str]:
    """Stand between driver and server, and cut every connection once so many bytes went through; later ones pass."""
    left = size
    ends: list[socket.socket] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def pump(one: socket.socket, other: socket.socket) -> None:
        nonlocal left
        with contextlib.suppress(OSError):
            while data := one.recv(4096):
                whole = left > len(data) or left < 0
                other.sendall(data if whole else data[: max(left, 0)])
                if left >= 0:
                    left -= len(data)
                if not whole:
                    left = -1
                    hang_up()
        hang_up([one, other])

    def hang_up(some: list[socket.socket] | None = None) -> None:
        for each in list(some or ends):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = listener.accept()
                far = socket.create_connection(("127.0.0.1", port))
                ends.extend((near, far))
                threading.Thread(target=pump, args=(near, far), daemon=True).start()
                threading.Thread(target=pump, args=(far, near), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    yield f"bolt://127.0.0.1:{listener.getsockname()[1]}"
    with contextlib.suppress(OSError):
        listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    hang_up()


def eventually(act: Callable[[], object]) -> None:
    """Do something as soon as the server has noticed that an earlier loader's connection is gone."""
    deadline = time.monotonic() + 60
    while True:
        try:
            act()
        except StoreError as problem:
            if "another process" not in str(problem) or time.monotonic() > deadline:
                raise
            time.sleep(0.5)
        else:
            return


def test_a_second_loader_is_told_of_the_first(server, store, first):
    other = open_store(server.uri, user=server.user, password=server.password)
    with store._lock(), pytest.raises(StoreError, match="is being loaded by another process"):
        other.load(first)
    other.close()
    store.load(first)


def test_a_killed_loader_leaves_no_lock_and_no_half_graph(server, store, first):
    code = (
        "import sys; from pathlib import Path; from trialgraph.graph.snapshot import Snapshot; "
        "from trialgraph.graph.stores import open_store; s = open_store(sys.argv[1], password=sys.argv[2]); "
        "print('ready', flush=True); s.load(Snapshot.open(Path(sys.argv[3])))"
    )
    for pause in (0.1, 0.4, 0.8):
        words = [sys.executable, "-c", code, server.uri, server.password, str(first.path)]
        child = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
        assert child.stdout is not None
        child.stdout.readline()
        time.sleep(pause)
        child.send_signal(signal.SIGKILL)
        child.wait()
        assert store.loaded() in (None, first.hash)
    eventually(lambda: store.load(first))
    assert store.counts() == {name: first.rows_of(name) for name in first.manifest["tables"]}


@pytest.mark.slow
def test_a_server_that_stops_and_starts_in_the_middle_loses_nothing(server, store, tmp_path):
    if not server.mine:
        pytest.skip("not our server to stop")
    rows = {"Trial": [{"trial_id": f"NCT{i:08}", "brief_title": "T" * 200} for i in range(60_000)]}
    big = small_graph.snapshot(tmp_path / "big", rows)
    failed: list[BaseException] = []

    def work() -> None:
        try:
            store.load(big)
        except BaseException as problem:
            failed.append(problem)

    thread = threading.Thread(target=work)
    thread.start()
    time.sleep(1.5)
    server.stop(signal.SIGKILL)
    server.start()
    thread.join(timeout=200)
    if failed:  # where the lock's connection was needed again the load says so, and is repeated
        assert isinstance(failed[0], StoreError)
        store.load(big)
    assert store.counts()["Trial"] == 60_000
    assert store.loaded() == big.hash


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
def test_a_bulk_import_equals_a_load(server, store, first, tmp_path, monkeypatch):
    if not server.mine:
        pytest.skip("the importer needs a stopped server")
    store.load(first)
    loaded = [store.query(text, params).rows for text, params in EVERYTHING]
    folder = tmp_path / "import"
    assert bulk.write(first, folder) == 28
    server.stop()
    try:
        admin = tmp_path / "neo4j-admin"  # what a Neo4j installation has under this name
        options = shlex.join(neo4j_server.OPENS)
        admin.write_text(
            f"#!/bin/sh\nexport NEO4J_HOME={server.home} NEO4J_CONF={server.home}/conf\n"
            f"exec {neo4j_server.java()} {options} -cp '{neo4j_server.jars()}/*' org.neo4j.cli.AdminTool \"$@\"\n"
        )
        admin.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
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
