"""Runs Cypher on a store within limits: a stranger's only after the guard has read it, our own as it is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from trialgraph.ask.answers import Answer
from trialgraph.ask.cypher import guard
from trialgraph.errors import TrialgraphError, UsageError
from trialgraph.limits import QUERY_BYTES, QUERY_ROWS, QUERY_SECONDS, QUESTION_ROWS, QUESTION_SECONDS

if TYPE_CHECKING:
    from trialgraph.stores.store import Store

# Where the engines say a syntax error is: the embedded one counts columns from 0, Neo4j from 1.
_PLACES: Final = (
    (re.compile(r"(?P<why>.*?)\s*\(line (?P<line>\d+), column (?P<column>\d+)", re.DOTALL), 1),
    (re.compile(r"(?P<why>.*?) at line (?P<line>\d+), column (?P<column>\d+)", re.DOTALL), 0),
    (re.compile(r"line (?P<line>\d+):(?P<column>\d+)[ -]*(?P<why>.*)", re.DOTALL), 0),
)
_UNDEFINED: Final = re.compile(r"[Vv]ariable [`'](?P<name>\w+)[`'] not defined")


def run(
    store: Store,
    text: str,
    params: Mapping[str, Any] | None = None,
    *,
    timeout: float = QUERY_SECONDS,
    rows: int = QUERY_ROWS,
    bytes: int = QUERY_BYTES,  # noqa: A002
) -> Answer:
    """Return the answer to anybody's Cypher, which may only read.

    `timeout` is in seconds; more than `rows` rows or `bytes` bytes of values are cut, and the notes say so.
    Raises UsageError for what is refused or misspelt, pointing at the place, and StoreError where the store fails.
    """
    words = guard.check(text)
    values = _checked(params or {})
    _has_parameters(text, words, values)
    ends = guard.tokens(text)[len(words) :]  # the ; that end the query; comments may follow them
    text = text[: ends[0].start] if ends else text
    try:
        answer = run_trusted(store, text, values, timeout=timeout, rows=rows)
    except TrialgraphError as problem:
        raise _pointed(text, words, problem) from problem
    notes = [*_unknown_names(words)]
    kept, cut = _within(answer.rows, bytes)
    if cut:
        notes.append(f"cut after {len(kept):,} rows: more than {bytes:,} bytes; --bytes allows more")
    elif answer.cut:
        notes.append(f"cut after {rows:,} rows; --rows allows more, LIMIT asks for fewer")
    return Answer(columns=answer.columns, rows=kept, notes=tuple(notes), cut=cut or answer.cut)


def run_trusted(
    store: Store,
    text: str,
    params: Mapping[str, Any],
    *,
    timeout: float = QUESTION_SECONDS,
    rows: int = QUESTION_ROWS,
) -> Answer:
    """Return the answer to Cypher of our own."""
    result = store.query(text, dict(params), timeout=timeout, rows=rows)
    columns = tuple(result.columns)
    return Answer(columns=columns, rows=[_row(columns, row) for row in result.rows], cut=result.cut)


def _row(columns: Sequence[str], row: Any) -> dict[str, Any]:
    return dict(row) if isinstance(row, Mapping) else dict(zip(columns, row, strict=True))


def _within(rows: list[dict[str, Any]], most: int) -> tuple[list[dict[str, Any]], bool]:
    """Return the first rows whose values stay within a number of bytes, and whether some were left out."""
    held = 0
    for i, row in enumerate(rows):
        held += _size(list(row.values()))
        if held > most:
            return rows[:i], True
    return rows, False


def _size(value: Any) -> int:
    """Return about how many bytes a value takes as text."""
    if isinstance(value, str):
        return len(value) + 3 if value.isascii() else len(value.encode("utf-8", "replace")) + 3
    if isinstance(value, Mapping):
        return 2 + sum(len(str(key)) + 4 + _size(part) for key, part in value.items())
    if isinstance(value, list | tuple):
        return 2 + sum(_size(part) for part in value)
    return 8


def parameter(written: str) -> tuple[str, Any]:
    """Return name and typed value of `key=value` as on a command line.

    A number, true, false, null, or JSON ([...], {...}, "text") is taken as such; anything else is text.

    >>> parameter("most=5"), parameter("name=sirolimus"), parameter('ids=["a"]'), parameter('id="5"')
    (('most', 5), ('name', 'sirolimus'), ('ids', ['a']), ('id', '5'))
    """
    import json

    name, equals, value = written.partition("=")
    if not equals or not name.strip():
        raise UsageError(f"{written!r} is no key=value")
    try:
        return name.strip(), json.loads(value)
    except ValueError:
        return name.strip(), value


def _checked(params: Mapping[str, Any]) -> dict[str, Any]:
    def plain(value: Any) -> bool:
        if isinstance(value, list | tuple):
            return all(plain(part) for part in value)
        if isinstance(value, Mapping):
            return all(isinstance(key, str) and plain(part) for key, part in value.items())
        return value is None or isinstance(value, str | int | float | bool)

    for name, value in params.items():
        if not plain(value):
            raise UsageError(f"the parameter {name} is a {type(value).__name__}; text, numbers, lists and maps will do")
    return dict(params)


def _has_parameters(text: str, words: Sequence[guard.Token], values: Mapping[str, Any]) -> None:
    for word in words:
        if word.kind == "parameter" and word.text.strip("$`") not in values:
            name = word.text.strip("$`")
            raise UsageError(guard.place(text, word.start, f"no value for ${name}; give one with -P {name}=..."))


def _pointed(text: str, words: Sequence[guard.Token], problem: TrialgraphError) -> TrialgraphError:
    """Return the store's complaint as one that points at the place, where it names one."""
    said = str(problem).removeprefix("the query cannot be run: ")
    undefined = _UNDEFINED.search(said)
    if undefined:
        for word in words:
            if word.text == undefined["name"]:
                return UsageError(guard.place(text, word.start, f"nothing is called {word.text} here"))
    for pattern, first in _PLACES:
        match = pattern.search(said)
        if match is None:
            continue
        line, column = int(match["line"]), int(match["column"]) - first
        lines = text.split("\n")
        if not 1 <= line <= len(lines):
            return problem
        at = min(sum(len(one) + 1 for one in lines[: line - 1]) + max(column, 0), len(text))
        why = re.sub(r"\s*\(caused by.*", "", match["why"], flags=re.DOTALL).strip(" -:\n")
        return UsageError(guard.place(text, at, why[:300] + _meant(text, at)))
    return problem


def _meant(text: str, at: int) -> str:
    """Return a guess at the keyword that was meant at or just before the place."""
    import difflib

    before = re.findall(r"[A-Za-z]{3,}", text[max(0, at - 24) : at])[-1:]
    here = re.match(r"[A-Za-z]{3,}", text[at:])
    for word in ([here[0]] if here else []) + before:
        if word.upper() in guard.KEYWORDS:
            continue
        nearest = difflib.get_close_matches(word.upper(), sorted(guard.KEYWORDS), 1, cutoff=0.75)
        if nearest:
            return f" - did you mean {nearest[0]}?"
    return ""


def _unknown_names(words: Sequence[guard.Token]) -> list[str]:
    """Return a sentence for each label, relationship type and property that our schema does not have."""
    from trialgraph import schema
    from trialgraph.spelling import nearest_names

    properties = {p.name for label in schema.LABELS for p in label.properties}
    properties |= {p.name for relationship in schema.RELATIONSHIPS for p in relationship.properties}
    known = {"label": set(schema.LABEL), "relationship type": set(schema.RELATIONSHIP), "property": properties}
    notes: dict[str, None] = {}
    for kind, name in guard.names_used(words):
        if name in known[kind]:
            continue
        nearest = nearest_names(name.replace("_", " "), [each.replace("_", " ") for each in sorted(known[kind])], 1)
        written = next((each for each in known[kind] if nearest and each.replace("_", " ") == nearest[0]), None)
        notes[f"no {kind} is called {name}" + (f"; did you mean {written}?" if written else "")] = None
    return list(notes)
