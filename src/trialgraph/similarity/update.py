"""Incremental update of vectors and neighbours: equal to a full run, for the work of the changed rows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from trialgraph.similarity.inverted_index import exact_search
from trialgraph.similarity.neighbours import DEFAULTS, Neighbours, SearchOptions, neighbours, run
from trialgraph.similarity.recipe import Recipe
from trialgraph.similarity.vectors import Vectors, concatenate


def update_neighbours(
    old: Neighbours,
    old_ids: Sequence[str],
    vectors: Vectors,
    changed: Collection[str],
    *,
    recipe: Recipe | None = None,
    options: SearchOptions = DEFAULTS,
) -> Neighbours:
    """Return what `neighbours(vectors, k)` returns, byte for byte, from the neighbours before some rows changed.

    `old` are the neighbours of the rows `old_ids`, by the same model; `vectors` are all rows as they are now; `changed`
    are the ids whose vectors differ (new and removed ids may be left out).  Changed rows are searched for, and so are
    unchanged rows that lost a neighbour and whose k-th neighbour is therefore unknown; the reverse neighbours of the
    changed rows are merged into the lists of the others.

    Falls back to a full run where `old` is not exact, where more than half of the rows changed, or where the unchanged
    rows are in another order, since equal scores are ordered by row.
    """
    import numpy as np

    recipe = recipe or Recipe()
    k = old.indices.shape[1]
    row_of = {name: row for row, name in enumerate(vectors.ids)}
    new_row = np.array([row_of.get(name, -1) for name in old_ids], np.int64)  # old row -> row
    fresh = np.ones(vectors.rows, np.bool_)
    fresh[new_row[new_row >= 0]] = False
    fresh[[row_of[name] for name in changed if name in row_of]] = True
    queries = np.flatnonzero(fresh)
    inexact = not old.exact or vectors.rows > options.exact_up_to
    if inexact or 2 * len(queries) > vectors.rows or (np.diff(new_row[new_row >= 0]) <= 0).any():
        return neighbours(vectors, k, recipe=recipe, options=options)
    stays = np.flatnonzero((new_row >= 0) & ~fresh[new_row])
    rows = new_row[stays]
    there = old.indices[stays] >= 0
    now = np.where(there, new_row[old.indices[stays]], -1)
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
    indices[queries], scores[queries], hits = run(
        exact_search(vectors, recipe, k, least), queries, k, options.workers, options.progress
    )
    unknown = _merge(indices, scores, np.concatenate([np.zeros((0, 3), np.int64), *hits]), short, least, last)
    if len(unknown):
        indices[unknown], scores[unknown], _ = run(exact_search(vectors, recipe, k), unknown, k, options.workers)
    return Neighbours(indices, scores)


def _merge(indices: Any, scores: Any, hits: Any, short: Any, least: Any, last: Any) -> Any:
    """Merge reverse neighbours into the lists of unchanged rows, in place.  Returns the rows that must be searched for.

    `hits` are int64[n, 3]: (row, changed row, score); `short` marks rows that lost a neighbour.  Rows that were not
    compared rank below the k-th neighbour: score `least`, row `last` (-1 where it was removed); where `least` is 0
    there are none.
    """
    import numpy as np

    k = indices.shape[1]
    hits = hits[np.argsort(hits[:, 0], kind="stable")]
    touched = np.union1d(np.flatnonzero(short), hits[:, 0])
    first, end = (np.searchsorted(hits[:, 0], touched, side=side) for side in ("left", "right"))
    unknown = []
    for row, a, b in zip(touched.tolist(), first.tolist(), end.tolist(), strict=True):
        present = [(-s, i) for s, i in zip(scores[row].tolist(), indices[row].tolist(), strict=True) if i >= 0]
        best = sorted(present + [(-s, i) for _, i, s in hits[a:b].tolist()])[:k]
        if short[row] and least[row] and (len(best) < k or best[-1] > (-least[row], last[row])):
            unknown.append(row)
            continue
        indices[row], scores[row] = -1, 0
        scores[row, : len(best)] = [-s for s, _ in best]
        indices[row, : len(best)] = [i for _, i in best]
    return np.array(unknown, np.int64)


def changed_ids(old: Vectors, new: Vectors) -> set[str]:
    """Return the ids that are in both and whose vectors differ; one model made both."""
    before = {name: row for row, name in enumerate(old.ids)}
    return {name for row, name in enumerate(new.ids) if name in before and not _same(old, before[name], new, row)}


def merge_vectors(old: Vectors, new: Vectors, ids: Sequence[str]) -> Vectors:
    """Return the vectors of `ids`, in their order: the new one where there is one, else the old.

    One model made both.  Raises KeyError where an id is in neither.
    """
    import numpy as np

    both = concatenate(old, new)
    at = {name: row for row, name in enumerate(both.ids)}  # the later, new one wins
    rows = np.array([at[name] for name in ids], np.int64)
    sizes = np.diff(both.indptr)[rows]
    indptr = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    places = np.repeat(both.indptr[rows] - indptr[:-1], sizes) + np.arange(indptr[-1])
    words = None if both.words is None else both.words[rows]
    indices, data, own = both.indices[places], both.data[places], both.own[places]
    return Vectors(tuple(ids), indptr, indices, data, own, old.starts, new.unknown, words)


def _same(old: Vectors, a: int, new: Vectors, b: int) -> bool:
    """Return whether row a of `old` has the columns, weights and marks of row b of `new`."""
    import numpy as np

    x, y = (slice(v.indptr[row], v.indptr[row + 1]) for v, row in ((old, a), (new, b)))
    arrays = ((old.indices, new.indices), (old.data, new.data), (old.own, new.own))  # `own` shows in reasons
    return all(np.array_equal(before[x], now[y]) for before, now in arrays)
