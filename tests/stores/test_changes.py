"""The embedded graph takes the difference between two snapshots, and is then what a load of the whole would be."""

from __future__ import annotations

import json
import random
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests import small_graph
from trialgraph import schema
from trialgraph.errors import StoreError
from trialgraph.snapshot.snapshot import Snapshot, write
from trialgraph.snapshot.tables import Tables, key_columns
from trialgraph.stores.embedded import changes
from trialgraph.stores.open import open_store


def rows_of(snapshot: Snapshot) -> dict[str, list[dict]]:
    return {name: snapshot.table(name).to_pylist() for name in snapshot.manifest["tables"]}


def written(rows: dict[str, list[dict]], at: Path) -> Snapshot:
    tables = Tables()
    for name, some in rows.items():
        tables.extend(name, some)
    return write(tables, at, {}, accept_loss=True)[0]


def another(rows: dict[str, list[dict]], dice: random.Random) -> dict[str, list[dict]]:
    """Return a graph with some nodes and relationships gone, some new, and some that say something else."""
    new = {name: [dict(row) for row in some if dice.random() < 0.9] for name, some in rows.items()}
    for label in schema.LABELS:
        for row in list(new[label.name]):
            if dice.random() < 0.2:
                _alter(row, label.properties[1:], dice)
            if dice.random() < 0.1:
                new[label.name].append(row | {label.key: f"{row[label.key]} again {dice.random()}"})
    for kind in schema.RELATIONSHIPS:
        ends = [{row[schema.LABEL[label].key] for row in new[label]} for label in (kind.source, kind.target)]
        there = [row for row in new[kind.type] if row["source"] in ends[0] and row["target"] in ends[1]]
        for row in there:
            if dice.random() < 0.3:
                _alter(row, [p for p in kind.properties if p.name not in kind.key], dice)
        for row in rows[kind.type][:5]:
            more = row | {
                "source": dice.choice(sorted(ends[0] or {""})),
                "target": dice.choice(sorted(ends[1] or {""})),
            }
            keys = [[one[key] for key in key_columns(kind.type)] for one in [*there, more]]
            if all(ends) and keys.count(keys[-1]) == 1:
                there.append(more)
        new[kind.type] = there
    return new


def _alter(row: dict, properties, dice: random.Random) -> None:
    for p in properties:
        if dice.random() < 0.4:
            values = {
                schema.STRING: [None, f"said é {dice.random()} 'so'", ""],
                schema.INT: [None, dice.randint(-5, 5)],
                schema.FLOAT: [None, dice.random(), 1.0],
                schema.BOOL: [None, True, False],
                schema.LIST: [None, ["a"], ["b", "c"]],
                schema.FLOATS: [None, [0.25], [1.0, 0.5]],
            }
            row[p.name] = dice.choice(values[p.type])


def dump(store) -> dict[str, list[str]]:
    told = {}
    for label in schema.LABELS:
        rows = store.query(f"MATCH (n:{label.name}) RETURN properties(n) AS p", rows=10**6).rows
        told[label.name] = sorted(json.dumps(row["p"], sort_keys=True) for row in rows)
    for kind in schema.RELATIONSHIPS:
        a, b = schema.LABEL[kind.source].key, schema.LABEL[kind.target].key
        for pattern in (f"(a)-[r:{kind.type}]->(b)", f"(b)<-[r:{kind.type}]-(a)"):
            query = f"MATCH {pattern.replace('(a)', f'(a:{kind.source})').replace('(b)', f'(b:{kind.target})')} "
            found = store.query(query + f"RETURN a.{a} AS s, b.{b} AS t, properties(r) AS p", rows=10**6).rows
            said = sorted(json.dumps([row["s"], row["t"], row["p"]], sort_keys=True) for row in found)
            assert told.setdefault(kind.type, said) == said, "the same from either end"
    for word in ("sirolimus", "angiofibroma", "trial", "ointment"):
        text = (
            "CALL db.index.fulltext.queryNodes('trial_text', $word) YIELD node RETURN node.trial_id AS id ORDER BY id"
        )
        told[word] = [row["id"] for row in store.query(text, {"word": word}, rows=10**6).rows]
    for label in schema.LABELS:
        for index in (label.key, *label.indexes):
            rows = store.query(f"MATCH (n:{label.name}) RETURN DISTINCT n.{index} AS v ORDER BY v LIMIT 20").rows
            for value in [row["v"] for row in rows if isinstance(row["v"], str)]:
                asked = f"MATCH (n:{label.name} {{{index}: $v}}) RETURN n.{label.key} AS k ORDER BY k"
                told[f"{label.name} {index} {value}"] = [r["k"] for r in store.query(asked, {"v": value}).rows]
    return told


@pytest.fixture
def graph(tmp_path: Path, monkeypatch) -> tuple[dict[str, list[dict]], Path]:
    monkeypatch.setattr("trialgraph.stores.embedded.store.EMBEDDED_MOST_CHANGED", 10.0)
    monkeypatch.setattr(changes, "EMBEDDED_CHANGES_A_COMMIT", 7)
    first = write(small_graph.tables(), tmp_path / "first", {})[0]
    store = open_store(tmp_path / "graph")
    assert store.load(first).whole
    store.close()
    return rows_of(first), tmp_path


def loaded(folder: Path, snapshot: Snapshot, *, whole: bool) -> dict[str, list[str]]:
    store = open_store(folder)
    told = store.load(snapshot)
    assert told.whole == whole
    assert told.reconciled
    assert store.damaged() == []
    assert store.loaded() == snapshot.hash
    found = dump(store)
    store.close()
    return found


@pytest.mark.parametrize("seed", range(3))
def test_after_one_difference_and_the_next_the_graph_is_as_if_loaded_whole(graph, seed):
    rows, folder = graph
    dice = random.Random(seed)
    for day in range(3):
        rows = another(rows, dice)
        snapshot = written(rows, folder / f"day{day}")
        found = loaded(folder / "graph", snapshot, whole=False)
        shutil.rmtree(folder / "fresh", ignore_errors=True)
        assert found == loaded(folder / "fresh", snapshot, whole=True)


def test_a_large_difference_is_loaded_whole(graph, monkeypatch):
    rows, folder = graph
    monkeypatch.setattr("trialgraph.stores.embedded.store.EMBEDDED_MOST_CHANGED", 0.001)
    loaded(folder / "graph", written(another(rows, random.Random(7)), folder / "next"), whole=True)


def test_a_graph_that_is_not_as_it_was_written_is_loaded_whole(graph):
    rows, folder = graph
    file = max((folder / "graph" / "db").iterdir(), key=lambda one: one.stat().st_size)
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    snapshot = written(another(rows, random.Random(8)), folder / "next")
    found = loaded(folder / "graph", snapshot, whole=True)
    assert found == loaded(folder / "fresh", snapshot, whole=True)


def test_a_difference_that_ends_with_other_counts_is_loaded_whole(graph, monkeypatch):
    rows, folder = graph
    snapshot = written(another(rows, random.Random(9)), folder / "next")
    of = changes._steps
    monkeypatch.setattr(changes, "_steps", lambda found: (step for step in of(found) if "CREATE" not in step[0]))
    loaded(folder / "graph", snapshot, whole=True)


def test_an_engine_that_fails_on_the_way_leads_to_a_whole_load(graph, monkeypatch):
    rows, folder = graph
    snapshot = written(another(rows, random.Random(10)), folder / "next")
    monkeypatch.setattr(changes, "_steps", lambda found: iter([("this is no Cypher", [{}])]))
    loaded(folder / "graph", snapshot, whole=True)


def test_the_old_graph_stays_where_the_difference_cannot_be_written(graph, monkeypatch):
    rows, folder = graph
    store = open_store(folder / "graph")
    before = store.loaded(), dump(store)
    store.close()
    snapshot = written(another(rows, random.Random(11)), folder / "next")

    def full(*_):
        import arcadedb

        raise arcadedb.ArcadeDBError("java.io.IOException: No space left on device")

    monkeypatch.setattr(changes, "write", full)
    store = open_store(folder / "graph")
    with pytest.raises(StoreError, match="No space left"):
        store.load(snapshot)
    assert (store.loaded(), dump(store)) == before
    assert [path.name for path in folder.iterdir() if path.suffix in (".part", ".old")] == []
    store.close()


KILLED = """
import os, signal, sys
from pathlib import Path
from trialgraph.snapshot.snapshot import Snapshot
from trialgraph.stores.embedded import changes, store
from trialgraph.stores.open import open_store
store.EMBEDDED_MOST_CHANGED, changes.EMBEDDED_CHANGES_A_COMMIT = 10.0, 7
folder, share = Path(sys.argv[1]), float(sys.argv[2])

def told(done, total):
    if done >= share * total:
        os.kill(os.getpid(), signal.SIGKILL)

open_store(folder / "graph").load(Snapshot.open(folder / "next"), told)
"""


@pytest.mark.parametrize("share", [0.0, 1.0], ids=["first", "last"])
def test_killed_while_it_writes_the_difference_the_old_graph_stays_and_the_next_load_completes_it(graph, share):
    rows, folder = graph
    store = open_store(folder / "graph")
    before = store.loaded(), dump(store)
    store.close()
    snapshot = written(another(rows, random.Random(12)), folder / "next")
    done = subprocess.run([sys.executable, "-c", KILLED, str(folder), str(share)], check=False)
    assert done.returncode == -signal.SIGKILL
    store = open_store(folder / "graph")
    assert (store.loaded(), dump(store)) == before
    store.close()
    found = loaded(folder / "graph", snapshot, whole=False)
    assert found == loaded(folder / "fresh", snapshot, whole=True)
    assert [path.name for path in folder.iterdir() if path.suffix in (".part", ".old")] == []
