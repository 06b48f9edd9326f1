"""The words of other registries in ClinicalTrials.gov's terms: phases, sexes, dates, numbered lists.

What has no term of ours is returned as it is written, and noted in `odd`; nothing is guessed.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping

from trialgraph.model import Intervention, Outcome, PartialDate
from trialgraph.registries.reading.values import partial_date
from trialgraph.text import clean, fold

_ROMAN = {"I": 1, "II": 2, "III": 3, "IV": 4}
_ANSWERED = re.compile(r"\(?Phase (IV|III|II|I)\)?\)?\s*:\s*(yes|no)", re.IGNORECASE)
_PHASE = re.compile(r"(?<![A-Za-z0-9])(IV|III|II|I|[0-4])(?![A-Za-z0-9])")
_ITEM = re.compile(r"(?m)^\s*(?:\d{1,2}[.)]|[-*•])\s*")
_BREAK = re.compile(r"\n?<\s*(?:br|/p|/li)\s*/?\s*>", re.IGNORECASE)
_GAP = re.compile(r"\n[ \t]*\n\s*")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_FORMATS = ("%d/%m/%Y", "%B %d, %Y", "%d %B %Y", "%Y/%m/%d", "%Y%m%d", "%d-%m-%Y")
_NOTHING = frozenset(
    {
        "",
        "n a",
        "na",
        "none",
        "nil",
        "nil known",
        "not applicable",
        "not available",
        "not provided",
        "not selected",
        "not provided at time of registration",
        "no entry",
    }
)


def said(text: str | None) -> str | None:
    """Return text, or None where it only says that there is none ("N/A", "Nil known")."""
    return None if text is None or fold(text) in _NOTHING else text


def term(words: Mapping[str, str], text: str | None, field: str, unknown: list[str]) -> str | None:
    """Return our term for a registry's words; words without one are returned as written, and noted."""
    text = said(text)
    if text is None:
        return None
    found = words.get(fold(text))
    if found is None:
        unknown.append(f"{field}={text[:80]}")
    return found or text


def phases(text: str | None) -> tuple[str, ...]:
    """Return the phases named in words: "Phase II/III", "3", "... (Phase III): yes ...", "Not Applicable"."""
    if text is None or not text.strip():
        return ()
    answered = _ANSWERED.findall(text)
    if answered:
        return tuple(f"PHASE{_ROMAN[roman.upper()]}" for roman, answer in answered if answer.lower() == "yes")
    if fold(text) in {"n a", "na", "not applicable"}:
        return ("NA",)
    if "early" in text.casefold():
        return ("EARLY_PHASE1",)
    found = sorted({_ROMAN.get(mark) if mark in _ROMAN else int(mark) for mark in _PHASE.findall(text)}, key=str)
    return tuple("EARLY_PHASE1" if number == 0 else f"PHASE{number}" for number in found)


def date(text: str | None, kind: str | None = None) -> PartialDate | None:
    """Return a date written in one of the registries' ways (day before month), as precise as it is."""
    if text is None or not (text := " ".join(text.split())):
        return None
    if (found := partial_date(text, kind)) is not None:
        return found
    for form in _FORMATS:
        try:
            return PartialDate(text=dt.datetime.strptime(text, form).date().isoformat(), kind=kind)
        except ValueError:
            continue
    for form in ("%B %Y", "%m/%Y"):
        try:
            return PartialDate(text=dt.datetime.strptime(text, form).strftime("%Y-%m"), kind=kind)
        except ValueError:
            continue
    return None


def untagged(text: str | None) -> str | None:
    """Return text in which HTML breaks are line ends and other tags are gone; "p < 0.05" stays."""
    return None if text is None else clean(_GAP.sub("\n\n", _TAG.sub("", _BREAK.sub("\n", text))))


def one_line(text: str | None) -> str | None:
    """Return a title as one line."""
    return " ".join(text.split()) if text is not None else None


def listed(text: str | None) -> tuple[str, ...]:
    """Return the items of a numbered or bulleted list, or the one text it is."""
    if text is None:
        return ()
    starts = list(_ITEM.finditer(text))
    if len(starts) < 2:
        return (text,)
    ends = [start.start() for start in starts[1:]] + [len(text)]
    items = [text[start.end() : end].strip() for start, end in zip(starts, ends, strict=True)]
    head = text[: starts[0].start()].strip()
    return tuple(item for item in ([head] if head else []) + items if item)


def outcomes(kind: str, text: str | None) -> tuple[Outcome, ...]:
    """Return the outcomes that a text lists."""
    return tuple(Outcome(type=kind, measure=item) for item in listed(said(text)))


def criteria(inclusion: str | None, exclusion: str | None) -> str | None:
    """Return both lists of criteria under the headings that ClinicalTrials.gov uses."""
    parts = [("Inclusion Criteria:", inclusion), ("Exclusion Criteria:", exclusion)]
    return "\n\n".join(f"{heading}\n\n{text}" for heading, text in parts if text) or None


def named_once(interventions: list[Intervention]) -> tuple[Intervention, ...]:
    """Return interventions without repetitions: a product in two strengths is listed once a strength."""
    found: dict[tuple[str, str | None], Intervention] = {}
    for intervention in interventions:
        found.setdefault((fold(intervention.name), intervention.type), intervention)
    return tuple(found.values())
