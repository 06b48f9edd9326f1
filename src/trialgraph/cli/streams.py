"""The standard streams as they come: closed ones, narrow encodings, arguments in another encoding."""

from __future__ import annotations

import codecs
import io
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import click

from trialgraph import text_files
from trialgraph.errors import UsageError

_REPLACING = "trialgraph-replace"
_REPLACED: list[str] = []  # the characters that standard output could not carry in this run


def prepare() -> None:
    """Give closed file descriptors 0 to 2 to the null device, and let narrow encodings replace what they lack.

    A file that is opened while descriptor 1 is closed would get that number, and receive what native code prints.
    """
    for descriptor in (0, 1, 2):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest free number, which is this one
    codecs.register_error(_REPLACING, _replace)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors=_REPLACING)
    if isinstance(sys.stderr, io.TextIOWrapper):
        sys.stderr.reconfigure(errors="backslashreplace")


def _replace(problem: UnicodeError) -> tuple[str, int]:
    if not isinstance(problem, UnicodeEncodeError):
        raise problem
    missing = problem.object[problem.start : problem.end]
    _REPLACED.extend(missing)
    return "?" * len(missing), problem.end


def replaced_note() -> str | None:
    """Return a sentence about the characters that were replaced on standard output, or None."""
    if not _REPLACED or sys.stdout is None:
        return None
    number = len(_REPLACED)
    _REPLACED.clear()
    return (
        f"{number:,} {'character is' if number == 1 else 'characters are'} shown as ?, as {sys.stdout.encoding} does "
        "not have them; -o FILE writes UTF-8, and so does PYTHONUTF8=1"
    )


def is_terminal(stream: Any) -> bool:
    """Tell whether a person is at this stream; a closed one has nobody."""
    try:
        return bool(stream is not None and stream.isatty())
    except (AttributeError, ValueError):
        return False


def need_stdout() -> None:
    """Raise UsageError where an answer would go to a standard output that is closed."""
    if sys.stdout is None or getattr(sys.stdout, "closed", False):
        raise UsageError("standard output is closed; open it, or name a file for the answer: -o FILE")


def stdin_bytes() -> BinaryIO:
    """Return standard input as bytes.  Raises UsageError where it is closed."""
    if sys.stdin is None or getattr(sys.stdin, "closed", False):
        raise UsageError("standard input is closed; pipe the text in, or name a file")
    return sys.stdin.buffer


def stdin_text() -> str:
    """Return all of standard input as text."""
    return text_files.decode(stdin_bytes().read(), "standard input")


def stdin_lines() -> Iterator[str]:
    """Yield the lines of standard input as they come."""
    return text_files.lines(stdin_bytes(), "standard input")


class TextFile(click.ParamType):  # type: ignore[type-arg]  # generic since click 8.2 only
    """A parameter that names a text file, or - for standard input; its value is the text."""

    name = "file"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the text of the file."""
        return stdin_text() if value == "-" else text_files.read_text(Path(str(value)))


def arguments(given: Sequence[str]) -> list[str]:
    """Return command-line arguments as text: those that the locale could not read are read as UTF-8.

    Raises UsageError for bytes that are no text and name no file.
    """
    return [argument if argument.isprintable() else _argument(argument) for argument in given]


def _argument(argument: str) -> str:
    if not any("\ud800" <= letter <= "\udfff" for letter in argument) or os.path.lexists(argument):
        return argument
    try:
        return os.fsencode(argument).decode("utf-8")
    except UnicodeError:
        raise UsageError(f"the argument {ascii(argument)[1:-1][:80]} is no UTF-8 text; set LC_ALL=C.UTF-8") from None
