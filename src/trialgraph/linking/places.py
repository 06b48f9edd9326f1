"""Places: the sites where a trial is run, one facility within one city, and their countries."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache, lru_cache

import msgspec

from trialgraph.limits import LONGEST_NAME
from trialgraph.linking import countries
from trialgraph.linking.organizations.names import parse
from trialgraph.linking.organizations.words import tokens
from trialgraph.linking.words.tables import rows
from trialgraph.model import Location, Trial
from trialgraph.text import fold, slug

# Where one town's name is found in many states, the state tells them apart; elsewhere records write it too loosely.
_BY_STATE = frozenset(("US", "CA", "AU", "IN", "BR", "MX"))

_OFFICE = re.compile(r"administrative office|call cent(?:er|re)|central contact|investigat\w{2,5} sites? in ", re.I)
_SITE_NUMBER = re.compile(  # "Site 44: ...", "... ( Site 3507)", ".../ID# 253013", "... - Site Number : 8400057"
    r"^\s*site\s*\d+\s*[:-]\s*|[\s(/_-]{0,4}(?:\b|_)(?:site|id)\s?(?:number|no|nr)?[\s.:#]{0,4}\d{1,9}\s?\)?\s*$", re.I
)
_SITE_SUFFIX = re.compile(  # the same where a sign parts it from the facility's name
    r"\s?[(/_-]\s{0,2}(?:site|id)\s?(?:number|no|nr)?[\s.:#]{0,4}\d{1,9}\s?\)?\s*$", re.I
)
_SHORT_STAND_IN = 3  # words of "Celgene site"; more of them may describe a place


class _SiteWords(msgspec.Struct, frozen=True, gc=False):
    """The words that stand in the place of a facility's name, from data/site-words.tsv."""

    placeholder: frozenset[str]
    short: frozenset[str]
    instruction: frozenset[str]
    before_site: frozenset[str]
    alone: frozenset[str]
    number: frozenset[str]


@cache
def _site_words() -> _SiteWords:
    lists = {kind: frozenset(listed.split("|")) for kind, listed in rows("trialgraph.linking", "site-words.tsv")}
    return _SiteWords(**{kind.replace("-", "_"): words for kind, words in lists.items()})


@lru_cache(maxsize=1 << 17)
def names_a_facility(written: str) -> bool:
    """Return whether words name a facility: "Research Site 12" and "Site Reference ID/Investigator# 751" do not."""
    known, plain = _site_words(), fold(_SITE_SUFFIX.sub("", written) or written)
    letters = [word for word in plain.split() if not any(c.isdigit() for c in word)]
    words = [word for word in letters if len(word) > 1]
    while words and words[-1] in known.number:
        words.pop()
    if not words or words[0] in known.instruction or _OFFICE.search(written):
        return False
    if len(letters) - len(words) > 1:
        return True  # initials: "V.A. Medical Center"
    return not (_is_placeholder(words) or _is_stand_in(words))


def _is_placeholder(words: list[str]) -> bool:
    """Return whether words say nothing but that there is a site: "local institution", "clinical research center"."""
    known = _site_words()
    if len(words) == 1 and words[0] in known.alone:
        return True
    if "medical" in words and "research" in words:
        return False  # "Research Medical Center" is a hospital's name
    return all(word in known.placeholder for word in words) and not all(word in known.short for word in words)


def _is_stand_in(words: list[str]) -> bool:
    """Return whether words are a sponsor's name with "investigational site" and the like."""
    last, before = words[-1], words[-2] if len(words) > 1 else ""
    if last in ("site", "sites"):
        return len(words) <= _SHORT_STAND_IN or before in _site_words().before_site
    return last in ("center", "centre") and before.startswith("investigati")


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
    method: str  # facility
    confidence: float


class TrialCountry(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A trial names a country, with or without sites there."""

    iso2: str  # ISO 3166 alpha-2; the name as written where it is none we know
    name: str
    raw: str
    sites: int  # different facilities there
    unnamed_sites: int  # locations there that name a city or a stand-in such as "Research Site", but no facility
    source_field: str


def sites(trial: Trial) -> tuple[Site, ...]:
    """Return the different sites of a trial, in the record's order; a location that names no facility is none."""
    found: dict[str, Site] = {}
    for place, location in enumerate(trial.locations):
        site = _site(place, location)
        if site is not None:
            found.setdefault(site.site_id, site)
    return tuple(found.values())


def trial_countries(trial: Trial, found: Sequence[Site]) -> tuple[TrialCountry, ...]:
    """Return every country that a trial's record names, in its order: of its locations, then those named alone.

    `found` are the trial's sites; a location without a facility is counted, unless it names nothing but the country.
    """
    raw: dict[str, str] = {}
    unnamed: Counter[str] = Counter()
    for location in trial.locations:
        if key := country_key(location.country):
            raw.setdefault(key, location.country or "")
            unnamed[key] += bool(location.facility or location.city) and _facility(location) is None
    located = set(raw)
    for name in trial.countries:
        if key := country_key(name):
            raw.setdefault(key, name)
    named = Counter(country_key(site.country) for site in found)
    return tuple(
        TrialCountry(
            iso2=key,
            name=country.name if (country := countries.by_code().get(key)) else key,
            raw=name,
            sites=named[key],
            unnamed_sites=unnamed[key],
            source_field=f"contactsLocationsModule.locations{'' if key in located else '.country'}",
        )
        for key, name in raw.items()
    )


def country_key(name: str | None) -> str:
    """Return the key of a country's node: its code, the name as written where it is none we know, "" for no name."""
    country = countries.find(name)
    return country.iso2 if country else (name or "")


def _facility(location: Location) -> str | None:
    """Return the name of a location's facility in one line, or None where it names none."""
    written = " ".join((location.facility or "")[:LONGEST_NAME].split())
    return written if written and names_a_facility(written) else None


def _site(place: int, location: Location) -> Site | None:
    written = _facility(location)
    facility = facility_key(written, location.city or "") if written else ""
    if not facility:
        return None
    country = countries.find(location.country)
    land = country.iso2.lower() if country else slug(location.country or "nowhere")
    town = city_key(location.city or "")
    if location.state and (country is None or country.iso2 in _BY_STATE):
        town = f"{town}-{slug(location.state)}" if town else slug(location.state)
    return Site(
        site_id=f"SITE:{land}:{town or 'nowhere'}:{facility}",
        facility=location.facility or "",
        city=location.city,
        state=location.state,
        zip=location.zip,
        iso2=country.iso2 if country else None,
        country=location.country,
        lat=location.lat,
        lon=location.lon,
        status=location.status,
        location=place,
        method="facility",
        confidence=0.9,
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
