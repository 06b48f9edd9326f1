"""The words that names of organisations are made of: their English, and which of them tell one body from another."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache

import msgspec

from trialgraph.limits import SHORTEST_MISPRINT
from trialgraph.linking.words.tables import rows

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
    phrases: dict[str, tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]]  # by first word, longest first


@cache
def words() -> Words:
    """Return the word lists, read once a process."""
    kinds: dict[str, dict[str, str]] = {}
    for kind, members, *meaning in rows("trialgraph.linking.organizations", "organization-words.tsv"):
        for word in members.split("|"):
            kinds.setdefault(kind, {})[word] = meaning[0] if meaning else ""
    phrases: dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]] = {}
    for text, english in kinds["phrase"].items():
        parts = tuple(text.split())
        phrases.setdefault(parts[0], []).append((parts, tuple(english.split())))
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
        phrases={first: tuple(sorted(found, key=lambda p: -len(p[0]))) for first, found in phrases.items()},
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
        if _one_letter_off(word, meant):
            return (meant,)
    return (word,)


def _one_letter_off(word: str, meant: str) -> bool:
    """Return whether one letter is wrong, missing or too many, or two neighbours are swapped."""
    longer, shorter = (word, meant) if len(word) >= len(meant) else (meant, word)
    if len(longer) - len(shorter) > 1:
        return False
    at = next((i for i, (a, b) in enumerate(zip(longer, shorter, strict=False)) if a != b), len(shorter))
    if len(longer) > len(shorter):
        return longer[at + 1 :] == shorter[at:]
    swapped = longer[at : at + 2] == shorter[at : at + 2][::-1] and longer[at + 2 :] == shorter[at + 2 :]
    return swapped or longer[at + 1 :] == shorter[at + 1 :]


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
    out = [word for parts in plain for word in parts if word not in known.stop]
    if not known.phrases.keys().isdisjoint(out):
        out = _replace_phrases(out, known)
    return out


def _replace_phrases(out: list[str], known: Words) -> list[str]:
    """Return words with the phrases of the list replaced, longest first."""
    done: list[str] = []
    i = 0
    while i < len(out):
        for phrase, english in known.phrases.get(out[i], ()):
            if tuple(out[i : i + len(phrase)]) == phrase:
                done += english
                i += len(phrase)
                break
        else:
            done.append(out[i])
            i += 1
    return done


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
