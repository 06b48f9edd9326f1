"""What a person means by a combination: a regimen's name (FOLFOX), or its drugs ("sirolimus + tretinoin")."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trialgraph.ask.names import linkers
from trialgraph.ask.names import resolve as names
from trialgraph.errors import UsageError
from trialgraph.linking.drugs import regimens
from trialgraph.meanings import Resolution
from trialgraph.text import fold

if TYPE_CHECKING:
    from trialgraph.stores.store import Store

_JOINT: Final = re.compile(r"\s*(?:\+|;|,|&|\s(?:and|plus|with)\s)\s*", re.IGNORECASE)


def resolve(given: str, store: Store) -> Resolution:
    """Return the set of drugs that a combination means; `ids` are all of its drugs.

    A name of the field comes first, then the names of two or more drugs joined by +, comma, "and", "plus" or "with"; a
    part may itself be a regimen ("FOLFOX + bevacizumab").  Raises UsageError for a part that is no drug, and where
    there is one drug alone.
    """
    given = given.strip()
    linker = linkers.drugs(store)
    known = regimens.names(linker.vocabulary)
    ids = known.by_name.get(fold(given))
    method = "exact" if ids else "parts"
    members: dict[str, str] = {}
    for drug_id in ids or ():
        drug = linker.vocabulary.drug(drug_id)
        members[drug_id] = drug.name if drug else drug_id
    for part in () if ids else filter(None, _JOINT.split(given)):
        members.update(_part(part, known, store))
    if len(members) < 2:
        raise UsageError(f"{given!r} is one drug; a combination has two or more: write drug + drug, or FOLFOX")
    drugs = tuple(sorted(members))
    called = known.by_drugs.get(drugs)
    return Resolution(
        kind="regimen",
        id=regimens.regimen_id(drugs),
        name=called[0] if called else " + ".join(members[drug] for drug in drugs),
        given=given,
        matched_alias="",
        method=method,
        confidence=1.0,
        members=tuple((drug, members[drug]) for drug in drugs),
        ids=drugs,
    )


def _part(part: str, known: regimens.RegimenNames, store: Store) -> dict[str, str]:
    """Return the drugs of one part by id: those of a regimen or a combination, else the one drug that it names."""
    linker = linkers.drugs(store)
    ids = known.by_name.get(fold(part))
    if ids:
        return {drug.id: drug.name for drug in map(linker.vocabulary.drug, ids) if drug}
    links = linker.understand(part)
    if len({link.concept_id for link in links}) > 1:
        return {link.concept_id: link.name for link in links}
    found = names.resolve("drug", part, store)
    if found.kind == "class":
        raise UsageError(f"{part!r} is a class of drugs; a combination is asked for by its drugs")
    return {found.id: found.name}
