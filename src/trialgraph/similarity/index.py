"""Ways to ask for the nearest rows of some rows: exactly, nearly, or telling which rows they are near to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from trialgraph import limits
from trialgraph.similarity.vectors import Recipe, Vectors

# (rows int64[n], neighbours int32[n, k], scores int64[n, k]) -> what the kernel returns.  Fills the outputs in place;
# may be called from several threads at once.
Search = Callable[[Any, Any, Any], Any]


def exactly(vectors: Vectors, recipe: Recipe, k: int, least: Any = None) -> Search:
    """Return a way to find the k nearest rows without missing any.

    With `least`, a score for every row in millionths, each call returns (row, asked, score) of what reaches it.
    """
    import numpy as np

    from trialgraph.similarity import kernel

    index = _inverted(vectors, limits.COMMON)
    starts = np.array(vectors.starts, dtype=np.int64)
    blocks = (starts, vectors.sides, recipe.coefficient, k, k + limits.SCORED_FIRST)
    settled = (vectors.indptr, vectors.indices, vectors.data, *index, *blocks)
    if least is None:
        return lambda rows, into, scores: kernel.search(rows, *settled, into, scores)  # type: ignore[call-arg]
    return lambda rows, into, scores: kernel.meet(rows, *settled, least, into, scores)  # type: ignore[call-arg]


def nearly(vectors: Vectors, recipe: Recipe, k: int) -> tuple[Search, Any]:
    """Return a way to find nearly all of the k nearest rows, with exact scores, many times as fast.

    And the order in which rows are best asked for: those of one subject one after another.
    """
    import numpy as np

    from trialgraph.similarity import pruned

    whole = (vectors.indptr, vectors.indices, vectors.data)
    starts = np.array(vectors.starts, dtype=np.int64)
    together = recipe.coefficient
    columns = vectors.starts[-1]
    side = np.repeat(vectors.sides, np.diff(starts))
    longest = pruned.greatest(*whole, side)
    heaviest = float(vectors.data.max(initial=0.0)) or 1.0
    # Two rows share no more than the squared length of the longest: that much fills two bytes.
    unit = (float(longest[0] + together * longest[1] * longest[2]) or 1.0) / (pruned.FULL - 535)

    found = np.bincount(vectors.indices, minlength=columns)
    first, second = np.empty(vectors.rows, np.int32), np.empty(vectors.rows, np.int32)
    few, many = limits.SUBJECT_FEW, max(limits.SUBJECT_FEW, int(limits.SUBJECT_MANY * vectors.rows))
    pruned.subjects(*whole, found, few, many, first, second)
    order = np.lexsort((second, first))
    places = np.empty(vectors.rows, np.int64)
    places[order] = np.arange(vectors.rows)

    keep = np.zeros(len(vectors.data), np.bool_)
    pruned.keep_heaviest(vectors.indptr, vectors.data, limits.KEPT_SHARE, keep)
    row_bits = min(16, 32 - max(1, int(vectors.rows - 1).bit_length()))
    scale = (2**row_bits - 1) / heaviest
    ends = np.concatenate([[0], np.cumsum(np.bincount(vectors.indices[keep], minlength=columns))]).astype(np.int64)
    posts = np.empty(ends[-1], np.uint32)
    pruned.pack_columns(order, *whole, keep, ends, row_bits, scale, posts)
    index = (ends, posts, row_bits, (1 << int(pruned.SHIFT)) / (scale * unit), np.float32(together * unit))

    # The commonest columns have a slot of their own, the others share: all slots together stay near the processor.
    slot = np.empty(columns, np.int32)
    slot[np.argsort(-found, kind="stable")] = pruned.slots(columns)
    bits = min(16, 32 - max(1, int(slot.max(initial=0)).bit_length()))
    scale = (2**bits - 1) / heaviest
    sides_end = np.zeros((vectors.rows + 1, 3), np.int64)
    packed = np.empty(len(vectors.data), np.uint32)
    pruned.pack_rows(order, *whole, slot, side, bits, scale, sides_end, packed)
    steep = np.float32(1 + together * max(longest[1], longest[2]))
    compact = (sides_end, packed, bits, np.float32(1 / scale), steep)

    most = limits.CANDIDATES * max(1, -(-k // limits.NEIGHBOURS))
    settled = (order, places, *whole, keep, side, slot, *index, *compact, starts, vectors.sides, together, k, most)
    return lambda rows, into, scores: pruned.search(rows, *settled, into, scores), order


def _inverted(vectors: Vectors, common: float) -> tuple[Any, ...]:
    """Return the group of each column (-1: in the index), the index, and how long each row is in each group.

    The index says where each column's entries start, their rows and their values.
    """
    import numpy as np

    from trialgraph.similarity import kernel

    whole = (vectors.indptr, vectors.indices, vectors.data)
    columns = vectors.starts[-1]
    found = np.bincount(vectors.indices, minlength=columns)
    group = np.full(columns, -1, np.int32)
    last = -1
    for block in np.flatnonzero(vectors.sides == 0):  # of the others a product counts, which no bound of a sum covers
        span = slice(vectors.starts[block], vectors.starts[block + 1])
        if span.stop - span.start < limits.FEW_COLUMNS:
            continue
        steps = [common * limits.COMMON_STEP**i for i in range(limits.COMMON_GROUPS)]
        for step in steps:
            group[span][found[span] > max(step * vectors.rows, limits.RARE)] = last = last + 1
    lengths = np.zeros((vectors.rows, last + 1), np.float32)
    kernel.lengths(*whole, group, lengths)
    starts = np.concatenate([[0], np.cumsum(np.where(group < 0, found, 0))]).astype(np.int64)
    row, value = np.empty(starts[-1], np.int32), np.empty(starts[-1], np.float32)
    kernel.invert(*whole, group, starts, row, value)
    return group, starts, row, value, lengths
