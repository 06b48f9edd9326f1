"""Killed at any moment, builds, swaps and loads leave what was there or what is new, whole."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.fault_server import packed_json, study
from trialgraph.archive.crawl import keep_files
from trialgraph.locks import write_lock
from trialgraph.registries.imports.files import read

PROJECT = Path(__file__).resolve().parents[2]
ON_CI = os.environ.get("CI") == "true"


def killed_over_and_over(folder: Path, what: str, rounds: int) -> str:
    """Run kill_builds.py in a process of its own, as it forks; returns what it says."""
    command = [sys.executable, "-m", "tests.faults.kill_builds", folder, what, str(rounds)]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=1700, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.slow
@pytest.mark.timeout(1800)  # some minutes on a quiet machine
def test_a_build_killed_at_random_moments_leaves_the_old_or_the_new(tmp_path):
    rounds = 20 if ON_CI else 3
    told = killed_over_and_over(tmp_path, "build", rounds)
    assert int(told.split(" killed")[0].rsplit(" ", 1)[1]) == rounds


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("system", ["snapshot", "elsewhere"])
def test_a_swap_killed_before_each_of_its_steps_leaves_the_old_or_the_new(tmp_path, system):
    assert "killed before" in killed_over_and_over(tmp_path, system, 60 if ON_CI else 24)


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only there it uses several processes")
def test_a_killed_build_leaves_no_process_that_holds_its_lock(tmp_path):
    studies = tmp_path / "studies.jsonl"
    studies.write_bytes(b"\n".join(packed_json(study(n, title="Sirolimus " * 20)) for n in range(1, 4000)))
    home = tmp_path / "home"
    keep_files(home / "archive.sqlite", read([studies]), command="c")
    build = [sys.executable, "-m", "trialgraph", "--home", str(home), "build", "--workers", "2"]
    process = subprocess.Popen(build, start_new_session=True, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 100
        while len(of_session(process.pid)) < 3 and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)
        assert len(of_session(process.pid)) >= 3, "it works in several processes"
        time.sleep(0.3)
        process.kill()
        process.wait()
        deadline = time.monotonic() + 60
        while of_session(process.pid) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert of_session(process.pid) == [], "workers of a killed build go on"
        with write_lock(home / "build.lock", "trialgraph build"):
            pass
    finally:
        for left in of_session(process.pid):
            os.kill(left, signal.SIGKILL)


def of_session(session: int) -> list[int]:
    """Return the living processes of a session."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rsplit(")", 1)[1].split()
        except (OSError, IndexError):
            continue
        if int(fields[3]) == session and fields[0] != "Z":
            found.append(int(status.parent.name))
    return found


def test_what_a_failed_build_wrote_aside_is_removed(home, run):
    model = home / "model" / "model.msgpack"
    before = json.loads((home / "snapshot" / "manifest.json").read_text())["hash"]
    model.write_bytes(b"no model")
    said = run(home, "update", "--no-crawl")
    assert said.code == 1
    assert "run `trialgraph build`" in said.err
    assert [path.name for path in home.iterdir() if path.suffix in (".part", ".rows", ".old")] == []
    assert json.loads((home / "snapshot" / "manifest.json").read_text())["hash"] == before
