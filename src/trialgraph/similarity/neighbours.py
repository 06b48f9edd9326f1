"""The nearest trials of every trial, in blocks: the same bytes with any number of workers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from trialgraph import limits
from trialgraph.errors import BuildError
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

        path = folder / "neighbours.json"
        try:
            about = msgspec.json.decode(path.read_bytes())
        except FileNotFoundError as problem:
            raise BuildError(f"{path} is missing: run `trialgraph build`") from problem
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

    What stands in more than a share of all rows is in no index: there rows share at most the product of the lengths of
    their parts.  Up to `exact_up_to` rows every row is scored that this bound lets in, so that nothing is missed.
    Beyond, the bound is taken at a part of its height, and what that lost is measured on a random sample and returned.
    With `of`, only those rows are asked for, exactly.  Equal scores are ordered by row.  A row that shares nothing with
    any other has no neighbours.
    """
    import numpy as np

    recipe = recipe or Recipe()
    exact = vectors.rows <= exact_up_to or of is not None
    index = inverted(vectors, limits.COMMON)
    rows = np.arange(vectors.rows) if of is None else np.asarray(of, dtype=np.int64)
    share = 1.0 if exact else limits.BOUND_SHARE
    indices, scores, _ = run(vectors, index, recipe, k, rows, share, workers, progress)
    if exact:
        return Neighbours(indices, scores)
    if not sample:
        return Neighbours(indices, scores, exact=False, recall=float("nan"), sampled=0)
    some = np.sort(np.random.default_rng(1).choice(vectors.rows, min(sample, vectors.rows), replace=False))
    truth, _, _ = run(vectors, index, recipe, k, some, 1.0, workers, None)
    found = [len(set(indices[r].tolist()) & set(t.tolist()) - {-1}) for r, t in zip(some, truth, strict=True)]
    wanted = int((truth >= 0).sum())
    return Neighbours(indices, scores, exact=False, recall=sum(found) / max(1, wanted), sampled=len(some))


def run(
    vectors: Vectors,
    index: tuple[Any, ...],
    recipe: Recipe,
    k: int,
    rows: Any,
    share: float,
    workers: int,
    progress: Callable[[int, int], None] | None,
    least: Any = None,
) -> tuple[Any, Any, Any]:
    """Ask for some rows block by block, spread over threads; blocks keep the memory bounded.

    Returns neighbours, scores and, where `least` holds a score for every row, what reaches it: (row, asked, score).
    """
    import numpy as np
    from joblib import Parallel, delayed

    from trialgraph.similarity import kernel

    starts = np.array(vectors.starts, dtype=np.int64)
    whole = (vectors.indptr, vectors.indices, vectors.data)
    indices = np.full((len(rows), k), -1, np.int32)
    scores = np.zeros((len(rows), k), np.int64)

    def ask(first: int) -> tuple[int, Any]:
        span = slice(first, first + limits.BLOCK_ROWS)
        settled = (*whole, *index, starts, vectors.sides, recipe.coefficient, k, k + limits.SCORED_FIRST)
        into = (indices[span], scores[span])
        if least is None:
            kernel.search(rows[span], *settled, share, *into)  # type: ignore[call-arg]
            return min(span.stop, len(rows)), nothing
        return min(span.stop, len(rows)), kernel.meet(rows[span], *settled, least, *into)  # type: ignore[call-arg]

    nothing = np.zeros((0, 3), np.int64)
    told = [nothing]
    firsts = range(0, len(rows), limits.BLOCK_ROWS)
    spread: Any = Parallel(n_jobs=workers, prefer="threads", return_as="generator")
    for done, met in spread(delayed(ask)(at) for at in firsts):
        told.append(met)
        if progress is not None:
            progress(done, len(rows))
    return indices, scores, np.concatenate(told)


def inverted(vectors: Vectors, common: float) -> tuple[Any, ...]:
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
        steps = [common * limits.COMMON_STEP**i for i in range(limits.COMMON_GROUPS)]
        for step in steps:
            group[span][found[span] > max(step * vectors.rows, limits.RARE)] = last = last + 1
    lengths = np.zeros((vectors.rows, last + 1), np.float32)
    kernel.lengths(*whole, group, lengths)
    starts = np.concatenate([[0], np.cumsum(np.where(group < 0, found, 0))]).astype(np.int64)
    row, value = np.empty(starts[-1], np.int32), np.empty(starts[-1], np.float32)
    kernel.invert(*whole, group, starts, row, value)
    return group, starts, row, value, lengths
