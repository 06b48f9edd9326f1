"""Inverted indexes over the CSR vectors, and the searches for k nearest neighbours over them.

`exact_search` is filter and refine: partial sums from an inverted index and a Cauchy-Schwarz bound on the columns that
are too common for it.  `approximate_search` prunes the index to the heaviest entries of each row (static pruning,
Carmel and others, 2001), quantises them, and scores its candidates exactly.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from trialgraph import limits
from trialgraph.similarity.recipe import Recipe
from trialgraph.similarity.vectors import Vectors

# (rows int64[n], neighbours int32[n, k], scores int64[n, k]) -> what the kernel returns.  Fills the outputs in place;
# may be called from several threads at once.
Search = Callable[[Any, Any, Any], Any]


def exact_search(vectors: Vectors, recipe: Recipe, k: int, least: Any = None) -> Search:
    """Return the search for the k nearest rows that misses none.

    With `least`, int64[rows] in millionths, each call also returns the reverse neighbours: (row, query, score) of every
    row whose `least` the query reaches.
    """
    import numpy as np

    from trialgraph.similarity import kernel

    index = _inverted(vectors, limits.COMMON)
    starts = np.array(vectors.starts, dtype=np.int64)
    blocks = (starts, vectors.sides, recipe.coefficient, k, k + limits.SCORED_FIRST)
    arguments = (vectors.indptr, vectors.indices, vectors.data, *index, *blocks)
    if least is None:
        return lambda rows, into, scores: kernel.search(rows, *arguments, into, scores)  # type: ignore[call-arg]
    return lambda rows, into, scores: kernel.search_reverse(rows, *arguments, least, into, scores)  # type: ignore[call-arg]


def approximate_search(vectors: Vectors, recipe: Recipe, k: int) -> tuple[Search, Any]:
    """Return the approximate search, and the order of rows in which its memory accesses are local, int64[rows].

    Scores are exact; some neighbours may be missing (see `Neighbours.recall`).
    """
    import numpy as np

    from trialgraph.similarity import approximate_kernel

    whole = (vectors.indptr, vectors.indices, vectors.data)
    starts = np.array(vectors.starts, dtype=np.int64)
    interaction = recipe.coefficient
    columns = vectors.starts[-1]
    side = np.repeat(vectors.sides, np.diff(starts))
    max_squares = approximate_kernel.max_squared_norms(*whole, side)
    max_weight = float(vectors.data.max(initial=0.0)) or 1.0
    # A dot product is at most the greatest squared L2 norm: that is scaled to the range of uint16.
    unit = (float(max_squares[0] + interaction * max_squares[1] * max_squares[2]) or 1.0) / (
        approximate_kernel.FULL - 535
    )

    frequency = np.bincount(vectors.indices, minlength=columns)
    first, second = np.empty(vectors.rows, np.int32), np.empty(vectors.rows, np.int32)
    few, many = limits.SUBJECT_FEW, max(limits.SUBJECT_FEW, int(limits.SUBJECT_MANY * vectors.rows))
    approximate_kernel.heaviest_columns(*whole, frequency, few, many, first, second)
    order = np.lexsort((second, first))
    places = np.empty(vectors.rows, np.int64)
    places[order] = np.arange(vectors.rows)

    keep = np.zeros(len(vectors.data), np.bool_)
    approximate_kernel.keep_heaviest(vectors.indptr, vectors.data, limits.KEPT_SHARE, keep)
    row_bits = min(16, 32 - max(1, int(vectors.rows - 1).bit_length()))
    scale = (2**row_bits - 1) / max_weight
    ends = np.concatenate([[0], np.cumsum(np.bincount(vectors.indices[keep], minlength=columns))]).astype(np.int64)
    posts = np.empty(ends[-1], np.uint32)
    approximate_kernel.pack_columns(order, *whole, keep, ends, row_bits, scale, posts)
    index = (
        ends,
        posts,
        row_bits,
        (1 << int(approximate_kernel.SHIFT)) / (scale * unit),
        np.float32(interaction * unit),
    )

    # The commonest columns have a slot of their own, the others share slots: all of them fit into the cache.
    slot = np.empty(columns, np.int32)
    slot[np.argsort(-frequency, kind="stable")] = approximate_kernel.slots(columns)
    bits = min(16, 32 - max(1, int(slot.max(initial=0)).bit_length()))
    scale = (2**bits - 1) / max_weight
    sides_end = np.zeros((vectors.rows + 1, 3), np.int64)
    packed = np.empty(len(vectors.data), np.uint32)
    approximate_kernel.pack_rows(order, *whole, slot, side, bits, scale, sides_end, packed)
    steep = np.float32(1 + interaction * max(max_squares[1], max_squares[2]))
    compact = (sides_end, packed, bits, np.float32(1 / scale), steep)

    most = limits.CANDIDATES * max(1, -(-k // limits.NEIGHBOURS))
    arguments = (order, places, *whole, keep, side, slot, *index, *compact, starts, vectors.sides, interaction, k, most)
    return lambda rows, into, scores: approximate_kernel.search(rows, *arguments, into, scores), order


def _inverted(vectors: Vectors, common: float) -> tuple[Any, ...]:
    """Return group int32[columns] (-1: indexed), the index (CSC: starts, rows, values), norms float32[rows, groups].

    Columns in more than a share `common` of the rows are grouped by frequency instead of indexed; a row's norms over
    the groups bound what it can share with another row there.
    """
    import numpy as np

    from trialgraph.similarity import kernel

    whole = (vectors.indptr, vectors.indices, vectors.data)
    columns = vectors.starts[-1]
    frequency = np.bincount(vectors.indices, minlength=columns)
    group = np.full(columns, -1, np.int32)
    last = -1
    for block in np.flatnonzero(
        vectors.sides == 0
    ):  # blocks in the interaction term are always indexed: the bound covers sums only
        span = slice(vectors.starts[block], vectors.starts[block + 1])
        if span.stop - span.start < limits.FEW_COLUMNS:
            continue
        steps = [common * limits.COMMON_STEP**i for i in range(limits.COMMON_GROUPS)]
        for step in steps:
            group[span][frequency[span] > max(step * vectors.rows, limits.RARE)] = last = last + 1
    norms = np.zeros((vectors.rows, last + 1), np.float32)
    kernel.group_norms(*whole, group, norms)
    starts = np.concatenate([[0], np.cumsum(np.where(group < 0, frequency, 0))]).astype(np.int64)
    row, value = np.empty(starts[-1], np.int32), np.empty(starts[-1], np.float32)
    kernel.invert(*whole, group, starts, row, value)
    return group, starts, row, value, norms
