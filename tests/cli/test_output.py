"""What commands say and write: a bar that moves and sentences said meanwhile."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

SCRIPT = """
import time
from trialgraph.cli.output import Output
out = Output("table", None)
with out.progress("records") as moved:
    for done in range(1, 6):
        moved(done, 5)
        out.say(f"sentence {done} of [five]")
        time.sleep(0.12)
out.say("the end")
"""


def watched(script: str) -> str:
    """Return what a person sees on the terminal that a script writes to."""
    ours, theirs = pty.openpty()
    child = subprocess.Popen(
        [sys.executable, "-c", script], stderr=theirs, stdout=theirs, env=os.environ | {"TERM": "xterm"}
    )
    os.close(theirs)
    seen = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:
            break
        if not part:
            break
        seen += part
    os.close(ours)
    assert child.wait() == 0
    return seen.decode()


def test_sentences_said_while_a_bar_moves_stand_on_lines_of_their_own():
    seen = watched(SCRIPT)
    assert "records" in seen  # there was a bar
    lines = [line.rpartition("\x1b[2K")[2] for line in seen.replace("\r", "\n").splitlines()]
    for number in range(1, 6):
        assert f"sentence {number} of [five]" in lines
    assert "the end" in seen.splitlines()[-1]
