"""Memory of a build: its peak with that of its workers, and garbage collection paused where nothing is garbage."""

from __future__ import annotations

import ctypes
import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_OWN = ("Private_Clean:", "Private_Dirty:", "Swap:")


class Memory:
    """The peak of resident memory of this process and its workers, measured after every batch (Linux)."""

    def __init__(self) -> None:
        self._workers: dict[int, int] = {}
        self._most = 0

    def record(self, worker: int, private_bytes: int) -> None:
        """Record how many bytes a worker, by its process id, shares with no other process."""
        self._workers[worker] = private_bytes
        self._most = max(self._most, _resident() + sum(self._workers.values()))

    def peak_mb(self) -> int:
        """Return the most that this process and its workers held together, in MiB; shared pages count once."""
        import resource

        own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1 << 10)
        return max(own, self._most) >> 20


@contextmanager
def gc_paused() -> Iterator[None]:
    """Switch off cyclic garbage collection while rows are collected: none is garbage, and scanning them takes long.

    What exists at the end stays frozen (not scanned) until `gc.unfreeze`.
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


def release_memory() -> None:
    """Return freed memory to the system: the engine that comes next needs room of its own."""
    import pyarrow as pa

    gc.collect()
    pa.default_memory_pool().release_unused()
    if sys.platform.startswith("linux") and hasattr(libc := ctypes.CDLL(None), "malloc_trim"):
        libc.malloc_trim(0)


def private_bytes() -> int:
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
