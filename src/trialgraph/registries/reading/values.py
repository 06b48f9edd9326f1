"""Single values of a record: texts, words out of a list, dates, counts; what is odd is kept and noted, never guessed.

`odd` is the list a reader notes in what it met outside the known values ("overallStatus=PAUSED").
"""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Iterable

from trialgraph.limits import UNKNOWN_ENROLLMENT
from trialgraph.model import PartialDate
from trialgraph.text import plain

_DATE = re.compile(r"([0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?)?)(?:[T ].*)?")

# Years of each unit.  A year has 365.25 days.
_YEARS = {"year": 1.0, "month": 1 / 12, "week": 7 / 365.25, "day": 1 / 365.25, "hour": 1 / 8766, "minute": 1 / 525960}


def texts(values: Iterable[str | None] | None) -> tuple[str, ...]:
    """Return the texts that say something, clean."""
    return tuple([t for v in values if (t := plain(v)) is not None]) if values else ()


def one_of(allowed: frozenset[str], value: str | None, field: str, unknown: list[str]) -> str | None:
    """Return a word of a known list; another one is returned too, and noted."""
    if value is None or value in allowed:
        return value
    value = plain(value)
    if value is not None and value not in allowed:
        unknown.append(f"{field}={value}")
    return value


def all_of(
    allowed: frozenset[str], values: Iterable[str | None] | None, field: str, unknown: list[str]
) -> tuple[str, ...]:
    """Return words of a known list, as `one_of` does for each."""
    if not values:
        return ()
    return tuple([v for value in values if (v := one_of(allowed, value, field, unknown)) is not None])


def participants(count: int | None, unknown: list[str]) -> int | None:
    """Return a number of participants, or None for unknown; an impossible number is noted."""
    if count is None or count == UNKNOWN_ENROLLMENT:
        return None
    if not 0 <= count < UNKNOWN_ENROLLMENT:
        unknown.append(f"enrollmentInfo.count={count}")
        return None
    return count


@functools.lru_cache(maxsize=1 << 16)
def partial_date(text: str, kind: str | None = None) -> PartialDate | None:
    """Return "2020", "2020-03" or "2020-03-09" (a time of day is dropped), or None when it is no day of the calendar.

    Cached: there are few days and many records.
    """
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    try:
        dt.date.fromisoformat((match[1] + "-01-01")[:10])
    except ValueError:
        return None
    return PartialDate(text=match[1], kind=kind)


def date_of(text: str | None, field: str, unknown: list[str], kind: str | None = None) -> PartialDate | None:
    """Return a date; one that is none of the calendar is noted and left out."""
    if not text:
        return None
    date = partial_date(text, kind)
    if date is None:
        unknown.append(f"{field}={text}")
    return date


def age_in_years(age: str | None) -> float | None:
    """Return an age as ClinicalTrials.gov writes it ("6 Months") in years, to 4 decimals; None for what is no age."""
    number, _, unit = (age or "").partition(" ")
    try:
        return round(float(number) * _YEARS[unit.strip().lower().removesuffix("s")], 4)
    except (ValueError, KeyError):
        return None
