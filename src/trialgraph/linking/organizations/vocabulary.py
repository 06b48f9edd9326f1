"""Organisations that are known by name: our own table of facts, and a part of the Research Organization Registry."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import msgspec

from trialgraph.limits import SHORTEST_REORDERED
from trialgraph.linking.organizations.names import parse
from trialgraph.linking.organizations.words import named
from trialgraph.linking.words import tables

ROR_FILE = "organizations-ror.tsv.xz"
HAND_FILE = "organizations.tsv"


class Organization(msgspec.Struct, frozen=True, gc=False):
    """What a vocabulary says of an organisation."""

    id: str  # ORG:novartis, ROR:040af2s02
    name: str
    country: str | None = None  # ISO 3166 alpha-2
    parent_id: str | None = None
    ror_id: str | None = None
    vocabulary: str = "hand"
    affiliates: str = ""  # whose part a name + country or division is: "own", "parent", or nobody's


class OrganizationVocabulary(msgspec.Struct, frozen=True):
    """All known organisations, by id and by the words of their names.

    A key is the words of a name joined by spaces, as organization_names.parse gives them; `bags` holds the same words
    sorted, each with the places of all ROR organisations that have them, in whichever order.
    """

    hand: Mapping[str, Organization]  # by id
    hand_keys: Mapping[str, str]  # words with legal form -> id
    hand_bags: Mapping[str, str]  # sorted words -> id, "" when two organisations share them
    families: Mapping[tuple[str, ...], str]  # words that open the names of affiliates -> id
    ror: tuple[tuple[str, str, str], ...]  # (id, country, name)
    keys: Mapping[str, tuple[int, ...]]
    bags: Mapping[str, tuple[int, ...]]

    def get(self, organization_id: str) -> Organization | None:
        """Return what is known of an id, or None."""
        return self.hand.get(organization_id)


def bag(key: str) -> str:
    """Return the words of a key sorted."""
    return " ".join(sorted(key.split(" ")))


@cache
def load() -> OrganizationVocabulary:
    """Return the shipped vocabulary, read once a process (about 0.3 s)."""
    rows: list[tuple[str, str, str]] = []
    keys: dict[str, tuple[int, ...]] = {}
    bags: dict[str, tuple[int, ...]] = {}
    for ror, country, name, names in tables.rows("trialgraph.linking.organizations", ROR_FILE):
        place = len(rows)
        rows.append((ror, country, name))
        for key in names.split("|"):
            keys[key] = (*keys.get(key, ()), place)
            words = bag(key)
            if (known := bags.get(words, ())) == () or known[-1] != place:
                bags[words] = (*known, place)
    return _with_hand(tables.text("trialgraph.linking.organizations", HAND_FILE), tuple(rows), keys, bags)


def _with_hand(
    text: str,
    rows: tuple[tuple[str, str, str], ...],
    keys: dict[str, tuple[int, ...]],
    bags: dict[str, tuple[int, ...]],
) -> OrganizationVocabulary:
    """Return the vocabulary of our own table's text and the rows of the registry."""
    hand: dict[str, Organization] = {}
    hand_keys: dict[str, str] = {}
    hand_bags: dict[str, str] = {}
    families: dict[tuple[str, ...], str] = {}
    for line in text.splitlines():
        if not line or line.startswith("#"):
            continue
        slug, name, country, parent, affiliates, aliases, _ = line.split("\t")
        key = f"ORG:{slug}"
        hand[key] = Organization(key, name, country or None, f"ORG:{parent}" if parent else None, affiliates=affiliates)
        for alias in (name, *filter(None, aliases.split("|"))):
            taken = parse(alias)
            hand_keys.setdefault(" ".join(taken.full), key)
            short = " ".join(taken.tokens)
            if taken.legal and slug in ("merck-kgaa", "merck-and-co"):
                continue  # without their legal form the two Mercks are one word
            hand_keys.setdefault(short, key)
            if len(taken.tokens) >= SHORTEST_REORDERED and named(taken.tokens):
                words = bag(short)
                hand_bags[words] = key if hand_bags.get(words, key) == key else ""
            if affiliates and (alias == name or len(taken.tokens) <= 2):
                families.setdefault(taken.tokens, key)
    families.pop(("merck",), None)
    return OrganizationVocabulary(hand, hand_keys, hand_bags, families, rows, keys, bags)
