"""Organisations: from a name as a record writes it to one body, with its owner where one is known.

The id does not depend on which records are loaded: it comes from our table, from the Research Organization Registry
where only one body has the name, and else from the words of the name themselves.
"""

from __future__ import annotations

from collections.abc import Sequence

from trialgraph.entities.corrections import Corrections
from trialgraph.model import OrganizationLink, Resolution
from trialgraph.text import clean, fold
from trialgraph.vocabularies import countries
from trialgraph.vocabularies.organization_names import Name, distinctive, host, parse, without_place, words
from trialgraph.vocabularies.organizations import Organization, OrganizationVocabulary, bag, load

_SURE = {"user": 1.0, "alias-table": 1.0, "ror": 0.95, "reordered": 0.9, "spelling": 0.9, "exact": 1.0}


class OrganizationLinker:
    """Resolves names; pure per call, results are remembered."""

    def __init__(
        self, vocabulary: OrganizationVocabulary | None = None, corrections: Corrections | None = None
    ) -> None:
        self._known = vocabulary or load()
        self._corrections = corrections or Corrections()
        self._seen: dict[str, OrganizationLink] = {}

    def resolve(self, name: str, agency_class: str | None = None) -> OrganizationLink:
        """Return the organisation that a name means; the class of the mention stays with the mention."""
        found = self._seen.get(name)
        if found is None:
            found = self._seen[name] = self._resolve(name)
        return found

    def get(self, organization_id: str) -> Organization | None:
        """Return what the vocabulary says of an id of our table or of ROR; None for an id made from words."""
        if organization_id.startswith("ROR:"):
            return self._from_ror(organization_id)
        return self._known.get(organization_id)

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
            return self._made(raw, name, " ".join(name.full) or raw)
        return self._by_table(raw, name) or self._by_ror(raw, name) or self._by_words(raw, name, depth)

    def _corrected(self, raw: str, target: str) -> OrganizationLink:
        """Return the organisation that the user says a name is; the target is an id or another name."""
        known = self.get(target)
        if known is None and target.startswith(("ORG:", "ROR:")):
            return OrganizationLink(
                organization_id=target, name=raw, raw_name=raw, method="user", confidence=_SURE["user"]
            )
        if known is not None:
            return self._link(raw, known, "user")
        link = self._resolve(target, depth=1)
        return OrganizationLink(
            organization_id=link.organization_id,
            name=link.name,
            raw_name=raw,
            method="user",
            confidence=_SURE["user"],
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
            confidence=_SURE[method],
            parent_id=known.parent_id or parent,
            ror_id=known.ror_id,
            country=known.country,
        )

    def _by_table(self, raw: str, name: Name) -> OrganizationLink | None:
        """Return the organisation of our table with this name, or the affiliate of one."""
        known, full, short = self._known, " ".join(name.full), " ".join(name.tokens)
        found = known.hand_keys.get(full)
        if found is None and name.countries and len(name.segments) > 1:
            without = " ".join(word for segment in name.segments[:-1] for word in segment)
            found = known.hand_keys.get(without) if without_place(name) else None
        if found is None:
            found = known.hand_keys.get(short)
            if found is None and known.hand_bags.get(bag(short)):
                found = known.hand_bags[bag(short)]
            if found is not None and _elsewhere(name, known.hand[found]):
                return self._affiliate(raw, name, found)
        if found is not None:
            return self._link(raw, known.hand[found], "alias-table")
        family = self._family(name.tokens)
        return self._affiliate(raw, name, family) if family else None

    def _family(self, name: tuple[str, ...]) -> str | None:
        """Return the known company whose name, with words for a division or a country, makes up a whole name."""
        for i in range(len(name)):
            for size in (3, 2, 1):
                found = self._known.families.get(name[i : i + size]) if i + size <= len(name) else None
                if found and _all_division((*name[:i], *name[i + size :])):
                    return found
        return None

    def _affiliate(self, raw: str, name: Name, family: str) -> OrganizationLink:
        """Return a company's part under its own id; `parent` families hand it on to their own parent."""
        known = self._known.hand[family]
        owner = known.parent_id if known.affiliates == "parent" and known.parent_id else family
        form = name.legal if name.tokens in self._known.families else ()
        return OrganizationLink(
            organization_id="ORG:" + _slug((*name.tokens, *form)),
            name=_tidy(raw),
            raw_name=raw,
            method="affiliate",
            confidence=0.85,
            parent_id=owner,
            country=_country(name),
        )

    def _by_ror(self, raw: str, name: Name) -> OrganizationLink | None:
        """Return the organisation of the registry that alone has this name (and country, where the name has one)."""
        for tokens, place in _readings(name):
            key = " ".join(tokens)
            found = self._known.bags.get(bag(key), ())
            if not found or not (distinctive(tokens) or place):
                continue
            if place:
                found = tuple(i for i in found if self._known.ror[i][1] == place)
            if len(found) > 1:
                ordered = self._known.keys.get(key, ())
                found = tuple(i for i in found if i in ordered)
            if len(found) == 1:
                return self._link(raw, self._ror(found[0]), "ror", self._owner(name))
        return None

    def _ror(self, place: int) -> Organization:
        ror, country, title = self._known.ror[place]
        return Organization(f"ROR:{ror}", title, country, ror_id=f"https://ror.org/{ror}", vocabulary="ror")

    def _from_ror(self, organization_id: str) -> Organization | None:
        ror = organization_id.removeprefix("ROR:")
        return next((self._ror(i) for i, row in enumerate(self._known.ror) if row[0] == ror), None)

    def _owner(self, name: Name) -> str | None:
        """Return the id of the owner that the name itself tells of."""
        return self._resolve(name.parent, depth=1).organization_id if name.parent else None

    def _by_words(self, raw: str, name: Name, depth: int) -> OrganizationLink:
        """Return an organisation made of the words of its name alone, and the body it is a part of."""
        parent = self._owner(name)
        if parent is None and depth == 0 and (whole := host(name)):
            owner = self._resolve(whole, depth=1)
            parent = owner.organization_id if distinctive(parse(whole).tokens) else None
        if parent is None and name.legal and (rest := _without_region(name.tokens)):
            parent = "ORG:" + _slug(rest)
        key = " ".join(name.tokens)
        shared = len(self._known.bags.get(bag(key), ())) > 1
        link = self._made(raw, name, key, ordered=shared)
        return link if parent in (None, link.organization_id) else _with_parent(link, parent)

    def _made(self, raw: str, name: Name, key: str, *, ordered: bool = False) -> OrganizationLink:
        tokens = key.split()
        slug = "-".join(tokens) if ordered else _slug(tokens)
        return OrganizationLink(
            organization_id=f"ORG:{slug or fold(raw).replace(' ', '-') or 'unnamed'}",
            name=_tidy(raw),
            raw_name=raw,
            method="spelling",
            confidence=_SURE["spelling"],
            country=_country(name),
        )


def _with_parent(link: OrganizationLink, parent: str | None) -> OrganizationLink:
    return OrganizationLink(
        organization_id=link.organization_id,
        name=link.name,
        raw_name=link.raw_name,
        method=link.method,
        confidence=link.confidence,
        parent_id=parent,
        ror_id=link.ror_id,
        country=link.country,
    )


def _slug(tokens: Sequence[str]) -> str:
    """Return words as an id that does not depend on their order: telling words first, then the general ones."""
    generic = words().generic
    return "-".join(sorted(set(tokens), key=lambda word: (word in generic, word)))


def _tidy(raw: str) -> str:
    return " ".join((clean(raw) or raw).split())


def _country(name: Name) -> str | None:
    return name.countries[0] if name.countries else None


def _elsewhere(name: Name, known: Organization) -> bool:
    """Return whether a known company's name carries a legal form of another country: AstraZeneca K.K."""
    if not known.affiliates or known.country is None:
        return False
    homes = {words().legal.get(form, "") for form in name.legal} - {""}
    return bool(homes) and known.country not in homes and bool(homes & _TELLING_FORMS)


_TELLING_FORMS = frozenset(("JP", "AU", "IN", "MY", "SG"))  # forms that nobody uses for a parent elsewhere


def _all_division(rest: tuple[str, ...]) -> bool:
    known = words()
    return bool(rest) and all(
        word in known.division or word in known.legal or word.isdigit() or countries.find(word) for word in rest
    )


def _readings(name: Name) -> list[tuple[tuple[str, ...], str | None]]:
    """Return the ways to read a name for the registry: words, and the country that the body must then be in."""
    place = _country(name)
    readings = [(name.tokens, place)]
    last = name.segments[-1] if len(name.segments) > 1 else ()
    if last and (country := countries.find(" ".join(last))):
        readings.append((name.tokens[: -len(last)], country.iso2))
    readings.append((without_place(name), place))
    if name.full != name.tokens:
        readings.append((name.full, place))
    return [(tokens, country) for tokens, country in readings if tokens]


def _without_region(name: tuple[str, ...]) -> tuple[str, ...]:
    """Return a company's name without the country or region at its end, or nothing."""
    cut = len(name)
    while cut > 1 and (name[cut - 1] in words().region or countries.find(name[cut - 1])):
        cut -= 1
    return name[:cut] if cut < len(name) and distinctive(name[:cut]) else ()
