"""Places: the sites where a trial is run, one facility within one city, and their countries."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

import msgspec

from trialgraph.limits import LONGEST_NAME
from trialgraph.linking import countries
from trialgraph.linking.organizations.names import parse
from trialgraph.linking.organizations.words import tokens
from trialgraph.model import Location, Trial
from trialgraph.text import fold, slug

# Where one town's name is found in many states, the state tells them apart; elsewhere records write it too loosely.
_BY_STATE = frozenset(("US", "CA", "AU", "IN", "BR", "MX"))

# What sponsors write instead of a place; such a "site" is of its own trial only.
_NO_NAME = re.compile(
    r"""^\W*(?:
      (?:clinical\s+)?(?:research|study|trial|investigat\w*|medical)\s+
        (?:site|facility|institution|center|centre|office|unit)s?
      | (?:clinical\s+)?site | local\ instit\w* | unknown | n/?a | none | not\ available | confidential
      | (?:facility|hospital|clinic|consumer\ contact)$
      | .*\ (?:investigational|investigative|investigator|study|research|clinical)\ (?:trial\ )?
        (?:site|call\ cent(?:er|re))s?
      | investigat\w*\ sites?\ in\ .*
      | (?:for|please|call|contact|see|many|multiple|various)\b.*
      | .*(?:administrative\ office|call\ cent(?:er|re)|central\ contact).*
    )[\s\W]*(?:(?:no|nr|number|\#|ref|reference)?[\s\W#:]*[a-z]{0,4}[\s\W]?\d[\w./-]*|\d+|[a-z])?\W*$""",
    re.I | re.X,
)
_SITE_NUMBER = re.compile(
    r"^\s*site\s*\d+\s*[:-]\s*|\s*\(?\bsite\s*\d+\)?\s*$", re.I
)  # "Site 44: ...", "... (site 209)"


class Site(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A trial is run at a facility.  Coordinates are the city's, in degrees."""

    site_id: str  # SITE:us:rochester-minnesota:mayo-clinic
    facility: str  # as written
    city: str | None
    state: str | None
    zip: str | None
    iso2: str | None  # ISO 3166 alpha-2; None where the record names no country we know
    country: str | None  # as written
    lat: float | None
    lon: float | None
    status: str | None
    location: int  # place in the trial's list of locations
    method: str  # facility, or unnamed: "Research Site" is nobody's name
    confidence: float


class TrialCountry(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A trial has sites in a country."""

    iso2: str  # ISO 3166 alpha-2; the name as written where it is none we know
    name: str
    raw: str
    locations: int  # how many of the trial's locations are there


def sites(trial: Trial) -> tuple[Site, ...]:
    """Return the different sites of a trial, in the record's order; a location without a facility is none."""
    found: dict[str, Site] = {}
    for place, location in enumerate(trial.locations):
        if location.facility:
            site = _site(trial.id, place, location)
            if site is not None:
                found.setdefault(site.site_id, site)
    return tuple(found.values())


def trial_countries(trial: Trial) -> tuple[TrialCountry, ...]:
    """Return the countries of a trial's locations, and those a source names without sites, in the record's order."""
    raw: dict[str, list[str]] = {}
    for name in (*(location.country for location in trial.locations), *trial.countries):
        if name:
            country = countries.find(name)
            raw.setdefault(country.iso2 if country else name, []).append(name)
    located = Counter(location.country for location in trial.locations)
    return tuple(
        TrialCountry(
            iso2=iso2,
            name=country.name if (country := countries.by_code().get(iso2)) else iso2,
            raw=names[0],
            locations=sum(located[name] for name in set(names)),
        )
        for iso2, names in raw.items()
    )


def _site(trial_id: str, place: int, location: Location) -> Site | None:
    assert location.facility is not None
    country = countries.find(location.country)
    land = country.iso2.lower() if country else slug(location.country or "nowhere")
    town = city_key(location.city or "")
    if location.state and (country is None or country.iso2 in _BY_STATE):
        town = f"{town}-{slug(location.state)}" if town else slug(location.state)
    written = " ".join(location.facility[:LONGEST_NAME].split())
    facility = facility_key(written, location.city or "")
    unnamed = not facility or _NO_NAME.match(written) is not None
    if unnamed:
        facility = f"{trial_id}-{facility or 'site'}"
    return Site(
        site_id=f"SITE:{land}:{town or 'nowhere'}:{facility}",
        facility=location.facility,
        city=location.city,
        state=location.state,
        zip=location.zip,
        iso2=country.iso2 if country else None,
        country=location.country,
        lat=location.lat,
        lon=location.lon,
        status=location.status,
        location=place,
        method="unnamed" if unnamed else "facility",
        confidence=0.5 if unnamed else 0.9,
    )


@lru_cache(maxsize=1 << 15)
def city_key(city: str) -> str:
    """Return a city in the form it is compared in: München is Munich, "Paris Cedex 13" is Paris."""
    words = [word for word in tokens(re.sub(r"(?i)\bcedex\b.*|\(.*?\)", "", city)) if not word.isdigit()]
    return "-".join(words) or slug(city) if city else ""


@lru_cache(maxsize=1 << 17)
def facility_key(facility: str, city: str) -> str:
    """Return a facility in the form it is compared in within its city: order and the city's own name do not matter."""
    name = parse(_SITE_NUMBER.sub("", facility) or facility)
    here = set(tokens(city))
    words = set(name.tokens) - here or set(name.tokens)
    return "-".join(sorted(words)) or fold(facility).replace(" ", "-")
