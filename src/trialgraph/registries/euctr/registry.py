"""The EU Clinical Trials Register: records that come as files (JSON by field code, or a saved page), one a country."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from trialgraph.errors import RecordError
from trialgraph.model import Identifier, Intervention, Party, RawRecord, Trial
from trialgraph.registries.euctr.page import fields_of_page
from trialgraph.registries.reading import normalise
from trialgraph.registries.reading.identifiers import identifier
from trialgraph.registries.reading.json_cursor import Place, json_record
from trialgraph.registries.reading.values import participants
from trialgraph.registries.registry import Expectations, Registry, Sample
from trialgraph.text import fold

NAME = "euctr"
SITE = "https://www.clinicaltrialsregister.eu"

_STATUSES = {
    "ongoing": "ONGOING", "completed": "COMPLETED", "prematurely ended": "TERMINATED",
    "temporarily halted": "SUSPENDED", "suspended by ca": "SUSPENDED", "restarted": "ONGOING",
    "not authorised": "WITHDRAWN", "prohibited by ca": "WITHDRAWN",
}  # fmt: skip
_PHASES = (("e71", "PHASE1"), ("e72", "PHASE2"), ("e73", "PHASE3"), ("e74", "PHASE4"))
_NUMBER = re.compile(r"(?P<number>(?:19|20)[0-9]{2}-[0-9]{6}-[0-9]{2})(?:-(?P<country>[A-Z]{2}|3RD))?", re.IGNORECASE)
_CODE = re.compile(r"(?P<code>[a-z]\d{0,6})_")
_COUNTRY_CODES = {
    "austria": "AT", "belgium": "BE", "bulgaria": "BG", "croatia": "HR", "cyprus": "CY", "czech republic": "CZ",
    "czechia": "CZ", "denmark": "DK", "estonia": "EE", "finland": "FI", "france": "FR", "germany": "DE", "greece": "GR",
    "hungary": "HU", "iceland": "IS", "ireland": "IE", "italy": "IT", "latvia": "LV", "liechtenstein": "LI",
    "lithuania": "LT", "luxembourg": "LU", "malta": "MT", "netherlands": "NL", "norway": "NO", "poland": "PL",
    "portugal": "PT", "romania": "RO", "slovakia": "SK", "slovenia": "SI", "spain": "ES", "sweden": "SE",
    "united kingdom": "GB", "uk": "GB",
}  # fmt: skip


def recognises(sample: Sample) -> bool:
    """Tell whether a JSON object or a page is a record of this register; other registers' pages come before it."""
    if sample.medium == "html":
        return b"EudraCT Number:" in sample.body
    register = sample.text("ctrname")
    return register == "EUCTR" or (register is None and sample.text("a2_eudract_number") is not None)


def unusable(sample: Sample) -> str | None:
    """Return why a download of the register's is in no form that we read."""
    if sample.medium == "other" and re.search(rb"(?m)^EudraCT Number:\s", sample.body):
        return "it is the EU register's text download; save the page as HTML, or give the WHO platform's XML"
    return None


def record_of(body: bytes, when: dt.datetime) -> RawRecord:
    """Return a record filed under its EudraCT number and country.  Raises RecordError where it has no number."""
    place = _fields("an EU register record", body)
    known_as = _id_of(place)
    number = known_as[:14]
    dated = normalise.date(place.text("record_last_import")) or normalise.date(place.text("x6")) or None
    return RawRecord(
        registry=NAME,
        id=known_as,
        url=f"{SITE}/ctr-search/trial/{number}/{known_as[15:] or 'results'}",
        fetched_at=when,
        body=body,
        dated=dated.text if dated else None,
    )


def _fields(record_id: str, body: bytes) -> Place:
    """Return a record's values by field code (a3, b11, dimp[].d31), whether it is JSON or a page."""
    if body.lstrip()[:1] != b"{":
        return Place(record_id, fields_of_page(record_id, body))
    place = json_record(record_id, body)
    return Place(record_id, _by_code(place.data))


def _by_code(data: object) -> object:
    """Return a copy in which names that begin with a field code ("a3_full_title_of_the_trial") are only the code."""
    if isinstance(data, list):
        return [_by_code(entry) for entry in data]
    if not isinstance(data, dict):
        return data
    found: dict[str, object] = {}
    for name, value in data.items():
        match = _CODE.match(name)
        found.setdefault(match["code"] if match and len(match["code"]) > 1 else name, _by_code(value))
    return found


def _id_of(place: Place) -> str:
    match = _NUMBER.fullmatch((place.text("_id") or place.text("a2") or place.text("x1") or "").strip())
    if match is None:
        raise RecordError(place.record_id, "the record has no EudraCT number", "a2_eudract_number")
    country = match["country"] or _COUNTRY_CODES.get(fold(_country(place) or ""))
    return f"{match['number']}-{country.upper()}" if country else match["number"]


def _country(place: Place) -> str | None:
    """Return the member state: "Germany - PEI" names it and its authority."""
    named = place.text("a1")
    return named.partition(" - ")[0].strip() if named else None


def trial_id(record_id: str) -> str:
    """Return the trial's id: the records of all countries are of one trial."""
    return f"EUCTR{record_id[:14]}"


def parse(raw: RawRecord) -> Trial:
    """Return the trial a record tells of.  Raises RecordError, with the path, for a value of the wrong type."""
    place = _fields(raw.id, raw.body)
    unknown: list[str] = []
    known_as = _id_of(place)
    country = _country(place)
    sponsors = list(dict.fromkeys(_sponsors(place)))
    total = participants(_count(place), unknown)
    phases = tuple(phase for code, phase in _PHASES if place.flag(code))
    return Trial(
        id=trial_id(known_as),
        registry=NAME,
        identifiers=tuple(dict.fromkeys(_identifiers(place))),
        brief_title=normalise.one_line(place.text("a31") or place.text("a3")),
        official_title=normalise.one_line(place.text("a3")),
        acronym=normalise.said(place.text("a32")),
        brief_summary=place.text("e21"),
        detailed_description=place.text("e22"),
        conditions=tuple(
            dict.fromkeys(c for c in (place.text("e11"), *_meddra(place)) if c is not None and normalise.said(c))
        ),
        keywords=tuple(k for k in (normalise.said(place.text("e111")),) if k is not None),
        study_type="INTERVENTIONAL",  # the register holds interventional trials of medicines only
        phases=phases,
        allocation=_allocation(place),
        intervention_model=_model(place),
        masking=_masking(place),
        enrollment=total,
        enrollment_type="ESTIMATED" if total is not None else None,
        interventions=normalise.named_once([v for p in place.each("dimp") for v in _interventions(p)]),
        outcomes=normalise.outcomes("PRIMARY", place.text("e51")) + normalise.outcomes("SECONDARY", place.text("e52")),
        overall_status=normalise.term(
            _STATUSES, place.text("x5") or place.text("p_end_of_trial_status"), "status", unknown
        ),
        start_date=normalise.date(place.text("trialInformation.recruitmentStartDate"))
        if isinstance(place.at("trialInformation").data, dict)
        else None,
        completion_date=normalise.date(place.text("p_date_of_the_global_end_of_the_trial")),
        first_post_date=normalise.date(place.text("x6")),
        has_results=True if place.at("trialInformation").data else None,
        eligibility=normalise.criteria(place.text("e3"), place.text("e4")),
        sex=_sex(place),
        std_ages=_ages(place),
        lead_sponsor=sponsors[0] if sponsors else None,
        collaborators=tuple(Party(name=s.name, role="COLLABORATOR", agency_class=s.agency_class) for s in sponsors[1:]),
        countries=(country,) if country else (),
        oversight_has_dmc=place.flag("e87"),
        unknown_values=tuple(dict.fromkeys(unknown)),
    )


def _identifiers(place: Place) -> Iterator[Identifier]:
    number = place.text("a2")
    if number is not None:
        yield Identifier(scheme="EUDRACT_NUMBER", value=number)
    if (own := normalise.said(place.text("a41"))) is not None:
        yield Identifier(scheme="ORG_STUDY_ID", value=own)
    numbers = [place.text(code) for code in ("a51", "a52", "a53", "a54")]
    if isinstance(place.at("trialInformation").data, dict):
        about = place.at("trialInformation")
        given = [about.at(name) for name in ("usctnIdentifier", "isrctnIdentifier", "whoUtnIdentifier")]
        numbers += [number.text() for number in given if isinstance(number.data, str)]  # an empty one is an object
    yield from (identifier(value, "SECONDARY_ID") for value in numbers if normalise.said(value) and value)


def _sponsors(place: Place) -> Iterator[Party]:
    kinds = {"commercial": "INDUSTRY"}
    for sponsor in place.each("b1"):
        if (name := sponsor.text("b11")) is not None:
            yield Party(name=name, role="LEAD_SPONSOR", agency_class=kinds.get(fold(sponsor.text("b31") or "")))


def _interventions(product: Place) -> Iterator[Intervention]:
    """Yield a product under its trade or product name, with its substances as other names."""
    substances = []
    for part in product.each("d38"):
        substances += (
            [part.text(code) for code in ("d38", "d392", "d393")] if isinstance(part.data, dict) else [part.text()]
        )
    known = [name for name in dict.fromkeys(substances) if name is not None and normalise.said(name)]
    names = [n for n in (normalise.said(product.text(code)) for code in ("d2111", "d31")) if n is not None] + known
    if names:
        facts = (("Role", product.text("d12")), ("Form", product.text("d34")), ("Route", product.text("d37")))
        described = "; ".join(f"{label}: {value}" for label, value in facts if value)
        others = tuple({fold(n): n for n in reversed(names[1:]) if fold(n) != fold(names[0])}.values())[::-1]
        yield Intervention(name=names[0], type="DRUG", description=described or None, other_names=others)


def _meddra(place: Place) -> Iterator[str | None]:
    for entry in place.each("e12"):
        if isinstance(entry.data, dict):
            yield entry.text("e12") if not isinstance(entry.data.get("e12"), dict) else None


def _allocation(place: Place) -> str | None:
    is_random = place.flag("e811")
    if is_random is None:
        return None
    return "RANDOMIZED" if is_random else "NA" if place.flag("e81") is False else "NON_RANDOMIZED"


def _model(place: Place) -> str | None:
    found = [model for code, model in (("e815", "PARALLEL"), ("e816", "CROSSOVER")) if place.flag(code)]
    return found[0] if len(found) == 1 else None


def _masking(place: Place) -> str | None:
    found = [term for code, term in (("e812", "NONE"), ("e813", "SINGLE"), ("e814", "DOUBLE")) if place.flag(code)]
    return found[0] if len(found) == 1 else None


def _count(place: Place) -> int | None:
    return place.number("f422") or place.number("f421") or place.number("f41") or None


def _sex(place: Place) -> str | None:
    said = (place.flag("f21"), place.flag("f22"))
    return {(True, True): "ALL", (True, False): "FEMALE", (False, True): "MALE"}.get(said)  # type: ignore[arg-type]


def _ages(place: Place) -> tuple[str, ...]:
    groups = (("f11", "CHILD"), ("f12", "ADULT"), ("f13", "OLDER_ADULT"))
    return tuple(term for code, term in groups if place.flag(code))


REGISTRY = Registry(
    name=NAME,
    title="EU Clinical Trials Register",
    url=SITE,
    licence="European Medicines Agency, reuse with acknowledgement",
    attribution="EU Clinical Trials Register, European Medicines Agency",
    id_pattern=r"(?:19|20)\d{2}-\d{6}-\d{2}(?:-(?:[A-Z]{2}|3RD))?",
    parse=parse,
    parser_version="euctr-1",
    rank=0,
    trial_id=trial_id,
    record_of=record_of,
    recognises=recognises,
    unusable=unusable,
    expected=Expectations(
        records=(44_000, 200_000), filled={"official_title": 0.95, "conditions": 0.9, "phases": 0.9}
    ),  # 44,400 trials in one to some thirty records each; no new ones since 2023
)
