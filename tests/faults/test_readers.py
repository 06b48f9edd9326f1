"""Whoever asks while the graph is replaced gets answers of the old one or of the new one, never of both."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from small_home import dump, expected

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "graph"))
import small_graph

from trialgraph.graph import swap
from trialgraph.graph.snapshot import Snapshot
from trialgraph.graph.stores import open_store

act: Callable[[], None] | None = None  # done once, when the next link to a file of the graph is made
links = 0


def _on_link(event: str, _: object) -> None:
    global act, links
    if event != "os.symlink" or act is None:
        return
    links -= 1
    if links <= 0:
        now, act = act, None
        now()


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


@pytest.mark.parametrize("after", [1, 40, 110])
def test_a_graph_replaced_while_it_is_opened_is_opened_anew(two_days, after):
    global act, links
    folder, days = two_days
    other = open_store(folder / "other" / "graph")
    other.load(days[1])
    sys.addaudithook(_on_link)
    act, links = lambda: swap.put(folder / "other" / "graph", folder / "graph"), after
    store = open_store(folder / "graph")
    assert dump(store) == expected(days[1])
    assert act is None, "the graph was replaced in the middle"
    assert store.loaded() == days[1].hash
    store.close()


def test_who_opened_the_old_graph_goes_on_with_the_whole_old_graph(two_days):
    folder, days = two_days
    early = open_store(folder / "graph")
    assert len(early.query("MATCH (t:Trial) RETURN t.trial_id AS id").rows) == 3
    open_store(folder / "graph").load(days[1])
    assert dump(early) == expected(days[0])
    early.close()
    assert dump(early) == expected(days[1])
    early.close()


def test_a_graph_whose_files_are_gone_is_one_sentence(two_days):
    folder, _ = two_days
    shutil.rmtree(folder / "graph" / "db")
    with pytest.raises(Exception, match=r"no graph in .*run `trialgraph build` first"):
        open_store(folder / "graph").query("RETURN 1 AS n")
