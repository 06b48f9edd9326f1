"""What a build is asked to do, and what it reports."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from trialgraph.build.memory import Memory
from trialgraph.model import SetAside
from trialgraph.snapshot.snapshot import Snapshot

Progress = Callable[[int, int | None], None]


class BuildPlan(msgspec.Struct, frozen=True):
    """The inputs and options of a build: the archive, where snapshot and model lie, and how to go about it."""

    archive: Path
    snapshot: Path
    model: Path  # a folder
    corrections: Path | None = None
    refit: bool = True  # fit the similarity's model anew; else only what changed since the last build is made
    accept_loss: bool = False
    workers: int = 1
    progress: Progress | None = None


class Rebuilt(msgspec.Struct, frozen=True, kw_only=True):
    """How much of a snapshot was not taken from the last build."""

    trials: int  # read again
    vectors: int  # trials compared with all others
    pairs: int  # compared word by word
    trials_total: int
    reason: str | None  # why all of it was made; None where only the difference was


class Built(msgspec.Struct, frozen=True):
    """A snapshot and how it came about."""

    snapshot: Snapshot
    trials: int
    set_aside: tuple[SetAside, ...]
    seconds: dict[str, float]  # by stage
    warnings: tuple[str, ...]
    memory: Memory
    rebuilt: Rebuilt

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        """Count what is done under it as a stage's time."""
        began = time.perf_counter()
        yield
        self.seconds[stage] = time.perf_counter() - began

    def report(self) -> dict[str, Any]:
        """Return what `build` prints."""
        return {
            "trials": self.trials,
            "set_aside": len(self.set_aside),
            "tables": {name: facts["rows"] for name, facts in self.snapshot.manifest["tables"].items()},
            "seconds": {stage: round(took, 2) for stage, took in self.seconds.items()},
            "rebuilt": msgspec.to_builtins(self.rebuilt),
            "peak_mb": self.memory.peak_mb(),  # of this process and its workers together
        }


class Stopwatch:
    """Adds up the time of stages that take turns."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._began = time.perf_counter()

    def lap(self, stage: str) -> None:
        """Count the time since the last lap as this stage's."""
        now = time.perf_counter()
        self.seconds[stage] = self.seconds.get(stage, 0.0) + now - self._began
        self._began = now
