"""Neighbours after an update: what a full run gives, with work for what changed only."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

from trialgraph import limits
from trialgraph.similarity.index import exactly
from trialgraph.similarity.neighbours import Neighbours, neighbours, run
from trialgraph.similarity.vectors import Recipe, Vectors, stacked


def renew(
    old: Neighbours,
    old_ids: Sequence[str],
    vectors: Vectors,
    changed: Collection[str],
    *,
    recipe: Recipe | None = None,
    workers: int = 1,
    exact_up_to: int = limits.EXACT_UP_TO,
    sample: int = limits.RECALL_SAMPLE,
    progress: Callable[[int, int], None] | None = None,
) -> Neighbours:
    """Return what `neighbours(vectors, k)` returns, byte for byte, from what it returned before some rows changed.

    `old` were the neighbours of rows `old_ids`, weighed by the same model; `vectors` are all rows as they are now;
    `changed` are the ids whose rows are others than they were (those new or gone need not be named).  The rows that
    changed are searched in full; of the others only those that lost a neighbour and cannot know the next one.

    A full run is made instead where neighbours are not exact, where most rows changed, and where the rows that stay
    are in another order, since equal scores go by row.
    """
    import numpy as np

    recipe = recipe or Recipe()
    k = old.indices.shape[1]
    row_of = {name: row for row, name in enumerate(vectors.ids)}
    moved = np.array([row_of.get(name, -1) for name in old_ids], np.int64)  # old row -> row
    fresh = np.ones(vectors.rows, np.bool_)
    fresh[moved[moved >= 0]] = False
    fresh[[row_of[name] for name in changed if name in row_of]] = True
    asked = np.flatnonzero(fresh)
    inexact = not old.exact or vectors.rows > exact_up_to
    if inexact or 2 * len(asked) > vectors.rows or (np.diff(moved[moved >= 0]) <= 0).any():
        return neighbours(
            vectors, k, recipe=recipe, workers=workers, exact_up_to=exact_up_to, sample=sample, progress=progress
        )
    stays = np.flatnonzero((moved >= 0) & ~fresh[moved])
    rows = moved[stays]
    there = old.indices[stays] >= 0
    now = np.where(there, moved[old.indices[stays]], -1)
    known = there & (now >= 0)
    known[known] = ~fresh[now[known]]
    indices, scores = np.full((vectors.rows, k), -1, np.int32), np.zeros((vectors.rows, k), np.int64)
    indices[rows], scores[rows] = np.where(known, now, -1), np.where(known, old.scores[stays], 0)
    least = np.full(vectors.rows, np.iinfo(np.int64).max)
    least[rows] = old.scores[stays][:, -1]
    last = np.full(vectors.rows, -1)
    last[rows] = now[:, -1]
    short = np.zeros(vectors.rows, np.bool_)
    short[rows] = (there & ~known).any(axis=1)
    indices[asked], scores[asked], told = run(exactly(vectors, recipe, k, least), asked, k, workers, progress)
    unknown = _merge(indices, scores, np.concatenate([np.zeros((0, 3), np.int64), *told]), short, least, last)
    if len(unknown):
        indices[unknown], scores[unknown], _ = run(exactly(vectors, recipe, k), unknown, k, workers)
    return Neighbours(indices, scores)


def _merge(indices: Any, scores: Any, told: Any, short: Any, least: Any, last: Any) -> Any:
    """Put rows that are new or changed among the neighbours of those that stayed.  Returns the rows that it left open.

    `told` are (row, other, score); `short` marks rows that lost a neighbour.  What a row never told of ranks behind
    the last it had: score `least`, row `last` (-1 where that is gone), or does not count at all where `least` is 0.
    """
    import numpy as np

    k = indices.shape[1]
    told = told[np.argsort(told[:, 0], kind="stable")]
    touched = np.union1d(np.flatnonzero(short), told[:, 0])
    first, end = (np.searchsorted(told[:, 0], touched, side=side) for side in ("left", "right"))
    unknown = []
    for row, a, b in zip(touched.tolist(), first.tolist(), end.tolist(), strict=True):
        held = [(-s, i) for s, i in zip(scores[row].tolist(), indices[row].tolist(), strict=True) if i >= 0]
        best = sorted(held + [(-s, i) for _, i, s in told[a:b].tolist()])[:k]
        if short[row] and least[row] and (len(best) < k or best[-1] > (-least[row], last[row])):
            unknown.append(row)
            continue
        indices[row], scores[row] = -1, 0
        scores[row, : len(best)] = [-s for s, _ in best]
        indices[row, : len(best)] = [i for _, i in best]
    return np.array(unknown, np.int64)


def changed_ids(old: Vectors, new: Vectors) -> set[str]:
    """Return the ids that are in both, weighed by one model, with different rows."""
    before = {name: row for row, name in enumerate(old.ids)}
    return {name for row, name in enumerate(new.ids) if name in before and not _same(old, before[name], new, row)}


def patched(old: Vectors, new: Vectors, ids: Sequence[str]) -> Vectors:
    """Return the rows of `ids` in their order: the new one where there is one, else the old.

    Both are weighed by one model.  KeyError where an id is in neither.
    """
    import numpy as np

    both = stacked(old, new)
    at = {name: row for row, name in enumerate(both.ids)}  # the later, new one wins
    rows = np.array([at[name] for name in ids], np.int64)
    sizes = np.diff(both.indptr)[rows]
    indptr = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    places = np.repeat(both.indptr[rows] - indptr[:-1], sizes) + np.arange(indptr[-1])
    words = None if both.words is None else both.words[rows]
    indices, data, own = both.indices[places], both.data[places], both.own[places]
    return Vectors(tuple(ids), indptr, indices, data, own, old.starts, new.unknown, words)


def _same(old: Vectors, a: int, new: Vectors, b: int) -> bool:
    import numpy as np

    x, y = (slice(v.indptr[row], v.indptr[row + 1]) for v, row in ((old, a), (new, b)))
    arrays = ((old.indices, new.indices), (old.data, new.data), (old.own, new.own))  # what is its own shows in reasons
    return all(np.array_equal(before[x], now[y]) for before, now in arrays)
