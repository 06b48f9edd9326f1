"""The WHO's registry platform ICTRP: rows of its XML export, each telling of another registry's trial."""

from __future__ import annotations

import datetime as dt
import re

from trialgraph.errors import RecordError
from trialgraph.model import Identifier, Intervention, Outcome, Party, RawRecord, Trial
from trialgraph.registries.reading import normalise
from trialgraph.registries.reading.identifiers import identifier, scheme_of
from trialgraph.registries.reading.values import participants
from trialgraph.registries.registry import Expectations, Registry, Sample
from trialgraph.text import fold, plain

NAME = "ictrp"
SITE = "https://trialsearch.who.int"

_STATUSES = {"recruiting": "RECRUITING", "not recruiting": "NOT_RECRUITING", "authorised": "ONGOING"}
_TYPES = (
    ("interventional", "INTERVENTIONAL"),
    ("observational", "OBSERVATIONAL"),
    ("expanded access", "EXPANDED_ACCESS"),
)
_HOMES = {  # how a number begins -> our name of the registry it belongs to
    "NCT": "ctgov", "ISRCTN": "isrctn", "EUCTR": "euctr", "EUCT": "ctis", "DRKS": "drks", "ChiCTR": "chictr",
    "jRCT": "jrct", "UMIN": "umin", "JapicCTI": "japic", "KCT": "cris", "NL-OMON": "nl-omon", "NTR": "ntr",
    "ACTRN": "anzctr", "CTRI": "ctri", "IRCT": "irct", "PACTR": "pactr", "RBR": "rebec", "PER": "repec",
    "SLCTR": "slctr", "TCTR": "tctr", "LBCTR": "lbctr",
}  # fmt: skip
_LABELLED = re.compile(r"(Drug|Biological|Device|Procedure|Behavioral|Dietary Supplement|Diagnostic Test|Genetic|"
                       r"Radiation|Combination Product|Other|Product Name)\s*:\s*")  # fmt: skip
_PRODUCT = re.compile(r"(?:Product|Trade) Name:\s*([^\n<]*?)\s*(?=\n|,?\s*Product Code:|,?\s*Pharmaceutical Form:|$)")
_SUBSTANCE = re.compile(r"(?:INN or Proposed INN|Other descriptive name):\s*([^\n<,]*?)\s*(?=\n|,|$)")
_MEDDRA = re.compile(r"\s*\n?\s*MedDRA version:.*", re.DOTALL)
_THERAPEUTIC_AREA = re.compile(r"\s*\n?\s*Therapeutic area:.*", re.DOTALL)
_AGE = re.compile(r"(?:[<>]=?\s*)?([0-9]{1,3})\s*-?\s*(years?|months?|weeks?|days?|age)?", re.IGNORECASE)


def recognises(sample: Sample) -> bool:
    """Tell whether a file is an XML export of the platform."""
    return sample.medium == "other" and b"<Trials_downloaded_from_ICTRP" in sample.body


def unusable(sample: Sample) -> str | None:
    """Return why a table of the platform is in no form that we read."""
    head = sample.body.removeprefix(b"\xef\xbb\xbf").lstrip()
    if sample.medium == "other" and re.match(rb'"?TrialID"?[,;\t]', head):
        return "it is the WHO platform's table (CSV); download the same trials as XML"
    return None


def record_of(body: bytes, when: dt.datetime) -> RawRecord:
    """Return a row filed under the number of its registry.  Raises RecordError where it has none."""
    row = _row("a row of a WHO export", body)
    known_as = row.get("TrialID", "")
    if not known_as:
        raise RecordError("a row of a WHO export", "the row has no TrialID", "TrialID")
    dated = normalise.date(row.get("Last_Refreshed_on"))
    return RawRecord(
        registry=NAME,
        id=known_as,
        url=f"{SITE}/Trial2.aspx?TrialID={known_as}",
        fetched_at=when,
        body=body,
        dated=dated.text if dated else None,
    )


def trial_id(record_id: str) -> str:
    """Return the id that the trial has in its own registry: the export's prefixes and country endings are left out."""
    known_as = record_id.strip().removeprefix("JPRN-")
    if known_as.startswith("CTIS"):
        return f"EUCT{known_as[4:]}"
    if known_as.startswith("EUCTR"):
        return known_as[:19]
    return known_as


def parse(raw: RawRecord) -> Trial:
    """Return what a row tells of its trial.  Raises RecordError where it is no row of an export."""
    row = _row(raw.id, raw.body)
    unknown: list[str] = []
    known_as = trial_id(row.get("TrialID") or raw.id)
    size = row.get("Target_size", "").strip()
    total = participants(int(size), unknown) if size.isascii() and size.isdigit() and int(size) else None
    sponsor = normalise.said(row.get("Primary_sponsor"))
    others = [s.strip() for s in (row.get("Secondary_Sponsor") or "").split(";") if normalise.said(s)]
    kind = fold(row.get("Study_type", ""))
    return Trial(
        id=known_as,
        registry=next((name for start, name in _HOMES.items() if known_as.startswith(start)), "ictrp"),
        identifiers=_identifiers(row, known_as),
        brief_title=normalise.one_line(row.get("Public_title")),
        official_title=normalise.one_line(row.get("Scientific_title")),
        acronym=normalise.said(row.get("Acronym")),
        conditions=_conditions(row),
        study_type=next((term for word, term in _TYPES if kind.startswith(word)), row.get("Study_type")),
        phases=normalise.phases(row.get("Phase")),
        allocation=_design(row, r"Allocation:\s*(Randomi[sz]ed|Non-Randomi[sz]ed)|(Randomised): yes"),
        enrollment=total,
        interventions=normalise.named_once(_interventions(row)),
        outcomes=_outcomes("PRIMARY", row, known_as) + _outcomes("SECONDARY", row, known_as),
        overall_status=normalise.term(_STATUSES, row.get("Recruitment_Status"), "Recruitment_Status", unknown),
        start_date=normalise.date(row.get("Date_enrollement")),
        first_post_date=normalise.date(row.get("Date_registration3")),
        results_first_post_date=normalise.date(row.get("results_date_posted")),
        has_results=True if row.get("results_yes_no") == "Yes" else None,
        eligibility=_criteria(row),
        sex=_sex(row.get("Inclusion_gender")),
        minimum_age=_age(row.get("Inclusion_agemin")),
        maximum_age=_age(row.get("Inclusion_agemax")),
        lead_sponsor=Party(name=sponsor, role="LEAD_SPONSOR") if sponsor else None,
        collaborators=tuple(Party(name=name, role="COLLABORATOR") for name in others),
        countries=tuple(dict.fromkeys(c.strip() for c in (row.get("Countries") or "").split(";") if c.strip())),
        unknown_values=tuple(dict.fromkeys(unknown)),
    )


def _row(record_id: str, body: bytes) -> dict[str, str]:
    """Return a row's values by name: breaks are line ends, other tags gone, what is empty left out."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as problem:
        raise RecordError(record_id, f"the row is no XML: {problem}") from None
    if root is None or root.tag != "Trial":
        raise RecordError(record_id, "the row is no Trial element of a WHO export")
    found = {}
    for element in root:
        value = normalise.untagged(plain("".join(str(text) for text in element.itertext())))
        if value is not None:
            found[str(element.tag)] = value
    return found


def _identifiers(row: dict[str, str], known_as: str) -> tuple[Identifier, ...]:
    found = []
    for value in re.split(r"[;\n]", row.get("Secondary_ID", "")):
        value = value.strip().rstrip(",")  # noqa: PLW2901
        if normalise.said(value) and value != known_as:
            found.append(identifier(value, "SECONDARY_ID"))
    if known_as.startswith("EUCTR") and scheme_of(known_as[5:]):
        found.append(Identifier(scheme="EUDRACT_NUMBER", value=known_as[5:]))
    return tuple(dict.fromkeys(found))


def _conditions(row: dict[str, str]) -> tuple[str, ...]:
    text = _THERAPEUTIC_AREA.sub("", _MEDDRA.sub("", row.get("Condition", "")))
    parts = (part.strip(" -\t") for part in re.split(r"[;\n]", text))
    return tuple(dict.fromkeys(part for part in parts if normalise.said(part)))


def _interventions(row: dict[str, str]) -> list[Intervention]:
    """Return the interventions: "Drug: X;Drug: Y", products of the EU register by name, else the text itself."""
    text = normalise.said(row.get("Intervention"))
    if text is None:
        return []
    products = [name for name in _PRODUCT.findall(text) if normalise.said(name)]
    if products:
        substances = [name for name in _SUBSTANCE.findall(text) if normalise.said(name)]
        other = tuple(dict.fromkeys(substances)) if len(products) == 1 else ()
        names = list(dict.fromkeys(products))
        return [
            Intervention(name=n, type="DRUG", other_names=tuple(o for o in other if fold(o) != fold(n))) for n in names
        ]
    found = []
    for part in text.split(";") if _LABELLED.match(text) else []:
        label = _LABELLED.match(part.strip())
        name = part.strip()[label.end() :].strip() if label else part.strip()
        if label and name:
            found.append(Intervention(name=name, type=label[1].upper().replace(" ", "_")))
        elif name and found:  # a semicolon inside a name
            found[-1] = Intervention(name=f"{found[-1].name};{part}", type=found[-1].type)
    if found:
        return found
    first = text.partition("\n")[0].strip()
    return [Intervention(name=first, description=text if text != first else None)]


def _outcomes(kind: str, row: dict[str, str], known_as: str) -> tuple[Outcome, ...]:
    """Return the outcomes; ClinicalTrials.gov's stand one after another with semicolons between."""
    text = normalise.said(row.get(f"{kind.title()}_outcome"))
    if text is None or not known_as.startswith("NCT"):
        return normalise.outcomes(kind, text)
    return tuple(Outcome(type=kind, measure=part.strip()) for part in text.split(";") if part.strip())


def _design(row: dict[str, str], pattern: str) -> str | None:
    match = re.search(pattern, row.get("Study_design", ""), re.IGNORECASE)
    if match is None:
        return None
    return "NON_RANDOMIZED" if (match[1] or "").lower().startswith("non") else "RANDOMIZED"


def _criteria(row: dict[str, str]) -> str | None:
    inclusion, exclusion = row.get("Inclusion_Criteria"), row.get("Exclusion_Criteria")
    parts = []
    for heading, text in (("Inclusion Criteria:", inclusion), ("Exclusion Criteria:", exclusion)):
        if text and normalise.said(text):
            parts.append(text if re.match(rf"\s*{heading[:9]}", text, re.IGNORECASE) else f"{heading}\n\n{text}")
    return "\n\n".join(parts) or None


def _sex(text: str | None) -> str | None:
    folded = fold(text or "")
    answers = dict(re.findall(r"\b(female|male) (yes|no)\b", folded))
    if answers:
        named = [sex for sex, answer in answers.items() if answer == "yes"]
        return "ALL" if len(named) == 2 else named[0].upper() if named else None
    if folded in {"all", "both", "male and female"}:
        return "ALL"
    return folded.upper() if folded in {"male", "female"} else None


def _age(text: str | None) -> str | None:
    """Return an age as ClinicalTrials.gov writes it ("18 Years"), or None for no limit."""
    match = _AGE.fullmatch((normalise.said(text) or "").removesuffix(" old").removesuffix("-old").strip())
    if match is None:
        return None
    unit = (match[2] or "years").lower().rstrip("s")
    return f"{int(match[1])} {'Year' if unit == 'age' else unit.title()}s"


REGISTRY = Registry(
    name=NAME,
    title="WHO International Clinical Trials Registry Platform",
    url=SITE,
    licence="WHO terms of use: not for commercial use",
    attribution="International Clinical Trials Registry Platform, World Health Organization",
    id_pattern=r"[A-Za-z]{2,8}[-A-Za-z0-9/]+",
    parse=parse,
    parser_version="ictrp-1",
    rank=50,
    trial_id=trial_id,
    record_of=record_of,
    recognises=recognises,
    unusable=unusable,
    expected=Expectations(
        filled={"official_title": 0.9, "conditions": 0.95, "overall_status": 0.9}
    ),  # shares of 95 real rows
    xml_element=b"Trial",
)
