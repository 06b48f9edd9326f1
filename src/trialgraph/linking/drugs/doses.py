"""Dose, form, route and frequency as the words of a label or a description give them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence

import msgspec

from trialgraph.limits import MOST_DOSE_TEXT
from trialgraph.linking.drugs.amounts import Amount, amounts
from trialgraph.linking.drugs.controls import is_placebo
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

_AFTER, _BEFORE = 100, 60  # characters beside a name that may tell its dose
_CLOSE = 30  # characters between an amount and the name behind it: " mg tablet twice daily of "
_BRACKETS = re.compile(r"\([^()]*\)")
_STOP = re.compile(r"[.;](?=\s|$)")
_CLAUSE = re.compile(r"(?<=[.;,])(?=\s)")
_PLACEBO = re.compile(r"\b(?:placebos?|vehicle|dummy|sham)\b", re.IGNORECASE)
# here the next drug begins; "X, starting at 5 mg" goes on
_NEXT = re.compile(
    r"[+;]|\band\b|\bplus\b|/(?=\s*(?!week|hour|minute|month|dose|tablet|capsul|puff|kilo|square|milli|lit)[A-Za-z]{4})|^\s*/\s*(?=\d)|"
    r",\s*(?!start|given|admin|taken|oral|intra|subcut|once|twice|initial|dose|dosing|appl|inject|infus|tablet|capsul)"
    r"[A-Za-z]{4}",
    re.IGNORECASE,
)


class Dose(msgspec.Struct, frozen=True):
    """What is given at a time, as far as the words tell."""

    dose_value: float | None = None
    dose_unit: str | None = None
    dose_per: str | None = None  # m², kg, kg/day, day, hour, ...
    dose_text: str | None = None  # the words that say it, as written
    dose_normal_value: float | None = None  # in dose_normal_unit: mg, mL, IU, ...
    dose_normal_unit: str | None = None
    strength_value: float | None = None  # of the product: 0.03 %, 10 mg/mL
    strength_unit: str | None = None
    form: str | None = None
    route: str | None = None
    frequency: str | None = None


class Named(msgspec.Struct, frozen=True):
    """A drug named at a place of a text; `part` of `parts` where it is one of a combination, from 0."""

    text: str
    start: int
    end: int
    names: tuple[str, ...] = ()  # what else the drug is called
    part: int | None = 0  # None where one name stands for several drugs
    parts: int = 1

    @property
    def alone(self) -> bool:
        """Tell whether the entry names no other drug."""
        return self.parts == 1


def named(places: Sequence[tuple[str, int, int]], part: int, names: Iterable[str]) -> Named:
    """Return one of the drugs that an entry names, each at a place (text, start, end), with its other names."""
    text, start, end = places[part]
    shared = places.count(places[part]) > 1
    called = tuple(dict.fromkeys((text[start:end], *names)))
    return Named(text, start, end, called, None if shared else part, len(places))


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


def near(named: Named, description: str | None) -> Dose:
    """Return the dose of a drug named at a place: from the words beside it, else from the description.

    The description speaks of it where it names it, and where the drug is alone in its entry.  Amounts, routes and
    frequencies of a placebo are left out.
    """
    told = without_placebo(description or "", named.names)
    mine, before = _beside(named.text, named.start, named.end)
    found = _shared(named) or [*amounts(mine), *_preceding(before)]
    dose, strength = _first(found, strength=False), _first(found, strength=True)
    if told and (dose is None or strength is None):
        described = list(_described(told, named))
        dose = dose or (None if strength else _first(described, strength=False))
        strength = strength or _first(described, strength=True)
    form, route, frequency = _manner((named.text, told) if named.alone else (mine, before))
    return Dose(*_dose(dose, named), *_strength(strength, named), form, route, frequency)


def _beside(text: str, start: int, end: int) -> tuple[str, str]:
    """Return the words after a name until the next drug begins, and those before it since the last one ended."""
    after, before = text[end : end + _AFTER], text[max(0, start - _BEFORE) : start]
    stop, last = _NEXT.search(after), _last(_NEXT, before)
    before = _BRACKETS.sub(" ", before[last.end() :] if last else before)  # "0.025 mmol/kg (0.1 mL/kg) of X"
    return after[: stop.start()] if stop else after, before


def _preceding(before: str) -> list[Amount]:
    """Return the amount just before a name: "20 mg of X", but not "30 mg weekly, an hour before X"."""
    near_name = [a for a in amounts(before) if len(before) - a.end <= _CLOSE and "," not in before[a.end :]]
    return near_name[-1:]


def _shared(named: Named) -> list[Amount]:
    """Return the amount that is written once for all parts of a combination: A/B 50/200 mg."""
    if named.parts == 1 or named.part is None:
        return []
    return [amount for amount in amounts(named.text) if len(amount.values) == named.parts]


def _described(text: str, named: Named) -> Iterator[Amount]:
    """Yield the amounts that a description tells of a drug: beside its names, else (a drug alone) the first ones."""
    lower = text.lower()
    found = False
    for name in _called(lower, named.names):
        if name not in lower:  # a search by pattern costs far more, and most names are not there
            continue
        for mention in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", lower):
            mine, before = _beside(text, *mention.span())
            sentence = _STOP.split(mine, maxsplit=1)[0]
            for amount in (*amounts(sentence), *_preceding(_STOP.split(before)[-1])):
                found = True
                yield amount
    if named.alone and not found:
        yield from amounts(text[:MOST_DOSE_TEXT])


def _called(text: str, names: Collection[str]) -> list[str]:
    """Return names in lower case, and the abbreviations that a text gives in brackets behind them."""
    lower = [name.lower() for name in names]
    shorts = [
        re.findall(rf"(?<!\w){re.escape(name)}\s*\(([a-z][\w-]{{1,11}})\)", text) for name in lower if name in text
    ]
    return list(dict.fromkeys([*lower, *(short for found in shorts for short in found)]))


def _first(found: Iterable[Amount], *, strength: bool) -> Amount | None:
    return next((amount for amount in found if amount.is_strength == strength), None)


def _value(amount: Amount, named: Named) -> float:
    parts = len(amount.values)
    return amount.values[named.part if parts == named.parts and named.part is not None else 0]


def _dose(
    amount: Amount | None, named: Named
) -> tuple[float | None, str | None, str | None, str | None, float | None, str | None]:
    if amount is None or (len(amount.values) > 1 and named.part is None):
        return None, None, None, None, None, None
    value = _value(amount, named)
    return value, amount.unit, amount.per, amount.text, *amount.normal(value)


def _strength(amount: Amount | None, named: Named) -> tuple[float | None, str | None]:
    if amount is None or (len(amount.values) > 1 and named.part is None):
        return None, None
    return _value(amount, named), f"{amount.unit}/{amount.per}" if amount.per else amount.unit


def without_placebo(text: str, names: Collection[str]) -> str:
    """Return a text without the clauses of a placebo; "drug or placebo" tells of both and stays.

    Where a clause names the drug after its placebo, it is kept from there on.
    """
    if not is_placebo(text):
        return text
    return "".join(_clause_without_placebo(clause, names) for clause in _CLAUSE.split(text))


def _clause_without_placebo(clause: str, names: Collection[str]) -> str:
    placebo = _PLACEBO.search(clause)
    if placebo is None or re.search(r"(?:\bor|/)\s*(?:\w+\s+){0,2}$", clause[: placebo.start()]):
        return clause
    later = min(
        (at for name in names if (at := clause.lower().find(name.lower(), placebo.end())) >= 0), default=len(clause)
    )
    return clause[: placebo.start()] + clause[later:]


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


def _last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    found = None
    for found in pattern.finditer(text):  # noqa: B007
        pass
    return found
