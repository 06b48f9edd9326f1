"""Takes out of trials' texts what would give a related trial away: numbers, codes and acronyms of a family."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from trialgraph.model import Intervention, Trial

MASK = " "
_REGISTRY = re.compile(
    r"\b(?:NCT\s?0?\d{7,8}|ISRCTN\s?\d{5,8}|(?:EUDRACT|EU\s?CT)\D{0,12}\d[\d-]{9,}|\d{4}-\d{6}-\d{2}(?:-\d{2})?"
    r"|CHICTR[\w-]+|JPRN-\w+|UMIN\d+|ACTRN\d+|DRKS\d+|CTRI/\S+)",
    re.IGNORECASE,
)
# Long tokens of letters and digits mixed are ids ("CRAD001C2401", "20050136"); short ones are often drugs ("SU5416").
_ID_LIKE = re.compile(
    r"\b(?=[A-Za-z0-9/_-]*\d[A-Za-z0-9/_-]*\d[A-Za-z0-9/_-]*\d)(?=\S*[A-Za-z/_-]|\d{6})[A-Za-z0-9][A-Za-z0-9/_-]{7,}\b"
)
_WORDS = re.compile(r"[A-Za-z0-9]+(?:[-/_.][A-Za-z0-9]+)*")


def families(pairs: Iterable[tuple[str, str]]) -> list[set[str]]:
    """Return the groups of trials that are linked by pairs, directly or through others."""
    group: dict[str, set[str]] = {}
    for a, b in pairs:
        joined = group.get(a, {a}) | group.get(b, {b})
        for member in joined:
            group[member] = joined
    unique = {id(g): g for g in group.values()}
    return sorted(unique.values(), key=min)


def masked(trials: Sequence[Trial], related: Mapping[str, Iterable[str]]) -> list[Trial]:
    """Return the trials with all texts masked.

    Masked are registry numbers, organisations' and secondary ids of every trial in the pool, long tokens that look like
    ids, and the acronyms of a family in the texts of that family.
    """
    ids = {i.value.casefold() for trial in trials for i in trial.identifiers if _is_code(i.value)}
    by_id = {trial.id: trial for trial in trials}
    acronyms: dict[str, re.Pattern[str]] = {}
    for family in families((a, b) for a, found in related.items() for b in found):
        names = {name for member in family if member in by_id for name in _acronyms(by_id[member])}
        if names:
            either = "|".join(re.escape(name) for name in sorted(names, key=lambda n: (-len(n), n)))
            pattern = re.compile(rf"(?<![A-Za-z0-9])(?:{either})(?![A-Za-z0-9])", re.IGNORECASE)
            acronyms.update(dict.fromkeys(family, pattern))
    return [_mask(trial, ids, acronyms.get(trial.id)) for trial in trials]


def _is_code(value: str) -> bool:
    return len(value) >= 4 and any(c.isdigit() for c in value)


def _acronyms(trial: Trial) -> set[str]:
    """Return a trial's acronym, without a number at its end too: STEP 2 and STEP 5 are one family."""
    names = {trial.acronym} if trial.acronym else set()
    for title in (trial.brief_title, trial.official_title):
        if title:
            names.update(re.findall(r"\(([A-Z][A-Z0-9-]{3,}(?: ?\d+)?)\)", title))
    names |= {re.sub(r"[\s-]*(?:\d+|[IVX]+)$", "", name) for name in names}
    return {name for name in names if len(name) >= 4}


def _mask(trial: Trial, ids: set[str], acronyms: re.Pattern[str] | None) -> Trial:
    def out(match: re.Match[str]) -> str:
        return MASK if match.group().casefold() in ids else match.group()

    def mask(text: str | None) -> str | None:
        if not text:
            return text
        if acronyms is not None:
            text = acronyms.sub(MASK, text)
        return _WORDS.sub(out, _ID_LIKE.sub(MASK, _REGISTRY.sub(MASK, text)))

    def every(texts: Sequence[str]) -> tuple[str, ...]:
        return tuple(mask(text) or "" for text in texts)

    def entry(i: Intervention) -> Intervention:
        return msgspec.structs.replace(
            i, name=mask(i.name) or "", description=mask(i.description), other_names=every(i.other_names)
        )

    return msgspec.structs.replace(
        trial,
        brief_title=mask(trial.brief_title),
        official_title=mask(trial.official_title),
        acronym=None,
        brief_summary=mask(trial.brief_summary),
        detailed_description=mask(trial.detailed_description),
        eligibility=mask(trial.eligibility),
        keywords=every(trial.keywords),
        conditions=every(trial.conditions),
        interventions=tuple(entry(i) for i in trial.interventions),
        arms=tuple(
            msgspec.structs.replace(a, label=mask(a.label) or "", description=mask(a.description)) for a in trial.arms
        ),
        outcomes=tuple(
            msgspec.structs.replace(
                o, measure=mask(o.measure) or "", description=mask(o.description), time_frame=mask(o.time_frame)
            )
            for o in trial.outcomes
        ),
        identifiers=(),
    )
