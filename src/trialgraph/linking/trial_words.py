"""What the trial itself says about its condition strings: its abbreviations, its codes, the names in its text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from trialgraph.linking.mesh import Mesh, canonical
from trialgraph.model import Trial

_BRACKET = re.compile(r"\(\s*([^()\n]{2,80}?)\s*\)")
_SHORT = re.compile(r"([A-Za-z][A-Za-z0-9/+-]{1,11})(?:\s*[,;].*)?")
_LAST_WORD = re.compile(r"\b([A-Z][A-Za-z0-9/-]{1,9})\s*$")
LONGEST_FORM = 140  # characters before a bracket in which its long form begins


def texts(trial: Trial) -> Iterator[str]:
    """Yield the trial's texts in which an abbreviation may be explained, nearest first."""
    yield from trial.conditions
    yield from trial.keywords
    for text in (
        trial.brief_title,
        trial.official_title,
        trial.brief_summary,
        trial.detailed_description,
        trial.eligibility,
    ):
        if text:
            yield text


def abbreviations(all_texts: Iterable[str]) -> dict[str, str]:
    """Return the abbreviations that texts explain, in capitals, with their long forms; the first one stands."""
    found: dict[str, str] = {}
    for text in all_texts:
        if "(" not in text:
            continue
        for bracket in _BRACKET.finditer(text):
            inside, before = bracket[1], text[max(0, bracket.start() - LONGEST_FORM) : bracket.start()]
            before = before.rpartition("\n")[2]
            if match := _SHORT.fullmatch(inside):
                short = match[1].rstrip("s") if match[1][:-1].isupper() else match[1]
                long = long_form(short, before) if _is_new(short, found) else None
                if long:
                    found[short.upper()] = long
                    continue
            if (match := _LAST_WORD.search(before)) and _is_new(match[1], found):
                long = long_form(match[1], inside)  # "AIHA (autoimmune hemolytic anemia)"
                if long and len(long) > TURNED_SHARE * len(inside):
                    found[match[1].upper()] = long
    return found


TURNED_SHARE = 0.7  # of the bracket: with less of it, the bracket says something else than the long form


def _is_new(short: str, found: dict[str, str]) -> bool:
    return sum(c.isupper() for c in short) > 1 and short.upper() not in found


def long_form(short: str, before: str) -> str | None:
    """Return the words at the end of a text that an abbreviation stands for, or None.

    Every letter of the short form is found in order from the right, its first letter at the beginning of a word:
    A. S. Schwartz and M. A. Hearst, A simple algorithm for identifying abbreviation definitions, PSB 2003.
    """
    text = before.rstrip(" ,:\"'")
    place = len(text) - 1
    low = text.lower()
    letters = [c for c in short.lower() if c.isalnum()]
    for number in range(len(letters) - 1, -1, -1):
        while place >= 0 and (
            low[place] != letters[number] or (number == 0 and place > 0 and low[place - 1].isalnum())
        ):
            place -= 1
        if place < 0:
            return None
        place -= 1
    long = text[place + 1 :]
    words = long.split()
    if len(words) > min(len(letters) + 5, len(letters) * 2) or len(long) <= len(short) or len(words) < 1:
        return None
    return long.strip()


def initials(short: str, names: Iterable[str]) -> str | None:
    """Return the name whose words begin with the letters of an abbreviation, or None."""
    wanted = [c for c in short.lower() if c.isalnum()]
    if len(wanted) < 2:
        return None
    for name in names:
        words = [w for w in re.split(r"[^a-z0-9]+", name.lower()) if w and w not in ("of", "the", "and", "in", "with")]
        if [w[0] for w in words] == wanted:
            return name
    return None


def codes(trial: Trial, mesh: Mesh) -> tuple[str, ...]:
    """Return the headings that the registry derived for the trial's conditions, in its order, with their ids mended."""
    found: dict[str, None] = {}
    for term in trial.condition_meshes:
        mesh_id = canonical(term.id) if term.id else None
        if mesh_id not in mesh.descriptors:
            mesh_id = mesh.by_name.get(term.term.casefold()) if term.term else None
        if mesh_id:
            found[mesh_id] = None
    return tuple(found)


def sharing(words: Sequence[str], names: Iterable[Sequence[str]], weights: dict[str, float]) -> tuple[float, float]:
    """Return how much of a string's words, and of a heading's best name, the two share, each from 0 to 1.

    A word counts by its rarity among names of conditions; two long words share when one holds the other's root.
    """
    best = (0.0, 0.0)
    total = sum(weights.get(w, 1.0) for w in words) or 1.0
    for name in names:
        both = [w for w in words if w in name or any(_same_root(w, other) for other in name)]
        weight = sum(weights.get(w, 1.0) for w in both)
        if not weight:
            continue
        whole = sum(weights.get(w, 1.0) for w in name) or 1.0
        pair = (weight / total, min(1.0, weight / whole))
        if sum(pair) > sum(best):
            best = pair
    return best


ROOT = 7  # letters: "triglyceride" and "hypertriglyceridemia" share a root, "arterial" and "arthritis" do not


def _same_root(one: str, other: str) -> bool:
    if len(one) < ROOT or len(other) < ROOT:
        return False
    return (
        one[:ROOT] == other[:ROOT]
        or one[: max(ROOT, len(one) - 2)] in other
        or other[: max(ROOT, len(other) - 2)] in one
    )
