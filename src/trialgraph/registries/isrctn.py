"""The ISRCTN registry: records that come as files (JSON made of the registry's XML)."""

from __future__ import annotations

import datetime as dt
import re

from trialgraph.errors import RecordError
from trialgraph.model import Identifier, Intervention, Location, Party, RawRecord, Trial
from trialgraph.registries.reading import normalise
from trialgraph.registries.reading.identifiers import identifier, scheme_of
from trialgraph.registries.reading.json_cursor import Place, json_record
from trialgraph.registries.reading.values import participants
from trialgraph.registries.registry import Expectations, Registry, Sample
from trialgraph.text import fold

NAME = "isrctn"

_STUDY_TYPES = {"interventional": "INTERVENTIONAL", "observational": "OBSERVATIONAL"}
_TYPES = {
    "drug": "DRUG", "device": "DEVICE", "biological vaccine": "BIOLOGICAL", "behavioural": "BEHAVIORAL",
    "procedure surgery": "PROCEDURE", "supplement": "DIETARY_SUPPLEMENT", "genetic": "GENETIC", "mixed": "OTHER",
    "other": "OTHER",
}  # fmt: skip
_PURPOSES = {
    "treatment": "TREATMENT", "prevention": "PREVENTION", "diagnostic": "DIAGNOSTIC", "screening": "SCREENING",
    "other": "OTHER",
}  # fmt: skip
_SEXES = {"all": "ALL", "both": "ALL", "male": "MALE", "female": "FEMALE"}
_AGES: dict[str, tuple[str, ...]] = {
    "neonate": ("CHILD",),
    "child": ("CHILD",),
    "adult": ("ADULT",),
    "senior": ("OLDER_ADULT",),
}
_ALLOCATIONS = {
    "randomised controlled trial": "RANDOMIZED", "randomised cross over trial": "RANDOMIZED",
    "cluster randomised trial": "RANDOMIZED", "non randomised study": "NON_RANDOMIZED",
    "non randomised controlled trial": "NON_RANDOMIZED",
}  # fmt: skip
_STATUSES = {"stopped": "TERMINATED", "suspended": "SUSPENDED"}
_BLINDING = re.compile(r"\b(open|single|double|triple|quadruple)[\s-]*(?:label|blind|masked)", re.IGNORECASE)
_SPLIT = re.compile(r"\s*[,;\n]\s*(?!\d)")
_LONGEST_NAME = 120  # characters: a first line longer than this is a description and no name


def recognises(sample: Sample) -> bool:
    """Tell whether a JSON object is a record of this registry."""
    register = sample.text("ctrname")
    return register == "ISRCTN" or (register is None and sample.text("isrctn") is not None)


def unusable(sample: Sample) -> str | None:
    """Return why a download of the registry's is in no form that we read."""
    if sample.medium == "other" and b"67bricks.com/isrctn" in sample.body:
        return "it is ISRCTN's XML; give its records as JSON, or the WHO platform's XML export of the same trials"
    return None


def record_of(body: bytes, when: dt.datetime) -> RawRecord:
    """Return a record filed under its ISRCTN number.  Raises RecordError where it has none."""
    place = json_record("an ISRCTN record", body)
    known_as = _id_of(place)
    dated = normalise.date(place.text("trialDescription.lastUpdated") or place.text("record_last_import"))
    return RawRecord(
        registry=NAME,
        id=known_as,
        url=f"https://www.isrctn.com/{known_as}",
        fetched_at=when,
        body=body,
        dated=dated.text if dated else None,
    )


def _id_of(place: Place) -> str:
    number = (place.text("isrctn") or place.text("_id") or "").upper().removeprefix("ISRCTN")
    if not re.fullmatch(r"[0-9]{8}", number):
        raise RecordError(place.record_id, "the record has no ISRCTN number", "isrctn")
    return f"ISRCTN{number}"


def parse(raw: RawRecord) -> Trial:
    """Return the trial a record tells of.  Raises RecordError, with the path, for a value of the wrong type."""
    place = json_record(raw.id, raw.body)
    unknown: list[str] = []
    about, design, people = place.at("trialDescription"), place.at("trialDesign"), place.at("participants")
    final, target = people.number("totalFinalEnrolment"), people.number("targetEnrolment")
    start, end = normalise.date(people.text("recruitmentStart")), normalise.date(design.text("overallEndDate"))
    sponsors = [p for s in place.each("sponsor") if (p := _party(s, "LEAD_SPONSOR"))]
    blinding = _BLINDING.search(design.text("studyDesign") or "")
    interventions = [v for given in place.each("interventions.intervention") for v in _interventions(given, unknown)]
    phases = [p for given in place.each("interventions.intervention") for p in normalise.phases(given.text("phase"))]
    return Trial(
        id=_id_of(place),
        registry=NAME,
        identifiers=_identifiers(place.at("externalRefs")),
        brief_title=normalise.one_line(about.text("title")),
        official_title=normalise.one_line(about.text("scientificTitle")),
        acronym=about.text("acronym"),
        brief_summary=normalise.said(about.text("plainEnglishSummary")),
        detailed_description=about.text("studyHypothesis"),
        conditions=tuple(c for x in place.each("conditions.condition") for c in _conditions(x.text("description"))),
        study_type=normalise.term(_STUDY_TYPES, design.text("primaryStudyDesign"), "primaryStudyDesign", unknown),
        phases=tuple(dict.fromkeys(phases)),
        allocation=_ALLOCATIONS.get(fold(design.text("secondaryStudyDesign") or "")),
        primary_purpose=normalise.term(
            _PURPOSES, next(iter(design.texts("trialTypes.trialType")), None), "trialType", unknown
        ),
        masking={"open": "NONE"}.get(blinding[1].lower(), blinding[1].upper()) if blinding else None,
        enrollment=participants(target if final is None else final, unknown),
        enrollment_type="ACTUAL" if final is not None else "ESTIMATED" if target is not None else None,
        interventions=normalise.named_once(interventions),
        outcomes=normalise.outcomes("PRIMARY", about.text("primaryOutcome"))
        + normalise.outcomes("SECONDARY", about.text("secondaryOutcome")),
        overall_status=_status(place, start.day if start else None, end.day if end else None, unknown),
        why_stopped=design.text("reasonAbandoned"),
        start_date=start,
        completion_date=end,
        last_update_post_date=normalise.date(about.text("lastUpdated")),
        eligibility=normalise.criteria(people.text("inclusion"), people.text("exclusion")),
        sex=normalise.term(_SEXES, people.text("gender"), "gender", unknown),
        minimum_age=people.text("lowerAgeLimit"),
        maximum_age=people.text("upperAgeLimit"),
        std_ages=_AGES.get(fold(people.text("ageRange") or ""), ()),
        lead_sponsor=sponsors[0] if sponsors else None,
        collaborators=tuple(Party(name=s.name, role="COLLABORATOR") for s in sponsors[1:]),
        locations=_locations(people),
        countries=tuple(dict.fromkeys(people.texts("recruitmentCountries.country"))),
        ipd_sharing={"yes": "YES", "no": "NO"}.get(fold(place.text("miscellaneous.ipdSharingPlan") or "")),
        ipd_description=normalise.said(place.text("results.ipdSharingStatement")),
        unknown_values=tuple(dict.fromkeys(unknown)),
    )


def _status(place: Place, start: str | None, end: str | None, unknown: list[str]) -> str | None:
    """Return the status as the registry itself works it out: from the dates, on the day the record was made."""
    overrides = (place.text("trialDesign.overallStatusOverride"), place.text("participants.recruitmentStatusOverride"))
    if (override := next(filter(None, overrides), None)) is not None:
        return normalise.term(_STATUSES, override, "overallStatusOverride", unknown)
    updated = normalise.date(place.text("trialDescription.lastUpdated") or place.text("record_last_import"))
    last = normalise.date(place.text("participants.recruitmentEnd"))
    if updated is None or start is None:
        return None
    if updated.day < start:
        return "NOT_YET_RECRUITING"
    if end is not None and updated.day > end:
        return "COMPLETED"
    return "ACTIVE_NOT_RECRUITING" if last is not None and updated.day > last.day else "RECRUITING"


def _identifiers(refs: Place) -> tuple[Identifier, ...]:
    own = normalise.said(refs.text("protocolSerialNumber"))
    found = [Identifier(scheme="ORG_STUDY_ID", value=own)] if own else []
    for name, scheme in (
        ("eudraCTNumber", "EUDRACT_NUMBER"),
        ("clinicalTrialsGovNumber", "NCT"),
        ("irasNumber", "IRAS"),
    ):
        if (value := normalise.said(refs.text(name))) is not None and (scheme == "IRAS" or scheme_of(value)):
            found.append(Identifier(scheme=scheme, value=value) if scheme == "IRAS" else identifier(value, scheme))
    known = {i.value for i in found}
    others = [value for value in refs.texts("secondaryNumbers.secondaryNumber") if normalise.said(value)]
    found += [identifier(value, "SECONDARY_ID") for value in others if value not in known]
    return tuple(dict.fromkeys(found))


def _conditions(text: str | None) -> tuple[str, ...]:
    return tuple(part for part in re.split(r"\s*[;\n]\s*", text or "") if part)


def _interventions(given: Place, unknown: list[str]) -> list[Intervention]:
    kind = normalise.term(_TYPES, given.text("interventionType"), "interventionType", unknown)
    description = given.text("description")
    names = [name for name in _SPLIT.split(normalise.said(given.text("drugNames")) or "") if name]
    if not names and description is not None:
        first = description.partition("\n")[0].rstrip(".: ")
        names = [first if len(first) <= _LONGEST_NAME else given.text("interventionType") or "Intervention"]
    return [Intervention(name=name, type=kind, description=description) for name in names]


def _party(sponsor: Place, role: str) -> Party | None:
    name = sponsor.text("organisation")
    return Party(name=name, role=role) if name else None


def _locations(people: Place) -> tuple[Location, ...]:
    found = [
        Location(
            facility=centre.text("name"), city=centre.text("city"), state=centre.text("state"), zip=centre.text("zip"),
            country=centre.text("country"),
        )
        for centre in people.each("trialCentres.trialCentre")
    ]  # fmt: skip
    return tuple(place for place in found if place != Location())


REGISTRY = Registry(
    name=NAME,
    title="ISRCTN registry",
    url="https://www.isrctn.com",
    licence="CC BY 4.0",
    attribution="ISRCTN registry, Springer Nature",
    id_pattern=r"ISRCTN\d{8}",
    parse=parse,
    parser_version="isrctn-1",
    rank=0,
    record_of=record_of,
    recognises=recognises,
    unusable=unusable,
    expected=Expectations(
        records=(25_000, 45_000), filled={"brief_title": 0.99, "conditions": 0.95, "interventions": 0.9}
    ),  # 28,673 trials in 2025
)
