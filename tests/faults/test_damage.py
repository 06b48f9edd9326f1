"""Bytes that changed by themselves, and files of other versions: named, refused, and mended by what is said."""

from __future__ import annotations

import json
import random
import sqlite3
from pathlib import Path

import pytest

from tests.faults.small_home import content, dump, expected, sample_studies
from trialgraph.errors import TrialgraphError
from trialgraph.snapshot.snapshot import Snapshot
from trialgraph.stores.open import open_store


def flip(path: Path, at: int) -> None:
    """Flip a bit in a copy that takes the file's place: the graph's own copy of a snapshot is a link to it."""
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.unlink()
    path.write_bytes(data)


def check(run, home: Path, name: str) -> dict[str, str]:
    said = run(home, "doctor", "--json")
    (row,) = [row for row in json.loads(said.out) if row["check"] == name]
    assert said.code == (1 if any(r["state"] == "failed" for r in json.loads(said.out)) else 0)
    return row


def test_a_flipped_bit_of_the_archive_is_named_and_fetched_again(home, run, registry_of):
    with sqlite3.connect(home / "archive.sqlite") as db:
        version, packed = db.execute("SELECT version, packed FROM body ORDER BY version LIMIT 1 OFFSET 4").fetchone()
        name = db.execute("SELECT id FROM version WHERE version = ?", (version,)).fetchone()[0]
        broken = bytearray(packed)
        broken[len(broken) // 2] ^= 8
        db.execute("UPDATE body SET packed = ? WHERE version = ?", (bytes(broken), version))
    db.close()
    row = check(run, home, "archive")
    assert row["state"] == "failed"
    assert f"ctgov:{name}" in row["found"]
    assert "trialgraph crawl --repair" in row["found"]
    said = run(home, "build")
    assert said.code == 0, "one damaged record never stops the others"
    assert json.loads(run(home, "build", "--json").out)["set_aside"] == 1
    registry_of(sample_studies())
    assert run(home, "crawl", "--repair").code == 0
    assert check(run, home, "archive")["state"] == "ok"
    assert run(home, "build").code == 0


def test_a_flipped_bit_anywhere_in_the_snapshot_is_named_and_built_again(home, run):
    before = content(home / "snapshot")
    dice = random.Random(8)
    files = [name for name in before if name.endswith(".parquet")]
    for name in dice.sample(files, 12):
        flip(home / "snapshot" / name, dice.randrange(len(before[name])))
        row = check(run, home, "snapshot")
        assert (row["state"], Path(name).stem in row["found"]) == ("failed", True), name
        assert "`trialgraph build` writes it again" in row["found"]
        (home / "snapshot" / name).write_bytes(before[name])
    assert check(run, home, "snapshot")["state"] == "ok"


@pytest.mark.parametrize("name", ["nodes/Trial.parquet", "edges/SIMILAR_TO.parquet", "manifest.json"])
def test_a_damaged_snapshot_is_never_loaded_and_a_build_mends_it(home, run, tmp_path, name):
    whole = content(home / "snapshot")
    graph = expected(Snapshot.open(home / "snapshot"))
    dice = random.Random(9)
    for _ in range(6):
        (home / "snapshot" / name).unlink()
        (home / "snapshot" / name).write_bytes(whole[name])
        flip(home / "snapshot" / name, dice.randrange(len(whole[name])))
        said = run(home, "load", "--to", str(tmp_path / "other"))
        if said.code == 0:
            store = open_store(tmp_path / "other")
            assert dump(store) == graph, "a damaged snapshot was loaded as if it were whole"
            store.close()
        assert "Traceback" not in said.err
        assert said.err.strip().splitlines()[-1].startswith(("trialgraph: ", "Loaded: ", "Nothing to write"))
    assert run(home, "build").code == 0
    assert content(home / "snapshot") == whole
    assert check(run, home, "graph")["state"] == "ok"


def test_damage_of_the_snapshot_that_the_graph_keeps_never_stops_the_next_load(home, run):
    for path in sorted((home / "graph" / "snapshot").rglob("*.parquet")):
        flip(path, path.stat().st_size // 2)
    said = run(home, "load", "--full")
    assert said.code == 0, said.err
    (home / "graph" / "snapshot" / "manifest.json").unlink()
    (home / "graph" / "snapshot" / "manifest.json").write_text("{")
    said = run(home, "load", "--full")
    assert said.code == 0, said.err
    assert check(run, home, "graph")["state"] == "ok"


def test_a_damaged_graph_says_what_to_run_and_that_mends_it(home, run):
    asked = ["cypher", "MATCH (t:Trial) RETURN count(t.brief_title) AS n"]
    for name in ("Trial_0.1.65536.v0.bucket", "schema.json"):
        path = home / "graph" / "db" / name
        whole = path.read_bytes()
        path.write_bytes(whole[: len(whole) // 2])
        said = run(home, *asked)
        assert said.code == 4, name
        assert "run `trialgraph load --full`" in said.err
        path.write_bytes(whole)
        flip(path, len(whole) // 3)
        row = check(run, home, "graph")
        assert row["state"] == "failed"
        assert "`trialgraph load --full`" in row["found"]
        assert run(home, "load", "--full").code == 0
        assert check(run, home, "graph")["state"] == "ok"
        assert run(home, *asked).code == 0


@pytest.mark.parametrize("theirs", ["0", "99"])
def test_what_another_version_wrote_is_refused_with_what_to_run(home, run, theirs):
    manifest = home / "snapshot" / "manifest.json"
    told = json.loads(manifest.read_text())
    manifest.unlink()
    manifest.write_text(json.dumps(told | {"schema": theirs}))
    for words in (["load"], ["export", str(home / "x.json")]):
        said = run(home, *words)
        assert said.code == 2
        assert f"schema {theirs}" in said.err
        assert "trialgraph build" in said.err
    loaded = home / "graph" / "loaded.json"
    loaded.write_text(json.dumps(json.loads(loaded.read_text()) | {"schema": theirs}))
    said = run(home, "cypher", "MATCH (t:Trial) RETURN count(t) AS n")
    assert said.code == 4
    assert "another version" in said.err
    assert run(home, "build").code == 0
    assert check(run, home, "graph")["state"] == "ok"


@pytest.mark.parametrize("content_of_model", [b"", b"nonsense", b"\x81\xa6recipe\xa20"])
def test_a_model_of_another_version_or_none_says_what_to_run(home, run, content_of_model):
    before = content(home / "snapshot")
    (home / "model" / "model.msgpack").write_bytes(content_of_model)
    said = run(home, "update", "--no-crawl")
    assert said.code == 1
    assert "run `trialgraph build`" in said.err
    assert content(home / "snapshot") == before
    assert run(home, "build").code == 0
    assert run(home, "update", "--no-crawl").code == 0


def test_a_truncated_table_is_one_sentence(home):
    path = home / "snapshot" / "nodes" / "Trial.parquet"
    data = path.read_bytes()
    path.unlink()
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises(TrialgraphError, match="run `trialgraph build`"):
        Snapshot.open(home / "snapshot").table("Trial")
    with pytest.raises(TrialgraphError, match="run `trialgraph build`"):
        list(Snapshot.open(home / "snapshot").batches("Trial"))
