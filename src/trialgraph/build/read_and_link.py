"""Every trial read, linked and made comparable, in as many processes as there are, in the order of the archive."""

from __future__ import annotations

import ctypes
import gc
import multiprocessing
import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import msgspec

from trialgraph.archive import trials as archived
from trialgraph.archive.fingerprints import TrialHashes
from trialgraph.archive.store import Archive
from trialgraph.archive.trials import Key
from trialgraph.build.compared import compared
from trialgraph.build.memory import Memory, private_bytes
from trialgraph.errors import BuildError
from trialgraph.limits import TRIALS_A_BATCH, TRIALS_FOR_PROCESSES
from trialgraph.linking.linkers import Linkers, Understood
from trialgraph.model import SetAside, Trial
from trialgraph.similarity import Document

_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of prctl(2); workers run on Linux only


class LinkedTrial(msgspec.Struct, frozen=True, gc=False):
    """A trial, what its words mean, and what it is compared by."""

    trial: Trial
    understood: Understood
    compared: Document


class _Done(msgspec.Struct, frozen=True):
    """The linked trials of a batch, and the worker's private memory in bytes."""

    found: list[LinkedTrial]
    set_aside: list[SetAside]
    worker: int
    private_bytes: int


_WORKER_LINKERS: list[
    Linkers
] = []  # of a worker; inherited from the process that forked it, so that all share one in memory


def read_and_link(
    archive: Path,
    linkers: Linkers,
    trials: Sequence[TrialHashes],
    *,
    workers: int,
    on_set_aside: Callable[[SetAside], None],
    memory: Memory | None = None,
) -> Iterator[LinkedTrial]:
    """Yield these trials of an archive in their order; the same with any number of workers.

    `memory` records the workers' private bytes.  Raises BuildError where a worker is killed from outside.
    """
    batches = [
        [key for hashes in trials[at : at + TRIALS_A_BATCH] for key in hashes.records]
        for at in range(0, len(trials), TRIALS_A_BATCH)
    ]
    if workers == 1 or len(trials) < TRIALS_FOR_PROCESSES or not sys.platform.startswith("linux"):
        with Archive.open(archive) as opened:
            for batch in batches:
                yield from _read(opened, linkers, batch, on_set_aside)
        return
    fork = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(workers, mp_context=fork, initializer=_begin, initargs=(linkers,)) as pool:
        waiting: deque[Future[_Done]] = deque()
        try:
            for batch in batches:
                waiting.append(pool.submit(_batch, archive, batch))
                if len(waiting) > 2 * workers:  # so many batches at most are held
                    yield from _taken(waiting.popleft(), on_set_aside, memory)
            while waiting:
                yield from _taken(waiting.popleft(), on_set_aside, memory)
        except BrokenProcessPool as problem:
            raise BuildError("a worker was killed, perhaps for want of memory; build with --workers 1") from problem
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _taken(
    future: Future[_Done], on_set_aside: Callable[[SetAside], None], memory: Memory | None
) -> Iterator[LinkedTrial]:
    done = future.result()
    for record in done.set_aside:
        on_set_aside(record)
    if memory is not None:
        memory.record(done.worker, done.private_bytes)
    yield from done.found


def _begin(linkers: Linkers) -> None:
    """Take the linkers along, leave Ctrl-C to the process that a person talks to, and end when that one is killed.

    A worker that outlived it would wait for ever and keep the home's lock, which it inherited.
    """
    _WORKER_LINKERS.append(linkers)
    gc.enable()  # what was there before the fork is frozen, and not looked at
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    if os.getppid() == 1:  # it was killed before that line
        os._exit(1)


def _batch(archive: Path, keys: Sequence[Key]) -> _Done:
    """Read and link some trials, in a worker."""
    set_aside: list[SetAside] = []
    with Archive.open(archive) as opened:
        found = list(_read(opened, _WORKER_LINKERS[0], keys, set_aside.append))
    return _Done(found, set_aside, os.getpid(), private_bytes())


def _read(
    archive: Archive, linkers: Linkers, keys: Sequence[Key], on_set_aside: Callable[[SetAside], None]
) -> Iterator[LinkedTrial]:
    for trial in archived.read_keys(archive, keys, on_set_aside=on_set_aside):
        meaning = linkers.understand(trial)
        yield LinkedTrial(
            trial, meaning, compared(trial, meaning.drugs, meaning.conditions, meaning.procedures, linkers)
        )
