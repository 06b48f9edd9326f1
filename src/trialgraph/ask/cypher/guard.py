"""What a stranger's Cypher may say: its words told apart, then reading allowed and everything else refused by name.

The stores refuse writes themselves; this refuses before sending, with a sentence, and it refuses what a store's
read-only mode lets pass: files and addresses (LOAD CSV), procedures, other databases.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Sequence
from typing import Final

import msgspec

from trialgraph.errors import UsageError
from trialgraph.limits import QUERY_NESTING, QUERY_TEXT

CLAUSES: Final = ("MATCH", "OPTIONAL", "WITH", "UNWIND", "RETURN", "CALL", "EXPLAIN", "PROFILE", "CYPHER")
_KEYWORD_NAMES = """
ALL AND AS ASC ASCENDING BY CALL CASE COLLECT CONTAINS COUNT CYPHER DESC DESCENDING DISTINCT ELSE END ENDS EXISTS
EXPLAIN FALSE IN IS LIMIT MATCH NOT NULL OFFSET ON OPTIONAL OR ORDER PROFILE RETURN SKIP STARTS THEN TRUE UNION
UNWIND WHEN WHERE WITH XOR YIELD
"""
_FUNCTION_NAMES = """
abs acos all allShortestPaths any asin atan atan2 avg btrim ceil char_length character_length coalesce collect cos
cot count date date.truncate datetime datetime.truncate degrees duration duration.between duration.inDays
duration.inMonths duration.inSeconds e elementId endNode exists exp floor haversin head id isEmpty isNaN keys labels
last left length localdatetime localdatetime.truncate localtime log log10 lower ltrim max min nodes none normalize
nullIf percentileCont percentileDisc pi point point.distance properties radians rand range reduce relationships
replace reverse right round rtrim shortestPath sign sin single size split sqrt startNode stDev stDevP substring sum
tail tan time time.truncate timestamp toBoolean toBooleanList toBooleanOrNull toFloat toFloatList toFloatOrNull
toInteger toIntegerList toIntegerOrNull toLower toString toStringList toStringOrNull toUpper trim type upper
valueType
"""
KEYWORDS: Final = frozenset(_KEYWORD_NAMES.split())
_WRITES: Final = {
    "CREATE": "writes",
    "MERGE": "writes",
    "INSERT": "writes",
    "SET": "writes",
    "REMOVE": "writes",
    "DELETE": "deletes",
    "DETACH": "deletes",
    "NODETACH": "deletes",
    "DROP": "deletes",
    "FOREACH": "writes",
    "TRANSACTIONS": "commits while it runs",
    "LOAD": "reads files and addresses",
    "USE": "leaves this graph for another",
}
PROCEDURES: Final = frozenset(
    (
        "db.labels",
        "db.relationshiptypes",
        "db.propertykeys",
        "db.index.fulltext.querynodes",
        "db.schema.nodetypeproperties",
        "db.schema.reltypeproperties",
        "db.schema.visualization",
    )
)
FUNCTIONS: Final = tuple(_FUNCTION_NAMES.split())
_FUNCTIONS: Final = {name.casefold() for name in FUNCTIONS}
_SYMBOLS: Final = frozenset("()[]{}.,;:|&!=<>+-*/%^~?@#")
_CLOSES: Final = {")": "(", "]": "[", "}": "{"}


class Token(msgspec.Struct, frozen=True):
    """One word of a query: kind is word, name (in backticks), string, number, parameter or symbol."""

    kind: str
    text: str
    start: int

    @property
    def upper(self) -> str:
        """Return a bare word as the parser compares it: full-width, long-s and the like folded, in capitals."""
        return unicodedata.normalize("NFKC", self.text).upper() if self.kind == "word" else ""


def tokens(query: str) -> list[Token]:
    """Return the words of a query without comments.  Raises UsageError, pointing at the place, for what never ends."""
    found: list[Token] = []
    at, end = 0, len(query)
    while at < end:
        letter = query[at]
        if letter.isspace():
            at += 1
        elif query.startswith("//", at):
            at = min((place for place in (query.find("\n", at), query.find("\r", at)) if place >= 0), default=end)
        elif query.startswith("/*", at):
            at = _after(query, "*/", at, "this comment")
        elif letter in "'\"":
            stop = _string_end(query, at)
            found.append(Token("string", query[at:stop], at))
            at = stop
        elif letter == "`":
            stop = at + 1
            while True:
                stop = _after(query, "`", stop, "this name in backticks", at)
                if not query.startswith("`", stop):
                    break
                stop += 1
            found.append(Token("name", query[at + 1 : stop - 1].replace("``", "`"), at))
            at = stop
        elif match := _WORD.match(query, at):
            found.append(Token(_kind(match), match[0], at))
            at = match.end()
        elif letter in _SYMBOLS:
            found.append(Token("symbol", letter, at))
            at += 1
        else:
            called = unicodedata.name(letter, f"U+{ord(letter):04X}")
            raise UsageError(place(query, at, f"the character {called} has no meaning here"))
    return found


_WORD = re.compile(r"(?P<parameter>\$(?:`[^`]*`|\w+))|(?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(?P<word>[^\W\d]\w*)")


def _kind(match: re.Match[str]) -> str:
    return match.lastgroup or "word"


def _after(query: str, mark: str, start: int, what: str, begin: int | None = None) -> int:
    stop = query.find(mark, start + (2 if mark == "*/" else 0))
    if stop < 0:
        raise UsageError(place(query, start if begin is None else begin, f"{what} is never closed"))
    return stop + len(mark)


def _string_end(query: str, start: int) -> int:
    at = start + 1
    while at < len(query):
        if query[at] == "\\":
            at += 2
        elif query[at] == query[start]:
            return at + 1
        else:
            at += 1
    raise UsageError(place(query, start, "this text is never closed"))


def place(query: str, at: int, why: str) -> str:
    """Return a sentence that points at a place of a query, with its line and a mark under it."""
    line = query.count("\n", 0, at) + 1
    begin = query.rfind("\n", 0, at) + 1
    shown = query[begin:].split("\n", 1)[0]
    column = at - begin
    if len(shown) > 100:  # a window around the place
        cut = max(0, column - 60)
        shown, column_shown = ("…" if cut else "") + shown[cut : cut + 100], column - cut + bool(cut)
    else:
        column_shown = column
    return f"line {line}, column {column + 1}: {why}\n  {shown}\n  {' ' * column_shown}^"


def check(query: str) -> list[Token]:
    """Return the words of a query that only reads.  Raises UsageError, pointing at the place, for any other."""
    if len(query) > QUERY_TEXT:
        raise UsageError(f"this query has {len(query):,} characters; {QUERY_TEXT:,} is the most (values go into -P)")
    if (escape := re.search(r"\\[uU]+[0-9a-fA-F]{4}", query)) is not None:
        raise UsageError(
            place(query, escape.start(), "write the character itself or use a parameter (-P); \\u escapes are refused")
        )
    words = tokens(query)
    while words and words[-1].text == ";":
        words.pop()
    if not words:
        raise UsageError("the query is empty")
    _begins_well(query, words[0])
    _balanced(query, words)
    for i, token in enumerate(words):
        if token.kind == "symbol" and token.text == ";":
            raise UsageError(place(query, token.start, "one query at a time"))
        if token.kind == "word" and token.upper in _WRITES and not _is_name(words, i):
            if token.upper == "LOAD" and not (i + 1 < len(words) and words[i + 1].upper == "CSV"):
                continue
            raise UsageError(
                place(query, token.start, f"{token.upper} {_WRITES[token.upper]}; queries here only read this graph")
            )
        if token.upper == "CALL" and not _is_name(words, i):
            _check_procedure(query, words, i)
        elif token.kind in {"word", "name"}:
            _check_function(query, words, i)
    return words


def _begins_well(query: str, first: Token) -> None:
    if first.upper in CLAUSES:
        return
    if first.upper in _WRITES:
        raise UsageError(
            place(query, first.start, f"{first.upper} {_WRITES[first.upper]}; queries here only read this graph")
        )
    if first.upper == "SHOW":
        raise UsageError(
            place(query, first.start, "SHOW is refused; 'trialgraph doctor' and :schema in the shell tell")
        )
    nearest = difflib.get_close_matches(first.upper, CLAUSES, 1)
    hint = f"did you mean {nearest[0]}?" if nearest else "a query begins with MATCH, WITH, UNWIND, RETURN or CALL"
    raise UsageError(place(query, first.start, hint))


def _balanced(query: str, words: list[Token]) -> None:
    open_: list[Token] = []
    for token in words:
        if token.kind != "symbol":
            continue
        if token.text in "([{":
            open_.append(token)
            if len(open_) > QUERY_NESTING:
                raise UsageError(place(query, token.start, f"more than {QUERY_NESTING} brackets within each other"))
        elif token.text in _CLOSES:
            if not open_ or open_[-1].text != _CLOSES[token.text]:
                expected = f"; {open_[-1].text} is still open" if open_ else ""
                raise UsageError(place(query, token.start, f"{token.text} closes nothing{expected}"))
            open_.pop()
    if open_:
        raise UsageError(place(query, open_[-1].start, f"{open_[-1].text} is never closed"))


def _is_name(words: list[Token], i: int) -> bool:
    """Tell whether a word stands where only a name can: after a dot of an access, after a colon, as a key of a map."""
    before = words[i - 1] if i else None
    if before is None or before.kind != "symbol":
        return False
    if before.text == ":":
        return True
    if before.text == "." and i >= 2:
        owner = words[i - 2]
        return (
            before.start + 1 == words[i].start
            and (owner.kind in {"word", "name", "parameter"} or owner.text in ")]")
            and owner.kind != "number"
        )
    after = words[i + 1] if i + 1 < len(words) else None
    return before.text in "{," and after is not None and after.kind == "symbol" and after.text == ":"


def _chain(words: list[Token], i: int) -> tuple[str, int]:
    """Return the dotted name that begins at a word, and the place after it."""
    name = words[i].text
    i += 1
    while i + 1 < len(words) and words[i].text == "." and words[i + 1].kind in {"word", "name"}:
        name += "." + words[i + 1].text
        i += 2
    return name, i


def _check_procedure(query: str, words: list[Token], i: int) -> None:
    after = words[i + 1] if i + 1 < len(words) else None
    if after is None or after.kind == "symbol":  # CALL { a subquery } or CALL (x) { ... }
        return
    name, _ = _chain(words, i + 1)
    if name.casefold() not in PROCEDURES:
        raise UsageError(
            place(query, after.start, f"the procedure {name} is refused; allowed are {', '.join(sorted(PROCEDURES))}")
        )


def _check_function(query: str, words: list[Token], i: int) -> None:
    before = words[i - 1] if i else None
    if before is not None and (before.text == "." or before.upper == "CALL"):
        return  # the rest of a name that was looked at from its beginning
    name, after = _chain(words, i)
    if after >= len(words) or words[after].text != "(" or words[after].kind != "symbol":
        return
    if before is not None and before.kind == "symbol" and before.text in ":|&!":
        return  # a label in a pattern: (:Trial) - and brackets of label expressions
    bare = words[i].kind == "word" and "." not in name
    if bare and (words[i].upper in KEYWORDS):
        return
    if name.casefold() in _FUNCTIONS or name.casefold() in PROCEDURES:
        return
    nearest = difflib.get_close_matches(name.casefold(), sorted(_FUNCTIONS), 1)
    written = next((known for known in FUNCTIONS if nearest and known.casefold() == nearest[0]), None)
    hint = f"; did you mean {written}?" if written else ""
    raise UsageError(place(query, words[i].start, f"there is no function {name}() here{hint}"))


def names_used(words: Sequence[Token]) -> list[tuple[str, str]]:
    """Return (label | relationship type | property, name) in the order in which a query uses them.

    Keys of maps that the query itself makes are left out, with what looks like a property of such a map.
    """
    own_keys = {
        words[i].text
        for i in range(1, len(words) - 1)
        if words[i].kind in {"word", "name"} and words[i + 1].text == ":" and words[i - 1].text in "{,"
    }
    found: list[tuple[str, str]] = []
    open_: list[tuple[str, int]] = []
    within = ""  # what a colon that was just read introduces, until another kind of word ends it
    for i, token in enumerate(words):
        if token.kind == "symbol":
            if token.text in "([{":
                open_.append((token.text, i))
            elif token.text in ")]}" and open_:
                open_.pop()
            if token.text == ":" and open_ and open_[-1][0] != "{":
                bracket, at = open_[-1]
                is_edge = bracket == "[" and at > 0 and words[at - 1].text == "-"
                within = "relationship type" if is_edge else "label"
            elif token.text not in "|&!(":
                within = ""
        elif token.kind in {"word", "name"}:
            if within:
                found.append((within, token.text))
                if words[i + 1].text not in "|&" if i + 1 < len(words) else True:
                    within = ""
            elif _is_property_access(words, i, own_keys) or _is_pattern_key(words, i, open_):
                found.append(("property", token.text))
    return found


def _is_property_access(words: Sequence[Token], i: int, own_keys: set[str]) -> bool:
    """Tell whether a name stands after the dot of a variable and is no function and no key of the query's own maps."""
    if i < 2 or words[i - 1].text != "." or words[i - 2].kind not in {"word", "name"}:
        return False
    followed = words[i + 1].text if i + 1 < len(words) else ""
    return words[i].text not in own_keys and followed not in {"(", "."}


def _is_pattern_key(words: Sequence[Token], i: int, open_: Sequence[tuple[str, int]]) -> bool:
    """Tell whether a name is a key in the property map of a pattern, as in (:Trial {trial_id: 1})."""
    if not open_ or open_[-1][0] != "{" or i + 1 >= len(words) or words[i + 1].text != ":":
        return False
    at = open_[-1][1]
    return at >= 2 and words[at - 1].kind in {"word", "name"} and words[at - 2].text in ":(|"
