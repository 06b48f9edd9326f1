"""What the person who runs this knows better: corrections.txt in the home, which wins over every rule.

One correction a line; # begins a comment; names as written in records, case and punctuation do not matter:

    drug: rapa nui extract = sirolimus        this label, or these words in one, is that drug
    drug: study medication = nothing          this label names no drug
    drug: TXT:abc-123 = UNII:W36ZG6FT64       two drugs are one
    condition: AIA = D000744                  this string is that heading (name or id)
    condition: healthy controls = nothing
    organization: Merck = Merck KGaA          this name is that organisation; two organisations are one
    class: SSRIs = + dapoxetine; - trazodone  drugs put into a class of drugs, and taken out of it
    class: our rivals = nivolumab; PARP inhibitors   a class of your own, of drugs and of classes
    class: flozins = SGLT2 inhibitors         another name of a class
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import msgspec

from trialgraph.errors import UsageError
from trialgraph.text import fold
from trialgraph.text_files import read_text

KINDS = ("drug", "condition", "organization", "device", "procedure", "class")
NOTHING = ("nothing", "none")
FILE = "corrections.txt"
_LINE = re.compile(r"(\w+)\s*:\s*(.+?)\s+=\s+(.+)")


class Correction(msgspec.Struct, frozen=True):
    """One line: these words, or this id, are that."""

    kind: str
    words: str  # as written
    target: str | None  # an id or a name as written; None: this is nothing
    line: int


class Corrections(msgspec.Struct, frozen=True):
    """All corrections of a home, by kind and folded words."""

    by_kind: Mapping[str, Mapping[str, Correction]] = {}

    def of(self, kind: str) -> Mapping[str, Correction]:
        """Return the corrections of one kind by their folded words; ids are folded like words."""
        return self.by_kind.get(kind, {})

    def find(self, kind: str, text: str) -> Correction | None:
        """Return the correction for a whole text (a label, a name or an id), or None."""
        return self.of(kind).get(fold(text))


def read(path: Path) -> Corrections:
    """Return the corrections of a file; a home without the file has none."""
    return parse(read_text(path), str(path)) if path.is_file() else Corrections()


def parse(text: str, source: str = FILE) -> Corrections:
    """Return the corrections that a text holds; a line that cannot be read is an error that names it."""
    by_kind: dict[str, dict[str, Correction]] = {}
    for number, raw in enumerate(text.splitlines(), 1):
        line = re.sub(r"(^|\s)#.*", "", raw).strip()
        if not line:
            continue
        found = _LINE.fullmatch(line)
        if not found:
            raise UsageError(f"{source}, line {number}: {raw.strip()!r} is not 'kind: words = what they are'")
        kind, words, target = found[1].lower().replace("organisation", "organization"), found[2], found[3]
        if kind not in KINDS:
            raise UsageError(f"{source}, line {number}: {found[1]!r} is none of {', '.join(KINDS)}")
        if not any(c.isalnum() for c in words):
            raise UsageError(f"{source}, line {number}: {words!r} holds no letter or digit")
        mine = by_kind.setdefault(kind, {})
        before = mine.get(fold(words))
        correction = Correction(kind, words, None if target.lower() in NOTHING else target, number)
        if before and before.target != correction.target:
            raise UsageError(
                f"{source}, line {number}: {words!r} is already {before.target or 'nothing'} "
                f"in line {before.line}; keep one of the two"
            )
        mine[fold(words)] = correction
    return Corrections(by_kind)
