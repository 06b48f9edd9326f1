"""Names and abbreviations of conditions learnt from many studies, as the registry codes and trials explain them.

Made once from real records into the data files that ship; a link never depends on which trials are in the home.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from trialgraph.linking import trial_words as own
from trialgraph.linking.conditions.index import Index
from trialgraph.linking.conditions.reader import Reader
from trialgraph.linking.words.medical import read
from trialgraph.model import Trial

STUDIES = 3  # that code a name alike; with fewer, one sponsor's habit decides
STUDIES_WITHOUT_A_SHARED_WORD = 4
SHARE = 0.75  # of the studies with the name that carry the code
SHARE_WITHOUT_A_SHARED_WORD = 0.9
FEW_CONDITIONS = 4
LIFT = 5.0  # how much more often than among all studies: "Neoplasms" stands everywhere
SURE = frozenset(("exact", "reordered", "same-words", "modifier"))  # ways of reading a long form that teach
SURE_ENOUGH = 0.86  # "controlled ovarian hyperstimulation" is not quite the syndrome
EXPLAINED = 4  # texts that explain an abbreviation
EXPLAINED_ALIKE = 0.85  # of the texts that explain it: "PE" is an embolism, an exercise and an examination


def names(reader: Reader, trials: Iterable[Trial]) -> Iterator[tuple[str, tuple[str, ...], int]]:
    """Yield (comparable name, headings, studies) of names that MeSH does not hold and the registry codes alike.

    Only studies with few conditions teach: in a list of thirty leukemias every code stands beside every name.
    """
    index = reader.index
    studies, coded = Counter[str](), defaultdict[str, Counter[str]](Counter)
    everywhere: Counter[str] = Counter()
    total = 0
    for trial in trials:
        codes = own.codes(trial, index.mesh)
        total += 1
        everywhere.update(codes)
        if not codes or len(trial.conditions) > FEW_CONDITIONS:
            continue
        readings = {raw: reader.read(raw) for raw in trial.conditions}
        explained = {i for r in readings.values() if r.whole for p in r.parts for i in p.ids}
        open_codes = [c for c in codes if c not in explained]
        keys = {" ".join(read(raw).words) for raw, r in readings.items() if not r.whole and not r.nothing}
        for key in keys - {""}:
            studies[key] += 1
            alone = len(keys) == 1 and len(open_codes) <= 2
            coded[key].update(c for c in open_codes if alone or _shares(index, key, c))
    for key, number in sorted(studies.items()):
        now = {i for part in reader.read(key).parts for i in part.ids}
        heads = [
            code
            for code, n in coded[key].items()
            if n >= (STUDIES if _shares(index, key, code) else STUDIES_WITHOUT_A_SHARED_WORD)
            and n / number >= (SHARE if _shares(index, key, code) else SHARE_WITHOUT_A_SHARED_WORD)
            and n / number >= LIFT * everywhere[code] / total
            and code not in index.lone
            and not any(code in index.above(i) for i in now)
        ]
        kept = [c for c in heads if not any(c in index.above(other) for other in heads)]
        shared = [c for c in kept if _shares(index, key, c)]
        if ids := tuple(sorted(shared or kept))[:2]:
            yield key, ids, number


def abbreviations(reader: Reader, texts: Iterable[tuple[str, ...]]) -> Iterator[tuple[str, tuple[str, ...], int]]:
    """Yield (abbreviation, headings, trials) of what trials explain alike; one entry of `texts` a trial."""
    meant: dict[str, Counter[tuple[str, ...]]] = defaultdict(Counter)
    for of_trial in texts:
        for short, long in own.abbreviations(of_trial).items():
            reading = reader.read(long)
            sure = reading.whole and len(reading.parts) == 1 and reading.parts[0].method in SURE
            sure = sure and reading.parts[0].confidence > SURE_ENOUGH
            meant[short][reading.parts[0].ids if sure else ()] += 1
    for short, counts in sorted(meant.items()):
        ids, number = counts.most_common(1)[0]
        if ids and number >= EXPLAINED and number >= EXPLAINED_ALIKE * sum(counts.values()):
            yield short, ids, number


def _shares(index: Index, key: str, code: str) -> bool:
    words = index.same(key.split())
    heading = index.mesh[code]
    named = [index.same(read(n).words) for n in (heading.name, *heading.synonyms)]
    return own.sharing([w for w in words if w not in index.words.weak], named, {})[0] > 0
