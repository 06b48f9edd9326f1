"""The pages made from the code are current."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]


def test_the_pages_of_commands_and_questions_are_current():
    done = subprocess.run(
        [sys.executable, "scripts/make_docs.py", "--check"], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
