"""The mirror's trial page in pieces: sections by their titles, values by their labels, the things of a list."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import msgspec

from trialgraph.registries.reading.page_text import Line
from trialgraph.text import fold

# Section titles in the order of the page, each with how the hint under it begins.
SECTIONS = {
    "Study Results": "",
    "Basic Information": "Get a concise",
    "Brief Summary": "Review the sponsor-provided",
    "Detailed Description": "Dive into",
    "Conditions": "See the medical",
    "Keywords": "Explore important",
    "Study Design": "Understand how",
    "Study Groups": "Review each arm",
    "Interventions": "Learn about",
    "Primary Outcomes": "",
    "Secondary Outcomes": "",
    "Eligibility Criteria": "Check the participation",
    "Sponsors": "Meet the organi",
    "Responsible Party": "Identify the individual",
    "Locations": "Explore where",
    "Countries": "Review the countries",
    "Other Identifiers": "Review additional",
    "References": "",
    "Related Publications": "",
    "More Related Trials": "Additional clinical trials",
}
_PLACE = {title: place for place, title in enumerate(SECTIONS)}
LABELS = (
    "NCT ID", "Last Updated", "Recruitment Status", "Clinical Phase", "Total Enrollment", "Study Classification",
    "Study Start Date", "Study Completion Date", "Allocation Method", "Intervention Model", "Primary Study Purpose",
    "Blinding Strategy", "Group Type", "Intervention Type", "Other Intervention Names", "Minimum Eligible Age",
    "Maximum Eligible Age", "Eligible Sex", "Accepts Healthy Volunteers", "Sponsor Role", "Responsibility Role",
    "Site Status", "Identifier Type", "Identifier Source",
)  # fmt: skip
_LABELLED = re.compile(rf"({'|'.join(LABELS)})(?:\s*:\s*|\s+|$)(.*)", re.DOTALL)
_CODE = re.compile(r"[A-Z][A-Z0-9_/]+")
_SHORT_VALUE = re.compile(r"[-0-9A-Z]\S*(?: \S+){0,2}")


class Entry(msgspec.Struct):
    """One thing of a section: its name, what stands under it, its labelled values, and names nested in it."""

    name: str
    words: list[str] = []
    values: dict[str, str] = {}
    nested: list[str] = []


def sections_of(lines: Sequence[Line]) -> dict[str, list[Line]]:
    """Return the lines under each section title, those before the first under "".

    A title counts only at the heading level of "Basic Information" and after the titles before it, so that a study
    group called "Interventions" begins no section.  A heading of that level that we do not know ends a section.
    """
    level = next((line.level for line in lines if line.text == "Basic Information"), 0)
    found: dict[str, list[Line]] = {"": []}
    name, last = "", -1
    for line in lines:
        place = _PLACE.get(line.text, -1)
        if line.level == level and place > last:
            name, last = line.text, place
            found[name] = []
        elif level and line.level == level:
            name = f"? {line.text}"
            found.setdefault(name, [])
        elif found[name] or not _is_hint(line.text, name):
            found[name].append(line)
    return found


def _is_hint(text: str, section: str) -> bool:
    return bool(SECTIONS.get(section)) and text.startswith(SECTIONS[section])


def label_and_value(line: Line) -> tuple[str, str] | None:
    """Return label and value where a line is a label ("Group Type") or begins with one ("NCT ID: NCT04324411")."""
    match = _LABELLED.fullmatch(line.text)
    if match is None:
        return None
    value = match[2].strip()
    # Prose may begin with the words of a label; a value is a code, a number or a few words.
    return (match[1], value) if not value or ":" in line.text[: len(match[1]) + 2] or _is_value(value) else None


def _is_value(text: str) -> bool:
    return text in {"lead", "collaborator"} or bool(_SHORT_VALUE.fullmatch(text))


def labelled_values(lines: Sequence[Line]) -> dict[str, str]:
    """Return labelled values, the first of each label; a label without a value is left out."""
    found: dict[str, str] = {}
    for n, line in enumerate(lines):
        pair = label_and_value(line)
        if pair is not None:
            label, value = pair
            value = value or _next_value(lines, n)
            if value:
                found.setdefault(label, value)
    return found


def _next_value(lines: Sequence[Line], n: int) -> str:
    """Return what stands after a label.  Without headings a name may follow a missing value: only a code is taken."""
    if n + 1 >= len(lines) or lines[n + 1].level or label_and_value(lines[n + 1]) is not None:
        return ""
    text = lines[n + 1].text
    is_flat = lines[n].text == "Site Status" and not any(line.level for line in lines)
    return "" if is_flat and not _CODE.fullmatch(text) else text


def until_label(lines: Sequence[Line]) -> list[Line]:
    """Return the lines before the first label."""
    end = next((n for n, line in enumerate(lines) if label_and_value(line) is not None), len(lines))
    return list(lines[:end])


def entries_of(lines: Sequence[Line]) -> Iterator[Entry]:
    """Yield the things of a section: one a heading of its highest level, or where none is a heading, one a label."""
    level = min((line.level for line in lines if line.level), default=0)
    entry: Entry | None = None
    skip = done = False
    for n, line in enumerate(lines):
        if skip:
            skip = False
            continue
        pair = label_and_value(line)
        if (level and line.level == level) or (not level and pair is None and (entry is None or done)):
            if entry is not None:
                yield entry
            entry, done = Entry(line.text), False
        elif entry is None:
            continue
        elif pair is not None:
            label, value = pair
            if not value:
                value = _next_value(lines, n)
                skip = label != "Other Intervention Names" and bool(value or _is_empty(lines, n + 1))
            entry.values.setdefault(label, value)
            done = label not in {"Identifier Type", "Other Intervention Names"}
        elif line.level or "Other Intervention Names" in entry.values:
            entry.nested.append(line.text)
        else:
            entry.words.append(line.text)
    if entry is not None:
        yield entry


def _is_empty(lines: Sequence[Line], n: int) -> bool:
    return n < len(lines) and not lines[n].text and not lines[n].level


def groups_of(lines: Sequence[Line], interventions: Sequence[str]) -> Iterator[Entry]:
    """Yield the study groups; an intervention's name stands under its group as a lower heading or a line of its own."""
    known = {fold(name) for name in interventions}
    if any(line.level for line in lines):
        yield from entries_of(lines)
        return
    entry: Entry | None = None
    for n, line in enumerate(lines):
        pair = label_and_value(line)
        is_value = n > 0 and label_and_value(lines[n - 1]) in {("Group Type", ""), ("Intervention Type", "")}
        if pair is not None or is_value:
            if entry is not None and pair is not None and pair[0] == "Group Type":
                entry.values["Group Type"] = pair[1] or _next_value(lines, n)
        elif entry is not None and fold(line.text) in known and "Group Type" in entry.values:
            entry.nested.append(line.text)
        elif entry is None or ("Group Type" in entry.values and not entry.nested):
            if entry is not None:
                yield entry
            entry = Entry(line.text)
        elif "Group Type" not in entry.values:
            entry.words.append(line.text)
    if entry is not None:
        yield entry
