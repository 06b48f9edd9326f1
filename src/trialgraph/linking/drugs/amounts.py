"""Amounts as words write them: a value, a unit, per what; and the same in one unit for comparing.

"400 milligram per square meter" is 400 mg per m².  A concentration (%, mg/mL) is a strength and no dose.
Units: milligrams for mass, mL for volume, and what biology counts in (IU, U, mmol, mEq, MBq, PFU, CFU) as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from trialgraph.linking.words.units import FACTORS, PERS, SPELLINGS

_NUMBER = r"\d+(?:[.,]\d+)*"
_TO = r"(?:\s*(?:-|–|to|or)\s*\d+(?:[.,]\d+)*)?"  # "0.15 - 0.3 mg": the first counts
_UNITS = "|".join(sorted(map(re.escape, (*SPELLINGS, "μg", "μl", "μmol")), key=lambda unit: (-len(unit), unit)))
_PER = "|".join(sorted(map(re.escape, PERS), key=lambda unit: (-len(unit), unit)))
_AMOUNT = re.compile(
    rf"(?<![\w.,])(?P<several>(?:{_NUMBER}\s*(?:{_UNITS})?\s*/\s*)*)(?P<value>{_NUMBER}){_TO}\s*(?:-\s*)?"
    rf"(?P<unit>{_UNITS})(?![\w²])(?P<per>(?:\s*(?:/|per\b|a\b(?=\s*day))\s*(?:{_PER})(?![\w²^])){{0,2}})",
    re.IGNORECASE,
)
_ONE_PER = re.compile(rf"(?:/|per\b|a\b)\s*({_PER})(?![\w²^])", re.IGNORECASE)
_EVERY = re.compile(_NUMBER)
_EVERY_UNIT = re.compile(_UNITS, re.IGNORECASE)


class Amount(msgspec.Struct, frozen=True):
    """An amount in a text: its values (several where it is written for the parts of a combination), unit, per what."""

    values: tuple[float, ...]
    unit: str
    per: str | None
    text: str
    start: int
    end: int

    @property
    def is_strength(self) -> bool:
        """Tell whether it is a concentration."""
        return self.unit == "%" or self.per in ("mL", "L", "g")

    def normal(self, value: float) -> tuple[float, str]:
        """Return one of its values in the unit for comparing, and that unit."""
        unit, factor = FACTORS.get(self.unit, (self.unit, 1.0))
        return float(f"{value * factor:.12g}"), unit


def amounts(text: str) -> Iterator[Amount]:
    """Yield the amounts of a text in their order."""
    for found in _AMOUNT.finditer(text):
        unit = SPELLINGS[_lower(found["unit"])]
        values = [_number(digits) for digits in (*_EVERY.findall(found["several"]), found["value"])]
        others = {SPELLINGS[_lower(other)] for other in _EVERY_UNIT.findall(found["several"])}
        if others - {unit}:  # "1,000 mg/11.8 mmol": one amount in two units
            unit, values = SPELLINGS[_lower(_EVERY_UNIT.findall(found["several"])[0])], values[:1]
        if None in values:
            continue
        pers = [PERS[per.lower()] for per in _ONE_PER.findall(found["per"])]
        yield Amount(
            tuple(value for value in values if value is not None),
            unit,
            "/".join(pers) or None,
            found[0].strip(),
            *found.span(),
        )


def _lower(unit: str) -> str:
    """Return a unit as the table has it; a Greek mu is the sign for micro."""
    return unit.lower().replace("μ", "µ")


def _number(digits: str) -> float | None:
    """Return a number whose commas are either thousands or decimals; None for a date or a section number."""
    whole = re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?", digits)
    digits = digits.replace(",", "") if whole else digits.replace(",", ".")
    return float(digits) if digits.count(".") < 2 else None
