"""`make torture`: what the tests break twenty times is broken two hundred times; prints one line a room.

A room adds its own by a line in ROOMS: a name and a function of a folder, a number of rounds and a random generator,
which returns a sentence and raises AssertionError when something was lost.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent

Torture = Callable[[Path, int, random.Random], str]


def crawl(folder: Path, rounds: int, rng: random.Random) -> str:
    """Kill a crawl, twenty times each archive."""
    from tests.kill_crawl import compare, kill_over_and_over

    kills = lost = twice = pages = 0
    while kills < rounds:
        here = folder / str(kills)
        told = kill_over_and_over(here, rounds=min(20, rounds - kills), rng=rng)
        differences = compare(here / "killed", here / "whole")
        assert not differences, differences
        again = told.pages_fetched - told.pages
        assert told.lost == 0, told
        assert again <= told.kills, told
        kills, lost, twice, pages = kills + told.kills, lost + told.lost, twice + again, pages + told.pages
    return f"{kills} kills in {pages} pages: {lost} records lost, {twice} pages fetched twice, archives equal"


def interrupt(folder: Path, rounds: int, rng: random.Random) -> str:
    """Press Ctrl-C at random moments of crawls."""
    from tests.kill_crawl import interrupt_over_and_over

    interrupt_over_and_over(folder, rounds=rounds, rng=rng)
    return f"{rounds} times Ctrl-C: each ended with exit 130, where it stood and the command that goes on"


def forking(what: str) -> Torture:
    """Return a room that kills forks of a process of its own: builds, swaps of folders, loads."""

    def run(folder: Path, rounds: int, rng: random.Random) -> str:
        command = [sys.executable, "-m", "tests.faults.kill_builds", folder, what, str(rounds)]
        return ran([*map(str, command), str(rng.randrange(1000))])

    return run


def load(folder: Path, rounds: int, _: random.Random) -> str:
    """Kill a build and embedded load of a small graph."""
    return ran([sys.executable, "-m", "tests.stores.kill_loads", str(folder), str(rounds)])


def neo4j(what: str, share: int = 1) -> Torture:
    """Return a room that breaks loads of a real Neo4j, one server for all its rounds, or for every `share`th."""

    def run(folder: Path, rounds: int, rng: random.Random) -> str:
        command = [sys.executable, "-m", "tests.stores.break_neo4j", what, folder, str(-(-rounds // share))]
        return ran([*map(str, command), str(rng.randrange(1000))])

    return run


def ran(command: list[str], **variables: str) -> str:
    """Run a program of ours; returns what it says, or raises AssertionError with that."""
    environment = os.environ | variables
    done = subprocess.run(command, cwd=HERE.parent, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, (done.stdout + done.stderr)[-2000:]
    return done.stdout.strip()


ROOMS: dict[str, Torture] = {
    "crawl": crawl,
    "interrupt": interrupt,
    "build": forking("build"),
    "swap": forking("snapshot"),
    "swap-elsewhere": forking("elsewhere"),
    "swap-graph": forking("graph"),
    "load": load,
    "neo4j-killed": neo4j("killed"),
    "neo4j-cut": neo4j("cut"),
    "neo4j-commit": neo4j("commit"),
    "neo4j-stopped": neo4j("stopped", 20),
}


def main() -> None:
    """Run the rooms that are named, or all."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("rooms", nargs="*", choices=[*ROOMS, []], help="which rooms (all)")
    options.add_argument("--rounds", type=int, default=200)
    options.add_argument("--seed", type=int, default=0)
    chosen = options.parse_args()
    failed = False
    for name in chosen.rooms or ROOMS:
        began = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            try:
                told = ROOMS[name](Path(folder), chosen.rounds, random.Random(chosen.seed))
            except AssertionError as problem:
                told, failed = f"FAILED: {problem}", True
        print(f"{name}: {told} ({time.monotonic() - began:.0f} s)", flush=True)
    sys.exit(failed)


if __name__ == "__main__":
    main()
