"""What we do to text: one clean form for storage, one folded form for comparing."""

from __future__ import annotations

import re
import unicodedata

# Control and format characters carry no meaning in a record, and some stores refuse them; tab and newline stay.
_CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ud800-\udfff]"
)
_NOT_WORD = re.compile(r"[^a-z0-9+]+")


def clean(text: str) -> str | None:
    """Return text as NFC without control characters and outer white space, or None when nothing is left."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    if _CONTROL.search(text):
        text = _CONTROL.sub("", text.replace("\r\n", "\n"))
    return text.strip() or None


def fold(text: str) -> str:
    """Return letters, digits and + in lower case without accents, single spaces: the form names are compared in."""
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return _NOT_WORD.sub(" ", text.casefold()).strip()


def slug(text: str) -> str:
    """Return text as a key of lower-case words joined by hyphens; other scripts keep their letters."""
    return fold(text).replace(" ", "-") or "-".join(re.findall(r"\w+", text.casefold())) or "unnamed"
