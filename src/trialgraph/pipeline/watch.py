"""How a run tells its caller where it stands: a progress bar, callbacks, or nothing at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

Progress = Callable[[int, int | None], None]  # done, total (None: unknown)


class Watch(Protocol):
    """What a run reports to.  The command line's `Output` is one."""

    def progress(self, label: str, /) -> AbstractContextManager[Progress]:
        """Give a function that takes how much of the stage `label` is done, and of how many."""
        ...

    def say(self, sentence: str, /) -> None:
        """Take a sentence for the person who waits."""


class Callbacks:
    """A `Watch` that calls `on_progress(stage, done, total)` and `on_message(sentence)`, where they are given."""

    def __init__(
        self,
        on_progress: Callable[[str, int, int | None], None] | None = None,
        on_message: Callable[[str], None] | None = None,
    ) -> None:
        self._on_progress = on_progress
        self._on_message = on_message

    @contextmanager
    def progress(self, label: str, /) -> Iterator[Progress]:
        """Give a function that passes a stage's progress on to the callback."""
        callback = self._on_progress
        if callback is None:
            yield lambda done, total: None
        else:
            yield lambda done, total: callback(label, done, total)

    def say(self, sentence: str, /) -> None:
        """Pass a sentence on to the callback."""
        if self._on_message is not None:
            self._on_message(sentence)


SILENT = Callbacks()
