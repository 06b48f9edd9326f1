"""The k nearest neighbours of every trial: the same bytes with any number of workers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

import msgspec

from trialgraph import limits
from trialgraph.similarity.inverted_index import Search, approximate_search, exact_search
from trialgraph.similarity.recipe import Recipe
from trialgraph.similarity.vectors import Vectors, read_metadata


class SearchOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How neighbours are searched; only `exact_up_to` can change the result."""

    workers: int = 1  # threads
    exact_up_to: int = limits.EXACT_UP_TO  # rows; beyond, the search is approximate
    sample: int = limits.RECALL_SAMPLE  # rows on which the recall of the approximate search is measured; 0: none
    progress: Callable[[int, int], None] | None = None  # receives (rows done, rows in all)


class Neighbours(msgspec.Struct, frozen=True):
    """Row i holds the nearest rows of row i, best first, padded with -1.  Scores are in millionths.

    `recall` is measured on `sampled` random rows against the exact search; 1.0 where the search was exact.
    """

    indices: Any  # int32[rows, k]
    scores: Any  # int64[rows, k]
    exact: bool = True
    recall: float = 1.0
    sampled: int = 0

    def save(self, folder: Path) -> None:
        """Write arrays and metadata into a folder."""
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

        about = read_metadata(folder / "neighbours.json")
        return cls(np.load(folder / "neighbours.npy"), np.load(folder / "scores.npy"), **about)


DEFAULTS: Final = SearchOptions()


def neighbours(
    vectors: Vectors,
    k: int = limits.NEIGHBOURS,
    *,
    recipe: Recipe | None = None,
    of: Sequence[int] | None = None,
    options: SearchOptions = DEFAULTS,
) -> Neighbours:
    """Return the k nearest rows of each row.

    Exact up to `options.exact_up_to` rows.  Beyond, candidates come from a pruned index and are scored exactly; the
    recall is measured on a random sample.  With `of`, only those rows are searched for, exactly; the result has a line
    for each of them.  Equal scores are ordered by row.  A row that shares no column with another has no neighbours.
    """
    import numpy as np

    recipe = recipe or Recipe()
    exact = vectors.rows <= options.exact_up_to or of is not None
    if exact:
        rows = np.arange(vectors.rows) if of is None else np.asarray(of, dtype=np.int64)
        indices, scores, _ = run(exact_search(vectors, recipe, k), rows, k, options.workers, options.progress)
        return Neighbours(indices, scores)
    search, order = approximate_search(vectors, recipe, k)
    indices, scores = np.empty((vectors.rows, k), np.int32), np.empty((vectors.rows, k), np.int64)
    indices[order], scores[order], _ = run(search, order, k, options.workers, options.progress)
    if not options.sample:
        return Neighbours(indices, scores, exact=False, recall=float("nan"), sampled=0)
    some = np.sort(np.random.default_rng(1).choice(vectors.rows, min(options.sample, vectors.rows), replace=False))
    del search  # frees its index before the exact one is built
    truth, _, _ = run(exact_search(vectors, recipe, k), some, k, options.workers)
    hits = [len(set(indices[r].tolist()) & set(t.tolist()) - {-1}) for r, t in zip(some, truth, strict=True)]
    wanted = int((truth >= 0).sum())
    return Neighbours(indices, scores, exact=False, recall=sum(hits) / max(1, wanted), sampled=len(some))


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
