"""Memory of a build: how much it takes, with what its workers hold; and no search for garbage where there is none."""

from __future__ import annotations

import ctypes
import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_OWN = ("Private_Clean:", "Private_Dirty:", "Swap:")


class Memory:
    """Keeps the most that was held at once; workers tell what they hold after every batch (Linux)."""

    def __init__(self) -> None:
        self._workers: dict[int, int] = {}
        self._most = 0

    def told(self, worker: int, held: int) -> None:
        """Take note of how many bytes a worker, by its process id, holds alone."""
        self._workers[worker] = held
        self._most = max(self._most, _resident() + sum(self._workers.values()))

    def peak_mb(self) -> int:
        """Return the most that this process and its workers held together, in MiB; shared pages count once."""
        import resource

        own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1 << 10)
        return max(own, self._most) >> 20


@contextmanager
def only_growing() -> Iterator[None]:
    """Look for no garbage while rows pile up: there is none, and looking at all of them again and again takes long.

    What is there at the end is not looked at later either, until `gc.unfreeze`.
    """
    was = gc.isenabled()
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was:
            gc.enable()


def give_back() -> None:
    """Return to the system what was freed: the engine that comes next needs room of its own."""
    import pyarrow as pa

    gc.collect()
    pa.default_memory_pool().release_unused()
    if sys.platform.startswith("linux") and hasattr(libc := ctypes.CDLL(None), "malloc_trim"):
        libc.malloc_trim(0)


def private() -> int:
    """Return how many bytes this process holds that it shares with no other; 0 where the system does not tell."""
    try:
        lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) << 10 for line in lines if line.startswith(_OWN))


def _resident() -> int:
    """Return how many bytes of this process are in memory, shared ones among them."""
    import resource

    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
    except OSError:
        return 0
