"""Text in a CSV cell that a spreadsheet program would run as a formula, made harmless."""

from __future__ import annotations

import re
from typing import Final

# What a spreadsheet takes for the beginning of a formula (CWE-1236): the four operators, also in their full-width
# forms, which some programs convert, and the tab and line ends that may stand before one.
_FORMULA: Final = re.compile(r"[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
_NUMBER: Final = re.compile(r"[+-]?\d+(?:\.\d+)?")


def without_formula(text: str) -> str:
    """Return the text with an apostrophe before it where a spreadsheet would run it; numbers stay numbers.

    >>> without_formula("=1+1"), without_formula("\uff1d1+1"), without_formula("-5"), without_formula("5 mg")
    ("'=1+1", "'\uff1d1+1", '-5', '5 mg')
    """
    return "'" + text if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text
