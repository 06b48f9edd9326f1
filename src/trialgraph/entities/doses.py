"""Dose, form, route and frequency as the words of a label or a description give them."""

from __future__ import annotations

import re

import msgspec

_UNIT = (
    r"mg/kg/day|mg/kg/d|mg/kg|mg/m\^?2(?:/day)?|mg/m²|mg/day|mg/d|mg/ml|mcg/kg/min|mcg/kg|µg/kg/min|µg/kg|ug/kg|mcg/day|"
    r"µg/day|g/day|g/kg|iu/kg|iu/day|u/kg|units?/kg|units?/day|auc|mg|mcg|micrograms?|µg|μg|ug|milligrams?|grams?|gm|g|kg|"
    r"ng|ml|iu|miu|kiu|units?|u|mmol|meq|mci|gbq|mbq|pfu|cfu|gy|ppm|%|nmol"
)
_DOSE = re.compile(rf"(?<![\w.,])(\d+(?:[.,]\d+)*)\s*(?:-|–)?\s*({_UNIT})(?![\w²])", re.IGNORECASE)
_FORMS = (
    ("tablet", r"tab(?:let)?s?"), ("capsule", r"cap(?:sule|let)?s?"), ("injection", r"injections?|injectable"),
    ("infusion", r"infusions?"), ("cream", r"cream"), ("gel", r"gels?"), ("ointment", r"ointment"),
    ("patch", r"patch(?:es)?"), ("solution", r"solution"), ("suspension", r"suspension"), ("spray", r"sprays?"),
    ("drops", r"(?:eye )?drops"), ("powder", r"powder"), ("lotion", r"lotion"), ("foam", r"foam"),
    ("suppository", r"suppositor(?:y|ies)"), ("syrup", r"syrup"), ("implant", r"implants?"), ("stent", r"stents?"),
    ("inhaler", r"inhaler|inhalation powder|diskus|turbuhaler|respimat|pmdi|mdi|dpi"), ("lozenge", r"lozenges?"),
    ("granules", r"granules?"), ("film", r"films?"), ("ring", r"vaginal ring"), ("gum", r"gum"), ("pen", r"pen|auto-?injector"),
)  # fmt: skip
_ROUTES = (
    ("oral", r"oral(?:ly)?|by mouth|po|p\.o\.|per os"),
    ("intravenous", r"intravenous(?:ly)?|iv|i\.v\."),
    ("subcutaneous", r"subcutaneous(?:ly)?|sc|s\.c\.|sub-?q|subcut"),
    ("intramuscular", r"intramuscular(?:ly)?|im|i\.m\."),
    ("topical", r"topical(?:ly)?"),
    ("inhaled", r"inhaled|inhalation|nebuli[sz]ed"),
    ("intranasal", r"intra-?nasal(?:ly)?|nasal"),
    ("ophthalmic", r"ophthalmic|eye ?drops|intraocular"),
    ("intravitreal", r"intravitreal(?:ly)?"),
    ("intrathecal", r"intrathecal(?:ly)?"),
    ("epidural", r"epidural(?:ly)?"),
    ("rectal", r"rectal(?:ly)?"),
    ("vaginal", r"vaginal(?:ly)?"),
    ("sublingual", r"sublingual(?:ly)?|buccal"),
    ("transdermal", r"transdermal(?:ly)?"),
    ("intradermal", r"intradermal(?:ly)?"),
    ("intraperitoneal", r"intraperitoneal(?:ly)?|i\.p\."),
    ("intra-articular", r"intra-?articular(?:ly)?"),
)
_FREQUENCIES = (
    (
        "twice daily",
        r"twice[- ](?:a |per )?da(?:ily|y)|b\.?i\.?d\.?|two times (?:a|per) day|2x/day|every 12 hours|q12h",
    ),
    ("three times daily", r"(?:three|3) times (?:a day|daily|per day)|t\.?i\.?d\.?|every 8 hours|q8h|thrice daily"),
    ("four times daily", r"(?:four|4) times (?:a day|daily|per day)|q\.?i\.?d\.?|every 6 hours|q6h"),
    ("every other day", r"every other day|alternate days?|qod"),
    ("twice weekly", r"twice (?:a |per )?week(?:ly)?|biweekly|two times (?:a|per) week"),
    ("three times weekly", r"(?:three|3) times (?:a week|weekly|per week)|thrice weekly"),
    ("every 2 weeks", r"every (?:2|two|other) weeks?|q2w|fortnightly"),
    ("every 3 weeks", r"every (?:3|three) weeks?|q3w|every 21 days"),
    ("every 4 weeks", r"every (?:4|four) weeks?|q4w|every 28 days"),
    ("once weekly", r"once[- ](?:a |per )?week(?:ly)?|weekly|every week|qw|q1w"),
    ("monthly", r"(?:once )?monthly|once a month|every month|q1m"),
    (
        "once daily",
        r"once[- ](?:a |per )?da(?:ily|y)|q\.?d\.?|o\.?d\.?|daily|every day|per day|qday|/day|each day|q24h",
    ),
    ("single dose", r"single[- ]dose|once only|one dose|single administration"),
)


class Dose(msgspec.Struct, frozen=True):
    """What is given at a time, as far as the words tell."""

    value: float | None = None
    unit: str | None = None
    form: str | None = None
    route: str | None = None
    frequency: str | None = None


def _any(table: tuple[tuple[str, str], ...]) -> list[tuple[str, re.Pattern[str]]]:
    return [
        (name, re.compile(rf"(?<![\w/]){words}(?!\w)" if words[0] != "/" else words, re.IGNORECASE))
        for name, words in table
    ]


_FORM_PATTERNS, _ROUTE_PATTERNS, _FREQUENCY_PATTERNS = _any(_FORMS), _any(_ROUTES), _any(_FREQUENCIES)
_FORM_WORDS = "|".join(words for _, words in _FORMS)
_ROUTE_WORDS = "|".join(words for _, words in _ROUTES)
_NOISE = re.compile(
    rf"{_DOSE.pattern}|(?<![\w/])(?:{_FORM_WORDS}|{_ROUTE_WORDS}|{'|'.join(w for _, w in _FREQUENCIES)}|"
    r"(?:low|high|medium|mid|higher|lower|single|multiple|ascending|fixed|first|second)[- ]doses?|doses?|dosage|"
    r"(?:extended|immediate|modified|sustained|prolonged|delayed|controlled|slow)[- ]releas(?:e|ed)|generic|treatment|therapy|"
    r"supplement(?:ation)?s?|group|arm|cohort|oral)(?!\w)|[(\[][^)\]]*[)\]]|[®™]",
    re.IGNORECASE,
)


def bare(label: str) -> str:
    """Return a label without dose, form, route, frequency and brackets."""
    return re.sub(r"\s+", " ", _NOISE.sub(" ", label)).strip(" ,.;:-–/+&")


def is_dose(text: str) -> bool:
    """Tell whether a text is an amount and no name."""
    return _DOSE.fullmatch(text.strip()) is not None


def near(text: str, start: int, end: int, description: str | None, *, alone: bool) -> Dose:
    """Return the dose of a drug named at a place: from the words after it, else before it, else (if alone) the description."""
    after, before = text[end : end + 80], text[max(0, start - 30) : start]
    stop = re.search(r"[+;]|\band\b|\bplus\b|/(?=\s*[A-Za-z]{4})|,\s*[A-Za-z]{4}", after)
    mine = after[: stop.start()] if stop else after
    found = _DOSE.search(mine) or _last(_DOSE, before)
    told = (mine, before, description or "") if alone else (mine, before)
    if found is None and alone and description:
        found = _DOSE.search(description[:200])
    value, unit = _amount(found)
    whole = (text, description or "") if alone else told
    return Dose(
        value, unit, _first(_FORM_PATTERNS, whole), _first(_ROUTE_PATTERNS, whole), _first(_FREQUENCY_PATTERNS, whole)
    )


def _amount(found: re.Match[str] | None) -> tuple[float | None, str | None]:
    if found is None:
        return None, None
    digits = found[1]
    digits = digits.replace(",", "") if re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?", digits) else digits.replace(",", ".")
    if digits.count(".") > 1:
        return None, None
    unit = found[2].replace("μ", "µ")
    return float(digits), {"ug": "µg", "mcg": "µg", "IU": "IU", "iu": "IU", "ML": "mL", "ml": "mL"}.get(unit, unit)


def _last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    found = None
    for found in pattern.finditer(text):  # noqa: B007
        pass
    return found


def _first(patterns: list[tuple[str, re.Pattern[str]]], texts: tuple[str, ...]) -> str | None:
    for text in texts:
        best: tuple[int, str] | None = None
        for name, pattern in patterns:
            found = pattern.search(text[:300])
            if found and (best is None or found.start() < best[0]):
                best = (found.start(), name)
        if best:
            return best[1]
    return None
