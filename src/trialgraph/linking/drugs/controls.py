"""Tells which words of a label name nothing that is given: placebo, vehicle, sham, usual care, saline as a control."""

from __future__ import annotations

import re

_PLACEBO = re.compile(
    r"\b(?:placebos?|plac|pbo|placebo-?controlled|vehicles?|vehicule|sham|dummy|"
    r"dummies|mock|simulated|inactive|excipients?)\b",
    re.IGNORECASE,
)
# "placebo to X", "vehicle for X and Y", "X matching placebo": what the word governs
_GOVERNS = re.compile(
    r"\b(?:placebos?|vehicle|dummy|sham)\b\W*(?:comparator|control|tablets?|capsules?|pills?|injections?|solution|"
    r"infusion|powder|treatment|drug|product|identical|similar|equivalent|corresponding|designed|given)*\W*"
    r"\b(?:to|for|of|matching|matched|like|mimicking|resembling|corresponding|identical|in place of|instead of|de)\b",
    re.IGNORECASE,
)
_SALINE = re.compile(
    r"\b(?:(?:normal|isotonic|physiologic(?:al)?|sterile|buffered|phosphate[- ]buffered|0[.,]9\s*%?|bacteriostatic|"
    r"preservative[- ]free)[\s-]*)*\bsaline\b(?:[\s-]*(?:solution|injection|infusion|placebo|0[.,]9\s*%|control))*"
    r"|\b0[.,]9\s*%?\s*(?:\(?w/v\)?\s*)?(?:sodium chloride|nacl|natrium chloride|salt solution)\b"
    r"(?:\s*(?:solution|injection|infusion))*"
    r"|\b(?:sodium chloride|nacl)\s*\(?(?:solution|injection|infusion)?[\s,]*0[.,]9\s*%?"
    r"|\b(?:sterile |distilled |tap )*water(?: for injections?)?\b",
    re.IGNORECASE,
)
_HYPERTONIC = re.compile(r"\bhypertonic\b|(?<![\d.,])(?:[3-9]|10|20|23[.,]4|7[.,][25])\s*%", re.IGNORECASE)
_LABELLED = re.compile(
    r"\b(?:O[- ]?15|15[- ]?O)\b|\[15O\]|\bdeuterated\b|\bD2O\b", re.IGNORECASE
)  # water that is seen or counted
_CARE = re.compile(
    r"\b(?:standard|usual|routine|conventional|best|optimal|optimi[sz]ed|supportive|current|existing|background|"
    r"customary|regular|normal|local|ongoing|active|intensive|basic)\b[\w\s/,-]*"
    r"\b(?:care|treatment|therapy|therapies|management|practice|regimen|medications?|procedures?|"
    r"dressing|diet|support)\b"
    r"|\bstandard of care\b|\bsoc\b|\bno (?:treatment|intervention|drug|therapy|medication|prophylaxis|vaccine)\b"
    r"|\b(?:un|non-?)treated\b|\bobservation(?:al)?\b|\bwatchful waiting\b|\bcontrol(?: group| arm)?\b"
    r"|\banalys[ei]s\b|\bassays?\b|\bgenotyping\b|\bsequencing\b|\bprofiling\b|\bhybridi[sz]ation\b|"
    r"\bquestionnaires?\b|\bsurvey\b|\blaboratory\b|\bcollection\b|"
    r"\bblood (?:draw|sample|sampling|test)s?\b|\bbiopsy\b",
    re.IGNORECASE,
)


# What other things are made of or kept in: beside another drug they are not given for themselves.
MEDIA = frozenset(("plasma", "serum albumin", "albumin", "albumin human", "human albumin", "platelet", "milk"))

# Measured, eaten or part of the body: named in running text they are seldom what is given.
MEASURED = frozenset(
    """acth adiponectin alanine albumin alcohol aldosterone amino ammonia amylase androstenedione bilirubin
    blood calcium carbon cholesterol choline chloride copper cortisol creatine creatinine dopamine
    endorphin estrone ethanol fibrinogen fluoride folate fructose gaba ghrelin glucagon glucose
    glutamate glutathione glycogen haptoglobin hemoglobin hepcidin histamine homocysteine hydrogen
    iodine iron lactate lactose leptin leucine lipase magnesium milk nitrogen norepinephrine oxygen
    phosphate phosphorus plasma platelet potassium procalcitonin prolactin prothrombin pyruvate
    selenium serotonin serum sodium sucrose thrombin thyroglobulin thyroxine tryptophan tyrosine
    urea water wheat zinc casein cellulose gelatin starch mannitol lecithin talc lymphocyte
    leukocyte erythrocyte stem latex""".split()  # noqa: SIM905
)
_EXAMPLES = re.compile(
    r"\b(?:e\.?g\.?|such as|for example|including|or equivalent|like)\b|\bplasma (?:level|dos|conc)", re.IGNORECASE
)


def tells_examples(text: str) -> bool:
    """Tell whether a text gives examples of what may be given rather than what is."""
    return _EXAMPLES.search(text) is not None


def is_placebo(text: str) -> bool:
    """Tell whether a text speaks of a placebo, a vehicle or a sham."""
    return _PLACEBO.search(text) is not None


def governs(text: str) -> int | None:
    """Return where the words begin that a placebo stands in for ("placebo to X and Y"), or None."""
    found = _GOVERNS.search(text)
    return found.end() if found else None


def strong_saline(text: str) -> tuple[int, int] | None:
    """Return the place of "saline" in a text that speaks of a strong solution of it, or None."""
    found = re.search(r"\bsaline\b|\bsodium chloride\b|\bnacl\b", text, re.IGNORECASE)
    return found.span() if found and _HYPERTONIC.search(text) else None


def is_control_saline(text: str) -> bool:
    """Tell whether a text names salt water or water as it is used for a control, and not a strong solution."""
    return _SALINE.search(text) is not None and not (_HYPERTONIC.search(text) or _LABELLED.search(text))


def without_control_saline(text: str) -> str:
    """Return the text with salt water and water blanked, of the same length."""
    if _HYPERTONIC.search(text) or _LABELLED.search(text):
        return text
    return _SALINE.sub(lambda found: " " * len(found[0]), text)


def is_care(text: str) -> bool:
    """Tell whether a text speaks of care as usual, of observing, or of taking samples."""
    return _CARE.search(text) is not None
