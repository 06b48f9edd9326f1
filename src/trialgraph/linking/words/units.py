"""Units of doses: their spellings, what they are per, and factors to one unit of each kind.

Source: the SI brochure (BIPM) for prefixes; spellings as records write them.
"""

from __future__ import annotations

from typing import Final

# one spelling: all others, in lower case
_UNITS: Final = {
    "mg": "mg mgs mgm milligram milligrams milligramme milligrammes",
    "g": "g gm gms gr gram grams gramme grammes",
    "kg": "kg kilogram kilograms",
    "µg": "µg ug mcg mcgs microgram micrograms microgramme microgrammes",
    "ng": "ng nanogram nanograms",
    "mL": "ml mls cc milliliter milliliters millilitre millilitres",
    "L": "l liter liters litre litres",
    "µL": "µl microliter microliters microlitre microlitres",
    "IU": "iu ius i.u. international-unit international-units",
    "kIU": "kiu",
    "MIU": "miu",
    "U": "u unit units",
    "MU": "mu million-units million-unit",
    "mmol": "mmol millimole millimoles",
    "µmol": "µmol umol micromole micromoles",
    "nmol": "nmol nanomole nanomoles",
    "mEq": "meq milliequivalent milliequivalents",
    "mCi": "mci millicurie millicuries",
    "MBq": "mbq megabecquerel megabecquerels",
    "GBq": "gbq gigabecquerel gigabecquerels",
    "PFU": "pfu",
    "CFU": "cfu",
    "Gy": "gy gray grays",
    "ppm": "ppm",
    "%": "% percent",
}
_PERS: Final = {
    "m²": "m2 m^2 m² sqm square-meter square-meters square-metre square-metres",
    "kg": "kg kilogram kilograms kg-body-weight kg-bodyweight kg-bw",
    "day": "day days d 24h 24-h 24-hours 24-hour",
    "hour": "hour hours hr h",
    "minute": "minute minutes min",
    "week": "week weeks wk",
    "month": "month",
    "dose": "dose injection infusion administration",
    "tablet": "tablet tab capsule cap",
    "puff": "puff actuation inhalation spray",
    "mL": "ml milliliter millilitre",
    "L": "l liter litre",
    "g": "g gm gram",
}


def _spellings(table: dict[str, str]) -> dict[str, str]:
    return {word.replace("-", " "): unit for unit, written in table.items() for word in written.split()}


SPELLINGS: Final = _spellings(_UNITS)
PERS: Final = _spellings(_PERS)

FACTORS: Final = {
    "g": ("mg", 1e3),
    "kg": ("mg", 1e6),
    "µg": ("mg", 1e-3),
    "ng": ("mg", 1e-6),
    "L": ("mL", 1e3),
    "µL": ("mL", 1e-3),
    "kIU": ("IU", 1e3),
    "MIU": ("IU", 1e6),
    "MU": ("U", 1e6),
    "µmol": ("mmol", 1e-3),
    "nmol": ("mmol", 1e-6),
    "GBq": ("MBq", 1e3),
    "mCi": ("MBq", 37.0),
}
