"""The edge of record parsing: whatever goes wrong inside concerns one record."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from trialgraph.errors import RecordError, TrialgraphError


def reason(problem: BaseException) -> str:
    """Return what an unforeseen exception says, in one short line."""
    lines = str(problem).strip().splitlines()
    return f"{type(problem).__name__}" + (f": {lines[0][:200]}" if lines else "")


@contextmanager
def parsing(record_id: str) -> Iterator[None]:
    """Turn every exception of parsing one record into a RecordError with its id; want of memory is not the record's."""
    try:
        yield
    except (TrialgraphError, MemoryError):
        raise
    except Exception as problem:
        raise RecordError(record_id, f"it cannot be understood ({reason(problem)})") from problem
