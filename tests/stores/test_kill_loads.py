"""Killed at any moment, a build or load leaves the old graph or the new one, whole."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
ROUNDS = int(os.environ.get("TRIALGRAPH_TEST_KILLS", "20"))


@pytest.mark.slow
@pytest.mark.timeout(1800)  # some minutes on a quiet machine
def test_a_killed_build_and_load_leave_the_old_graph_or_the_new_one(tmp_path):
    command = [sys.executable, "-m", "tests.stores.kill_loads", tmp_path, str(ROUNDS)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=1700, check=False, cwd=PROJECT)
    assert done.returncode == 0, done.stdout + done.stderr
    killed = int(done.stdout.split(" killed")[0].rsplit(" ", 1)[1])
    assert killed == ROUNDS
