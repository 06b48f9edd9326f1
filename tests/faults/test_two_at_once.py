"""Two commands on one home at once, and targets that are not ours to replace."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.small_home import content, dump, expected
from trialgraph.errors import Busy
from trialgraph.locks import read_lock, write_lock
from trialgraph.snapshot.snapshot import Snapshot
from trialgraph.stores.open import open_store

TRIALGRAPH = [sys.executable, "-m", "trialgraph"]


def test_of_three_loads_at_once_those_that_come_late_say_who_is_at_it(home):
    command = [*TRIALGRAPH, "--home", str(home), "load", "--full"]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    ends = [(process.communicate()[1].strip(), process.returncode) for process in running]
    assert 0 in {code for _, code in ends}
    for said, code in ends:
        assert code == 0 or (code == 1 and "is being used by process" in said), said
    store = open_store(home / "graph")
    assert dump(store) == expected(Snapshot.open(home / "snapshot"))
    store.close()


def test_a_build_waits_for_nobody_and_replaces_nothing_that_is_being_read(home, run):
    before = content(home / "snapshot")
    with read_lock(home / "build.lock"), read_lock(home / "build.lock"):
        said = run(home, "build")
        assert (said.code, said.out) == (1, "")
        assert "wait until it is done" in said.err
    with write_lock(home / "build.lock", "trialgraph build"):
        for words in (["load"], ["export", str(home / "x.graphml")], ["build"], ["update", "--no-crawl"]):
            said = run(home, *words)
            assert said.code == 1, words
            assert f"is being used by process {os.getpid()} (trialgraph build)" in said.err
        rows = run(home, "cypher", "MATCH (t:Trial) RETURN count(t) AS n", "--json")
        assert rows.code == 0, "asking goes on meanwhile"
    assert content(home / "snapshot") == before
    assert not (home / "x.graphml").exists()


def test_the_lock_of_a_killed_build_is_free(home):
    code = (
        "import sys, os, signal; from pathlib import Path; from trialgraph.locks import write_lock\n"
        "with write_lock(Path(sys.argv[1]) / 'build.lock', 'trialgraph build'): os.kill(os.getpid(), signal.SIGKILL)"
    )
    assert subprocess.run([sys.executable, "-c", code, str(home)], check=False).returncode == -9
    assert "trialgraph build" in (home / "build.lock-holder.json").read_text()
    with write_lock(home / "build.lock", "trialgraph build"), pytest.raises(Busy), read_lock(home / "build.lock"):
        pass


@pytest.mark.parametrize("form", ["csv", "parquet", "neo4j-import"])
def test_an_export_never_replaces_a_folder_that_no_export_wrote(home, run, tmp_path, form):
    mine = tmp_path / "letters"
    mine.mkdir()
    (mine / "letter.txt").write_text("mine")
    said = run(home, "export", form, str(mine))
    assert said.code == 2
    assert "holds something that no export wrote" in said.err
    assert (mine / "letter.txt").read_text() == "mine"
    assert run(home, "export", form, str(tmp_path / "out")).code == 0
    once = content(tmp_path / "out")
    assert run(home, "export", form, str(tmp_path / "out")).code == 0, "its own folder it may replace"
    assert content(tmp_path / "out") == once


def test_a_load_never_replaces_a_folder_that_holds_no_graph(home, run, tmp_path):
    mine = tmp_path / "letters"
    mine.mkdir()
    (mine / "letter.txt").write_text("mine")
    said = run(home, "load", "--to", str(mine))
    assert said.code == 2
    assert "is no graph of ours" in said.err
    assert (mine / "letter.txt").read_text() == "mine"
    assert run(home, "load", "--to", str(tmp_path / "other")).code == 0
    assert run(home, "load", "--to", str(tmp_path / "other"), "--full").code == 0


@pytest.mark.parametrize("target", ["none/x.graphml", "none/tables", ".", "a-folder.d/x.json"])
def test_a_target_that_cannot_be_is_one_sentence(home, run, tmp_path, monkeypatch, target):
    monkeypatch.chdir(tmp_path)
    Path("x.json").mkdir()
    said = run(home, "export", *(["csv"] if "." not in target[1:] else []), target)
    assert said.code == 2, said.err
    assert said.err.startswith("trialgraph: ")
    said = run(home, "status", "-o", "none/x.json")
    assert said.code == 2
    assert "there is no folder" in said.err
