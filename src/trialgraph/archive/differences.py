"""How two versions of one trial differ: single values, lists by their entries, long texts by their words."""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Callable, Iterator, Sequence

import msgspec

from trialgraph import limits
from trialgraph.model import Arm, Intervention, Location, Outcome, PartialDate, Trial
from trialgraph.text import fold

ADDED, REMOVED, REWORDED = "ADDED", "REMOVED", "REWORDED"

# Names of countries as the registry wrote them until 2025, and since.
_RENAMED = {
    "Korea, Republic of": "South Korea", "Russian Federation": "Russia", "Iran, Islamic Republic of": "Iran",
    "Viet Nam": "Vietnam", "Moldova, Republic of": "Moldova", "Macedonia, The Former Yugoslav Republic of":
    "North Macedonia", "Congo, The Democratic Republic of the": "Democratic Republic of the Congo",
    "Lao People's Democratic Republic": "Laos", "Syrian Arab Republic": "Syria", "Libyan Arab Jamahiriya": "Libya",
    "Czech Republic": "Czechia",
}  # fmt: skip
_ANONYMOUS = re.compile(
    r"\b(?:research site|investigat\w+ site|clinical (?:trial )?site|local institution|for additional)\b"
)


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One field, before and after.  `detail` says how: ADDED, REMOVED, REWORDED, or a summary in words."""

    field: str
    old: str | None = None
    new: str | None = None
    detail: str | None = None


class _Entry(msgspec.Struct, frozen=True):
    """One entry of a list: what it is known by, and all that is said of it."""

    key: str
    text: str


def differences(old: Trial, new: Trial) -> Iterator[Difference]:
    """Yield what differs between an older and a newer version of the same trial, in a fixed order of fields."""
    yield from _value("overall_status", old.overall_status, new.overall_status)
    yield from _value("last_known_status", old.last_known_status, new.last_known_status)
    yield from _value("why_stopped", old.why_stopped, new.why_stopped)
    yield from _date("start_date", old.start_date, new.start_date)
    yield from _date("primary_completion_date", old.primary_completion_date, new.primary_completion_date)
    yield from _date("completion_date", old.completion_date, new.completion_date)
    yield from _enrollment(old, new)
    yield from _value("phases", "/".join(old.phases) or None, "/".join(new.phases) or None)
    for name in ("brief_title", "official_title", "study_type", "allocation", "intervention_model", "masking"):
        yield from _value(name, getattr(old, name), getattr(new, name))
    yield from _value("primary_purpose", old.primary_purpose, new.primary_purpose)
    yield from _value("sponsor", _name(old), _name(new))
    yield from _list(
        "collaborator", [_plain(p.name) for p in old.collaborators], [_plain(p.name) for p in new.collaborators]
    )
    yield from _list("condition", [_plain(c) for c in old.conditions], [_plain(c) for c in new.conditions])
    yield from _list("intervention", _interventions(old), _interventions(new))
    yield from _list("arm", _arms(old), _arms(new))
    for kind in ("PRIMARY", "SECONDARY", "OTHER"):
        for difference in _list(f"{kind.lower()}_outcome", _outcomes(old, kind), _outcomes(new, kind)):
            yield _moved(difference, old, new)
    yield from _sites(old, new)
    for name in ("sex", "minimum_age", "maximum_age", "healthy_volunteers"):
        yield from _value(name, _word(getattr(old, name)), _word(getattr(new, name)))
    yield from _words("eligibility", old.eligibility, new.eligibility)
    yield from _results(old, new)


# --- single values ----------------------------------------------------------------------------------------------------


def _word(value: str | bool | None) -> str | None:
    return {True: "true", False: "false"}.get(value) if isinstance(value, bool) else value


def _name(trial: Trial) -> str | None:
    return trial.lead_sponsor.name if trial.lead_sponsor else None


def _value(field: str, old: str | None, new: str | None) -> Iterator[Difference]:
    if old != new:
        detail = ADDED if old is None else REMOVED if new is None else None
        yield Difference(field=field, old=old, new=new, detail=detail)


def _date(field: str, old: PartialDate | None, new: PartialDate | None) -> Iterator[Difference]:
    """Yield a date that moved, or that came true; the detail says by how much where both name a day or month."""
    if (old and (old.text, old.kind)) == (new and (new.text, new.kind)):
        return
    detail = ADDED if old is None else REMOVED if new is None else None
    if old is not None and new is not None:
        said = []
        if old.text != new.text:
            days = (dt.date.fromisoformat(new.day) - dt.date.fromisoformat(old.day)).days
            about = "about " if old.precision != "DAY" or new.precision != "DAY" else ""
            said.append(
                f"{about}{abs(days)} days {'later' if days > 0 else 'earlier'}" if days else "more or less exact"
            )
        if old.kind != new.kind and new.kind is not None:
            said.append(f"now {new.kind.lower()}")
        detail = ", ".join(said) or None
    yield Difference(field=field, old=_shown(old), new=_shown(new), detail=detail)


def _shown(date: PartialDate | None) -> str | None:
    return None if date is None else f"{date.text} ({date.kind})" if date.kind else date.text


def _enrollment(old: Trial, new: Trial) -> Iterator[Difference]:
    before, after = (old.enrollment, old.enrollment_type), (new.enrollment, new.enrollment_type)
    if before == after:
        return
    detail = None
    if before[1] == "ESTIMATED" and after[1] == "ACTUAL":
        detail = "planned to actual"
    yield Difference(field="enrollment", old=_count(*before), new=_count(*after), detail=detail)


def _count(number: int | None, kind: str | None) -> str | None:
    return None if number is None else f"{number} ({kind})" if kind else str(number)


def _results(old: Trial, new: Trial) -> Iterator[Difference]:
    if bool(old.has_results) != bool(new.has_results):
        posted = new.results_first_post_date
        detail = f"first posted {posted.text}" if posted is not None and new.has_results else None
        yield Difference(field="results", old=_posted(old), new=_posted(new), detail=detail)


def _posted(trial: Trial) -> str:
    return "POSTED" if trial.has_results else "NOT_POSTED"


# --- lists ------------------------------------------------------------------------------------------------------------


def _plain(name: str) -> _Entry:
    return _Entry(fold(name), name)


def _interventions(trial: Trial) -> list[_Entry]:
    def text(v: Intervention) -> str:
        return f"{v.type}: {v.name}" if v.type else v.name

    return [_Entry(fold(v.name), text(v)) for v in trial.interventions]


def _arms(trial: Trial) -> list[_Entry]:
    def text(arm: Arm) -> str:
        given = ", ".join(trial.interventions[place].name for place in arm.interventions)
        return arm.label + (f" ({arm.type})" if arm.type else "") + (f": {given}" if given else "")

    return [_Entry(fold(arm.label), text(arm)) for arm in trial.arms]


def _outcomes(trial: Trial, kind: str) -> list[_Entry]:
    def text(outcome: Outcome) -> str:
        return f"{outcome.measure} [{outcome.time_frame}]" if outcome.time_frame else outcome.measure

    return [_Entry(fold(outcome.measure), text(outcome)) for outcome in trial.outcomes if outcome.type == kind]


def _moved(difference: Difference, old: Trial, new: Trial) -> Difference:
    """Return an outcome that went or came, with where it went to or came from when only its rank changed."""
    for detail, entry, trial, word in (
        (REMOVED, difference.old, new, "MOVED_TO"),
        (ADDED, difference.new, old, "MOVED_FROM"),
    ):
        if difference.detail == detail and entry is not None:
            measure = fold(entry.rpartition(" [")[0] or entry)
            for outcome in trial.outcomes:
                if fold(outcome.measure) == measure and f"{outcome.type.lower()}_outcome" != difference.field:
                    return msgspec.structs.replace(difference, detail=f"{word}_{outcome.type}")
    return difference


def _sites(old: Trial, new: Trial) -> Iterator[Difference]:
    """Yield the sites that came and went; one that is only spelled otherwise is the same site.

    Registries rename countries and respell cities, so sites are matched by facility and city, then by postal code,
    then by a facility's name where it stands once on each side.
    """
    if bool(old.locations) != bool(new.locations):  # the list itself came or went: one change, not a thousand
        before, after = (f"{len(t.locations)} sites" if t.locations else None for t in (old, new))
        yield Difference(field="site", old=before, new=after, detail=ADDED if after else REMOVED)
        return
    gone, come = list(dict.fromkeys(old.locations)), list(dict.fromkeys(new.locations))
    for key in (_by_name, _by_code, _by_facility):
        gone, come = _unmatched(gone, come, key)
    for place in gone:
        yield Difference(field="site", old=_site(place), detail=REMOVED)
    for place in come:
        yield Difference(field="site", new=_site(place), detail=ADDED)


def _unmatched(
    gone: list[Location], come: list[Location], key: Callable[[Location], str | None]
) -> tuple[list[Location], list[Location]]:
    """Return the sites left over on each side when those of the same key are put together, one with one."""
    waiting: dict[str, list[Location]] = {}
    for place in come:
        if (name := key(place)) is not None:
            waiting.setdefault(name, []).append(place)
    taken: set[int] = set()
    left = []
    for place in gone:
        name = key(place)
        if name is not None and waiting.get(name):
            taken.add(id(waiting[name].pop(0)))
        else:
            left.append(place)
    return left, [place for place in come if id(place) not in taken]


def _by_name(place: Location) -> str | None:
    return fold(f"{place.facility or ''} | {place.city or ''}")


def _by_code(place: Location) -> str | None:
    return f"{_country(place)} {fold(place.zip)}" if place.zip else None


def _by_facility(place: Location) -> str | None:
    """Return a facility's name; "Research Site" and the like name none."""
    name = fold(place.facility or "")
    return f"{_country(place)} {name}" if len(name.split()) > 2 and not _ANONYMOUS.search(name) else None


def _country(place: Location) -> str:
    return fold(_RENAMED.get(place.country or "", place.country or "").partition(" (")[0])


def _site(place: Location) -> str:
    return ", ".join(part for part in (place.facility, place.city, place.country) if part)


def _list(field: str, old: Sequence[_Entry], new: Sequence[_Entry]) -> Iterator[Difference]:
    """Yield the entries that went, came, or were reworded: one that went and one that came that say much the same."""
    before, after = {entry.key: entry.text for entry in old}, {entry.key: entry.text for entry in new}
    for key, text in before.items():
        if key in after and fold(after[key]) != fold(text):
            yield Difference(field=field, old=text, new=after[key], detail=REWORDED)
    gone = [key for key in before if key not in after]
    come = [key for key in after if key not in before]
    if gone and come and len(gone) * len(come) <= limits.MOST_PAIRS_TO_COMPARE:
        for one, other in list(_alike(gone, come)):
            gone.remove(one)
            come.remove(other)
            yield Difference(field=field, old=before[one], new=after[other], detail=REWORDED)
    for key in gone:
        yield Difference(field=field, old=before[key], detail=REMOVED)
    for key in come:
        yield Difference(field=field, new=after[key], detail=ADDED)


def _alike(gone: Sequence[str], come: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield pairs that say much the same, the most alike first, each entry once."""
    scored = []
    for n, one in enumerate(gone):
        matcher = difflib.SequenceMatcher(None, b=one.split(), autojunk=False)
        for m, other in enumerate(come):
            matcher.set_seq1(other.split())
            if matcher.quick_ratio() >= limits.ALIKE and (ratio := matcher.ratio()) >= limits.ALIKE:
                scored.append((-ratio, n, m))
    taken: tuple[set[int], set[int]] = (set(), set())
    for _, n, m in sorted(scored):
        if n not in taken[0] and m not in taken[1]:
            taken[0].add(n)
            taken[1].add(m)
            yield gone[n], come[m]


# --- long texts -------------------------------------------------------------------------------------------------------


def _words(field: str, old: str | None, new: str | None) -> Iterator[Difference]:
    """Yield a long text that changed: the words that went as `old`, those that came as `new`, and how many."""
    if old is None or new is None:
        if old != new:
            detail = ADDED if old is None else REMOVED
            yield Difference(field=field, old=_short(old), new=_short(new), detail=detail)
        return
    gone, come = _changed_words(old, new)
    if gone or come:
        lost, won = sum(len(part.split()) for part in gone), sum(len(part.split()) for part in come)
        detail = f"{won} words added, {lost} removed"
        yield Difference(field=field, old=_short(" … ".join(gone)), new=_short(" … ".join(come)), detail=detail)


def _changed_words(old: str, new: str) -> tuple[list[str], list[str]]:
    """Return the stretches of words that went and that came.  Lines are compared first: a long text has many."""
    before, after = _lines(old), _lines(new)
    gone: list[str] = []
    come: list[str] = []
    for tag, a, b, c, d in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        left, right = " ".join(before[a:b]).split(), " ".join(after[c:d]).split()
        for inner, e, f, g, h in difflib.SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
            if inner != "equal":
                gone += [" ".join(left[e:f])] if f > e else []
                come += [" ".join(right[g:h])] if h > g else []
    return gone, come


def _lines(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


def _short(text: str | None) -> str | None:
    if not text:
        return None
    return text if len(text) <= limits.LONGEST_CHANGE else text[: limits.LONGEST_CHANGE - 1].rstrip() + "…"
