"""The EU's Clinical Trials Information System: records that come as files (JSON of its site, old and new form)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from trialgraph.errors import RecordError
from trialgraph.model import Identifier, Intervention, Location, Outcome, Party, RawRecord, Trial
from trialgraph.registries.reading import normalise
from trialgraph.registries.reading.identifiers import identifier
from trialgraph.registries.reading.json_cursor import Place, json_record
from trialgraph.registries.reading.values import participants
from trialgraph.registries.registry import Expectations, Registry, Sample
from trialgraph.text import fold

NAME = "ctis"
SITE = "https://euclinicaltrials.eu"

# The public site's own list of status codes; older records hold the words.
_STATUS_CODES = {
    1: "under evaluation", 2: "authorised recruitment pending", 3: "authorised recruiting", 4: "ongoing recruiting",
    5: "ongoing recruitment ended", 6: "temporarily halted", 7: "suspended", 8: "ended", 9: "expired", 10: "revoked",
    11: "not authorised", 12: "cancelled",
}  # fmt: skip
_STATUSES = {
    "authorised recruitment pending": "NOT_YET_RECRUITING", "authorised not started": "NOT_YET_RECRUITING",
    "authorised recruiting": "RECRUITING", "ongoing recruiting": "RECRUITING",
    "ongoing not yet recruiting": "NOT_YET_RECRUITING", "ongoing recruitment ended": "ACTIVE_NOT_RECRUITING",
    "temporarily halted": "SUSPENDED", "halted": "SUSPENDED", "suspended": "SUSPENDED", "ended": "COMPLETED",
    "revoked": "TERMINATED", "expired": "WITHDRAWN", "not authorised": "WITHDRAWN", "cancelled": "WITHDRAWN",
}  # fmt: skip
_ROLES = {"1": "Test", "2": "Comparator", "3": "Placebo", "4": "Auxiliary"}
_AGES = (("0-17", "CHILD"), ("18-64", "ADULT"), ("65+", "OLDER_ADULT"))
_NUMBER = re.compile(r"20[0-9]{2}-5[0-9]{5}-[0-9]{2}(?:-[0-9]{2})?")


def recognises(sample: Sample) -> bool:
    """Tell whether a JSON object is a record of this register."""
    register = sample.text("ctrname")
    return register == "CTIS" or (register is None and sample.text("ctNumber") is not None)


def record_of(body: bytes, when: dt.datetime) -> RawRecord:
    """Return a record filed under its EU CT number.  Raises RecordError where it has none."""
    place = json_record("a CTIS record", body)
    number = _number(place)
    dated = normalise.date(place.text("lastUpdated") or place.text("record_last_import"))
    url = f"{SITE}/ctis-public/view/{number}"
    return RawRecord(registry=NAME, id=number, url=url, fetched_at=when, body=body, dated=dated.day if dated else None)


def _number(place: Place) -> str:
    number = (place.text("ctNumber") or place.text("_id") or "").upper().removeprefix("EUCT")
    if not _NUMBER.fullmatch(number):
        raise RecordError(place.record_id, "the record has no EU CT number", "ctNumber")
    return number


def trial_id(record_id: str) -> str:
    """Return the trial's id for a record's."""
    return f"EUCT{record_id}"


def parse(raw: RawRecord) -> Trial:
    """Return the trial a record tells of.  Raises RecordError, with the path, for a value of the wrong type."""
    place = json_record(raw.id, raw.body)
    unknown: list[str] = []
    current = place.at("authorizedApplication") if place.at("authorizedApplication").data else place
    part = current.at("authorizedPartI")
    details = part.at("trialDetails")
    info, titles = details.at("trialInformation"), details.at("clinicalTrialIdentifiers")
    sponsors = list(dict.fromkeys(_sponsors(place, part)))
    total = participants(_whole(place.text("totalNumberEnrolled")), unknown)
    number = _number(place)
    return Trial(
        id=trial_id(number),
        registry=NAME,
        identifiers=_identifiers(place, current, titles),
        brief_title=normalise.one_line(titles.text("publicTitle") or place.text("title") or titles.text("fullTitle")),
        official_title=normalise.one_line(titles.text("fullTitle")),
        brief_summary=info.text("trialObjective.mainObjective"),
        conditions=_conditions(part, info),
        study_type="INTERVENTIONAL",  # the register holds interventional trials of medicines only
        phases=normalise.phases(place.text("trialPhase")),
        enrollment=total,
        enrollment_type="ESTIMATED" if total is not None else None,
        interventions=normalise.named_once([v for p in _products(part) for v in [_intervention(p, unknown)] if v]),
        outcomes=tuple(_outcomes(info.at("endPoint"))),
        overall_status=_status(place, unknown),
        start_date=normalise.date(place.text("startDateEU"), "ACTUAL")
        or normalise.date(info.text("trialDuration.estimatedRecruitmentStartDate"), "ESTIMATED"),
        completion_date=normalise.date(info.text("trialDuration.estimatedGlobalEndDate"), "ESTIMATED")
        or normalise.date(info.text("trialDuration.estimatedEndDate"), "ESTIMATED"),
        first_submit_date=normalise.date(place.text("submissionDate")),
        last_update_post_date=normalise.date(place.text("lastUpdated")),
        eligibility=normalise.criteria(
            _numbered(info, "eligibilityCriteria.principalInclusionCriteria", "principalInclusionCriteria"),
            _numbered(info, "eligibilityCriteria.principalExclusionCriteria", "principalExclusionCriteria"),
        ),
        sex=_sex(place.text("gender"), unknown),
        std_ages=tuple(term for words_, term in _AGES if words_ in (place.text("ageGroup") or "")),
        lead_sponsor=sponsors[0] if sponsors else None,
        collaborators=tuple(Party(name=s.name, role="COLLABORATOR", agency_class=s.agency_class) for s in sponsors[1:]),
        locations=tuple(_locations(current)),
        countries=tuple(dict.fromkeys(_countries(current))),
        unknown_values=tuple(dict.fromkeys(unknown)),
    )


def _whole(text: str | None) -> int | None:
    return int(text) if text is not None and text.isascii() and text.isdigit() else None


def _status(place: Place, unknown: list[str]) -> str | None:
    code = place.number("ctPublicStatusCode")
    said = _STATUS_CODES.get(code, str(code)) if code is not None else place.text("ctStatus")
    return normalise.term(_STATUSES, said, "ctStatus", unknown)


def _identifiers(place: Place, current: Place, titles: Place) -> tuple[Identifier, ...]:
    own = titles.text("shortTitle") or place.text("shortTitle")
    found = [Identifier(scheme="ORG_STUDY_ID", value=own)] if own else []
    eudract = [current.text("eudraCt.eudraCtCode"), place.text("eudraCtInfo.eudraCtCode")]
    found += [identifier(value, "EUDRACT_NUMBER") for value in eudract if value is not None]
    numbers = titles.at("secondaryIdentifyingNumbers")
    others = [numbers.text(f"{name}.number") for name in ("nctNumber", "whoUniversalTrialNumber", "isrctnNumber")]
    found += [identifier(value, "SECONDARY_ID") for value in map(normalise.said, others) if value is not None]
    found += [
        identifier(value, "REGISTRY", other.text("otherRegistryName"))
        for other in numbers.each("additionalRegistries")
        if (value := normalise.said(other.text("number"))) is not None
    ]
    return tuple(dict.fromkeys(found))


def _conditions(part: Place, info: Place) -> tuple[str, ...]:
    named = [c.text("medicalCondition") for c in info.each("medicalCondition.partIMedicalConditions")]
    named += [c.text("termName") for c in info.each("medicalCondition.meddraConditionTerms")]
    if not any(named):
        named += [c.text("medicalCondition") for c in part.each("medicalConditions") if isinstance(c.data, dict)]
    return tuple(dict.fromkeys(name for name in named if name is not None))


def _sponsors(place: Place, part: Place) -> Iterator[Party]:
    listed = sorted(part.each("sponsors"), key=lambda sponsor: sponsor.flag("primary") is not True)
    for sponsor in [place.at("primarySponsor"), *listed]:
        if (name := sponsor.text("organisation.name")) is not None:
            kind = {True: "INDUSTRY"}.get(bool(sponsor.flag("organisation.commercial") or sponsor.flag("isCommercial")))
            yield Party(name=name, role="LEAD_SPONSOR", agency_class=kind)


def _products(part: Place) -> Iterator[Place]:
    grouped = [product for group in part.each("productRoleGroupInfos") for product in group.each("products")]
    yield from grouped or part.each("products")


def _intervention(product: Place, unknown: list[str]) -> Intervention | None:
    about = product.at("productDictionaryInfo")
    substance = normalise.said(about.text("activeSubstanceName")) or normalise.said(
        product.text("jsonActiveSubstanceNames")
    )
    trade = normalise.said(about.text("prodName")) or normalise.said(product.text("productName"))
    name = trade or substance
    if name is None:
        return None
    role = product.text("part1MpRoleTypeCode") or product.text("mpRoleInTrial")
    strength = normalise.said(about.text("strength"))
    form = normalise.said(product.text("pharmaceuticalFormDisplay"))
    facts = (("Role", _ROLES.get(product.text("mpRoleInTrial") or role or "")), ("Strength", strength), ("Form", form))
    routes = ", ".join(product.texts("routes"))
    described = "; ".join(f"{label}: {value}" for label, value in (*facts, ("Route", routes)) if value)
    other = substance if substance is not None and fold(substance) != fold(name) else None
    return Intervention(name=name, type="DRUG", description=described or None, other_names=(other,) if other else ())


def _outcomes(end_points: Place) -> Iterator[Outcome]:
    for kind, path in (("PRIMARY", "primaryEndPoints"), ("SECONDARY", "secondaryEndPoints")):
        for entry in end_points.each(path):
            if (measure := entry.text("endPoint")) is not None:
                yield Outcome(type=kind, measure=measure)


def _numbered(info: Place, path: str, name: str) -> str | None:
    said = [entry.text(name) for entry in info.each(path)]
    return "\n".join(f"{n}. {text}" for n, text in enumerate(filter(None, said), 1)) or None


def _sex(text: str | None, unknown: list[str]) -> str | None:
    named = frozenset(fold(text or "").split())
    found = {frozenset({"male", "female"}): "ALL", frozenset({"male"}): "MALE", frozenset({"female"}): "FEMALE"}
    if named and named not in found:
        unknown.append(f"gender={text}")
    return found.get(named, text if named else None)


def _locations(current: Place) -> Iterator[Location]:
    for second in current.each("authorizedPartsII"):
        for site in second.each("trialSites"):
            where, name = site.at("organisationAddressInfo"), site.text("organisationAddressInfo.organisation.name")
            city, code = where.text("address.city"), where.text("address.postcode")
            country = where.text("address.countryName")
            if name or city or country:
                yield Location(facility=name, city=city, zip=code, country=country)


def _countries(current: Place) -> Iterator[str]:
    for second in [*current.each("authorizedPartsII"), *current.each("memberStatesConcerned")]:
        name = second.text("mscInfo.mscName") or second.text("mscName")
        if name is not None:
            yield name


REGISTRY = Registry(
    name=NAME,
    title="EU Clinical Trials Information System",
    url=SITE,
    licence="European Medicines Agency, reuse with acknowledgement",
    attribution="Clinical Trials Information System, European Medicines Agency",
    id_pattern=_NUMBER.pattern,
    parse=parse,
    parser_version="ctis-1",
    rank=0,
    trial_id=trial_id,
    record_of=record_of,
    recognises=recognises,
    expected=Expectations(
        records=(10_000, 30_000), filled={"brief_title": 0.99, "conditions": 0.95, "overall_status": 0.9}
    ),  # 12,400 trials in 2025
)
