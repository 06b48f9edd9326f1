"""Trial numbers of the world's registries, recognised by their shape."""

from __future__ import annotations

import re

from trialgraph.model import Identifier
from trialgraph.text import fold

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
# "NCT 09800001", "NCT-04324411", "NCT # 0432 4411": the eight digits of one number
_SPACED = re.compile(r"\bNCT(?: ?[-:#]| )+ ?\d{4} ?\d{4}(?!\d)|\bISRCTN +\d{8}(?!\d)", re.IGNORECASE)
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
    found = {(str(m.lastgroup), m[0]): None for m in _MENTION.finditer(_SPACED.sub(_joined, text))}
    return tuple(Identifier(scheme=scheme, value=value) for scheme, value in found)


def _joined(match: re.Match[str]) -> str:
    return "".join(match[0].split()).replace("-", "").replace(":", "").replace("#", "")


_NOT_KEY = re.compile(r"[^a-z0-9]+")
# What people write before a number beside the registry's own letters; longest first.
_WORDS_BEFORE = (
    "eudractnumber",
    "eudract",
    "euctr",
    "euctnumber",
    "euct",
    "ctis",
    "jprn",
    "whoutn",
    "utn",
    "nctnumber",
)
_ID_PREFIXES = ("", "euctr", "ctis", "euct", "jprn")  # with which registries' ids are kept
_COUNTRY = re.compile(r"(\d{10,})(?:[a-z]{2}|3rd)$")  # EUCTR2006-002792-41-GB: one record a country of one trial
_VERSION = re.compile(r"^(20[2-9]\d5\d{7})\d{2}$")  # CTIS: the last two digits count resubmissions
_NO_NUMBER = frozenset(
    """
    na none no nil notapplicable notavailable notassigned notyetassigned unknown pending tbd tba tbc test other
    notprovided nct00000000 nct12345678 nct01234567 nct99999999 nctpending xxxx seeabove local internal
    """.split()  # noqa: SIM905 - a list of words is read more easily
)


def key(value: str) -> str:
    """Return a number or acronym as it is searched: its letters and digits alone, in lower case, without accents."""
    return _NOT_KEY.sub("", fold(value).replace("+", "plus"))


def number_key(value: str) -> str | None:
    """Return a number's search key; None for what numbers no trial: "Not applicable", zeros, placeholders."""
    found = key(value)
    if len(found) < 3 or found in _NO_NUMBER or not found.strip("0") or len(set(found)) == 1:
        return None
    return found


def keys(given: str) -> tuple[str, ...]:
    """Return the search keys under which a number as a person types it may be held, the plainest first.

    Prefixes ("EudraCT: ", "JPRN-"), a country behind a European number and the resubmission of a CTIS number are taken
    off, and the prefixes of registries' ids put before what is left.
    """
    plain = key(given)
    bare = plain
    for before in _WORDS_BEFORE:
        if bare.startswith(before) and any(c.isdigit() for c in bare[len(before) :]):
            bare = bare.removeprefix(before)
            break
    forms = [plain, bare]
    if match := _COUNTRY.match(bare):
        forms.append(match[1])
    if match := _VERSION.match(bare):
        forms += [match[1], f"{match[1]}00"]
    elif re.fullmatch(r"20[2-9]\d5\d{7}", bare):
        forms.append(f"{bare}00")
    numbers = [form for form in dict.fromkeys(forms) if number_key(form)]
    return tuple(dict.fromkeys([*numbers, *(prefix + form for form in numbers for prefix in _ID_PREFIXES)]))


def written(given: str) -> str | None:
    """Return a number as its registry writes it, where its shape is a registry's; else None."""
    bare = " ".join(given.split())
    for form in (bare, bare.replace(" ", ""), _PREFIX.sub("", bare)):
        scheme = scheme_of(form)
        if scheme is not None:
            return form.upper() if scheme in {"NCT", "ISRCTN", "ACTRN", "DRKS", "UMIN", "KCT"} else form
    return None
