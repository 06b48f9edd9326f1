"""A made-up kind of node: its label, its relationship and a function that finds it are all that has to be written."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.neo4j_server import Server, neo4j, neo4j_server

__all__ = ["neo4j", "neo4j_server"]

SAMPLE = Path(__file__).resolve().parents[2] / "data" / "sample" / "studies.jsonl"
# Runs in a process of its own: the schema is put together at import, and no other test must see this kind.
KIND = """
import importlib, json, os, shutil, sys
from pathlib import Path
from trialgraph.schema import labels, relationships
from trialgraph.schema.properties import RAW_NAME, STRING, SYNONYMS, Gathering, Label, Property, Relationship

labels.LABELS += (
    Label(name="Keyword", doc="A keyword.", gathering=Gathering(facts=("name",), words="synonyms"),
          properties=(Property("keyword_id", STRING, "key"), Property("name", STRING, "name"), SYNONYMS)),
)
relationships.RELATIONSHIPS += (
    Relationship(type="HAS_KEYWORD", source="Trial", target="Keyword", owner="source", doc="Its keywords.",
                 properties=(RAW_NAME,), derived=True),
)
import trialgraph.schema

importlib.reload(trialgraph.schema)  # its tables by name are made of the two lists
from trialgraph.linking import linkers
from trialgraph.linking.entity import Entity

def keywords(trial):
    for word in dict.fromkeys(trial.keywords):
        key = "KEYWORD:" + word.casefold()
        yield Entity(label="Keyword", key=key, relationship="HAS_KEYWORD", facts={"name": word.casefold()},
                     properties={"raw_name": word}, word=word)

def distinct(trial):
    found = {}
    for entity in keywords(trial):
        found.setdefault(entity.key, entity)
    return found.values()

linkers.KINDS.append(distinct)
"""
FOLLOW = """
from trialgraph.archive.crawl import keep_files
from trialgraph.build.report import BuildPlan
from trialgraph.build.stages import make
from trialgraph.registries.imports.files import read
from trialgraph.schema.docs import markdown
from trialgraph.snapshot import export
from trialgraph.snapshot.snapshot import Difference, Snapshot
from trialgraph.stores.open import open_store

folder, sample = Path(sys.argv[1]), Path(sys.argv[2])
lines = [json.loads(line) for line in sample.read_text("utf-8").splitlines()][:25]
def keep(home, studies, day):
    for study in studies:
        study["protocolSection"]["statusModule"]["lastUpdatePostDateStruct"] = {"date": day}
    file = folder / "import.jsonl"
    file.write_text("".join(json.dumps(study) + chr(10) for study in studies), "utf-8")
    keep_files(home / "archive.sqlite", read([file]), command="test")
def plan(home, **options):
    return BuildPlan(home / "archive.sqlite", home / "snapshot", home / "model", **options)

home = folder / "home"
home.mkdir()
keep(home, lines, "2026-01-01")
first = make(plan(home)).snapshot
shutil.copytree(home / "snapshot", folder / "first")
assert first.rows_of("Keyword") > 5, first.rows_of("Keyword")
assert first.rows_of("HAS_KEYWORD") >= first.rows_of("Keyword")
lines[3]["protocolSection"]["conditionsModule"]["keywords"] = ["a keyword of its own", "Sirolimus"]
keep(home, lines[3:4], "2026-02-01")
updated = make(plan(home, refit=False))
assert updated.rebuilt.reason is None and updated.rebuilt.trials == 1, updated.rebuilt
assert "a keyword of its own" in updated.snapshot.nodes("Keyword").column("name").to_pylist()

other = folder / "other"
other.mkdir()
shutil.copy(home / "archive.sqlite", other)
shutil.copytree(home / "model", other / "model")
whole = make(plan(other, refit=False))
assert whole.rebuilt.reason is not None
assert whole.snapshot.hash == updated.snapshot.hash, "an update gives the bytes of a whole build"

store = open_store(home / "graph")
loaded = store.load(updated.snapshot)
assert loaded.reconciled and loaded.counts["Keyword"] == updated.snapshot.rows_of("Keyword")
question = "MATCH (:Trial)-[r:HAS_KEYWORD]->(k:Keyword {name: 'a keyword of its own'}) RETURN r.raw_name AS raw"
rows = store.query(question).rows
assert rows == [{"raw": "a keyword of its own"}], rows
store.close()
export.write(updated.snapshot, folder / "tables", "csv")
assert any("Keyword" in path.name for path in (folder / "tables").rglob("*.csv"))
assert "(Trial)-[HAS_KEYWORD]->(Keyword)" in markdown()
difference = Snapshot.open(home / "snapshot").compare(Snapshot.open(folder / "first"))
for table in ("Keyword", "HAS_KEYWORD"):  # four keywords of one trial gone, two new
    assert difference[table] == Difference(added=2, changed=0, removed=4), difference
print("followed")
"""
LOAD = """
from trialgraph.snapshot.snapshot import Snapshot
from trialgraph.stores.open import open_store

store = open_store(sys.argv[2], user=os.environ["NEO4J_USER"], password=os.environ["NEO4J_PASSWORD"])
for name in ("first", "home/snapshot"):  # whole, then the difference
    snapshot = Snapshot.open(Path(sys.argv[1]) / name)
    loaded = store.load(snapshot)
    assert loaded.reconciled and loaded.counts["Keyword"] == snapshot.rows_of("Keyword"), loaded
question = "MATCH (:Trial)-[r:HAS_KEYWORD]->(k:Keyword {name: 'a keyword of its own'}) RETURN r.raw_name AS raw"
assert store.query(question).rows == [{"raw": "a keyword of its own"}]
store.close()
print("loaded")
"""


def run(program: str, *arguments: str, **environ: str) -> str:
    """Run a program that knows the made-up kind; returns what it prints."""
    done = subprocess.run(
        [sys.executable, "-c", KIND + program, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | environ,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout.strip()


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two snapshots that hold the kind, built and updated."""
    folder = tmp_path_factory.mktemp("made-up")
    assert run(FOLLOW, str(folder), str(SAMPLE)) == "followed"
    return folder


def test_a_made_up_kind_is_built_updated_compared_loaded_exported_and_documented(followed: Path) -> None:
    assert (followed / "home" / "snapshot" / "nodes" / "Keyword.parquet").is_file()


@pytest.mark.neo4j
def test_a_made_up_kind_is_loaded_into_neo4j_and_its_difference_too(followed: Path, neo4j: Server) -> None:
    login = {"NEO4J_USER": neo4j.user, "NEO4J_PASSWORD": neo4j.password}
    assert run(LOAD, str(followed), neo4j.uri, **login) == "loaded"
