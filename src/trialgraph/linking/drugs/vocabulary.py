"""Drug names as a resolver: a folded name to the drug, or the drugs of a combination, that it means.

Source: MeSH (U.S. National Library of Medicine) and UNII (U.S. FDA) through `make_drugs`, and facts by hand
(`data/drugs.txt`), which win.
"""

from __future__ import annotations

import functools
import gc
from collections.abc import Iterable
from typing import Final

import msgspec

from trialgraph.errors import UsageError
from trialgraph.linking.words import tables
from trialgraph.linking.words.keys import key
from trialgraph.spelling import closest

SALT_OF, JOINED = 7, 8  # the columns with the base of a salt and with the names of what was joined
PACKAGE: Final = "trialgraph.linking.drugs"
LISTS = ("mesh", "mesh-supplementary", "unii", "hand")


class Drug(msgspec.Struct, frozen=True, gc=False):
    """One drug under its canonical id."""

    id: str  # MESH:D020123, MESH:C401859, UNII:W36ZG6FT64
    name: str
    mesh_id: str | None = None
    unii: str | None = None


class Match(msgspec.Struct, frozen=True, gc=False):
    """What a name means: one drug, or the parts of a combination; none for words that name no drug."""

    drugs: tuple[Drug, ...]
    alias: str  # the name as the vocabulary holds it, folded or as written by hand
    vocabulary: str  # one of LISTS
    salt: Drug | None = None  # the salt or ester that the name is of, where a list holds it as a substance


class DrugVocabulary:
    """Folded names and the drugs that they mean."""

    def __init__(self, text: str, by_hand: str = "") -> None:
        first, _, rest = text.partition("\n")
        self.release = first.removeprefix("#").strip()
        self._rows: list[list[str]] = []
        self.names: dict[str, int] = {}  # folded name -> 4 * row + place in LISTS
        self._by_id: dict[str, int] = {}
        self._base: dict[int, str] = {}  # row of a salt -> id of its base
        self._joined: dict[str, str] = {}  # id -> preferred names of what was joined to it, joined by |
        names = self.names
        for at, line in enumerate(rest.splitlines()):
            row = line.split("\t")
            for place in (6, 5, 4):
                if row[place]:
                    names.update(dict.fromkeys(row[place].split("|"), 4 * at + place - 4))
            self._rows.append(row[:4])
            self._by_id[row[0]] = at
            if row[SALT_OF]:
                self._base[at] = row[SALT_OF]
            if row[JOINED]:
                self._joined[row[0]] = row[JOINED]
            if row[3] and row[2]:
                self._by_id.setdefault("UNII:" + row[3], at)
        self.exactly: dict[str, frozenset[str]] = {}  # folded name -> the only ways to write it
        self.devices: dict[str, tuple[str, ...]] = {}  # folded brand of a device -> ids of what it releases
        self.nothing: set[str] = set()  # folded words that name no drug
        self._alias: dict[str, str] = {}
        if by_hand:
            self._add_by_hand(by_hand)
        self.lengths: dict[str, int] = {}  # first word -> words in the longest name of several words that it begins
        lengths = self.lengths
        for name in names:
            if " " in name:
                word = name[: name.index(" ")]
                length = name.count(" ") + 1
                if length > lengths.get(word, 0):
                    lengths[word] = length

    def longest(self, word: str) -> int:
        """Return how many words the longest name has that begins with a folded word; 0 where none does."""
        return self.lengths.get(word) or (word in self.names)

    def __len__(self) -> int:
        return len(self.names)

    def drug(self, drug_id: str) -> Drug | None:
        """Return the drug with an id, or None."""
        at = self._by_id.get(drug_id)
        return None if at is None or "+" in drug_id else self._drug(at)

    def base_of(self, drug_id: str) -> Drug | None:
        """Return the drug that a salt's id is a salt of, or None."""
        at = self._by_id.get(drug_id)
        base = self._base.get(at) if at is not None else None
        return None if base is None else self.drug(base)

    def joined_names(self, drug_id: str) -> list[str]:
        """Return the preferred names of the substances that are one with a drug: its salts, its code's entry."""
        names = self._joined.get(drug_id)
        return names.split("|") if names else []

    def resolve(self, name: str) -> Match | None:
        """Return what a whole name means, or None."""
        return self.match(key(name))

    def match(self, folded: str) -> Match | None:
        """Return what a folded name means, or None."""
        code = self.names.get(folded)
        if code is None:
            return None
        at, place = divmod(code, 4)
        base = self._base.get(at)
        if base is not None:
            return Match(
                (self._drug(self._by_id[base]),), self._alias.get(folded, folded), LISTS[place], self._drug(at)
            )
        ids = self._rows[at][0].split("+")
        drugs = tuple(self._drug(self._by_id[i]) for i in ids) if len(ids) > 1 else (self._drug(at),)
        return Match(drugs, self._alias.get(folded, folded), LISTS[place])

    def suggest(self, name: str, most: int = 5) -> list[str]:
        """Return names of drugs that are written like a name, the nearest first."""
        folded = key(name)
        near = [n for n in self.names if n[:1] == folded[:1] and abs(len(n) - len(folded)) <= 3]
        found: dict[str, None] = {}
        for alias in closest(folded, near, most * 3, cutoff=0.7):
            match = self.match(alias)
            if match:
                found[" + ".join(drug.name for drug in match.drugs)] = None
        return list(found)[:most]

    def add(self, name: str, drug_ids: Iterable[str], source: str = "") -> None:
        """Let a name mean some drugs, whatever the lists say."""
        ids = sorted(set(drug_ids))
        row_id = "+".join(ids)
        if row_id not in self._by_id:
            for one in ids:
                if one not in self._by_id:
                    raise UsageError(f"{source}: {one!r} is no drug that the vocabulary holds")
            self._by_id[row_id] = len(self._rows)
            self._rows.append([row_id, "", "", ""])
        folded = key(name)
        self.names[folded] = 4 * self._by_id[row_id] + LISTS.index("hand")
        self._alias[folded] = name

    @functools.lru_cache(maxsize=1 << 16)  # noqa: B019 - the vocabulary lives as long as the process
    def _drug(self, at: int) -> Drug:
        drug_id, name, mesh_id, unii = self._rows[at]
        return Drug(drug_id, name, mesh_id or None, unii or None)

    def _add_by_hand(self, text: str) -> None:
        for number, raw in enumerate(text.splitlines(), 1):
            line = "" if raw.startswith("#") else raw.partition(" # ")[0].strip()
            if not line:
                continue
            device = line.startswith("device: ")
            left, _, right = line.removeprefix("device: ").partition(" = ")
            forms = [form.strip() for form in left.split("|")]
            source = f"drugs.txt, line {number}"
            if right.strip() == "nothing":
                for form in forms:
                    self.names.pop(key(form), None)
                    self.nothing.add(key(form))
                continue
            targets = [self._target(part.strip(), source) for part in right.split(" + ")]
            ids = [drug_id for target in targets for drug_id in target]
            if device:
                self.devices.update((key(form), tuple(ids)) for form in forms)
                continue
            free = {key(form) for form in forms if not form.startswith("'")}
            for form in forms:
                self.add(form.strip("'"), ids, source)
                folded = key(form)
                if form.startswith("'") and folded not in free:  # quoted: it must be written just so
                    self.exactly[folded] = self.exactly.get(folded, frozenset()) | {form.strip("'")}

    def _target(self, name: str, source: str) -> list[str]:
        if name in self._by_id:
            return [name]
        code = self.names.get(key(name))
        if code is None:
            raise UsageError(f"{source}: {name!r} is no drug that the vocabulary holds")
        at = code // 4
        return [self._base[at]] if at in self._base else self._rows[at][0].split("+")


def codes() -> list[tuple[str, str]]:
    """Return the codes of our file by hand, each with the international name of the same substance."""
    return [(code, name) for some, name in tables.rows(PACKAGE, "drug_codes.tsv") for code in some.split("|")]


@functools.cache
def load() -> DrugVocabulary:
    """Return the vocabulary that ships with the program, read once per process."""
    text, by_hand = (tables.text(PACKAGE, name) for name in ("drugs.tsv.xz", "drugs.txt"))
    mixed = (f"{code} = {name}" for code, name in codes() if " + " in name)
    by_hand = "\n".join((by_hand, *mixed))
    collecting = gc.isenabled()
    gc.disable()  # half a million new strings hold no cycles; looking for some doubles the time
    try:
        return DrugVocabulary(text, by_hand)
    finally:
        if collecting:
            gc.enable()
