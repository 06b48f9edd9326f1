"""Organisations: from a name as a record writes it to one body, with its owner where one is known.

The id does not depend on which records are loaded: it comes from our table, from the Research Organization Registry
where only one body has the name, and else from the words of the name themselves.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from trialgraph.linking import countries
from trialgraph.linking.corrections import Corrections
from trialgraph.linking.organizations.names import Name, hosts, parse, reads_like_a_name, without_place
from trialgraph.linking.organizations.vocabulary import Organization, OrganizationVocabulary, bag, load
from trialgraph.linking.organizations.words import distinctive, named, words
from trialgraph.meanings import Resolution
from trialgraph.model import OrganizationLink
from trialgraph.text import clean, fold

_CONFIDENCE = {"user": 1.0, "alias-table": 1.0, "ror": 0.95, "spelling": 0.9, "affiliate": 0.85}


class OrganizationLinker:
    """Resolves names; pure per call, results are cached."""

    def __init__(
        self, vocabulary: OrganizationVocabulary | None = None, corrections: Corrections | None = None
    ) -> None:
        self._vocabulary = vocabulary or load()
        self._corrections = corrections or Corrections()
        self._resolved: dict[str, OrganizationLink] = {}
        self._ror_places: dict[str, int] = {}  # filled when first asked for

    def resolve(self, name: str, agency_class: str | None = None) -> OrganizationLink:
        """Return the organisation that a name means; the class of the mention stays with the mention."""
        found = self._resolved.get(name)
        if found is None:
            found = self._resolved[name] = self._merged_by_user(self._resolve(name))
        return found

    def _merged_by_user(self, link: OrganizationLink) -> OrganizationLink:
        """Return the organisation that the user says an id is, where there is such a correction."""
        correction = self._corrections.find("organization", link.organization_id)
        if correction is None or correction.target is None or correction.target == link.organization_id:
            return link
        return self._corrected(link.raw_name, correction.target)

    def get(self, organization_id: str) -> Organization | None:
        """Return what the vocabulary says of an id of our table or of ROR; None for an id built from words."""
        if organization_id.startswith("ROR:"):
            return self._from_ror(organization_id)
        return self._vocabulary.get(organization_id)

    def understand(self, text: str) -> Resolution | None:
        """Return what a person's name for an organisation means, or None for an empty one."""
        if not fold(text):
            return None
        link = self.resolve(text)
        return Resolution(
            kind="organization",
            id=link.organization_id,
            name=link.name,
            given=text,
            matched_alias=link.raw_name,
            method=link.method,
            confidence=link.confidence,
        )

    # --- the steps, in the order they are tried ---

    def _resolve(self, raw: str, depth: int = 0) -> OrganizationLink:
        corrected = self._corrections.find("organization", raw)
        if corrected is not None and corrected.target is not None and fold(corrected.target) != fold(raw):
            return self._corrected(raw, corrected.target)
        name = parse(raw)
        if not name.tokens:
            return self._from_words(raw, name, " ".join(name.full) or raw)
        return self._by_table(raw, name) or self._by_ror(raw, name) or self._by_words(raw, name, depth)

    def _corrected(self, raw: str, target: str) -> OrganizationLink:
        """Return the organisation that the user says a name is; the target is an id or another name."""
        known = self.get(target)
        if known is None and target.startswith(("ORG:", "ROR:")):
            return OrganizationLink(
                organization_id=target, name=raw, raw_name=raw, method="user", confidence=_CONFIDENCE["user"]
            )
        if known is not None:
            return self._link(raw, known, "user")
        link = self._resolve(target, depth=1)
        return OrganizationLink(
            organization_id=link.organization_id,
            name=link.name,
            raw_name=raw,
            method="user",
            confidence=_CONFIDENCE["user"],
            parent_id=link.parent_id,
            ror_id=link.ror_id,
            country=link.country,
        )

    def _link(self, raw: str, known: Organization, method: str, parent: str | None = None) -> OrganizationLink:
        return OrganizationLink(
            organization_id=known.id,
            name=known.name,
            raw_name=raw,
            method=method,
            confidence=_CONFIDENCE[method],
            parent_id=known.parent_id or parent,
            ror_id=known.ror_id,
            country=known.country,
        )

    def _by_table(self, raw: str, name: Name) -> OrganizationLink | None:
        """Return the organisation of our table with this name, or the affiliate of one."""
        known, full, short = self._vocabulary, " ".join(name.full), " ".join(name.tokens)
        found = known.hand_keys.get(full)
        if found is None and name.countries and len(name.segments) > 1 and without_place(name):
            found = known.hand_keys.get(" ".join(word for segment in name.segments[:-1] for word in segment))
        exact = found is not None
        found = found or known.hand_keys.get(short) or known.hand_bags.get(bag(short)) or None
        if found is None:
            family = self._family(name.tokens)
            return self._affiliate(raw, name, known.hand[family]) if family else None
        body = known.hand[found]
        if body.affiliates.startswith("abroad "):
            owner = self._owner(name) or f"ORG:{body.affiliates.removeprefix('abroad ')}"
            if name.parent or set(_homes(name)) - {"US", "CA"}:
                return self._affiliate(raw, name, known.hand.get(owner, body))
        elif not exact and body.affiliates and _elsewhere(name, body):
            return self._affiliate(raw, name, body)
        return self._link(raw, body, "alias-table")

    def _family(self, name: tuple[str, ...]) -> str | None:
        """Return the known company whose name, with words for a division or a country, makes up a whole name."""
        for i in range(len(name)):
            for size in (3, 2, 1):
                found = self._vocabulary.families.get(name[i : i + size]) if i + size <= len(name) else None
                if found and _all_division((*name[:i], *name[i + size :])):
                    return found
        return None

    def _affiliate(self, raw: str, name: Name, known: Organization) -> OrganizationLink:
        """Return a company's part under its own id; `parent` families hand it on to their own parent."""
        owner = known.parent_id if known.affiliates == "parent" and known.parent_id else known.id
        home = next(iter(_homes(name)), None)
        there = next((country.iso2 for word in name.tokens if (country := countries.find(word))), None)
        abroad = (home.lower(),) if home and home != known.country and there is None else ()
        return OrganizationLink(
            organization_id="ORG:" + _slug((*name.tokens, *abroad)),
            name=_tidy(raw),
            raw_name=raw,
            method="affiliate",
            confidence=_CONFIDENCE["affiliate"],
            parent_id=owner,
            country=there or home,
        )

    def _by_ror(self, raw: str, name: Name) -> OrganizationLink | None:
        """Return the organisation of the registry that alone has this name (and country, where the name has one)."""
        for tokens, place, shortened in _readings(name):
            key = " ".join(tokens)
            found = self._vocabulary.bags.get(bag(key), ())
            if not found or not (distinctive(tokens) or (place and not shortened)):
                continue
            if place:
                found = tuple(i for i in found if self._vocabulary.ror[i][1] == place)
            if len(found) > 1:
                ordered = self._vocabulary.keys.get(key, ())
                found = tuple(i for i in found if i in ordered)
            if len(found) == 1:
                return self._link(raw, self._ror(found[0]), "ror", self._owner(name))
        return None

    def _ror(self, place: int) -> Organization:
        ror, country, title = self._vocabulary.ror[place]
        return Organization(f"ROR:{ror}", title, country, ror_id=f"https://ror.org/{ror}", vocabulary="ror")

    def _from_ror(self, organization_id: str) -> Organization | None:
        ror = organization_id.removeprefix("ROR:")
        if not self._ror_places:
            self._ror_places.update((row[0], place) for place, row in enumerate(self._vocabulary.ror))
        place = self._ror_places.get(ror)
        return None if place is None else self._ror(place)

    def _owner(self, name: Name) -> str | None:
        """Return the id of the owner that the name itself mentions."""
        return self._resolve(name.parent, depth=1).organization_id if name.parent else None

    def _by_words(self, raw: str, name: Name, depth: int) -> OrganizationLink:
        """Return an organisation identified by the words of its name alone, and the body it is a part of."""
        parent = self._owner(name)
        if parent is None and depth == 0:
            parent = self._host(name)
        if parent is None and name.legal and (rest := _without_region(name.tokens)):
            parent = "ORG:" + _slug(rest)
        key = " ".join(name.tokens)
        shared = len(self._vocabulary.bags.get(bag(key), ())) > 1 or not named(name.tokens)
        link = self._from_words(raw, name, key, ordered=shared)
        return link if parent in (None, link.organization_id) else msgspec.structs.replace(link, parent_id=parent)

    def _host(self, name: Name) -> str | None:
        """Return the id of the body that a school or department belongs to: a known one, else a likely one."""
        bodies = hosts(name)
        links = [self._resolve(" ".join(body), depth=1) for body in bodies]
        for link in links:
            if link.method in ("alias-table", "ror"):
                return link.organization_id
        if len(links) == 1 and reads_like_a_name(bodies[0]):
            return links[0].organization_id
        return None

    def _from_words(self, raw: str, name: Name, key: str, *, ordered: bool = False) -> OrganizationLink:
        tokens = key.split()
        slug = "-".join(tokens) if ordered else _slug(tokens)
        return OrganizationLink(
            organization_id=f"ORG:{slug or fold(raw).replace(' ', '-') or 'unnamed'}",
            name=_tidy(raw),
            raw_name=raw,
            method="spelling",
            confidence=_CONFIDENCE["spelling"],
            country=_country(name),
        )


def _slug(tokens: Sequence[str]) -> str:
    """Return words as an id that does not depend on their order: telling words first, then the general ones."""
    generic = words().generic
    return "-".join(sorted(tokens, key=lambda word: (word in generic, word)))


def _tidy(raw: str) -> str:
    return " ".join((clean(raw) or raw).split())


def _country(name: Name) -> str | None:
    return name.countries[0] if name.countries else None


def _homes(name: Name) -> tuple[str, ...]:
    """Return the countries that a name states or by a legal form that one country alone uses."""
    forms = (words().legal.get(form, "") for form in name.legal)
    return tuple(dict.fromkeys((*name.countries, *(home for home in forms if home and home not in _NOT_TELLING))))


_NOT_TELLING = frozenset(("US", "CH", "NL"))  # LLC, AG and BV are used by companies of many countries


def _elsewhere(name: Name, known: Organization) -> bool:
    """Return whether a known company's name with its legal form is that of a branch abroad: AstraZeneca K.K."""
    homes = set(_homes(name))
    return bool(known.country and name.legal and homes and known.country not in homes)


def _all_division(rest: tuple[str, ...]) -> bool:
    known = words()
    return bool(rest) and all(
        word in known.division or word in known.legal or word.isdigit() or countries.find(word) for word in rest
    )


def _readings(name: Name) -> list[tuple[tuple[str, ...], str | None, bool]]:
    """Return the ways to read a name for the registry: words, the country the body must be in, is a town left out."""
    place = _country(name)
    readings: list[tuple[tuple[str, ...], str | None, bool]] = [(name.tokens, place, False)]
    last = name.segments[-1] if len(name.segments) > 1 else ()
    if last and (country := countries.find(" ".join(last))):
        readings.append((name.tokens[: -len(last)], country.iso2, False))
    readings.append((without_place(name), place, True))
    if name.full != name.tokens:
        readings.append((name.full, place, False))
    return [reading for reading in readings if reading[0]]


def _without_region(name: tuple[str, ...]) -> tuple[str, ...]:
    """Return a company's name without the country or region at its end, or nothing."""
    cut = len(name)
    while cut > 1 and (name[cut - 1] in words().region or countries.find(name[cut - 1])):
        cut -= 1
    if cut == len(name) or name[cut - 1] in words().body or not distinctive(name[:cut]):
        return ()  # "Serum Institute of India" is no branch of a Serum Institute
    return name[:cut]
