"""What we do to text: one clean form for storage, one folded form for comparing."""

from __future__ import annotations

import html
import html.entities
import re
import unicodedata

# Control and format characters carry no meaning in a record, and some stores refuse them; tab and newline stay.
_CONTROL = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufdd0-\ufdef"
    r"\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)
_LINE_END = re.compile(r"\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_NOT_WORD = re.compile(r"[^a-z0-9+]+")
_NOT_WORD_ANYWHERE = re.compile(r"(?:[^\w+]|_)+")
_ACCENT = re.compile(r"[\u0300-\u036f]+")
_MARKS = dict.fromkeys(map(ord, "\u2122\u2120\u00ae\u00a9"))  # compatibility forms would leave "tm" in a name
_GREEK = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda u nu xi omicron pi rho sigma sigma tau upsilon "
    "phi chi psi omega"
)
_WRITTEN_OUT = {
    **{0x3B1 + place: name for place, name in enumerate(_GREEK.split())},
    **{ord(pair[0]): pair[1:] for pair in ("øo", "łl", "đd", "æae", "œoe", "þth", "ðd", "ıi", "ħh", "ŧt")},
}
# CommonMark 2.4: a backslash before ASCII punctuation makes it literal; before anything else it is a backslash.
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_PARAGRAPH = re.compile(r"</(?:p|ul|ol|li)>")
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")


def clean(text: str) -> str | None:
    """Return text as NFC without control characters and outer white space, or None when nothing is left."""
    # isprintable() is a table look-up a character, several times faster than any regular expression; what it refuses
    # besides control characters (a no-break space) only takes the slow way.
    if not text.isprintable() and not text.replace("\n", "").isprintable():
        text = _CONTROL.sub("", _LINE_END.sub("\n", text))
    if not text.isascii() and not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    return text.strip() or None


def unescape_markdown(text: str) -> str:
    r"""Return CommonMark text with backslash escapes undone: "\>= 18" is ">= 18", "A\C" stays as it is."""
    return _ESCAPE.sub(r"\1", text) if "\\" in text else text


def unescape_entities(text: str) -> str:
    """Return text with HTML entities decoded, also those encoded twice; "AT&T" and "&gte;" are none and stay."""
    for _ in range(3):
        if "&" not in text:
            break
        decoded = _ENTITY.sub(_character, text)
        if decoded == text:
            break
        text = decoded
    return text


def _character(entity: re.Match[str]) -> str:
    name = entity[0][1:]
    if name[0] == "#":
        return html.unescape(entity[0])
    # Titles that a machine has capitalised hold "&Amp;": no entity by the book, and no doubt what it was.
    known = html.entities.html5.get(name)
    if known is None and name.lower() in {"amp;", "lt;", "gt;", "quot;", "apos;"}:
        known = html.entities.html5.get(name.lower())
    return entity[0] if known is None else known


def fold(text: str) -> str:
    """Return letters, digits and + in lower case without accents, single spaces: the form names are compared in.

    Letters that no accent can be taken from are written out (Łódź is lodz, ß is ss), Greek letters by their names
    (TNF-α is tnf alpha, but µ is u as in micrograms), marks of ownership vanish; other scripts keep their letters.
    """
    if text.isascii():
        return _NOT_WORD.sub(" ", text.lower()).strip()
    text = unicodedata.normalize("NFKD", text.translate(_MARKS)).casefold()
    text = unicodedata.normalize("NFC", _ACCENT.sub("", text).translate(_WRITTEN_OUT))
    return _NOT_WORD_ANYWHERE.sub(" ", text).strip()


def slug(text: str) -> str:
    """Return text as a key of lower-case words joined by hyphens; other scripts keep their letters."""
    return fold(text).replace(" ", "-") or "unnamed"


def plain(value: str | None) -> str | None:
    """Return a name, title or label as we keep it: entities decoded, clean; a backslash there is a backslash."""
    if value is None:
        return None
    return clean(unescape_entities(value) if "&" in value else value)


def prose(value: str | None) -> str | None:
    r"""Return a registry's Markdown text as we keep it: escapes undone, then entities decoded ("\&#39;"), clean.

    Some downloads hold the same text as HTML; its paragraphs and lists become those of the Markdown.
    """
    if value is None:
        return None
    if "</" in value and _PARAGRAPH.search(value):
        value = _unmarked(value)
    elif "\\" in value:
        value = _ESCAPE.sub(r"\1", value)
    return clean(unescape_entities(value) if "&" in value else value)


def _unmarked(text: str) -> str:
    """Return HTML of paragraphs and lists as text with bullets and blank lines; other tags vanish."""
    text = re.sub(r"\s*<li>\s*", "\n* ", text)
    text = re.sub(r"\s*</?(?:p|ul|ol)>\s*", "\n\n", text)
    text = re.sub(r"<br\s*/?>", "\n", text)
    text = re.sub(r"</?[a-z][a-z0-9]*(?:\s[^<>]*)?>", "", text)
    return re.sub(r"\n\s*\n\s*", "\n\n", text)
