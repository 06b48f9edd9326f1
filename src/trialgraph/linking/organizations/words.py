"""The words that names of organisations are made of: their English, and which of them tell one body from another."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache

import msgspec

from trialgraph.limits import SHORTEST_MISPRINT
from trialgraph.linking.words.longest_match import Phrases
from trialgraph.linking.words.tables import rows
from trialgraph.spelling import is_one_edit

_NOT_WORD = re.compile(r"[^a-z0-9]+")


class Words(msgspec.Struct, frozen=True, gc=False):
    """The word lists that names are read with, from data/organization-words.tsv."""

    stop: frozenset[str]
    generic: frozenset[str]
    weak: frozenset[str]
    legal: dict[str, str]  # form -> country it belongs to, "" when used in many
    same: dict[str, tuple[str, ...]]  # word -> English words
    division: frozenset[str]
    part: frozenset[str]
    body: frozenset[str]
    subject: frozenset[str]
    region: frozenset[str]
    degree: frozenset[str]
    office: frozenset[str]
    state: frozenset[str]
    office_doubtful: frozenset[str]
    office_holder: frozenset[str]
    listed: frozenset[str]  # every word of every list
    long: dict[str, tuple[str, ...]]  # long general words by their first three letters
    phrases: Phrases[tuple[str, ...]]  # phrase -> English words


@cache
def words() -> Words:
    """Return the word lists, read once a process."""
    kinds: dict[str, dict[str, str]] = {}
    for kind, members, *meaning in rows("trialgraph.linking.organizations", "organization-words.tsv"):
        for word in members.split("|"):
            kinds.setdefault(kind, {})[word] = meaning[0] if meaning else ""
    return Words(
        stop=frozenset(kinds["stop"]),
        generic=frozenset(kinds["generic"]),
        weak=frozenset(kinds["weak"]),
        legal=kinds["legal"],
        same={word: tuple(english.split()) for word, english in kinds["same"].items()},
        listed=frozenset(word for members in kinds.values() for word in members),
        long=_by_beginning(word for word in kinds["generic"] if len(word) >= SHORTEST_MISPRINT),
        division=frozenset(kinds["division"]),
        part=frozenset(kinds["part"]),
        body=frozenset(kinds["body"]),
        subject=frozenset(kinds["subject"]),
        region=frozenset(kinds["region"]),
        degree=frozenset(kinds["degree"]),
        office=frozenset(kinds["office"]),
        state=frozenset(kinds["state"]),
        office_doubtful=frozenset(kinds["office-doubtful"]),
        office_holder=frozenset(kinds["office-holder"]),
        phrases=Phrases((tuple(text.split()), tuple(english.split())) for text, english in kinds["phrase"].items()),
    )


@lru_cache(maxsize=1 << 16)
def _english(word: str) -> tuple[str, ...]:
    """Return the words that a folded word is compared as; a long general word with one wrong letter is still that."""
    known = words()
    found = known.same.get(word)
    if found is not None:
        return found
    if len(word) < SHORTEST_MISPRINT or word in known.listed or word.isdigit():
        return (word,)
    for meant in known.long.get(word[:3], ()):
        if is_one_edit(word, meant):
            return (meant,)
    return (word,)


def _by_beginning(members: Iterable[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for word in sorted(members):
        found[word[:3]] = (*found.get(word[:3], ()), word)
    return found


def tokens(text: str) -> list[str]:
    """Return the words of a name as they are compared: folded, in English where the word list has it, no stop words."""
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
        text = text.replace("ł", "l").replace("ø", "o").replace("Ø", "O").replace("ı", "i").replace("Ł", "L")
    known = words()
    plain = [_english(word) for word in _NOT_WORD.sub(" ", text.casefold()).split()]
    return known.phrases.replace([word for parts in plain for word in parts if word not in known.stop], tuple)


def distinctive(name: tuple[str, ...] | list[str]) -> bool:
    """Return whether some word of a name tells it from others of its kind ("University Hospital" has none)."""
    known = words()
    skip = False
    for word in name:
        if skip:
            skip = False
        elif word == "saint":
            skip = True  # a saint's name is shared by hospitals everywhere
        elif word not in known.generic and word not in known.weak and not word.isdigit():
            return True
    return False


def named(name: tuple[str, ...] | list[str]) -> bool:
    """Return whether a name has a word that is not general, be it a saint's: then the order does not matter."""
    generic = words().generic
    return any(word not in generic and not word.isdigit() for word in name)
