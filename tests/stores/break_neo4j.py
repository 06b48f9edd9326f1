"""Breaks loads of a Neo4j, over and over, and compares with the undisturbed one; for the tests and `make torture`."""

from __future__ import annotations

import contextlib
import functools
import json
import os
import random
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from tests import small_graph
from tests.neo4j_server import Server
from tests.stores import bolt_proxy
from trialgraph.errors import StoreError
from trialgraph.snapshot.snapshot import Snapshot
from trialgraph.stores.open import open_store
from trialgraph.stores.store import Progress

EVERYTHING = (
    "MATCH (n) WHERE n._tg IS NOT NULL RETURN labels(n) AS of, properties(n) AS p "
    "UNION ALL MATCH (a)-[r]->(b) RETURN [type(r), toString(a._tg), toString(b._tg)] AS of, properties(r) AS p"
)


def days(folder: Path) -> list[Snapshot]:
    """Write the snapshots of two days."""
    rows = [small_graph.ROWS, small_graph.other_rows()]
    return [small_graph.snapshot(folder / f"day{at}", some) for at, some in enumerate(rows)]


def held(server: Server) -> list[str]:
    """Return all that is ours in a database, marks too, past our code."""
    return sorted(
        json.dumps(row, sort_keys=True) for row in server.run(EVERYTHING)
    )  # a server orders properties freely


def load(server: Server, snapshot: Snapshot, address: str | None = None, progress: Progress | None = None) -> None:
    store = open_store(address or server.uri, user=server.user, password=server.password)
    try:
        store.load(snapshot, progress)
    finally:
        store.close()


def undisturbed(server: Server, some: list[Snapshot]) -> list[list[str]]:
    """Return what the database holds after an undisturbed load of each."""
    found = []
    for one in some:
        load(server, one)
        found.append(held(server))
    assert found[0] != found[1]
    return found


def loaded(server: Server) -> str | None:
    store = open_store(server.uri, user=server.user, password=server.password)
    try:
        return store.loaded()
    finally:
        store.close()


def eventually(act: Callable[[], object]) -> None:
    """Do something as soon as the server has noticed that an earlier loader's connection is gone."""
    deadline = time.monotonic() + 60
    while True:
        try:
            act()
        except StoreError as problem:
            if "another process" not in str(problem) or time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return


def is_whole_or_says_so(server: Server, some: list[Snapshot], whole: list[list[str]]) -> None:
    """Look at what a broken load left: what says that it is whole is whole."""
    digest = loaded(server)
    if digest is not None:
        at = [one.hash for one in some].index(digest)
        assert held(server) == whole[at], "called whole, and is not"


def killed(server: Server, folder: Path, rounds: int, dice: random.Random) -> str:
    """Kill a loader at a random moment, load again, compare."""
    some = days(folder)
    whole = undisturbed(server, some)
    began = time.monotonic()
    load(server, some[0])
    took = time.monotonic() - began
    kills = turn = 0
    while kills < rounds:
        assert turn < 20 * rounds, "it ends before it can be killed"
        turn += 1
        child = os.fork()
        if child == 0:
            code = 1
            try:
                load(server, some[turn % 2])
                code = 0
            finally:
                os._exit(code)
        time.sleep(dice.uniform(0, took * 1.1))
        os.kill(child, signal.SIGKILL)
        landed = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
        kills += landed
        took *= 1.05 if landed else 0.9  # follows how busy the machine is
        is_whole_or_says_so(server, some, whole)
        eventually(lambda turn=turn: load(server, some[turn % 2]))
        assert held(server) == whole[turn % 2], f"round {turn}: differs from the undisturbed one"
    return f"{turn} loads of a Neo4j, {kills} killed: 0 called whole that were not, each repeated as undisturbed"


def cut(server: Server, folder: Path, rounds: int, dice: random.Random) -> str:
    """Cut the line after a random number of bytes, load again, compare."""
    some = days(folder)
    whole = undisturbed(server, some)
    port = int(server.uri.rpartition(":")[2])
    with bolt_proxy.overheard(port) as (address, said):
        load(server, some[0], address)
    length = sum(len(data) for _, data in said)
    ended = 0
    for turn in range(1, rounds + 1):
        with bolt_proxy.cut_once(port, dice.randrange(200, length)) as address:
            try:
                load(server, some[turn % 2], address)
            except StoreError as problem:  # what cannot be repeated by itself says so, and is repeated below
                assert server.password not in str(problem)
                ended += 1
        is_whole_or_says_so(server, some, whole)
        eventually(lambda turn=turn: load(server, some[turn % 2]))
        assert held(server) == whole[turn % 2], f"round {turn}: differs from the undisturbed one"
    return f"{rounds} lines cut, {ended} loads ended by it: 0 lost, each repeated as undisturbed"


def cut_at_commits(server: Server, folder: Path, rounds: int, dice: random.Random) -> str:
    """Cut lines at COMMIT, before the server hears of it or before its answer comes; the load goes on by itself."""
    some = days(folder)
    whole = undisturbed(server, some)
    port = int(server.uri.rpartition(":")[2])
    cuts = {"before": 0, "after": 0}
    turn = 0
    while sum(cuts.values()) < rounds:
        how = functools.partial(dice.choice, ("before", "after", "", "", ""))
        # The same commit cut five times over is an error.
        with bolt_proxy.cut_at_commits(port, lambda _, how=how: how()) as (at, done), contextlib.suppress(StoreError):
            load(server, some[turn % 2], at)
        for what in cuts:
            cuts[what] += done.count(what)
        is_whole_or_says_so(server, some, whole)
        eventually(lambda turn=turn: load(server, some[turn % 2]))
        assert held(server) == whole[turn % 2], f"round {turn}: differs from the undisturbed one"
        turn += 1
    return f"{cuts['before']} commits cut before the server heard of them, {cuts['after']} before its answer: 0 lost"


def stopped(server: Server, folder: Path, rounds: int, dice: random.Random) -> str:
    """Kill the server in the middle of a load and start it again; the load goes on by itself.

    In every second round another loader begins as soon as the server is back: exactly one of the two ends.
    """
    first = small_graph.snapshot(folder / "small")
    title = "T" * 200
    rows = {"Trial": [{"trial_id": f"NCT{i:08}", "brief_title": title} for i in range(24_000)]}
    big = small_graph.snapshot(folder / "big", rows)
    went_on = gave_way = 0
    for turn in range(rounds):
        server.empty(schema=False)
        failed: list[BaseException] = []
        down = threading.Event()
        at = dice.randrange(5_000, 20_000)

        def stop(done: int, total: int | None, down: threading.Event = down, at: int = at) -> None:
            if done >= at and not down.is_set():
                server.stop(signal.SIGKILL)
                down.set()

        def work(stop: Progress = stop, failed: list[BaseException] = failed) -> None:
            try:
                load(server, big, progress=stop)
            except BaseException as problem:
                failed.append(problem)

        thread = threading.Thread(target=work)
        thread.start()
        assert down.wait(100)
        server.start()
        if turn % 2:
            eventually(lambda: load(server, first))
        thread.join(timeout=200)
        assert not thread.is_alive()
        assert failed == [] or (turn % 2 and "another process" in str(failed[0])), failed
        expected = first if failed else big
        gave_way, went_on = (gave_way + 1, went_on) if failed else (gave_way, went_on + 1)
        agrees(server, expected)
    return f"server killed in the middle of {rounds} loads: {went_on} went on, {gave_way} gave way to another, 0 lost"


def agrees(server: Server, snapshot: Snapshot) -> None:
    """Look whether the database holds exactly a snapshot."""
    store = open_store(server.uri, user=server.user, password=server.password)
    assert store.loaded() == snapshot.hash
    assert store.counts() == {name: snapshot.rows_of(name) for name in snapshot.manifest["tables"]}
    assert store.load(snapshot, full=True).tables == {}
    store.close()


HOW = {"killed": killed, "cut": cut, "commit": cut_at_commits, "stopped": stopped}


def main(what: str, folder: Path, rounds: int, seed: int = 0) -> None:
    """Break loads of the Neo4j that TRIALGRAPH_TEST_NEO4J names, or of one that is started for it."""
    given = os.environ.get("TRIALGRAPH_TEST_NEO4J")
    server = Server.given(given) if given else Server.create(folder / "neo4j")
    try:
        server.empty(schema=False)
        print(HOW[what](server, folder, rounds, random.Random(seed)))
    finally:
        if server.mine:
            server.stop()


if __name__ == "__main__":
    _, what, folder, rounds, *seed = sys.argv
    main(what, Path(folder), int(rounds), *map(int, seed))
