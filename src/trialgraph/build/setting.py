"""The setting of a trial: stage and line of disease, population and purpose, read from its short fields."""

from __future__ import annotations

import re

from trialgraph import limits
from trialgraph.model import Trial
from trialgraph.registries.reading.values import age_in_years
from trialgraph.similarity.documents import Concept

# name -> words that say it, in titles, conditions and keywords
_SAID = {
    "refractory or relapsed": r"refractory|relaps\w*|recurren\w*|resistant|r/r"
    r"|previously treated|pretreated|treatment failure",
    "first line": r"first[- ]line|frontline|front-line|newly diagnosed"
    r"|untreated|treatment[- ]na[iï]ve|de novo|1st line",
    "second line or later": r"second[- ]line|third[- ]line|salvage|2nd line|previously treated|pretreated",
    "maintenance": r"maintenance|consolidation",
    "adjuvant": r"adjuvant|resected|postoperative|post-operative|after surgery|after resection",
    "neoadjuvant": r"neo-?adjuvant|preoperative|pre-operative|induction",
    "metastatic or advanced": r"metasta\w*|advanced|unresectable|inoperable|stage (?:iii|iv|3|4)\w*|extensive",
    "early or localised": r"locali[sz]ed|early[- ]stage|stage (?:i|ii|1|2)[ab]?\b"
    r"|in situ|early (?:breast|\w+ cancer)|operable|resectable",
    "triple negative": r"triple[- ]negative|tnbc",
    "HER2 positive": r"her-?2(?:/neu)?[- ]?(?:positive|\+|overexpress\w*)|erbb2",
    "hormone receptor positive": r"(?:hormone[- ](?:receptor[- ])?|estrogen[- ]receptor[- ]|er)[- ]?(?:positive|\+)"
    r"|hr\+|hormone[- ]dependent",
    "castration resistant": r"castrat\w*[- ](?:resistant|refractory)"
    r"|hormone[- ](?:resistant|refractory)|androgen[- ]independent",
    "prevention": r"prevent\w*|prophyla\w*|risk reduction|vaccin\w*|immuni[sz]ation",
    "children": r"child\w*|p(?:a)?ediatric\w*|infan\w*|adolescen\w*"
    r"|neonat\w*|newborn\w*|preterm|premature|toddler\w*|school",
    "older people": r"elder\w*|older (?:adults?|people|persons?|patients?)|geriatric\w*|aged 6\d|aged 7\d|frail\w*",
    "pregnancy": r"pregnan\w*|antenatal|prenatal|postpartum|labou?r\b|gestation\w*",
    "healthy people": r"healthy (?:volunteers?|subjects?|participants?|adults?|men|women|male|female|people)",
    "kinetics": r"pharmacokinetic\w*|bioequivalen\w*|bioavailab\w*|drug[- ]drug interaction|food effect|absorption",
    "dose finding": r"dose[- ](?:finding|escalat\w*|ranging|response)"
    r"|maximum tolerated|phase i\b|first[- ]in[- ]human",
    "extension": r"extension|long[- ]term|roll-?over|open[- ]label extension|follow[- ]up",
    "acute": r"acute",
    "chronic": r"chronic",
    "surgery": r"surg\w*|operati\w*|resection|\w+ectomy|an(?:a)?esthe\w*",
    "transplant": r"transplant\w*|graft\w*",
    "intensive care": r"critical\w*|intensive care|icu\b|septic|ventilat\w*",
}
_PATTERNS = tuple((name, re.compile(rf"\b(?:{said})", re.IGNORECASE)) for name, said in _SAID.items())


def settings(trial: Trial) -> tuple[Concept, ...]:
    """Return the setting's marks, each once, ordered by id."""
    text = " . ".join(
        part for part in (trial.brief_title, trial.official_title, *trial.conditions, *trial.keywords) if part
    )
    names = {name for name, pattern in _PATTERNS if pattern.search(text)}
    if trial.primary_purpose and trial.primary_purpose != "OTHER":
        names.add(f"purpose {trial.primary_purpose.lower().replace('_', ' ')}")
    names.update(
        f"kind {i.type.lower().replace('_', ' ')}" for i in trial.interventions if i.type and i.type != "OTHER"
    )
    if trial.study_type == "OBSERVATIONAL":
        names.add("observational")
    if (years := age_in_years(trial.maximum_age)) is not None and years <= limits.CHILDREN_UP_TO:
        names.add("children")
    if (years := age_in_years(trial.minimum_age)) is not None and years >= limits.OLDER_FROM:
        names.add("older people")
    return tuple(Concept(f"SETTING:{name}", name) for name in sorted(names))
