"""Trial numbers of the world's registries, recognised by their shape."""

from __future__ import annotations

import re

from trialgraph.model import Identifier

# Sources: the registries' own pages and the WHO's list of primary registries; years and blocks as they are issued.
PATTERNS: dict[str, str] = {
    "NCT": r"NCT\d{8}",
    "ISRCTN": r"ISRCTN\d{8}",
    "EU_CT": r"20[2-9]\d-5\d{5}-\d{2}(?:-\d{2})?",  # CTIS numbers: the middle part begins with 5
    "EUDRACT_NUMBER": r"(?:19|20)\d{2}-[0-4]\d{5}-\d{2}",
    "WHO_UTN": r"U1111-\d{4}-\d{4}",
    "ACTRN": r"ACTRN\d{14}",
    "CHICTR": r"ChiCTR(?:-?[A-Z]{2,5})?-?\d{8,10}",
    "CTRI": r"CTRI/\d{4}/\d{2,3}/\d{6}",
    "DRKS": r"DRKS\d{8}",
    "IRCT": r"IRCT\d{11,15}N\d{1,3}",
    "JRCT": r"jRCTs?\d{9,10}",
    "UMIN": r"UMIN\d{9}",
    "JAPICCTI": r"JapicCTI-\d{6}",
    "KCT": r"KCT\d{7}",
    "LBCTR": r"LBCTR\d{10}",
    "NTR": r"(?:NTR\d{3,5}|NL-OMON\d{4,6})",
    "PACTR": r"PACTR\d{15,16}",
    "REBEC": r"RBR-[0-9a-z]{6,8}",
    "REPEC": r"PER-\d{3}-\d{2}",
    "SLCTR": r"SLCTR/\d{4}/\d{3}",
    "TCTR": r"TCTR\d{11}",
}
_ANY = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in PATTERNS.items()), re.IGNORECASE)
_MENTION = re.compile(rf"(?<![0-9A-Za-z-])(?:{_ANY.pattern})(?![0-9A-Za-z])", re.IGNORECASE)
_PREFIX = re.compile(r"^(?:EudraCT|EUCTR|EU ?CT|CTIS|EUCT|WHO|UTN)(?: ?(?:no\.?|number|#))?[:\s]*", re.IGNORECASE)


def scheme_of(value: str) -> str | None:
    """Return the registry whose number this is (NCT, ISRCTN, EUDRACT_NUMBER, ...), or None."""
    match = _ANY.fullmatch(value)
    return match.lastgroup if match else None


def identifier(value: str, otherwise: str, domain: str | None = None) -> Identifier:
    """Return a secondary number under the scheme its shape shows, or under `otherwise`, unchanged."""
    bare = _PREFIX.sub("", value).strip()
    scheme = scheme_of(bare)
    if scheme is None:
        return Identifier(scheme=otherwise, value=value, domain=domain)
    return Identifier(scheme=scheme, value=bare.upper() if scheme in {"NCT", "ISRCTN"} else bare, domain=domain)


def mentions(text: str) -> tuple[Identifier, ...]:
    """Return every registry number that stands in running text, once each, in order."""
    found = {(str(m.lastgroup), m[0]): None for m in _MENTION.finditer(text)}
    return tuple(Identifier(scheme=scheme, value=value) for scheme, value in found)
