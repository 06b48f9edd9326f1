"""Vaccines told by the disease they are against: "H1N1 monovalent split virion vaccine" is an influenza vaccine."""

from __future__ import annotations

import re

from trialgraph.linking.drugs.find import Mention
from trialgraph.linking.drugs.vocabulary import DrugVocabulary

_VACCINE = re.compile(r"vaccin|immuni[sz]|immunogen\b|toxoid|\bvax\b|\br?s?gp ?1[26]0\b", re.IGNORECASE)
_NOT_A_VACCINE = re.compile(r"globulin|antiserum|antitoxin|monoclonal", re.IGNORECASE)

# words of a disease or its germ -> the heading of the vaccines against it
_AGAINST = tuple(
    (re.compile(rf"(?<![a-z])(?:{words})", re.IGNORECASE), heading)
    for words, heading in (
        (r"influenza|flu\b|h\d+n\d+|swine flu|avian flu", "influenza vaccines"),
        (r"pneumococc|pneumonia vaccine", "pneumococcal vaccines"),
        (r"meningococc|meningitidis|meningitis|menacwy|menabcwy", "meningococcal vaccines"),
        (r"(?:human )?papilloma|hpv", "papillomavirus vaccines"),
        (r"hepatitis[- ]?a\b", "hepatitis a vaccines"),
        (r"hepatitis[- ]?b\b|hbsag|hbv", "hepatitis b vaccines"),
        (r"rabies", "rabies vaccines"),
        (r"japanese encephalitis", "japanese encephalitis vaccines"),
        (r"haemophilus|hemophilus|hib\b", "haemophilus vaccines"),
        (r"zoster|shingles", "herpes zoster vaccine"),
        (r"varicella|chickenpox", "chickenpox vaccine"),
        (r"measles[^a-z]+mumps[^a-z]+(?:and )?rubella|mmr\b", "measles-mumps-rubella vaccine"),
        (r"measles", "measles vaccine"),
        (r"rotavirus", "rotavirus vaccines"),
        (r"oral polio", "poliovirus vaccine, oral"),
        (r"inactivated polio", "poliovirus vaccine, inactivated"),
        (r"polio", "poliovirus vaccines"),
        (r"typhoid", "typhoid-paratyphoid vaccines"),
        (r"cholera", "cholera vaccines"),
        (r"yellow fever", "yellow fever vaccine"),
        (r"dengue", "dengue vaccines"),
        (r"malaria|falciparum|vivax", "malaria vaccines"),
        (r"ebola", "ebola vaccines"),
        (r"anthrax", "anthrax vaccines"),
        (r"smallpox|vaccinia", "smallpox vaccine"),
        (r"covid|sars-cov-2|coronavirus", "covid-19 vaccines"),
        (r"respiratory syncytial|rsv\b", "respiratory syncytial virus vaccines"),
        (r"cytomegalovirus|cmv\b", "cytomegalovirus vaccines"),
        (r"herpes simplex|genital herpes|hsv", "herpes simplex virus vaccines"),
        (r"tubercul|tb\b", "tuberculosis vaccines"),
        (r"diphtheria[^a-z]+tetanus[^a-z]+(?:and )?(?:acellular|component) pertussis|acellular pertussis",
         "diphtheria-tetanus-acellular pertussis vaccines"),
        (r"diphtheria[^a-z]+(?:and )?tetanus[^a-z]+(?:and )?(?:whole.cell )?pertussis",
         "diphtheria-tetanus-pertussis vaccine"),
        (r"diphtheria[^a-z]+(?:and )?tetanus|tetanus[^a-z]+(?:and )?diphtheria", "diphtheria-tetanus vaccine"),
        (r"tetanus", "tetanus toxoid"),
        (r"pertussis", "pertussis vaccine"),
        (r"lyme", "lyme disease vaccines"),
        (r"plague|yersinia", "plague vaccine"),
        (r"shigella", "shigella vaccines"),
        (r"west nile", "west nile virus vaccines"),
        (r"hiv|aids\b|r?s?gp ?1[26]0\b", "aids vaccines"),
    )
)  # fmt: skip


def is_vaccine(text: str) -> bool:
    """Tell whether a text speaks of a vaccine."""
    return _VACCINE.search(text) is not None and _NOT_A_VACCINE.search(text) is None


def vaccines(text: str, vocabulary: DrugVocabulary) -> list[Mention]:
    """Return the vaccines that a text names by the diseases they are against, each disease once."""
    found: list[Mention] = []
    for pattern, heading in _AGAINST:
        place = pattern.search(text)
        if place and not any(m.start < place.end() and place.start() < m.end for m in found):
            match = vocabulary.resolve(heading)
            if match:
                found.append(Mention(place.start(), place.end(), match, "span"))
    return sorted(found, key=lambda m: m.start)
