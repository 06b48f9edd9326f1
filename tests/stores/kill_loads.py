"""Loads an embedded graph again and again, kills the loader at a random moment, and looks at what is left.

    python -m tests.stores.kill_loads FOLDER ROUNDS      (run by test_kill.py; prints one line a round)

The loader is a fork of this process, so that a round costs no start of Python.
"""

from __future__ import annotations

import functools
import os
import random
import signal
import sys
import time
from pathlib import Path

from tests import small_graph
from trialgraph.snapshot.snapshot import Snapshot, write
from trialgraph.stores.open import open_store


def forked(work) -> int:
    """Run something in a child; returns the child's id."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    return child


def ends(child: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def main(folder: Path, rounds: int) -> None:
    days = [small_graph.ROWS, small_graph.other_rows()]
    hashes = [small_graph.snapshot(folder / f"day{i}", rows).hash for i, rows in enumerate(days)]

    def load(day: int) -> None:
        open_store(folder / "graph").load(Snapshot.open(folder / f"day{day}"))

    def both(day: int) -> None:
        write(small_graph.tables(days[day]), folder / "snapshot", {})
        open_store(folder / "graph").load(Snapshot.open(folder / "snapshot"))

    def look() -> None:
        store = open_store(folder / "graph")
        digest = store.loaded()
        assert digest in hashes, digest
        held = Snapshot.open(folder / f"day{hashes.index(digest)}")
        assert store.counts() == {name: held.rows_of(name) for name in held.manifest["tables"]}
        found = store.query("MATCH (t:Trial)-[r:TESTS]->(d:Drug) RETURN count(r) AS n").rows
        assert found == [{"n": held.rows_of("TESTS")}], found
        assert Snapshot.open(folder / "snapshot").damaged() == []

    began = time.monotonic()
    assert ends(forked(lambda: both(0))) == 0
    took = time.monotonic() - began
    dice = random.Random(rounds)
    killed = turn = 0
    while killed < rounds:
        assert turn < 20 * rounds, "it ends before it can be killed"
        turn += 1
        child = forked(functools.partial(both, turn % 2))
        time.sleep(dice.uniform(0, took * 1.2))
        os.kill(child, signal.SIGKILL)
        landed = ends(child) == -signal.SIGKILL
        killed += landed
        took *= 1.05 if landed else 0.9  # follows how busy the machine is
        assert ends(forked(look)) == 0, f"round {turn}"
        assert sorted(path.name for path in folder.iterdir() if path.is_dir()).count("graph") == 1
    print(f"{turn} rounds, {killed} killed, 0 lost")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
