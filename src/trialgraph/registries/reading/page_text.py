"""An HTML page as lines in reading order: what a reader sees, with heading levels and without class names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

# Tags that only dress words up: their text belongs to the line around them.
_INLINE = frozenset({"b", "i", "em", "strong", "sup", "sub", "u", "code", "small", "mark", "abbr", "font", "s"})
_EITHER = frozenset({"span", "a", "label", "time"})  # inline only amid other text
_UNSEEN = frozenset({"script", "style", "noscript", "template", "head", "title", "nav", "footer", "svg", "button"})
_HEADINGS = {f"h{n}": n for n in range(1, 7)}
_VALUES = frozenset({"dd", "td"})  # an empty one says that a value is missing
_AROUND_BREAK = re.compile(r"[ \t\r\f]*\n[ \t\r\f]*")
_BLANKS = re.compile(r"[ \t\r\f]+")


class Line(msgspec.Struct, frozen=True):
    """What one element says.  `level` is 1 to 6 for headings, else 0."""

    text: str
    level: int = 0


def soup_of(body: bytes) -> BeautifulSoup:
    """Return a page as a tree, through BeautifulSoup: lxml alone drops what is nested deeper than 256 elements."""
    import bs4

    return bs4.BeautifulSoup(body, "lxml", from_encoding="utf-8")


def lines_of(body: bytes) -> list[Line]:
    """Return a page's lines: white space is collapsed, line breaks in a paragraph stay, empty headings are kept."""
    root = soup_of(body)
    return list(_lines(root.body or root))


def _lines(root: Tag) -> Iterator[Line]:
    import bs4

    said: list[str] = []
    level = 0
    open_tags: list[tuple[bs4.Tag, Iterator[bs4.PageElement], int, bool]] = [(root, iter(root.children), 0, True)]

    def line() -> Iterator[Line]:
        text = _AROUND_BREAK.sub("\n", _BLANKS.sub(" ", "".join(said))).strip()
        said.clear()
        if text:
            yield Line(text, level)

    while open_tags:
        tag, children, outer, is_block = open_tags[-1]
        node = next(children, None)
        if node is None:
            if is_block:
                yield from line()
            level = outer
            open_tags.pop()
        elif isinstance(node, bs4.Tag):
            if node.name == "br":
                said.append("\n")
            elif node.name not in _UNSEEN:
                block = not (node.name in _INLINE or (node.name in _EITHER and _is_amid_text(tag)))
                if block:
                    yield from line()
                    if (node.name in _HEADINGS or node.name in _VALUES) and not node.get_text(strip=True):
                        yield Line("", _HEADINGS.get(node.name, 0))
                open_tags.append((node, iter(node.children), level, block))
                level = _HEADINGS.get(node.name, level)
        elif type(node) is bs4.NavigableString:
            said.append(str(node))


def _is_amid_text(tag: Tag) -> bool:
    import bs4

    return any(type(child) is bs4.NavigableString and child.strip() for child in tag.children)
