"""A trial's texts within bounds that keep pattern matching linear: no endless name, word or run of white space.

Patterns that look ahead within a word, a run of blanks or a name are quadratic in its length; with all three bounded
they are linear in the length of a text.  Positions stay what they are, so spans point into the record's own words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from trialgraph.model import Trial

MOST_NAME: Final = 1_000  # letters; ClinicalTrials.gov allows 200, free-text registries stay below 900
MOST_PROSE: Final = 40_000  # letters; ClinicalTrials.gov allows 32,000
_SHORT: Final = 400  # below it nothing can take long
_PROSE: Final = frozenset(
    {"brief_summary", "detailed_description", "description", "eligibility", "study_population", "masking_description"}
)
_ENDLESS: Final = re.compile(r"\S{200}|\s{9}")
_LONG_WORD: Final = re.compile(r"(\S{199})\S")
_LONG_BLANK: Final = re.compile(r"(\s{8})\s")


# Long lists that no pattern reads word by word, and sites, of which only an endless name matters.
_NOT_READ: Final = frozenset({"records", "references", "outcomes"})


def readable(trial: Trial) -> Trial:
    """Return the trial for linking; the same object where nothing has to be bounded, as in almost every record."""
    bounded: Trial = _bounded(trial, "")
    return bounded


def text(value: str, most: int = MOST_NAME) -> str:
    """Return a text of at most `most` letters, with a break in every endless word and run of white space."""
    if len(value) <= _SHORT:
        return value
    value = value[:most]
    if _ENDLESS.search(value):
        value = _LONG_BLANK.sub(r"\1.", _LONG_WORD.sub(r"\1 ", value))
    return value


def _bounded(value: Any, name: str) -> Any:
    match value:
        case str():
            return text(value, MOST_PROSE if name in _PROSE else MOST_NAME)
        case tuple() if name == "locations" and not any(len(site.facility or "") > _SHORT for site in value):
            return value
        case tuple():
            parts = tuple(_bounded(part, name) for part in value)
            return value if all(a is b for a, b in zip(parts, value, strict=True)) else parts
        case msgspec.Struct():
            changed: Mapping[str, Any] = {
                field: new
                for field in value.__struct_fields__
                if field not in _NOT_READ and (new := _bounded(old := getattr(value, field), field)) is not old
            }
            return msgspec.structs.replace(value, **changed) if changed else value
    return value
