"""Which organisation a trial's facility is a part of, where its name and its country say so together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from trialgraph.limits import LONGEST_NAME
from trialgraph.linking import countries
from trialgraph.linking.organizations.words import distinctive, tokens

if TYPE_CHECKING:
    from trialgraph.linking.organizations.linker import OrganizationLinker

_CONFIDENCE = {"user": 1.0, "alias-table": 0.95, "ror": 0.9, "host": 0.8}


class PartOf(msgspec.Struct, frozen=True, gc=False):
    """A facility is, or is a part of, an organisation."""

    organization_id: str
    method: str  # alias-table, ror, user; host: a school or department of a body that the name itself mentions
    confidence: float


def part_of(facility: str, city: str | None, country: str | None, linker: OrganizationLinker) -> PartOf | None:
    """Return the organisation that a facility belongs to, or None where name and country do not say so together.

    A general name ("University Hospital") is read with its city.  `country` is an ISO 3166 alpha-2 code: a body that
    the vocabularies know elsewhere, or nowhere, is no match, whoever else has its name.
    """
    if not country:
        return None
    name = facility[:LONGEST_NAME]
    if not distinctive(tokens(name)):
        land = countries.by_code().get(country)
        if not city or land is None:
            return None
        name = f"{name}, {city}, {land.name}"
    link = linker.resolve(name)
    if link.method in ("alias-table", "ror", "user") and link.country == country:
        return PartOf(link.organization_id, link.method, _CONFIDENCE[link.method])
    if link.parent_id is not None and link.method == "spelling":
        owner = linker.get(link.parent_id)
        if owner is not None and owner.country == country:
            return PartOf(owner.id, "host", _CONFIDENCE["host"])
    return None
