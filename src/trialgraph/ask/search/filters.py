"""What a sentence says of phase, status, dates, age, sex, kind of study and results, in the registry's own values."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from typing import Final

from trialgraph.meanings import Filter

_ROMAN: Final = {"i": "1", "ii": "2", "iii": "3", "iv": "4"}
_STATUSES: Final = (
    ("NOT_YET_RECRUITING", r"not yet (?:recruiting|open|started)|not-yet-recruiting|upcoming|planned"),
    ("ACTIVE_NOT_RECRUITING", r"active,? not recruiting|closed to (?:accrual|enrol?ment)|no longer recruiting"),
    ("ENROLLING_BY_INVITATION", r"enrolling by invitation|by invitation"),
    (
        "RECRUITING",
        r"(?:currently |now |still |actively )?recruiting|(?:currently |now )?enrolling|open(?: to enrol?ment)?",
    ),
    ("COMPLETED", r"completed|finished"),
    ("TERMINATED|WITHDRAWN|SUSPENDED", r"stopped(?: early)?|halted|discontinued|failed"),
    ("TERMINATED", r"terminated(?: early)?"),
    ("WITHDRAWN", r"withdrawn"),
    ("SUSPENDED", r"suspended|paused"),
    (
        "RECRUITING|NOT_YET_RECRUITING|ACTIVE_NOT_RECRUITING|ENROLLING_BY_INVITATION",
        r"ongoing|active|running|in progress",
    ),
    ("UNKNOWN", r"unknown status|status unknown"),
)
_AGES: Final = (
    (
        "CHILD",
        r"(?:in |for )?(?:children|child|kids|p(?:a)?ediatrics?|infants?|newborns?|neonates?"
        r"|adolescents?|teenagers?|minors)",
    ),
    (
        "OLDER_ADULT",
        r"(?:in |for )?(?:older adults?|older people|older patients|elderly|seniors?|geriatric|aged 65|over 65)",
    ),
    ("ADULT", r"(?:in |for )?adults?"),
)
_SEXES: Final = (
    ("FEMALE", r"(?:in |for )?(?:women|females?)(?: only)?"),
    ("MALE", r"(?:in |for )?(?:men|males?)(?: only)?"),
)
_TYPES: Final = (
    ("OBSERVATIONAL", r"observational|non-interventional|cohort|registry stud(?:y|ies)|natural history"),
    ("EXPANDED_ACCESS", r"expanded access|compassionate use"),
    ("INTERVENTIONAL", r"interventional"),
)
_RESULTS: Final = (
    ("no", r"without (?:posted |reported )?results|no (?:posted )?results"),
    ("yes", r"with (?:posted |reported |available )?results|has results|having results|results (?:posted|available)"),
)
_YEAR: Final = r"(?:19[5-9]\d|20[0-4]\d)(?:-\d{2}(?:-\d{2})?)?"
_BETWEEN: Final = re.compile(
    rf"\b(?:between |from |started )?({_YEAR}) ?(?:-|–|—|to|and|until|through) ?({_YEAR})\b", re.IGNORECASE
)
_SINCE: Final = re.compile(
    rf"\b(?:since|from|starting|after|started (?:in or )?after|as of|>=?) ?({_YEAR})\b", re.IGNORECASE
)
_UNTIL: Final = re.compile(rf"\b(?:until|till|up to|through|before|prior to|by|<=?) ?({_YEAR})\b", re.IGNORECASE)
_IN: Final = re.compile(rf"\b(?:started )?(?:in|during) ({_YEAR})\b|\b({_YEAR})\b", re.IGNORECASE)
_LAST: Final = re.compile(r"\b(?:in )?(?:the )?(?:last|past) (\d{1,2}) years?\b", re.IGNORECASE)
_EARLY: Final = re.compile(r"\bearly[- ]phase[- ]?(?:1|i)\b|\bphase[- ]?0\b", re.IGNORECASE)
_PHASE: Final = re.compile(
    r"\bph(?:ase)?s?[- .]?"
    r"((?:iv|iii|ii|i|[1-4])[ab]?(?: ?(?:/|-|and|or|,|&) ?(?:phase )?(?:iv|iii|ii|i|[1-4])[ab]?)*)\b"
    r"|\bp([1-4])\b",
    re.IGNORECASE,
)

Mask = Callable[[int, int], None]


def read(text: str, mask: Mask, today: dt.date | None = None) -> Iterator[Filter]:
    """Yield the filters that a text says; `mask(start, end)` is called for the words of each.

    `text` is re-read after each mask through the same offsets, so nothing is read twice: callers pass a text whose
    masked stretches are blank (see `reading.Sentence`).
    """
    yield from _phases(text, mask)
    for kind, rules in (
        ("results", _RESULTS),
        ("type", _TYPES),
        ("status", _STATUSES),
        ("age", _AGES),
        ("sex", _SEXES),
    ):
        yield from _by_rules(kind, rules, text, mask)
    yield from _dates(text, mask, today or dt.datetime.now(dt.UTC).date())


def _phases(text: str, mask: Mask) -> Iterator[Filter]:
    for match in _EARLY.finditer(text):
        mask(*match.span())
        yield Filter("phase", "EARLY_PHASE1", match[0])
    for match in _PHASE.finditer(text):
        if _EARLY.search(text[max(0, match.start() - 7) : match.end()]):
            continue
        parts = re.findall(r"iv|iii|ii|i|[1-4]", (match[1] or match[2]).lower())
        numbers = [_ROMAN.get(part, part) for part in parts]
        combined = "/" in match[0] or (len(numbers) > 1 and not re.search(r"\bor\b|,", match[0], re.IGNORECASE))
        mask(*match.span())
        if combined:  # phase 2/3 is one phase of its own: both values stand in the record
            yield from (Filter("phase", f"PHASE{number}", match[0]) for number in dict.fromkeys(numbers))
        else:
            yield Filter("phase", "|".join(f"PHASE{number}" for number in dict.fromkeys(numbers)), match[0])


def _by_rules(kind: str, rules: tuple[tuple[str, str], ...], text: str, mask: Mask) -> Iterator[Filter]:
    """Yield the first rule that fits each stretch; a later rule does not read words that an earlier one took."""
    taken: list[tuple[int, int]] = []
    values: dict[str, str] = {}
    for value, pattern in rules:
        for match in re.finditer(rf"(?<![\w-])(?:{pattern})(?![\w-])", text, re.IGNORECASE):
            if all(match.end() <= start or match.start() >= end for start, end in taken):
                taken.append(match.span())
                values.setdefault(value, match[0].strip())
    for start, end in taken:
        mask(start, end)
    if kind == "age" and len(values) > 1 and "ADULT" in values and len(taken) == 1:
        values.pop("ADULT")
    if values:
        yield Filter(kind, "|".join(dict.fromkeys("|".join(values).split("|"))), ", ".join(values.values()))


def _dates(text: str, mask: Mask, today: dt.date) -> Iterator[Filter]:
    blank = list(text)

    def take(match: re.Match[str]) -> str:
        mask(*match.span())
        blank[match.start() : match.end()] = " " * (match.end() - match.start())
        return match[0].strip()

    for match in _BETWEEN.finditer(text):
        given = take(match)
        yield Filter("since", match[1], given)
        yield Filter("until", match[2], given)
    for match in _LAST.finditer("".join(blank)):
        yield Filter("since", str(today.year - int(match[1])), take(match))
    for match in _SINCE.finditer("".join(blank)):
        exclusive = "after" in match[0].lower() and len(match[1]) == 4 and "or after" not in match[0].lower()
        yield Filter("since", str(int(match[1]) + 1) if exclusive else match[1], take(match))
    for match in _UNTIL.finditer("".join(blank)):
        exclusive = re.match(r"before|prior|<(?!=)", match[0], re.IGNORECASE) is not None and len(match[1]) == 4
        yield Filter("until", str(int(match[1]) - 1) if exclusive else match[1], take(match))
    for match in _IN.finditer("".join(blank)):
        year = match[1] or match[2]
        given = take(match)
        yield Filter("since", year, given)
        yield Filter("until", year, given)
