"""Countries: ISO 3166 alpha-2 codes and the names that registries use for them."""

from __future__ import annotations

from functools import cache

import msgspec

from trialgraph.linking.words.tables import rows
from trialgraph.text import fold


class Country(msgspec.Struct, frozen=True, gc=False):
    """A country by its ISO 3166-1 alpha-2 code (ISO 3166-3 for one that is no more)."""

    iso2: str
    name: str


@cache
def load() -> dict[str, Country]:
    """Return every country under each of its folded names and its code in lower case, read once a process."""
    table: dict[str, Country] = {}
    for iso2, name, others, _ in rows("trialgraph.linking", "countries.tsv"):
        country = Country(iso2, name)
        for alias in (name, *filter(None, others.split("|"))):
            table.setdefault(fold(alias), country)
    return table


def find(name: str | None) -> Country | None:
    """Return the country of a name as a registry writes it, or of an alpha-2 code; None when unknown."""
    if not name:
        return None
    folded = fold(name)
    found = load().get(folded) or load().get(folded.removeprefix("the "))
    if found is None and len(name) == 2 and name.isupper():
        return by_code().get(name)
    return found


@cache
def by_code() -> dict[str, Country]:
    """Return every country under its code."""
    return {country.iso2: country for country in load().values()}
