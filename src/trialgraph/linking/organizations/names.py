"""An organisation's name taken apart: legal forms, places, remarks, owners, and the words that are left."""

from __future__ import annotations

import html
import re

import msgspec

from trialgraph.limits import LONGEST_NAME
from trialgraph.linking import countries
from trialgraph.linking.organizations.words import distinctive, tokens, words


class Name(msgspec.Struct, frozen=True, gc=False):
    """A name taken apart.  `tokens` are in the order written."""

    tokens: tuple[str, ...]  # without stop words, legal forms, remarks, and places that say nothing more
    full: tuple[str, ...]  # the same with legal forms and places
    legal: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()  # ISO alpha-2 of the countries at the end or in brackets
    parent: str | None = None  # the words that name an owner: "a Sanofi company"
    segments: tuple[tuple[str, ...], ...] = ()  # tokens between commas


_MOJIBAKE = re.compile("Ã.|â€|Â")
_OWNER = re.compile(
    r"""[\s,;(\[-]*(?:\b(?:is|was)\s+)?(?:\bnow\s+)?(?:
       (?:\b(?:an?|the)\s+)?(?:\b(?:wholly|fully|majority)[\s-]+owned\s+)?\b(?:subsidiary|affiliate)\s+of\s+(?:the\s+)?
     | \b(?:an?|the|now|became)\s+(?:division|business\s+unit|operating\s+unit|member|part)\s+of\s+(?:the\s+)?
     | \b(?:acquired|owned|bought)\s+by\s+)
    (?P<owner>[^()\[\]]+?)\s*[)\]]?\s*$""",
    re.I | re.X,
)
_COMPANY_OF = re.compile(
    r"(?:,|\(|\s-|\s–|;)\s*(?:is\s+)?(?:now\s+)?(?:an?|the|part\s+of\s+the)\s+(?P<owner>[^,()]+?)\s+"
    r"(?:group\s+)?(?:of\s+)?compan(?:y|ies)\s*\)?\s*$",
    re.I,
)
_REMARK = re.compile(
    r"\b(?:prior|previous|former|formerly|previously|acquired|subsidiary|division|affiliate|terminated|until|legacy|"
    r"dba|d/b/a|aka|a\.k\.a|also known|known as|ph\.?\s?d|m\.?d\.?|dr\.?|prof\.?|pi|sponsor|owned|member|"
    r"now|ex|inactive|closed|withdrawn|merged|renamed|retired)\b",
    re.I,
)
_FORMERLY = re.compile(
    r"[,;\s-]+(?:formerly|previously|f/k/a|fka|d/b/a|dba|also known as|a\.k\.a\.?|aka)\s+(?:known as\s+)?.*$", re.I
)
_BRACKET = re.compile(r"\s*[(\[]([^()\[\]]*)[)\]]?")
_DOTTED = re.compile(r"\b(?:[^\W\d_]\.\s?){2,}")
_SLASHED = re.compile(r"\b([A-Za-z])/([A-Za-z])\b(?!/)")
_INITIAL = re.compile(r"(?<![\w&.-])[A-Z]\.\s*(?=[A-Z])")
_POSSESSIVE = re.compile(r"['’‘`´](?:s\b)?", re.I)
_AND_LETTERS = re.compile(r"\b([A-Z])\s?&\s?([A-Z])\b")
_SPLIT = re.compile(r"\s*[,;|]\s*|\s+[-–—]+\s*|\s*[–—]+\s+|:\s+")
_NOT_WORD = re.compile(r"[^a-z0-9]+")
_SPACED_FORM = re.compile(
    r"\b(?:s\.?\s+p\.?\s+a|s\.?\s*r\.?\s*l|sp\.?\s*z\.?\s*o\.?\s*o|s\.\s*r\.\s*o|d\.\s*o\.\s*o)\b\.?", re.I
)
_NOT_LETTER = re.compile(r"[\W\d_]+")


def repair(text: str) -> str:
    """Return text whose UTF-8 bytes had been read as Windows-1252, and HTML entities, as they were meant."""
    if "&" in text and ";" in text:
        text = html.unescape(text)
    if _MOJIBAKE.search(text):
        for encoding in ("cp1252", "latin-1"):
            try:
                return text.encode(encoding).decode("utf-8")
            except UnicodeError:
                continue
    return text


def _initials(name: list[str] | tuple[str, ...]) -> str:
    return "".join(word[0] for word in name)


def _legal_off(name: list[str]) -> tuple[list[str], list[str]]:
    """Return a name without the legal forms at its end, and those; one generic word alone keeps its form."""
    known, cut = words(), len(name)
    while cut and name[cut - 1] in known.legal:
        cut -= 1
    if not cut or (cut == 1 and name[0] in known.generic):
        return name, []
    return name[:cut], name[cut:]


def _spell(text: str) -> str:
    """Return text whose dotted, slashed and possessive words are written plainly: S.p.A., A/S, Children's, A&M."""
    text = _POSSESSIVE.sub("", text)
    if "&" in text:
        text = _AND_LETTERS.sub(r"\1and\2", text)
    if "/" in text:
        text = _SLASHED.sub(r"\1\2", text)
    if "." in text:
        text = _SPACED_FORM.sub(lambda m: _NOT_LETTER.sub("", m[0]), text)
        text = _DOTTED.sub(lambda m: _NOT_LETTER.sub("", m[0]) + " ", text)
        text = _INITIAL.sub("", text) or text
    return text


def _take_bracket(bracket: str, segments: list[list[str]], found: list[str]) -> None:
    """Drop a bracket that says nothing more of an organisation, keep its country apart, or add its words."""
    inside = bracket.strip()
    if country := countries.find(inside):
        found.append(country.iso2)
        if not distinctive([word for part in segments for word in part]):
            segments.append(tokens(inside))
        return
    if not inside or _REMARK.search(inside):
        return
    letters = _NOT_LETTER.sub("", inside)
    capitals = sum(c.isupper() for c in letters)
    if " " not in inside and capitals >= 2 and capitals * 2 >= len(letters):
        return  # an abbreviation
    words_inside = tokens(_spell(inside))
    head = [word for part in segments for word in part]
    if set(words_inside) <= set(head) or _legal_off(words_inside)[0] == [] or "".join(words_inside) == _initials(head):
        return
    segments.append(words_inside)


def _places_off(segments: list[list[str]]) -> tuple[list[list[str]], list[str]]:
    """Return segments without the places at the end that say nothing more, and the countries among them.

    A country, or an American state after a town, is left out where what remains still tells who it is; a town where
    the name has it already.
    """
    found: list[str] = []
    while len(segments) > 1 and distinctive([word for part in segments[:-1] for word in part]):
        country = countries.find(" ".join(segments[-1]))
        if country is not None:
            found.append(country.iso2)
        elif not (_is_state(segments) or _is_repeated(segments)):
            break
        segments = segments[:-1]
    return segments, found


def _is_state(segments: list[list[str]]) -> bool:
    """Return whether the last segment is a state's code, or a state (and its zip code) after a town."""
    last = [word for word in segments[-1] if not word.isdigit()]
    return len(last) == 1 and last[0] in words().state and (len(last[0]) == len("ny") or len(segments) > 2)


def _is_repeated(segments: list[list[str]]) -> bool:
    """Return whether all words of the last segment stand before it already: "Duke, Durham VA Hospital, Durham, NC"."""
    last = [word for word in segments[-1] if word not in words().state]
    return bool(last) and set(last) <= {word for part in segments[:-1] for word in part}


def without_place(name: Name) -> tuple[str, ...]:
    """Return the words of a name without the town that stands before its country at the end, or nothing."""
    if not name.countries or len(name.segments) < 2 or len(name.segments[-1]) > 2:
        return ()
    known = words()
    if any(word in known.generic or word in known.legal for word in name.segments[-1]):
        return ()
    return tuple(_legal_off([word for part in name.segments[:-1] for word in part])[0])


def parse(raw: str) -> Name:
    """Return a name taken apart; see Name."""
    text, parent = " ".join(repair(raw[:LONGEST_NAME]).split()), None
    found = _COMPANY_OF.search(text) or _OWNER.search(text)
    if found and found.start() > 1:
        text, parent = text[: found.start()], found["owner"]
    text = _FORMERLY.sub("", text) or text
    brackets = _BRACKET.findall(text) if "(" in text or "[" in text else []
    head = _BRACKET.sub(" ", text) if brackets else text
    if not any(c.isalpha() for c in head):
        head, brackets = text, []
    segments = [part for part in map(tokens, _SPLIT.split(_spell(head))) if part]
    abroad: list[str] = []
    for bracket in brackets:
        _take_bracket(bracket, segments, abroad)
    full = tuple(word for part in segments for word in part)
    segments, places = _places_off(segments)
    flat, forms = _legal_off([word for part in segments for word in part])
    return Name(
        tokens=tuple(flat),
        full=full,
        legal=tuple(forms),
        countries=tuple(dict.fromkeys(abroad + places)),
        parent=parent,
        segments=tuple(map(tuple, segments)),
    )


def hosts(name: Name) -> list[tuple[str, ...]]:
    """Return the words of the bodies that a school or department may belong to, likeliest first; [] for no such part.

    The first is meant when it is known; the last also when it is not, provided it reads like a name.
    """
    known = words()
    parts = [segment for segment in name.segments if segment]
    found: list[tuple[str, ...]] = []
    if len(parts) > 1:
        bodies = [segment for segment in parts if not _is_part(segment)]
        if len(bodies) < len(parts):  # "University of X, School of Y" or "Department of Z, Hospital X, City"
            bodies = bodies if _is_part(parts[0]) else parts[:1]
            found = [segment for segment in bodies if not known.body.isdisjoint(segment)]
    if not found:
        found = _before_school(name.tokens)
    return [body for body in found if distinctive(body)]


def reads_like_a_name(tokens: tuple[str, ...]) -> bool:
    """Return whether words could be a body's name: no numbers of a street, no "Professor of"."""
    return not any(any(c.isdigit() for c in word) or word in words().office_holder for word in tokens)


def _before_school(tokens: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Return the university in "X University School of Medicine" and "School of Medicine, X University"."""
    known = words()
    for i, word in enumerate(tokens):
        if word in ("school", "faculty") and i + 1 < len(tokens) and "university" in tokens:
            before, after = tokens[:i], tokens[i + 1 :]
            if "hospital" in before:
                return []  # a hospital of a school is a body of its own
            if "university" in before:
                at = before.index("university")
                return [before[: at + 1] if at else before]
            while after and after[0] in known.subject:
                after = after[1:]
            return [after] if after else []
    return []


def _is_part(segment: tuple[str, ...]) -> bool:
    """Return whether words between commas name a part of a body: a school, a faculty, a department."""
    return not set(segment).isdisjoint(words().part) and "university" not in segment and "hospital" not in segment
