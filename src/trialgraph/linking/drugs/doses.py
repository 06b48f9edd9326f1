"""Dose, form, route and frequency as the words of a label or a description give them."""

from __future__ import annotations

import re
from collections.abc import Collection

import msgspec

from trialgraph.limits import MOST_DOSE_TEXT
from trialgraph.linking.words.keys import words

_UNIT = (
    r"mg/kg/day|mg/kg/d|mg/kg|mg/m\^?2(?:/day)?|mg/m²|mg/day|mg/d|mg/ml|mcg/kg/min|mcg/kg|µg/kg/min|µg/kg|ug/kg|"
    r"mcg/day|"
    r"µg/day|g/day|g/kg|iu/kg|iu/day|u/kg|units?/kg|units?/day|auc|mg|mcg|micrograms?|µg|μg|ug|"
    r"milligrams?|grams?|gm|g|kg|"
    r"ng|ml|iu|miu|kiu|units?|u|mmol|meq|mci|gbq|mbq|pfu|cfu|gy|ppm|%|nmol"
)
_DOSE = re.compile(rf"(?<![\w.,])(\d+(?:[.,]\d+)*)\s*(?:-|–)?\s*({_UNIT})(?![\w²])", re.IGNORECASE)
# How people write forms, routes and frequencies, as folded words (plurals and hyphens are folded away).
_FORMS = {
    "tablet": "tablet tab caplet", "capsule": "capsule cap softgel", "injection": "injection injectable",
    "infusion": "infusion", "cream": "cream", "gel": "gel", "ointment": "ointment", "patch": "patch patche",
    "solution": "solution", "suspension": "suspension", "spray": "spray", "drops": "drop", "powder": "powder",
    "lotion": "lotion", "foam": "foam", "suppository": "suppository suppositorie", "syrup": "syrup",
    "implant": "implant", "stent": "stent", "inhaler": "inhaler diskus turbuhaler respimat pmdi mdi dpi",
    "lozenge": "lozenge", "granules": "granule", "film": "film", "ring": "ring", "gum": "gum",
    "pen": "pen autoinjector",
}  # fmt: skip
_ROUTES = {
    "oral": "oral|orally|by mouth|po|p o|per os", "intravenous": "intravenous|intravenously|iv|i v|ivpb",
    "subcutaneous": "subcutaneous|subcutaneously|sc|s c|subq|sub q|subcut|sq",
    "intramuscular": "intramuscular|intramuscularly|im|i m", "topical": "topical|topically",
    "inhaled": "inhaled|inhalation|nebulized|nebulised|nebulizer",
    "ophthalmic": "ophthalmic|eye drop|eyedrop|intraocular",
    "intranasal": "intranasal|intranasally|nasal|nasally|intra nasal", "intravitreal": "intravitreal|intravitreally",
    "intrathecal": "intrathecal|intrathecally", "epidural": "epidural|epidurally", "rectal": "rectal|rectally",
    "vaginal": "vaginal|vaginally|intravaginal", "sublingual": "sublingual|sublingually|buccal",
    "transdermal": "transdermal|transdermally", "intradermal": "intradermal|intradermally",
    "intraperitoneal": "intraperitoneal|intraperitoneally|i p", "intra-articular": "intra articular|intraarticular",
}  # fmt: skip
_FREQUENCIES = {
    "twice daily": "twice daily|twice a day|twice per day|bid|b i d|2 time a day|two time a day|2 time daily|"
    "two time daily|two time per day|2 x day|every 12 hour|q 12 h|2 time per day",
    "three times daily": "three time a day|three time daily|3 time a day|3 time daily|tid|t i d|every 8 hour|q 8 h|"
    "thrice daily|3 time per day|three time per day",
    "four times daily": "four time a day|four time daily|4 time a day|4 time daily|qid|q i d|every 6 hour|q 6 h",
    "every other day": "every other day|alternate day|qod|every 2 day|every second day",
    "twice weekly": "twice weekly|twice a week|twice per week|biweekly|2 time a week|two time a week|two time per week",
    "three times weekly": "three time a week|three time weekly|3 time a week|3 time weekly|thrice weekly|"
    "3 time per week|three time per week",
    "every 2 weeks": "every 2 week|every two week|every other week|q 2 w|fortnightly|every 14 day",
    "every 3 weeks": "every 3 week|every three week|q 3 w|every 21 day",
    "every 4 weeks": "every 4 week|every four week|q 4 w|every 28 day",
    "once weekly": "once weekly|once a week|once per week|weekly|every week|qw|q 1 w|per week",
    "monthly": "monthly|once a month|every month|once monthly|q 1 m|per month",
    "once daily": "once daily|once a day|once per day|qd|q d|od|o d|daily|every day|per day|qday|"
    "each day|q 24 h|once day",
    "single dose": "single dose|once only|one dose|single administration",
}
_PHRASES: dict[str, tuple[int, str]] = {
    phrase: (kind, name)
    for kind, table, joint in ((0, _FORMS, " "), (1, _ROUTES, "|"), (2, _FREQUENCIES, "|"))
    for name, phrases in table.items()
    for phrase in phrases.split(joint)
}
_LONGEST: dict[str, int] = {}
for _phrase in _PHRASES:
    _first_word = _phrase.partition(" ")[0]
    _LONGEST[_first_word] = max(_LONGEST.get(_first_word, 0), _phrase.count(" ") + 1)
_ABOUT = re.compile(
    rf"{_DOSE.pattern}|(?<![\w/])(?:"
    r"(?:low|high|medium|mid|higher|lower|single|multiple|ascending|fixed|first|second)[- ]doses?|doses?|dosage|"
    r"(?:extended|immediate|modified|sustained|prolonged|delayed|controlled|slow)[- ]releas(?:e|ed)|generic|"
    r"treatment|therapy|"
    r"supplement(?:ation)?s?|group|arm|cohort)(?!\w)|[(\[][^)\]]*[)\]]|[®™]",
    re.IGNORECASE,
)

_NEXT = re.compile(r"[+;]|\band\b|\bplus\b|/(?=\s*[A-Za-z]{4})|,\s*[A-Za-z]{4}")  # here the next drug begins


class Dose(msgspec.Struct, frozen=True):
    """What is given at a time, as far as the words tell."""

    value: float | None = None
    unit: str | None = None
    form: str | None = None
    route: str | None = None
    frequency: str | None = None


def bare(label: str) -> str:
    """Return a label without dose, form, route, frequency and brackets."""
    text = _ABOUT.sub(" ", label)
    for _, _, start, end in reversed(_told(text)):
        text = text[:start] + " " + text[end:]
    return re.sub(r"\s+", " ", text).strip(" ,.;:-–/+&")


def without_doses(text: str) -> str:
    """Return the text with its amounts blanked, of the same length."""
    return _DOSE.sub(lambda found: " " * len(found[0]), text)


def is_dose(text: str) -> bool:
    """Tell whether a text is an amount and no name."""
    return _DOSE.fullmatch(text.strip()) is not None


def near(text: str, start: int, end: int, description: str | None, *, alone: bool) -> Dose:
    """Return the dose of a drug named at a place: from the words after it, else before it.

    A drug alone in its entry takes what the description tells, too.
    """
    after, before = text[end : end + 80], text[max(0, start - 30) : start]
    stop = _NEXT.search(after)
    mine = after[: stop.start()] if stop else after
    last = _last(_NEXT, before)
    before = before[last.end() :] if last else before  # "Rapamune 1 mg + ATRA": the dose is not ATRA's
    found = _DOSE.search(mine) or _last(_DOSE, before)
    if found is None and alone and description:
        found = _DOSE.search(description[:MOST_DOSE_TEXT])
    value, unit = _amount(found)
    form, route, frequency = _manner((text, description or "") if alone else (mine, before))
    return Dose(value, unit, form, route, frequency)


def _manner(texts: tuple[str, ...]) -> tuple[str | None, str | None, str | None]:
    """Return form, route and frequency, each from the first text that tells it."""
    found: list[str | None] = [None, None, None]
    for text in texts:
        if text and None in found:
            for kind, name, _, _ in reversed(
                _told(text[:MOST_DOSE_TEXT], wanted=[k for k in range(3) if not found[k]])
            ):
                found[kind] = name  # the first one in the text is written last
    return found[0], found[1], found[2]


def _told(text: str, wanted: Collection[int] = (0, 1, 2)) -> list[tuple[int, str, int, int]]:
    """Return what a text tells of form (0), route (1) and frequency (2), with the places."""
    tokens = words(text)
    found = []
    at, count = 0, len(tokens)
    while at < count:
        longest = _LONGEST.get(tokens[at][0])
        step = 1
        if longest:
            for length in range(min(longest, count - at), 0, -1):
                told = _PHRASES.get(" ".join([t[0] for t in tokens[at : at + length]]))
                if told:
                    if told[0] in wanted:
                        found.append((*told, tokens[at][1], tokens[at + length - 1][2]))
                    step = length
                    break
        at += step
    return found


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
