"""The nearest trials of every trial, in blocks: the same bytes with any number of workers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec

from trialgraph import limits
from trialgraph.similarity.index import Search, exactly, nearly
from trialgraph.similarity.vectors import Recipe, Vectors, facts_of


class Neighbours(msgspec.Struct, frozen=True):
    """Row i holds the nearest rows of row i, best first; -1 where there are fewer.  Scores are in millionths.

    `recall` is the share of the exact answer found, measured on `sampled` random rows; 1.0 where all was exact.
    """

    indices: Any  # int32[rows, k]
    scores: Any  # int64[rows, k]
    exact: bool = True
    recall: float = 1.0
    sampled: int = 0

    def save(self, folder: Path) -> None:
        """Write the arrays and what is known of them into a folder."""
        import numpy as np

        folder.mkdir(parents=True, exist_ok=True)
        np.save(folder / "neighbours.npy", self.indices)
        np.save(folder / "scores.npy", self.scores)
        about = {"exact": self.exact, "recall": self.recall, "sampled": self.sampled}
        (folder / "neighbours.json").write_bytes(msgspec.json.encode(about))

    @classmethod
    def load(cls, folder: Path) -> Neighbours:
        """Return the neighbours of a folder."""
        import numpy as np

        about = facts_of(folder / "neighbours.json")
        return cls(np.load(folder / "neighbours.npy"), np.load(folder / "scores.npy"), **about)


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

    Up to `exact_up_to` rows nothing is missed.  Beyond, candidates are found by the heaviest entries of the rows alone
    and scored exactly; what that lost is measured on a random sample and returned.  With `of`, only those rows are
    asked for, exactly.  Equal scores are ordered by row.  A row that shares nothing with any other has no neighbours.
    """
    import numpy as np

    recipe = recipe or Recipe()
    exact = vectors.rows <= exact_up_to or of is not None
    if exact:
        rows = np.arange(vectors.rows) if of is None else np.asarray(of, dtype=np.int64)
        indices, scores, _ = run(exactly(vectors, recipe, k), rows, k, workers, progress)
        return Neighbours(indices, scores)
    ask, order = nearly(vectors, recipe, k)
    indices, scores = np.empty((vectors.rows, k), np.int32), np.empty((vectors.rows, k), np.int64)
    indices[order], scores[order], _ = run(ask, order, k, workers, progress)
    if not sample:
        return Neighbours(indices, scores, exact=False, recall=float("nan"), sampled=0)
    some = np.sort(np.random.default_rng(1).choice(vectors.rows, min(sample, vectors.rows), replace=False))
    del ask  # its index is not needed beside the exact one
    truth, _, _ = run(exactly(vectors, recipe, k), some, k, workers, None)
    found = [len(set(indices[r].tolist()) & set(t.tolist()) - {-1}) for r, t in zip(some, truth, strict=True)]
    wanted = int((truth >= 0).sum())
    return Neighbours(indices, scores, exact=False, recall=sum(found) / max(1, wanted), sampled=len(some))


def run(
    search: Search, rows: Any, k: int, workers: int, progress: Callable[[int, int], None] | None = None
) -> tuple[Any, Any, list[Any]]:
    """Search for the neighbours of `rows`, BLOCK_ROWS at a time to bound the memory, spread over threads.

    Returns neighbours int32[len(rows), k], scores int64[len(rows), k], and what the search returned for each block,
    in the order of `rows`.  The compiled search releases the interpreter lock, so that threads run side by side.
    """
    import numpy as np

    indices = np.full((len(rows), k), -1, np.int32)
    scores = np.zeros((len(rows), k), np.int64)

    def block(first: int) -> Any:
        span = slice(first, first + limits.BLOCK_ROWS)
        return search(rows[span], indices[span], scores[span])

    results = []
    pool = ThreadPoolExecutor(workers)
    try:
        for result in pool.map(block, range(0, len(rows), limits.BLOCK_ROWS)):
            results.append(result)
            if progress is not None:
                progress(min(len(results) * limits.BLOCK_ROWS, len(rows)), len(rows))
    finally:
        pool.shutdown(cancel_futures=True)  # Ctrl-C waits for the blocks that have begun, and for no more
    return indices, scores, results
