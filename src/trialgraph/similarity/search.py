"""The trials nearest to one document, known or new, among all or among those that a filter lets through."""

from __future__ import annotations

from typing import Any

import msgspec

from trialgraph import limits
from trialgraph.similarity.fields import Document
from trialgraph.similarity.reasons import SimilarPair, pair
from trialgraph.similarity.vectors import Model, Vectors, stacked, vectors


class Hit(msgspec.Struct, frozen=True):
    """A trial near to what was asked, with what makes it so; `why.source` is what was asked where ids sort so."""

    id: str
    score: float
    why: SimilarPair


def search(
    model: Model, known: Vectors, asked: Document | str, *, allowed: Any = None, k: int = limits.NEIGHBOURS
) -> list[Hit]:
    """Return the k nearest known trials, best first, equal scores in the order of rows.

    `asked` is a document that need not be known, or the id of a known trial (KeyError where it is not).  `allowed` is
    a bool for each row, where only some trials may be found: all of them are looked at, not the first ten thinned.
    """
    import numpy as np

    from trialgraph.similarity import kernel

    if isinstance(asked, str):
        rows = known
        if asked not in rows.ids:
            raise KeyError(asked)
        row = rows.ids.index(asked)
    else:
        rows = stacked(known, vectors(model, [asked]))
        row = rows.rows - 1
    scores = np.zeros(rows.rows, np.int64)
    starts = np.array(rows.starts, np.int64)
    blocks = (starts, rows.sides, model.weights.coefficient)
    kernel.score_all(row, rows.indptr, rows.indices, rows.data, *blocks, scores)
    scores[row] = 0
    if allowed is not None:
        scores[: known.rows][~np.asarray(allowed, dtype=bool)] = 0
    order = np.lexsort((np.arange(len(scores)), -scores))[:k]
    found = [int(i) for i in order if scores[i] > 0]
    return [Hit(rows.ids[i], int(scores[i]) / kernel.MICRO, pair(model, rows, row, i)) for i in found]
