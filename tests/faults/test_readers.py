"""Whoever asks while the graph is replaced gets answers of the old one or of the new one, never of both."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests import small_graph
from tests.faults.small_home import dump, expected
from trialgraph.snapshot.snapshot import Snapshot
from trialgraph.stores.open import open_store

ROUNDS = 60
SWAPPER = """
import random, sys, time
from pathlib import Path
from trialgraph.files import swap
dice = random.Random(11)
while True:
    assert swap._exchange(Path(sys.argv[1]), Path(sys.argv[2]))
    time.sleep(dice.random() * float(sys.argv[3]))
"""


@pytest.fixture
def two_days(tmp_path) -> tuple[Path, list[Snapshot]]:
    """A folder with the graph of one day, and the snapshots of two."""
    days = [
        small_graph.snapshot(tmp_path / f"day{i}", rows)
        for i, rows in enumerate([small_graph.ROWS, small_graph.other_rows()])
    ]
    store = open_store(tmp_path / "graph")
    store.load(days[0])
    return tmp_path, days


def test_a_graph_replaced_while_it_is_opened_is_one_graph(two_days):
    folder, days = two_days
    other = folder / "other" / "graph"
    open_store(other).load(days[1])
    store = open_store(folder / "graph")
    store.counts()
    store.close()
    began = time.monotonic()
    store.counts()
    took = time.monotonic() - began
    store.close()
    right = [expected(day) for day in days]
    seen = []
    words = [sys.executable, "-c", SWAPPER, str(folder / "graph"), str(other), str(took * 6)]
    with subprocess.Popen(words) as swapper:
        try:
            while len(seen) < ROUNDS or len(set(seen)) < 2:  # until it was replaced under the reader
                told = dump(store)
                seen.append(right.index(told) if told in right else "part of each")
                store.close()
        finally:
            swapper.kill()
    assert set(seen) == {0, 1}


def test_who_opened_the_old_graph_goes_on_with_the_whole_old_graph(two_days):
    folder, days = two_days
    early = open_store(folder / "graph")
    assert len(early.query("MATCH (t:Trial) RETURN t.trial_id AS id").rows) == 3
    open_store(folder / "graph").load(days[1])
    assert dump(early) == expected(days[0])
    early.close()
    assert dump(early) == expected(days[1])
    early.close()
    assert open_store(folder / "graph").damaged() == [], "who reads writes nothing, also not when it closes"


def test_a_graph_whose_files_are_gone_is_one_sentence(two_days):
    folder, _ = two_days
    shutil.rmtree(folder / "graph" / "db")
    with pytest.raises(Exception, match=r"no graph in .*run `trialgraph build` first"):
        open_store(folder / "graph").query("RETURN 1 AS n")
