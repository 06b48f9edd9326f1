"""People who answer for a trial: one node a name and institution, and nobody for "Medical Director"."""

from __future__ import annotations

import re
from typing import TypeGuard

import msgspec

from trialgraph.limits import LONGEST_NAME, SHORTEST_PERSON
from trialgraph.linking.organizations.linker import OrganizationLinker
from trialgraph.linking.organizations.words import words
from trialgraph.model import Official, OrganizationLink, Trial
from trialgraph.text import fold

_CUT = re.compile(r"\s*(?:,|;|\(|\[|\s[-–—]\s|/).*$")
_NICKNAME = re.compile(r"\s*\([^()]*\)\s*(?=[^\W\d_])")  # "Xueyu (Eric) Chen"
_ABBREVIATION = 4  # letters; a name in capitals is longer, or can be spoken
_VOWEL = re.compile("[AEOUY]")  # not I: "ICD"
_TITLES = re.compile(
    r"^(?:(?:prof(?:essor)?|dr|pd|priv|doz|univ|assoc|associate|assistant|asst|mrs?|ms|miss|sir|dott|dra|med|habil|md|"
    r"phd|pr)\b\.?[\s,.-]*)+",
    re.I,
)


class Person(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An official of a trial is a person.

    The same name at the same institution is one person, at two institutions two; without an affiliation a name
    says too little, and the person is known in this trial alone.
    """

    person_id: str  # PERSON:robert-brodsky@ROR:00za53h95
    name: str  # without titles and degrees
    raw_name: str
    role: str | None
    affiliation: str | None  # as written
    title: str | None
    organization: OrganizationLink | None
    source_field: str
    confidence: float


def people(trial: Trial, organizations: OrganizationLinker) -> tuple[Person, ...]:
    """Return the persons among a trial's officials and its responsible party, each once a role, in record order."""
    entries = [
        (f"contactsLocationsModule.overallOfficials[{i}]", official) for i, official in enumerate(trial.officials)
    ]
    if trial.responsible_party is not None:
        entries.append(("sponsorCollaboratorsModule.responsibleParty", trial.responsible_party))
    found: dict[tuple[str, str | None], Person] = {}
    for field, official in entries:
        person = _person(trial, official, field, organizations)
        if person is not None:
            found.setdefault((person.person_id, person.role), person)
    return tuple(found.values())


def name_of(text: str) -> str | None:
    """Return a person's name without titles and degrees, or None when the text names an office or nobody."""
    plain = " ".join(_NICKNAME.sub(" ", " ".join(text[:LONGEST_NAME].split())).split())
    if "," in plain:  # "Smith, John, MD" puts the family name first
        parts = [part.strip() for part in plain.split(",")]
        if (
            len(parts) > 1
            and " " not in parts[0]
            and parts[1]
            and not _is_degree(parts[1])
            and not _is_degree(parts[0])
        ):
            plain = f"{parts[1]} {parts[0]}"
    plain = _TITLES.sub("", _CUT.sub("", plain)).strip()
    parts = plain.split()
    while len(parts) > SHORTEST_PERSON and _is_degree(parts[-1]):
        parts.pop()  # "Jun Ma" is no master, and "Fischl MA" has initials
    folded = fold(" ".join(parts)).split()
    if "&" in plain:
        return None  # "R&D": no person's name holds the sign
    if len(folded) < SHORTEST_PERSON or max(map(len, folded)) == 1 or any(c.isdigit() for c in "".join(folded)):
        return None
    if all(word.isupper() and len(word) <= _ABBREVIATION and not _VOWEL.search(word) for word in parts):
        return None  # "ICD CSD" is a department
    known = words()
    doubtful = sum(word in known.office_doubtful for word in folded)  # "Stephen Head" is somebody, "Study Head" nobody
    if doubtful > 1 or any(word in known.office for word in folded):
        return None
    return " ".join(parts).strip(" .,")


def _is_degree(text: str) -> bool:
    """Return whether a piece of text is nothing but degrees: "M.D.", "PhD", "MD PhD FACP"."""
    pieces = [re.sub(r"[\W_]", "", piece).casefold() for piece in text.replace("/", " ").split()]
    if not all(pieces):
        pieces = [piece for piece in pieces if piece]
    return bool(pieces) and (all(p in words().degree for p in pieces) or "".join(pieces) in words().degree)


def _person(trial: Trial, official: Official, field: str, organizations: OrganizationLinker) -> Person | None:
    name = name_of(official.name)
    if name is None:
        return None
    if organizations.resolve(name).method in ("alias-table", "affiliate"):
        return None  # "Boehringer Ingelheim"
    body = organizations.resolve(official.affiliation) if _names_a_body(official.affiliation) else None
    at = trial.id
    if body is not None:  # a department is where its university is; a subsidiary stays itself
        at = body.parent_id if body.parent_id and body.method == "spelling" else body.organization_id
    return Person(
        person_id=f"PERSON:{person_key(name)}@{at}",
        name=name,
        raw_name=official.name,
        role=official.role,
        affiliation=official.affiliation,
        title=official.title,
        organization=body,
        source_field=field,
        confidence=0.9 if body else 0.6,
    )


def _names_a_body(affiliation: str | None) -> TypeGuard[str]:
    """Return whether an affiliation is more than a telephone number or an e-mail address."""
    return affiliation is not None and "@" not in affiliation and sum(c.isalpha() for c in affiliation) > 1


def person_key(name: str) -> str:
    """Return a name in the form it is compared in: folded, initials in the middle left out."""
    parts = fold(name).split()
    middle = [word for word in parts[1:-1] if len(word) > 1]
    return "-".join([parts[0], *middle, parts[-1]] if len(parts) > 1 else parts)
