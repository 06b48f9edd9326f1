"""Walking through a record whose shape varies: one or many, absent or empty, all told apart from wrong."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from trialgraph.errors import RecordError
from trialgraph.text import plain

_TRUE, _FALSE = frozenset({"true", "yes"}), frozenset({"false", "no"})


class Place(msgspec.Struct, frozen=True):
    """A spot in a record, there or not.  Reading a value of the wrong type raises RecordError with the path."""

    record_id: str
    data: Any
    path: str = ""

    def at(self, path: str) -> Place:
        """Return the spot under these names ("a.b.c"); nothing and "" on the way lead to nothing."""
        here = self
        for name in path.split("."):
            if here.data in (None, "") or (isinstance(here.data, str) and not here.data.strip()):
                return Place(self.record_id, None, self._under(path))
            if not isinstance(here.data, dict):
                raise here._wrong("an object")
            here = Place(self.record_id, here.data.get(name), here._under(name))
        return here

    def each(self, path: str = "") -> Iterator[Place]:
        """Yield the entries of a list; a single thing is a list of one, nothing and "" are empty lists."""
        here = self.at(path) if path else self
        if isinstance(here.data, list):
            for n, entry in enumerate(here.data):
                if entry not in (None, ""):
                    yield Place(self.record_id, entry, f"{here.path}[{n}]")
        elif here.data not in (None, ""):
            yield here

    def text(self, path: str = "") -> str | None:
        """Return clean text, or None for nothing; a number is its digits."""
        here = self.at(path) if path else self
        if here.data is None or isinstance(here.data, str):
            return plain(here.data)
        if isinstance(here.data, (int, float)) and not isinstance(here.data, bool):
            return str(here.data)
        raise here._wrong("text")

    def texts(self, path: str = "") -> tuple[str, ...]:
        """Return the clean texts of a list."""
        return tuple(text for entry in self.each(path) if (text := entry.text()) is not None)

    def number(self, path: str = "") -> int | None:
        """Return a whole number, also from text that is nothing but one; None for other text."""
        text = self.text(path)
        return int(text) if text is not None and text.isascii() and text.isdigit() else None

    def flag(self, path: str = "") -> bool | None:
        """Return true or false, also from yes and no; None for anything else."""
        here = self.at(path) if path else self
        if isinstance(here.data, bool):
            return here.data
        word = (here.text() or "").casefold()
        return True if word in _TRUE else False if word in _FALSE else None

    def _under(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name

    def _wrong(self, expected: str) -> RecordError:
        return RecordError(self.record_id, f"expected {expected}, got {type(self.data).__name__}", self.path)


def json_record(record_id: str, body: bytes) -> Place:
    """Return a JSON record to walk through.  Raises RecordError where it is no JSON object."""
    try:
        data = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
        raise RecordError(record_id, f"the record is no whole JSON text: {problem}") from None
    if not isinstance(data, dict):
        raise RecordError(record_id, f"the record is no JSON object but {type(data).__name__}")
    return Place(record_id, data)
