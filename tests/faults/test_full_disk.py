"""A full disk, or one that nobody may write to: one sentence, an exit code, and all that was there still is."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.fault_server import packed_json
from tests.faults.small_home import content, dump, expected, sample_studies
from trialgraph.snapshot.snapshot import Snapshot
from trialgraph.stores.open import open_store

COMMANDS = {
    "import": ["import", "more.jsonl"],
    "build": ["build"],
    "load": ["load", "--full"],
    "export csv": ["export", "csv", "tables"],
    "export json": ["export", "x.json"],
    "export for neo4j": ["export", "neo4j-import", "tables"],
}
# bytes that a file may have: below what each command writes into its largest one
MOST = {"load": 20_000}


@pytest.fixture
def crowded(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home, and more studies to import; commands run in its folder."""
    more = [packed_json(study) for study in sample_studies(60)]
    (tmp_path / "more.jsonl").write_bytes(b"\n".join(more))
    monkeypatch.chdir(tmp_path)
    return home


def typed(home: Path, words: list[str], **how) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "trialgraph", "--home", str(home), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=200, **how)


def all_of(home: Path) -> dict[str, dict[str, bytes]]:
    return {name: content(home / name) for name in ("snapshot", "model", "graph")}


def files_up_to(most: int) -> Callable[[], None]:
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))


@pytest.mark.parametrize("name", COMMANDS)
def test_files_that_cannot_grow_end_a_command_with_one_sentence(crowded, name):
    before = all_of(crowded)
    done = typed(crowded, COMMANDS[name], preexec_fn=files_up_to(MOST.get(name, 8000)))
    assert done.returncode in (1, 4), done.stdout + done.stderr
    said = done.stderr.strip().splitlines()
    assert said[-1].startswith("trialgraph: "), done.stderr
    assert "Traceback" not in done.stderr
    assert "make room" in said[-1]
    assert all_of(crowded) == before
    left = {path.name for path in crowded.iterdir() if path.suffix in (".part", ".rows", ".old")}
    assert not left, "what could not be finished takes no room"
    assert {path.name for path in Path().iterdir()} == {"home", "more.jsonl"}
    again = typed(crowded, COMMANDS[name])
    assert again.returncode == 0, again.stderr
    store = open_store(crowded / "graph")
    assert store.loaded() == Snapshot.open(crowded / "snapshot").hash
    store.close()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of a few megabytes, where this machine lets us make one."""
    at = tmp_path / "disk"
    at.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64m", "none", str(at)]
    if not shutil.which("mount") or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("no small file system can be made here")
    yield at
    subprocess.run(["umount", "-l", str(at)], check=True)


@pytest.mark.parametrize("command", [["build"], ["load", "--full"]], ids=["build", "load"])
def test_a_disk_that_is_really_full_leaves_the_graph_that_was_there(home, small_disk, command):
    inside = shutil.copytree(home, small_disk / "home")
    before = all_of(inside)
    filler = small_disk / "filler"
    with filler.open("wb") as file:
        for kept_free in range(40, 0, -1):  # all but some hundred kilobytes
            while shutil.disk_usage(small_disk).free > (kept_free << 10) + 65536:
                file.write(bytes(16384))
                file.flush()
    done = typed(inside, command)
    assert done.returncode in (1, 4), done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert "make room" in done.stderr.strip().splitlines()[-1]
    assert all_of(inside) == before
    store = open_store(inside / "graph")
    assert dump(store) == expected(Snapshot.open(inside / "snapshot"))
    store.close()
    filler.unlink()
    again = typed(inside, command)
    assert again.returncode == 0, again.stderr


@pytest.fixture
def read_only(home: Path, tmp_path: Path) -> Iterator[Path]:
    """A home on a file system that is mounted for reading only."""
    at = tmp_path / "medium"
    at.mkdir()
    bind = ["mount", "--bind", str(home), str(at)]
    if not shutil.which("mount") or subprocess.run(bind, check=False, capture_output=True).returncode:
        pytest.skip("nothing can be mounted here")
    subprocess.run(["mount", "-o", "remount,bind,ro", str(at)], check=True)
    yield at
    subprocess.run(["umount", "-l", str(at)], check=True)


def test_a_home_that_nobody_may_write_to_can_be_asked_and_exported(read_only, run, tmp_path):
    assert not os.access(read_only, os.W_OK)
    for words in (
        ["status"],
        ["cypher", "MATCH (t:Trial) RETURN count(t) AS n"],
        ["ask"],
        ["export", "json", str(tmp_path / "x.json")],
    ):
        said = run(read_only, *words)
        assert said.code == 0, (words, said.err)
    for words in (["build"], ["load", "--full"], ["update", "--no-crawl"], ["import", str(tmp_path / "x.json")]):
        said = run(read_only, *words)
        assert said.code in (1, 2), (words, said.err)
        assert said.err.strip().splitlines()[-1].startswith("trialgraph: "), said.err
        assert "Traceback" not in said.err
    found = run(read_only, "doctor", "--json")
    assert found.code == 1
    assert "cannot be written" in found.out
