"""Kills builds and loads, over and over, and looks at what is left; shared by the tests and `make torture`.

    python -m tests.faults.kill_builds FOLDER build|snapshot|elsewhere|graph ROUNDS [SEED]

(in the project's folder; prints one line).

What is killed is a fork of this process, so that a round costs no start of Python and no reading of vocabularies.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

from tests import small_graph
from tests.fault_server import packed_json
from tests.faults.small_home import changed, content, dump, expected, sample_studies
from trialgraph.archive.crawl import keep_files
from trialgraph.build import model_file
from trialgraph.cli import main as command_line
from trialgraph.files import swap
from trialgraph.linking.linkers import Linkers
from trialgraph.registries.imports.files import read
from trialgraph.snapshot.snapshot import Snapshot, write
from trialgraph.stores.open import open_store

FILE_STEPS = {"open", "os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.link", "shutil.rmtree", "ctypes.dlsym"}
OURS = {
    "archive.sqlite",
    "archive.sqlite-wal",
    "archive.sqlite-shm",
    "archive.sqlite.lock",
    "archive.sqlite.lock-holder.json",
    "build.lock",
    "build.lock-holder.json",
    "graph.lock",
    "graph.lock-holder.json",
    "graph",
    "kept",
    "log",
    "model",
    "snapshot",
}


def forked(work: Callable[[], None]) -> int:
    """Run something in a child; returns the child's id."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        except BaseException:
            import traceback

            traceback.print_exc()
        finally:
            os._exit(code)
    return child


def ends(child: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def done(work: Callable[[], None]) -> None:
    assert ends(forked(work)) == 0


# --- whole builds, killed at random moments ---------------------------------------------------------------------------


def build(home: Path, imported: Path | None = None) -> None:
    """Do what `trialgraph build` does; names the modules that it took in a file."""
    sys.argv = ["trialgraph", "--home", str(home), "build", "--workers", "1"]
    said = io.StringIO()
    with redirect_stdout(said), redirect_stderr(said):
        try:
            command_line.main()
        except SystemExit as end:
            assert not end.code, said.getvalue()
    if imported:
        imported.write_text("\n".join(sorted(sys.modules)))


def archives(folder: Path) -> list[Path]:
    """Make the archives of two days."""
    first = sample_studies(10)
    second = [*first[:7], *(changed(study, "2026-03-06") for study in first[7:]), *sample_studies(12)[10:]]
    made = []
    for at, studies in enumerate((first, second)):
        lines = folder / f"day{at}.jsonl"
        lines.write_bytes(b"\n".join(map(packed_json, studies)))
        made.append(folder / f"day{at}.sqlite")
        keep_files(made[-1], read([lines]), command="c")
    return made


def builds(folder: Path, rounds: int, dice: random.Random) -> str:
    """Build two days in turn, killed at a random moment each time."""
    days = archives(folder)
    home = folder / "home"
    home.mkdir()
    Linkers()
    whole = []
    for at, day in enumerate(days):
        (folder / f"whole{at}").mkdir()
        shutil.copy(day, folder / f"whole{at}" / "archive.sqlite")
        done(lambda at=at: build(folder / f"whole{at}", folder / "imported"))
        whole.append(folder / f"whole{at}")
    for name in (folder / "imported").read_text().split():  # once, and not in each round
        if not name.startswith(("arcadedb", "jpype", "_jpype")):  # the engine is no longer whole in a fork
            with contextlib.suppress(ImportError):
                importlib.import_module(name)
    hashes = [Snapshot.open(one / "snapshot").hash for one in whole]
    assert hashes[0] != hashes[1]
    models = [content(one / "model") for one in whole]
    shutil.copytree(whole[0], home, dirs_exist_ok=True)

    def look() -> None:
        held = Snapshot.open(home / "snapshot")
        assert held.hash in hashes, "a snapshot of neither day"
        assert held.damaged() == []
        model_file.load(home / "model", home / "snapshot")
        assert model_file.fits(home / "model", home / "snapshot"), "a snapshot made with another model"
        assert {"model.msgpack": content(home / "model")["model.msgpack"]} in models
        store = open_store(home / "graph")
        loaded = store.loaded()
        assert loaded in hashes, "a graph of neither day"
        assert dump(store) == expected(Snapshot.open(whole[hashes.index(loaded)] / "snapshot"))
        store.close()

    began = time.monotonic()
    done(lambda: build(home))
    took = time.monotonic() - began
    killed = turn = 0
    while killed < rounds:
        assert turn < 20 * rounds, "it ends before it can be killed"
        turn += 1
        for beside in ("-wal", "-shm"):  # of the archive that is replaced
            (home / f"archive.sqlite{beside}").unlink(missing_ok=True)
        shutil.copy(days[turn % 2], home / "archive.sqlite")
        child = forked(lambda: build(home))
        time.sleep(dice.uniform(0.0, took * 1.1))
        os.kill(child, signal.SIGKILL)
        landed = ends(child) == -signal.SIGKILL
        killed += landed
        took *= 1.05 if landed else 0.9  # follows how busy the machine is
        done(look)
    done(lambda: build(home))
    for name in ("snapshot", "model"):
        assert content(home / name) == content(whole[turn % 2] / name), f"{name} differs from the undisturbed one"
    left = {path.name for path in home.iterdir()} - OURS
    assert not left, f"left behind: {left}"
    return f"{turn} builds, {killed} killed: 0 snapshots damaged, 0 graphs unopenable or half, the last as undisturbed"


# --- every step with a file, one after the other ----------------------------------------------------------------------


class Dies:
    """Counts what is done with files, and kills this process before the step of a number."""

    def __init__(self, at: int | None) -> None:
        self.at, self.steps = at, []
        self.counting = False
        sys.addaudithook(self)

    def __call__(self, event: str, values: tuple) -> None:
        if self.counting and event in FILE_STEPS:
            self.steps.append(event)
            if len(self.steps) - 1 == self.at:
                os.kill(os.getpid(), signal.SIGKILL)


def steps(folder: Path, rounds: int, dice: random.Random, *, load: bool = False, elsewhere: bool = False) -> str:
    """Write a snapshot (and load it), killed before each of the steps with files, or before `rounds` of them.

    `elsewhere`: as on a system that cannot exchange two folders in one step.
    """
    days = [small_graph.ROWS, small_graph.other_rows()]
    if elsewhere:
        swap.sys = type("Other", (), {"platform": "other"})
    hashes = [small_graph.snapshot(folder / f"day{i}", rows).hash for i, rows in enumerate(days)]

    def both(day: int, hook: Dies | None = None) -> None:
        if hook:
            hook.counting = True
        write(small_graph.tables(days[day]), folder / "snapshot", {})
        if load:
            open_store(folder / "graph").load(Snapshot.open(folder / "snapshot"))
        if hook:
            hook.counting = False

    def count() -> None:
        hook = Dies(None)
        both(1, hook)
        (folder / "steps").write_text(" ".join(hook.steps))

    def look() -> None:
        assert Snapshot.open(folder / "snapshot").hash in hashes
        assert Snapshot.open(folder / "snapshot").damaged() == []
        if load:
            store = open_store(folder / "graph")
            loaded = store.loaded()
            assert loaded in hashes
            assert dump(store) == expected(Snapshot.open(folder / f"day{hashes.index(loaded)}"))
            store.close()

    done(lambda: both(0))
    done(count)
    known = (folder / "steps").read_text().split()
    rare = [at for at, name in enumerate(known) if name not in ("open", "os.remove", "os.link")]
    rest = [at for at in range(len(known)) if at not in rare]
    chosen = [*rare, *dice.sample(rest, max(0, min(len(rest), rounds - len(rare))))]
    for turn, at in enumerate(chosen):
        assert ends(forked(lambda turn=turn, at=at: both(turn % 2, Dies(at)))) in (-signal.SIGKILL, 0)
        done(look)
    done(lambda: both(0))
    done(look)
    assert Snapshot.open(folder / "snapshot").hash == hashes[0]
    names = {path.name for path in folder.iterdir() if path.is_dir()} - {"day0", "day1", "log"}
    assert names == ({"snapshot", "graph"} if load else {"snapshot"}), names
    what = "snapshot and graph" if load else "snapshot"
    return f"{what} replaced, killed before {len(chosen)} of {len(known)} steps with files: 0 unopenable, 0 half"


HOW = {
    "build": builds,
    "snapshot": steps,
    "elsewhere": lambda *given: steps(*given, elsewhere=True),
    "graph": lambda *given: steps(*given, load=True),
}


if __name__ == "__main__":
    _, folder, what, rounds, *seed = sys.argv
    Path(folder).mkdir(parents=True, exist_ok=True)
    print(HOW[what](Path(folder), int(rounds), random.Random(int(seed[0]) if seed else 0)))
