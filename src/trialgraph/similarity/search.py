"""The nearest trials of one document, indexed or new, by scoring all rows that a filter admits."""

from __future__ import annotations

from typing import Any

import msgspec

from trialgraph import limits
from trialgraph.similarity.documents import Document
from trialgraph.similarity.model import Model
from trialgraph.similarity.reasons import SimilarPair, pair
from trialgraph.similarity.vectors import Vectors, concatenate, vectors


class Hit(msgspec.Struct, frozen=True):
    """A trial similar to the query; in `why`, source and target are ordered by id, not by role."""

    id: str
    score: float
    why: SimilarPair


def search(
    model: Model, known: Vectors, query: Document | str, *, allowed: Any = None, k: int = limits.NEIGHBOURS
) -> list[Hit]:
    """Return the k nearest of the `known` trials, best first; equal scores are ordered by row.

    `asked` is a document, or the id of a known trial (else KeyError).  `allowed`, bool[rows], restricts the result: the
    filter is applied to all rows, before the k best are taken.
    """
    import numpy as np

    from trialgraph.similarity import kernel

    if isinstance(query, str):
        rows = known
        if query not in rows.ids:
            raise KeyError(query)
        row = rows.ids.index(query)
    else:
        rows = concatenate(known, vectors(model, [query]))
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
