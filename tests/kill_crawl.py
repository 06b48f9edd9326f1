"""Kills a real crawl, a process of its own, at random moments; shared by the tests and `make torture`."""

from __future__ import annotations

import collections
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from tests.fault_server import FaultServer, registry, study
from trialgraph.archive.repair import check
from trialgraph.archive.store import Archive

CRAWL = [sys.executable, "-c", "from trialgraph.cli.main import main; main()", "crawl", "ctgov", "--all"]


@dataclass
class Told:
    """What became of a crawl that was killed."""

    kills: int
    pages: int
    pages_fetched: int
    most_for_one_page: int
    lost: int  # records that one process had acknowledged and a later one did not hold


def start(home: Path, server: FaultServer) -> subprocess.Popen[str]:
    environment = {**os.environ, "TRIALGRAPH_HOME": str(home), "TRIALGRAPH_CTGOV_URL": server.url}
    pipes = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(CRAWL, env=environment, preexec_fn=hears_ctrl_c, **pipes)  # noqa: PLW1509


def hears_ctrl_c() -> None:
    """Undo what a shell does to the jobs it runs in the background: they would not hear a Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def interrupt_over_and_over(folder: Path, *, rounds: int, rng: random.Random) -> None:
    """Press Ctrl-C at random moments of crawls; each must end with where it stands and the command that goes on."""
    number = interrupted = 0
    while interrupted < rounds:
        assert number < 20 * rounds, "it ends before it can be interrupted"
        number += 1
        with registry([study(n) for n in range(1, 60)], page=1, wait=0.002) as server:
            process = start(folder / str(number), server)
            goal = rng.randrange(2, 50)
            while len(server.asked) < goal and process.poll() is None:
                time.sleep(0.0005)
            time.sleep(rng.random() * 0.01)
            process.send_signal(signal.SIGINT)
            _, said = process.communicate(timeout=60)
        if process.returncode == 0:
            continue  # it had ended before it was interrupted
        interrupted += 1
        assert process.returncode == 130, said
        assert "Stopped; " in said, said
        assert "of 59 records are kept. Go on with: trialgraph crawl ctgov --all" in said, said
        assert versions(folder / str(number))


def versions(home: Path) -> list[tuple[str, str | None, bytes]]:
    """Return everything the archive of a home holds."""
    path = home / "archive.sqlite"
    if not path.is_file() or not path.stat().st_size:
        return []
    with Archive.open(path) as archive:
        assert list(check(archive)) == []
        return [(record.id, record.dated, record.body) for record in archive.versions()]


def states(home: Path) -> list[tuple[str, int | None, int | None]]:
    with Archive.open(home / "archive.sqlite") as archive:
        return [(crawl.state, crawl.announced, crawl.kept) for crawl in archive.crawls()]


def compare(one: Path, other: Path) -> list[str]:
    """Return how two homes' archives differ."""
    found = []
    if versions(one) != versions(other):
        found.append(f"{len(versions(one))} and {len(versions(other))} versions")
    if states(one) != states(other):
        found.append(f"{states(one)} and {states(other)}")
    return found


def kill_over_and_over(folder: Path, *, rounds: int, rng: random.Random) -> Told:
    """Crawl once undisturbed into folder/whole, and once killed `rounds` times into folder/killed."""
    pages = rounds * 16  # of which a round takes four or five: a busy machine may let many more pass before the kill
    studies = [study(n, title="some words " * rng.randrange(200)) for n in range(1, pages * 4)]
    with registry(studies, page=4, wait=0.004) as server:
        assert start(folder / "whole", server).wait(120) == 0
        server.asked.clear()
        lost, kills, held = 0, 0, set()
        while kills < rounds:
            process = start(folder / "killed", server)
            goal = len(server.asked) + rng.randrange(1, 9)
            while len(server.asked) < goal and process.poll() is None:
                time.sleep(0.0005)
            time.sleep(rng.random() * 0.02)
            process.kill()
            assert process.wait(60) == -9, "it ended before it could be killed"
            kills += 1
            now = set(versions(folder / "killed"))
            lost += len(held - now)
            held = now
        assert start(folder / "killed", server).wait(120) == 0
        asked = [one.params.get("pageToken") for one in server.asked if one.path.endswith("/studies")]
    most = collections.Counter(asked).most_common(1)[0][1]
    return Told(kills, pages, len(asked), most, lost)
