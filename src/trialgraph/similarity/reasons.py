"""Reasons of a similar pair: the parts of its score, and the words and concepts that contribute most."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from trialgraph import limits
from trialgraph.similarity.model import Model
from trialgraph.similarity.neighbours import Neighbours
from trialgraph.similarity.recipe import (
    AREA,
    CLASS,
    CONDITION,
    DRUG,
    PROCEDURE,
    RECIPE,
    SETTING,
    TEXT,
    TOPIC,
)
from trialgraph.similarity.vectors import Vectors

# Words that count in the score but are not shown: numbers, units, and words that every record contains.
_NOT_SHOWN = frozenset(
    """
    zero one two three four five six seven eight nine ten eleven twelve twenty thirty hundred half once twice
    first second third fourth fifth 1st 2nd 3rd 4th single double triple
    mg mcg ug kg g ml dl l iu mm cm hg mmhg mmol min hour day week month year time daily weekly monthly
    inclusion exclusion criterion criteria include exclude eligible eligibility patient subject participant
    study trial arm group baseline
    """.split()  # noqa: SIM905 — a list of words is read as words
)
_NUMBER = re.compile(r"\d+[a-z]?|\d+(?:st|nd|rd|th|mg|mcg|ml|kg|g|cm|mm)")

_KINDS = {
    CONDITION: "conditions",
    AREA: "conditions",
    DRUG: "drugs",
    CLASS: "classes",
    PROCEDURE: "procedures",
    SETTING: "settings",
}


class SimilarPair(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A pair of similar trials.  `source` sorts before `target`; the six parts add up to the score.

    rank_ab is the rank of `target` among the neighbours of `source`, rank_ba the reverse; None beyond the k-th.
    Shared concepts are names, in order of contribution.  "through X": at least one of the two names only a concept
    narrower than X.  "X (in a title)": at least one names the drug in a title, but not among its interventions.
    """

    source: str
    target: str
    score: float
    rank_ab: int | None = None
    rank_ba: int | None = None
    text_score: float = 0.0
    condition_score: float = 0.0
    drug_score: float = 0.0
    procedure_score: float = 0.0
    setting_score: float = 0.0
    together_score: float = 0.0  # interaction term: the condition and a drug or procedure shared
    shared_terms: tuple[str, ...] = ()
    shared_term_scores: tuple[float, ...] = ()
    shared_drugs: tuple[str, ...] = ()
    shared_classes: tuple[str, ...] = ()
    shared_conditions: tuple[str, ...] = ()
    shared_procedures: tuple[str, ...] = ()
    shared_settings: tuple[str, ...] = ()
    same_sponsor: bool = False
    recipe: str = RECIPE


class Pairs(msgspec.Struct, frozen=True):
    """Pairs of rows of which one is a neighbour of the other, int64[pairs] each, sorted; ranks from 1, 0 for none."""

    low: Any
    high: Any
    forward: Any  # rank of high among the neighbours of low
    back: Any

    def only(self, chosen: Any) -> Pairs:
        """Return the pairs at a slice, mask or array of positions."""
        return Pairs(self.low[chosen], self.high[chosen], self.forward[chosen], self.back[chosen])


def pairs(found: Neighbours) -> Pairs:
    """Return the pairs that neighbours make."""
    import numpy as np

    n, k = found.indices.shape
    row = np.repeat(np.arange(n), k)
    other = found.indices.ravel().astype(np.int64)
    place = np.tile(np.arange(1, k + 1), n)
    real = other >= 0
    row, other, place = row[real], other[real], place[real]
    low, high = np.minimum(row, other), np.maximum(row, other)
    keys, at = np.unique(low * n + high, return_inverse=True)
    forward, back = np.zeros(len(keys), np.int32), np.zeros(len(keys), np.int32)
    forward[at[row == low]] = place[row == low]
    back[at[row == high]] = place[row == high]
    return Pairs(keys // max(1, n), keys % max(1, n), forward, back)


def edges(
    model: Model, vectors: Vectors, found: Neighbours | Pairs, sponsors: Sequence[str | None] = ()
) -> Iterator[SimilarPair]:
    """Yield a SimilarPair for each pair of neighbours, in order of rows.

    `sponsors` holds the sponsor of each row, None where unknown.
    """
    every = found if isinstance(found, Pairs) else pairs(found)
    for first in range(0, len(every.low), limits.BLOCK_ROWS * 16):
        some = every.only(slice(first, first + limits.BLOCK_ROWS * 16))
        ranks = [(int(f) or None, int(b) or None) for f, b in zip(some.forward, some.back, strict=True)]
        yield from _pairs(model, vectors, some.low, some.high, ranks, sponsors)


def pair(model: Model, vectors: Vectors, a: int, b: int, sponsors: Sequence[str | None] = ()) -> SimilarPair:
    """Return the SimilarPair of rows a and b, whether or not they are neighbours; the ranks are None."""
    import numpy as np

    return next(_pairs(model, vectors, np.array([a]), np.array([b]), [(None, None)], sponsors))


def _pairs(
    model: Model,
    vectors: Vectors,
    a: Any,
    b: Any,
    ranks: list[tuple[int | None, int | None]],
    sponsors: Sequence[str | None],
) -> Iterator[SimilarPair]:
    import numpy as np

    from trialgraph.similarity import kernel

    most = limits.REASONS_READ
    parts = np.zeros((len(a), len(vectors.starts)), np.int64)
    columns = np.full((len(a), 2, most), -1, np.int64)
    amounts = np.zeros((len(a), 2, most))
    both = np.zeros((len(a), 2, most), np.bool_)
    starts = np.array(vectors.starts, np.int64)
    kernel.explain(
        a,
        b,
        vectors.indptr,
        vectors.indices,
        vectors.data,
        vectors.own,
        starts,
        vectors.sides,
        model.weights.coefficient,
        starts[TOPIC + 1],
        most,
        parts,
        columns,
        amounts,
        both,
    )
    for i, (x, y) in enumerate(zip(a.tolist(), b.tolist(), strict=True)):
        value = [int(p) / kernel.MICRO for p in parts[i]]
        words = int(parts[i, TEXT] + parts[i, TOPIC]) / kernel.MICRO
        terms = _terms(model, columns[i, 0].tolist(), amounts[i, 0].tolist())
        shared = _concepts(model, vectors.starts, columns[i, 1].tolist(), both[i, 1].tolist())
        yield SimilarPair(
            source=vectors.ids[x],
            target=vectors.ids[y],
            score=int(parts[i].sum()) / kernel.MICRO,
            rank_ab=ranks[i][0],
            rank_ba=ranks[i][1],
            text_score=words,
            condition_score=int(parts[i, CONDITION] + parts[i, AREA]) / kernel.MICRO,
            drug_score=int(parts[i, DRUG] + parts[i, CLASS]) / kernel.MICRO,
            procedure_score=value[PROCEDURE],
            setting_score=value[SETTING],
            together_score=value[-1],
            shared_terms=tuple(t for t, _ in terms),
            shared_term_scores=tuple(round(s, 6) for _, s in terms),
            same_sponsor=bool(sponsors and sponsors[x] is not None and sponsors[x] == sponsors[y]),
            shared_drugs=shared["drugs"],
            shared_classes=shared["classes"],
            shared_conditions=shared["conditions"],
            shared_procedures=shared["procedures"],
            shared_settings=shared["settings"],
        )


def _terms(model: Model, columns: list[int], amounts: list[float]) -> list[tuple[str, float]]:
    """Return up to SHARED_TERMS words or bigrams with their contributions; a word in a shared bigram adds to that.

    Words in _NOT_SHOWN and numbers are left out.
    """
    first = len(model.columns[TEXT])
    merged: dict[str, float] = {}
    for column, amount in zip(columns, amounts, strict=True):
        if column >= 0:
            term = model.columns[TEXT][column] if column < first else model.columns[TOPIC][column - first]
            if not all(word in _NOT_SHOWN or _NUMBER.fullmatch(word) for word in term.split(" ")):
                merged[term] = merged.get(term, 0.0) + amount
    pairs = [t for t in merged if " " in t]
    out: dict[str, float] = {}
    for term, amount in merged.items():
        into = next((p for p in pairs if term in p.split(" ")), term) if " " not in term else term
        out[into] = out.get(into, 0.0) + amount
    ranked = sorted(out.items(), key=lambda item: (-item[1], item[0]))[: limits.SHARED_TERMS]
    return [(" ".join(model.shown.get(w, w) for w in term.split(" ")), amount) for term, amount in ranked]


def _concepts(
    model: Model, starts: tuple[int, ...], columns: list[int], both: list[bool]
) -> dict[str, tuple[str, ...]]:
    """Return the names of shared concepts by kind: those that both trials name, else the strongest broader one."""
    kinds: dict[str, list[str]] = {k: [] for k in ("drugs", "classes", "conditions", "procedures", "settings")}
    through: dict[str, list[str]] = {kind: [] for kind in kinds}
    for column, own in zip(columns, both, strict=True):
        if column < 0:
            break
        block = bisect.bisect_right(starts, column) - 1
        key = model.columns[block][column - starts[block]]
        name = model.names.get(key, key)
        (kinds if own or block == CLASS else through)[_KINDS[block]].append(name)
    for kind, names in through.items():
        if names and not kinds[kind]:
            kinds[kind].append(f"{names[0]} (in a title)" if kind == "drugs" else f"through {names[0]}")
    return {kind: tuple(names) for kind, names in kinds.items()}
