"""The mirror's trial page turned into a Trial, by its labels and their order; what it does not say stays empty."""

from __future__ import annotations

import re
from collections.abc import Sequence

from trialgraph.errors import RecordError
from trialgraph.model import Arm, Identifier, Intervention, ListedTrial, Location, Official, Party, RawRecord, Trial
from trialgraph.registries.meddatax.page import (
    entries_of,
    groups_of,
    label_and_value,
    labelled_values,
    sections_of,
    until_label,
)
from trialgraph.registries.reading import terms
from trialgraph.registries.reading.identifiers import identifier
from trialgraph.registries.reading.page_text import Line, lines_of
from trialgraph.registries.reading.values import all_of, date_of, one_of, participants
from trialgraph.text import fold, plain, prose

PARSER_VERSION = "meddatax-1"

_NCT = re.compile(r"NCT[0-9]{8}")
_CODE = re.compile(r"[A-Z][A-Z0-9_/]+")
_PARTICIPANTS = re.compile(r"([0-9][0-9,. ]*)\s*participants?", re.IGNORECASE)


def parse(raw: RawRecord) -> Trial:
    """Return the trial that a page of the mirror tells of, with the trials it lists as related.

    Raises RecordError for a page that is no trial page, or that tells of another trial.
    """
    lines = lines_of(raw.body)
    sections = sections_of(lines)
    top, basic = sections.get("", []), labelled_values(sections.get("Basic Information", []))
    nct = _nct(labelled_values(top).get("NCT ID", ""))
    if nct is None or "Basic Information" not in sections:
        what = "an NCT ID" if nct is None else "a section Basic Information"
        raise RecordError(raw.id, f"the page is no trial page: it has not got {what}")
    if _nct(raw.id) not in (None, nct):
        raise RecordError(raw.id, f"the page tells of another trial, {nct}")
    unknown: list[str] = []
    design = labelled_values(sections.get("Study Design", []))
    entitled = labelled_values(sections.get("Eligibility Criteria", []))
    interventions, arms = _interventions_and_arms(sections, unknown)
    sponsors = _sponsors(sections.get("Sponsors", []), unknown)
    party_type, party = _responsible(sections.get("Responsible Party", []), unknown)
    countries = tuple(dict.fromkeys(t for line in sections.get("Countries", []) if (t := plain(line.text))))
    return Trial(
        id=nct,
        registry="ctgov",
        brief_title=_title(top),
        identifiers=_identifiers(sections.get("Other Identifiers", [])),
        last_update_post_date=date_of(labelled_values(top).get("Last Updated"), "Last Updated", unknown),
        has_results=_has_results(sections.get("Study Results", [])),
        overall_status=one_of(terms.STATUSES, basic.get("Recruitment Status"), "overallStatus", unknown),
        phases=_phases(basic.get("Clinical Phase"), unknown),
        enrollment=_enrollment(basic.get("Total Enrollment"), unknown),
        study_type=one_of(terms.STUDY_TYPES, basic.get("Study Classification"), "studyType", unknown),
        start_date=date_of(basic.get("Study Start Date"), "startDate", unknown),
        completion_date=date_of(basic.get("Study Completion Date"), "completionDate", unknown),
        brief_summary=_prose(sections.get("Brief Summary", [])),
        detailed_description=_prose(sections.get("Detailed Description", [])),
        conditions=_items(sections.get("Conditions", [])),
        keywords=_items(sections.get("Keywords", [])),
        allocation=one_of(terms.ALLOCATIONS, design.get("Allocation Method"), "allocation", unknown),
        intervention_model=one_of(terms.MODELS, design.get("Intervention Model"), "interventionModel", unknown),
        primary_purpose=one_of(terms.PURPOSES, design.get("Primary Study Purpose"), "primaryPurpose", unknown),
        masking=one_of(terms.MASKINGS, design.get("Blinding Strategy"), "masking", unknown),
        arms=arms,
        interventions=interventions,
        eligibility=_prose(until_label(sections.get("Eligibility Criteria", []))),
        minimum_age=plain(entitled.get("Minimum Eligible Age")),
        maximum_age=plain(entitled.get("Maximum Eligible Age")),
        sex=one_of(terms.SEXES, entitled.get("Eligible Sex"), "sex", unknown),
        healthy_volunteers={"Yes": True, "No": False}.get(entitled.get("Accepts Healthy Volunteers", "")),
        lead_sponsor=next((s for s in sponsors if s.role == "LEAD_SPONSOR"), None),
        collaborators=tuple(s for s in sponsors if s.role != "LEAD_SPONSOR"),
        responsible_party_type=party_type,
        responsible_party=party,
        locations=_locations(sections.get("Locations", []), countries, unknown),
        countries=countries,
        listed_related=_related(sections.get("More Related Trials", []), unknown),
        unknown_values=tuple(dict.fromkeys(unknown)),
    )


# --- what the page says -----------------------------------------------------------------------------------------------


def _nct(text: str) -> str | None:
    match = _NCT.search(text)
    return match[0] if match else None


def _title(top: Sequence[Line]) -> str | None:
    titles = [line for line in top if line.level == 1] or [line for line in top if label_and_value(line) is None]
    return plain(" ".join(titles[0].text.split())) if titles else None


def _prose(lines: Sequence[Line]) -> str | None:
    return prose("\n\n".join(line.text for line in lines if line.text))


def _items(lines: Sequence[Line]) -> tuple[str, ...]:
    return tuple(text for line in lines if (text := plain(line.text)) is not None)


def _has_results(lines: Sequence[Line]) -> bool | None:
    first = fold(lines[0].text) if lines else ""
    return {"results pending": False, "results available": True, "results posted": True}.get(first)


def _phases(text: str | None, unknown: list[str]) -> tuple[str, ...]:
    return all_of(terms.PHASES, text.split("/"), "phases", unknown) if text else ()


def _enrollment(text: str | None, unknown: list[str]) -> int | None:
    match = _PARTICIPANTS.fullmatch(text or "")
    if match is None:
        if text:
            unknown.append(f"enrollment={text}")
        return None
    return participants(int(re.sub(r"[^0-9]", "", match[1])), unknown)


def _interventions_and_arms(
    sections: dict[str, list[Line]], unknown: list[str]
) -> tuple[tuple[Intervention, ...], tuple[Arm, ...]]:
    given = [entry for entry in entries_of(sections.get("Interventions", [])) if entry.name]
    names = [" ".join(entry.name.split()) for entry in given]
    groups = [entry for entry in groups_of(sections.get("Study Groups", []), names) if entry.name]
    received = [
        tuple(n for n, name in enumerate(names) if fold(name) in {fold(nested) for nested in group.nested})
        for group in groups
    ]
    arms = tuple(
        Arm(
            label=plain(group.name) or group.name,
            type=one_of(terms.ARM_TYPES, group.values.get("Group Type"), "armGroups.type", unknown),
            description=prose("\n\n".join(group.words)),
            interventions=places,
        )
        for group, places in zip(groups, received, strict=True)
    )
    interventions = tuple(
        Intervention(
            name=plain(name) or name,
            type=one_of(terms.INTERVENTION_TYPES, entry.values.get("Intervention Type"), "interventions.type", unknown),
            description=prose("\n\n".join(entry.words)),
            other_names=tuple(t for other in entry.nested if (t := plain(other)) and t != "Other Intervention Names"),
            arms=tuple(arm for arm, places in enumerate(received) if n in places),
        )
        for n, (name, entry) in enumerate(zip(names, given, strict=True))
    )
    return interventions, arms


def _sponsors(lines: Sequence[Line], unknown: list[str]) -> list[Party]:
    found = []
    for entry in entries_of(lines):
        name, role = plain(entry.name), entry.values.get("Sponsor Role", "").lower()
        if name is None:
            continue
        kind = next((word for word in entry.words if _CODE.fullmatch(word)), None)
        if role not in {"lead", "collaborator"}:
            unknown.append(f"Sponsor Role={role}")
        found.append(
            Party(
                name=name,
                role="LEAD_SPONSOR" if role == "lead" else "COLLABORATOR",
                agency_class=one_of(terms.AGENCIES, kind, "class", unknown),
            )
        )
    return found


def _responsible(lines: Sequence[Line], unknown: list[str]) -> tuple[str | None, Official | None]:
    entry = next(entries_of(lines), None)
    if entry is None:
        return labelled_values(lines).get("Responsibility Role"), None
    kind = one_of(terms.PARTIES, entry.values.get("Responsibility Role"), "responsibleParty.type", unknown)
    name = plain(entry.name)
    title = plain(" ".join(entry.words))
    return kind, Official(name=name, role="RESPONSIBLE_PARTY", title=title) if name else None


def _locations(lines: Sequence[Line], countries: Sequence[str], unknown: list[str]) -> tuple[Location, ...]:
    found = []
    for entry in entries_of(lines):
        city, state, country = _place(entry.words[0] if entry.words else "", countries)
        facility = plain(entry.name)
        if facility or city or state or country:
            status = one_of(terms.STATUSES, entry.values.get("Site Status") or None, "locations.status", unknown)
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
    for entry in entries_of(lines):
        value = plain(entry.name)
        if value is not None:
            source = entry.values.get("Identifier Source", "").upper().replace(" ", "_")
            kind = entry.values.get("Identifier Type", "")
            scheme = (kind if kind and kind != "-" else source) or "SECONDARY_ID"
            own = source == "ORG_STUDY_ID"
            found.append(Identifier(scheme=source, value=value) if own else identifier(value, scheme))
    return tuple(dict.fromkeys(found))


def _related(lines: Sequence[Line], unknown: list[str]) -> tuple[ListedTrial, ...]:
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
            overall_status=one_of(terms.STATUSES, status, "listed.overallStatus", unknown),
            phases=_phases(phase, unknown),
        )
        found.setdefault(listed.id, listed)
        title = []
    return tuple(found.values())
