"""All escaping of answers: text of a registry, made harmless for a terminal, CSV, Markdown, HTML and scripts."""

from __future__ import annotations

import html
import re
from typing import Final

from trialgraph.spreadsheet import without_formula

# Escape sequences a terminal would obey (ECMA-48): CSI, OSC and other strings up to their end, two-byte ones.
ANSI: Final = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"
    r"|\x1b[ -/]*[0-~]"
)
# What moves a cursor, reorders letters or hides: control characters, bidirectional marks, zero widths, lone surrogates.
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
_SPACE: Final = re.compile(r"\s+")
# JSON leaves these as they are; a terminal, a script element or a line reader would not.
_JSON_UNSAFE: Final = re.compile(r"[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
_CSV_UNSAFE: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_MARKDOWN: Final = re.compile(r"[\\`*\[\]|~$]|(?<![0-9A-Za-z])_|_(?![0-9A-Za-z])")


def terminal(text: str) -> str:
    """Return text on one line, without anything that a terminal would obey instead of show."""
    if text.isascii() and text.isprintable():
        return text
    return _CONTROL.sub("", _SPACE.sub(" ", ANSI.sub("", text)))


def message(text: str) -> str:
    """Return a message of one or more lines, what it quotes (names of files, arguments) shown and not obeyed."""
    return "\n".join(
        line if line.isascii() and line.isprintable() else _CONTROL.sub("", ANSI.sub("", line.replace("\t", " ")))
        for line in text.split("\n")
    )


def csv_text(text: str, *, raw: bool = False) -> str:
    """Return text for a CSV cell, before quoting, without control characters; `raw` leaves formulas as they are."""
    text = _CSV_UNSAFE.sub("", ANSI.sub("", text))
    return text if raw else without_formula(text)


def markdown(text: str) -> str:
    """Return text that Markdown shows as it is, on one line."""
    return _MARKDOWN.sub(r"\\\g<0>", html.escape(terminal(text), quote=False))


def html_text(text: str) -> str:
    """Return text for an HTML element or a quoted attribute, on one line."""
    return html.escape(terminal(text), quote=True)


def json_escapes(encoded: str) -> str:
    """Return encoded JSON with what a terminal or a line reader would obey written as escapes."""
    return _JSON_UNSAFE.sub(lambda m: f"\\u{ord(m[0]):04x}", encoded)


def script_escapes(encoded: str) -> str:
    """Return encoded JSON that may stand inside a script element: no character can end it or begin markup."""
    return encoded.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
