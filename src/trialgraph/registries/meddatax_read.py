"""The mirror's trial page turned into a Trial, by its labels and their order; what it does not say stays empty."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import msgspec

from trialgraph.errors import RecordError
from trialgraph.model import Arm, Identifier, Intervention, ListedTrial, Location, Official, Party, RawRecord, Trial
from trialgraph.registries import ctgov_terms as terms
from trialgraph.registries.identifiers import identifier
from trialgraph.registries.page_text import Line, lines_of
from trialgraph.registries.values import all_of, date_of, one_of, participants
from trialgraph.text import fold, plain, prose

PARSER_VERSION = "meddatax-1"

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
_NCT = re.compile(r"NCT[0-9]{8}")
_SHORT_VALUE = re.compile(r"[-0-9A-Z]\S*(?: \S+){0,2}")
_CODE = re.compile(r"[A-Z][A-Z0-9_/]+")
_PARTICIPANTS = re.compile(r"([0-9][0-9,. ]*)\s*participants?", re.IGNORECASE)


class _Entry(msgspec.Struct):
    """One thing of a section: its name, what stands under it, its labelled values, and names nested in it."""

    name: str
    words: list[str] = []
    values: dict[str, str] = {}
    nested: list[str] = []


def parse(raw: RawRecord) -> Trial:
    """Return the trial that a page of the mirror tells of, with the trials it lists as related.

    Raises RecordError for a page that is no trial page, or that tells of another trial.
    """
    lines = lines_of(raw.body)
    sections = _sections(lines)
    top, basic = sections.get("", []), _values(sections.get("Basic Information", []))
    nct = _nct(_values(top).get("NCT ID", ""))
    if nct is None or "Basic Information" not in sections:
        what = "an NCT ID" if nct is None else "a section Basic Information"
        raise RecordError(raw.id, f"the page is no trial page: it has not got {what}")
    if _nct(raw.id) not in (None, nct):
        raise RecordError(raw.id, f"the page tells of another trial, {nct}")
    odd: list[str] = []
    design = _values(sections.get("Study Design", []))
    entitled = _values(sections.get("Eligibility Criteria", []))
    interventions, arms = _interventions_and_arms(sections, odd)
    sponsors = _sponsors(sections.get("Sponsors", []), odd)
    party_type, party = _responsible(sections.get("Responsible Party", []), odd)
    countries = tuple(dict.fromkeys(t for line in sections.get("Countries", []) if (t := plain(line.text))))
    return Trial(
        id=nct,
        registry="ctgov",
        brief_title=_title(top),
        identifiers=_identifiers(sections.get("Other Identifiers", [])),
        last_update_post_date=date_of(_values(top).get("Last Updated"), "Last Updated", odd),
        has_results=_has_results(sections.get("Study Results", [])),
        overall_status=one_of(terms.STATUSES, basic.get("Recruitment Status"), "overallStatus", odd),
        phases=_phases(basic.get("Clinical Phase"), odd),
        enrollment=_enrollment(basic.get("Total Enrollment"), odd),
        study_type=one_of(terms.STUDY_TYPES, basic.get("Study Classification"), "studyType", odd),
        start_date=date_of(basic.get("Study Start Date"), "startDate", odd),
        completion_date=date_of(basic.get("Study Completion Date"), "completionDate", odd),
        brief_summary=_prose(sections.get("Brief Summary", [])),
        detailed_description=_prose(sections.get("Detailed Description", [])),
        conditions=_items(sections.get("Conditions", [])),
        keywords=_items(sections.get("Keywords", [])),
        allocation=one_of(terms.ALLOCATIONS, design.get("Allocation Method"), "allocation", odd),
        intervention_model=one_of(terms.MODELS, design.get("Intervention Model"), "interventionModel", odd),
        primary_purpose=one_of(terms.PURPOSES, design.get("Primary Study Purpose"), "primaryPurpose", odd),
        masking=one_of(terms.MASKINGS, design.get("Blinding Strategy"), "masking", odd),
        arms=arms,
        interventions=interventions,
        eligibility=_prose(_until_label(sections.get("Eligibility Criteria", []))),
        minimum_age=plain(entitled.get("Minimum Eligible Age")),
        maximum_age=plain(entitled.get("Maximum Eligible Age")),
        sex=one_of(terms.SEXES, entitled.get("Eligible Sex"), "sex", odd),
        healthy_volunteers={"Yes": True, "No": False}.get(entitled.get("Accepts Healthy Volunteers", "")),
        lead_sponsor=next((s for s in sponsors if s.role == "LEAD_SPONSOR"), None),
        collaborators=tuple(s for s in sponsors if s.role != "LEAD_SPONSOR"),
        responsible_party_type=party_type,
        responsible_party=party,
        locations=_locations(sections.get("Locations", []), countries, odd),
        countries=countries,
        listed_related=_related(sections.get("More Related Trials", []), odd),
        unknown_values=tuple(dict.fromkeys(odd)),
    )


# --- the page in pieces -----------------------------------------------------------------------------------------------


def _sections(lines: Sequence[Line]) -> dict[str, list[Line]]:
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


def _labelled(line: Line) -> tuple[str, str] | None:
    """Return label and value where a line is a label ("Group Type") or begins with one ("NCT ID: NCT04324411")."""
    match = _LABELLED.fullmatch(line.text)
    if match is None:
        return None
    value = match[2].strip()
    # Prose may begin with the words of a label; a value is a code, a number or a few words.
    return (match[1], value) if not value or ":" in line.text[: len(match[1]) + 2] or _is_value(value) else None


def _is_value(text: str) -> bool:
    return text in {"lead", "collaborator"} or bool(_SHORT_VALUE.fullmatch(text))


def _values(lines: Sequence[Line]) -> dict[str, str]:
    """Return labelled values, the first of each label; a label without a value is left out."""
    found: dict[str, str] = {}
    for n, line in enumerate(lines):
        labelled = _labelled(line)
        if labelled is not None:
            label, value = labelled
            value = value or _next_value(lines, n)
            if value:
                found.setdefault(label, value)
    return found


def _next_value(lines: Sequence[Line], n: int) -> str:
    following = lines[n + 1] if n + 1 < len(lines) else None
    return following.text if following is not None and not following.level and _labelled(following) is None else ""


def _until_label(lines: Sequence[Line]) -> list[Line]:
    end = next((n for n, line in enumerate(lines) if _labelled(line) is not None), len(lines))
    return list(lines[:end])


def _entries(lines: Sequence[Line]) -> Iterator[_Entry]:
    """Yield the things of a section: one a heading of its highest level, or where none is a heading, one a label."""
    level = min((line.level for line in lines if line.level), default=0)
    entry: _Entry | None = None
    skip = done = False
    for n, line in enumerate(lines):
        if skip:
            skip = False
            continue
        labelled = _labelled(line)
        if (level and line.level == level) or (not level and labelled is None and (entry is None or done)):
            if entry is not None:
                yield entry
            entry, done = _Entry(line.text), False
        elif entry is None:
            continue
        elif labelled is not None:
            label, value = labelled
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


# --- what the pieces say ----------------------------------------------------------------------------------------------


def _nct(text: str) -> str | None:
    match = _NCT.search(text)
    return match[0] if match else None


def _title(top: Sequence[Line]) -> str | None:
    titles = [line for line in top if line.level == 1] or [line for line in top if _labelled(line) is None]
    return plain(" ".join(titles[0].text.split())) if titles else None


def _prose(lines: Sequence[Line]) -> str | None:
    return prose("\n\n".join(line.text for line in lines if line.text))


def _items(lines: Sequence[Line]) -> tuple[str, ...]:
    return tuple(text for line in lines if (text := plain(line.text)) is not None)


def _has_results(lines: Sequence[Line]) -> bool | None:
    first = fold(lines[0].text) if lines else ""
    return {"results pending": False, "results available": True, "results posted": True}.get(first)


def _phases(text: str | None, odd: list[str]) -> tuple[str, ...]:
    return all_of(terms.PHASES, text.split("/"), "phases", odd) if text else ()


def _enrollment(text: str | None, odd: list[str]) -> int | None:
    match = _PARTICIPANTS.fullmatch(text or "")
    if match is None:
        if text:
            odd.append(f"enrollment={text}")
        return None
    return participants(int(re.sub(r"[^0-9]", "", match[1])), odd)


def _interventions_and_arms(
    sections: dict[str, list[Line]], odd: list[str]
) -> tuple[tuple[Intervention, ...], tuple[Arm, ...]]:
    given = [entry for entry in _entries(sections.get("Interventions", [])) if entry.name]
    names = [" ".join(entry.name.split()) for entry in given]
    groups = [entry for entry in _groups(sections.get("Study Groups", []), names) if entry.name]
    received = [
        tuple(n for n, name in enumerate(names) if fold(name) in {fold(nested) for nested in group.nested})
        for group in groups
    ]
    arms = tuple(
        Arm(
            label=plain(group.name) or group.name,
            type=one_of(terms.ARM_TYPES, group.values.get("Group Type"), "armGroups.type", odd),
            description=prose("\n\n".join(group.words)),
            interventions=places,
        )
        for group, places in zip(groups, received, strict=True)
    )
    interventions = tuple(
        Intervention(
            name=plain(name) or name,
            type=one_of(terms.INTERVENTION_TYPES, entry.values.get("Intervention Type"), "interventions.type", odd),
            description=prose("\n\n".join(entry.words)),
            other_names=tuple(t for other in entry.nested if (t := plain(other)) and t != "Other Intervention Names"),
            arms=tuple(arm for arm, places in enumerate(received) if n in places),
        )
        for n, (name, entry) in enumerate(zip(names, given, strict=True))
    )
    return interventions, arms


def _groups(lines: Sequence[Line], interventions: Sequence[str]) -> Iterator[_Entry]:
    """Yield the study groups; an intervention's name stands under its group as a lower heading or a line of its own."""
    known = {fold(name) for name in interventions}
    if any(line.level for line in lines):
        yield from _entries(lines)
        return
    entry: _Entry | None = None
    for n, line in enumerate(lines):
        labelled = _labelled(line)
        is_value = n > 0 and _labelled(lines[n - 1]) in {("Group Type", ""), ("Intervention Type", "")}
        if labelled is not None or is_value:
            if entry is not None and labelled is not None and labelled[0] == "Group Type":
                entry.values["Group Type"] = labelled[1] or _next_value(lines, n)
        elif entry is not None and fold(line.text) in known and "Group Type" in entry.values:
            entry.nested.append(line.text)
        elif entry is None or ("Group Type" in entry.values and not entry.nested):
            if entry is not None:
                yield entry
            entry = _Entry(line.text)
        elif "Group Type" not in entry.values:
            entry.words.append(line.text)
    if entry is not None:
        yield entry


def _sponsors(lines: Sequence[Line], odd: list[str]) -> list[Party]:
    found = []
    for entry in _entries(lines):
        name, role = plain(entry.name), entry.values.get("Sponsor Role", "").lower()
        if name is None:
            continue
        kind = next((word for word in entry.words if _CODE.fullmatch(word)), None)
        if role not in {"lead", "collaborator"}:
            odd.append(f"Sponsor Role={role}")
        found.append(
            Party(
                name=name,
                role="LEAD_SPONSOR" if role == "lead" else "COLLABORATOR",
                agency_class=one_of(terms.AGENCIES, kind, "class", odd),
            )
        )
    return found


def _responsible(lines: Sequence[Line], odd: list[str]) -> tuple[str | None, Official | None]:
    entry = next(_entries(lines), None)
    if entry is None:
        return _values(lines).get("Responsibility Role"), None
    kind = one_of(terms.PARTIES, entry.values.get("Responsibility Role"), "responsibleParty.type", odd)
    name = plain(entry.name)
    title = plain(" ".join(entry.words))
    return kind, Official(name=name, role="RESPONSIBLE_PARTY", title=title) if name else None


def _locations(lines: Sequence[Line], countries: Sequence[str], odd: list[str]) -> tuple[Location, ...]:
    found = []
    for entry in _entries(lines):
        city, state, country = _place(entry.words[0] if entry.words else "", countries)
        facility = plain(entry.name)
        if facility or city or state or country:
            status = one_of(terms.STATUSES, entry.values.get("Site Status") or None, "locations.status", odd)
            found.append(Location(facility=facility, status=status, city=city, state=state, country=country))
    return tuple(found)


def _place(text: str, countries: Sequence[str]) -> tuple[str | None, str | None, str | None]:
    """Return city, state and country of "Beijing, , China"; a comma inside a country's name is part of it."""
    country = next((c for c in sorted(countries, key=len, reverse=True) if text.endswith(f", {c}")), None)
    if country is not None:
        rest = text.removesuffix(f", {country}")
    else:
        rest, _, country = text.rpartition(",")
    city, _, state = rest.rpartition(",")
    return plain(city), plain(state), plain(country)


def _identifiers(lines: Sequence[Line]) -> tuple[Identifier, ...]:
    found = []
    for entry in _entries(lines):
        value = plain(entry.name)
        if value is not None:
            source = entry.values.get("Identifier Source", "").upper().replace(" ", "_")
            kind = entry.values.get("Identifier Type", "")
            scheme = (kind if kind and kind != "-" else source) or "SECONDARY_ID"
            own = source == "ORG_STUDY_ID"
            found.append(Identifier(scheme=source, value=value) if own else identifier(value, scheme))
    return tuple(dict.fromkeys(found))


def _related(lines: Sequence[Line], odd: list[str]) -> tuple[ListedTrial, ...]:
    """Return the listed trials in their order: a title, then a line or lines that begin with the trial's number."""
    found: dict[str, ListedTrial] = {}
    title: list[str] = []
    n = 0
    while n < len(lines):
        line = lines[n]
        n += 1
        number, *codes = line.text.split() or [""]
        if line.level or not _NCT.fullmatch(number):
            title.append(line.text)
            continue
        while n < len(lines) and not lines[n].level and len(codes) < 2 and _CODE.fullmatch(lines[n].text):
            codes.append(lines[n].text)
            n += 1
        phase = next((c for c in codes if all(part in terms.PHASES for part in c.split("/"))), None)
        status = next((c for c in codes if c != phase), None)
        listed = ListedTrial(
            id=number,
            title=plain(" ".join(" ".join(title).split())),
            overall_status=one_of(terms.STATUSES, status, "listed.overallStatus", odd),
            phases=_phases(phase, odd),
        )
        found.setdefault(listed.id, listed)
        title = []
    return tuple(found.values())
