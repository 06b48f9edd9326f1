"""The nearest trials of every trial: exact, in blocks, the same bytes with any number of workers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from trialgraph import limits
from trialgraph.similarity.vectors import Recipe, Vectors


class Neighbours(msgspec.Struct, frozen=True):
    """Row i holds the nearest rows of row i, best first; -1 where there are fewer.  Scores are in millionths.

    `recall` is the share of the exact answer found, measured on `sampled` random rows; 1.0 where all was exact.
    """

    indices: Any  # int32[rows, k]
    scores: Any  # int64[rows, k]
    exact: bool = True
    recall: float = 1.0
    sampled: int = 0


def neighbours(
    vectors: Vectors,
    k: int = limits.NEIGHBOURS,
    *,
    recipe: Recipe | None = None,
    workers: int = 1,
    exact_up_to: int = limits.EXACT_UP_TO,
    of: Sequence[int] | None = None,
    sample: int = limits.RECALL_SAMPLE,
    progress: Callable[[int, int], None] | None = None,
) -> Neighbours:
    """Return the k nearest rows of each row.

    Exact up to `exact_up_to` rows.  Beyond, the small entries of text are left out while candidates are gathered; the
    candidates are then scored exactly, and what that lost is measured on a random sample and returned.
    With `of`, only those rows are asked for, exactly.  Equal scores are ordered by row.  A row that shares nothing with
    any other has no neighbours.
    """
    recipe = recipe or Recipe()
    exact = vectors.rows <= exact_up_to or of is not None
    whole = (vectors.indptr, vectors.indices, vectors.data)
    if exact:
        indices, scores = _run(vectors, whole, _inverted(vectors, whole), recipe, k, k + 10, workers, of, progress)
        return Neighbours(indices, scores)
    import numpy as np

    index = _inverted(vectors, _pruned(vectors, limits.INDEX_MASS))
    asking = _pruned(vectors, limits.QUERY_MASS)
    indices, scores = _run(vectors, asking, index, recipe, k, limits.CANDIDATES, workers, None, progress)
    del index, asking
    if not sample:
        return Neighbours(indices, scores, exact=False, recall=float("nan"), sampled=0)
    rows = np.sort(np.random.default_rng(1).choice(vectors.rows, min(sample, vectors.rows), replace=False))
    truth, _ = _run(vectors, whole, _inverted(vectors, whole), recipe, k, k + 10, workers, rows, None)
    found = [len(set(indices[r].tolist()) & set(t.tolist()) - {-1}) for r, t in zip(rows, truth, strict=True)]
    wanted = int((truth >= 0).sum())
    return Neighbours(indices, scores, exact=False, recall=sum(found) / max(1, wanted), sampled=len(rows))


def _run(
    vectors: Vectors,
    asking: tuple[Any, Any, Any],
    index: tuple[Any, Any, Any],
    recipe: Recipe,
    k: int,
    most: int,
    workers: int,
    rows: Any,
    progress: Callable[[int, int], None] | None,
) -> tuple[Any, Any]:
    """Ask for some rows (all, when None) block by block, spread over threads; blocks keep the memory bounded."""
    import numpy as np
    from joblib import Parallel, delayed

    from trialgraph.similarity import kernel

    whole = (vectors.indptr, vectors.indices, vectors.data)
    starts = np.array(vectors.starts, dtype=np.int64)
    size = limits.BLOCK_ROWS
    if rows is None:
        spans = [(at, min(at + size, vectors.rows)) for at in range(0, vectors.rows, size)]
    else:
        spans = [(int(row), int(row) + 1) for row in rows]

    def ask(first: int, last: int) -> tuple[Any, Any]:
        out = np.full((last - first, k), -1, np.int32)
        score = np.zeros((last - first, k), np.int64)
        kernel.search(first, last, *asking, *index, *whole, starts, recipe.coefficient, k, most, out, score)
        return out, score

    jobs = Parallel(n_jobs=workers, prefer="threads", return_as="generator")(delayed(ask)(*span) for span in spans)
    found = []
    for done, part in enumerate(jobs):
        found.append(part)
        if progress is not None:
            progress(spans[done][1], vectors.rows)
    if not found:
        return np.zeros((0, k), np.int32), np.zeros((0, k), np.int64)
    return np.concatenate([f[0] for f in found]), np.concatenate([f[1] for f in found])


def _inverted(vectors: Vectors, rows: tuple[Any, Any, Any]) -> tuple[Any, Any, Any]:
    """Return rows by column: where each column's entries start, their rows, their values."""
    from scipy.sparse import csr_matrix

    matrix = csr_matrix((rows[2], rows[1], rows[0]), shape=(vectors.rows, vectors.starts[-1])).tocsc()
    return matrix.indptr.astype("int64"), matrix.indices.astype("int32"), matrix.data


def _pruned(vectors: Vectors, mass: float) -> tuple[Any, Any, Any]:
    """Return the rows without their smallest text entries."""
    import numpy as np

    from trialgraph.similarity import kernel

    kept = np.zeros(len(vectors.data), np.uint8)
    starts = np.array(vectors.starts, dtype=np.int64)
    kernel.prune(vectors.indptr, vectors.indices, vectors.data, starts, mass, kept)
    stays = kept.astype(bool)
    ends = np.concatenate([[0], np.cumsum(stays)])[vectors.indptr]
    return (
        ends.astype(np.int64),
        np.ascontiguousarray(vectors.indices[stays]),
        np.ascontiguousarray(vectors.data[stays]),
    )
