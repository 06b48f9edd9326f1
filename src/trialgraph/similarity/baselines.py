"""Two baselines to measure against: scikit-learn's TF-IDF with its defaults, and with usual tuning."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from trialgraph import limits

SETTINGS: dict[str, dict[str, Any]] = {
    "plain": {},
    "strong": {"sublinear_tf": True, "stop_words": "english", "min_df": 2},
}


def nearest(name: str, texts: Sequence[str], rows: Sequence[int], k: int) -> list[list[int]]:
    """Return the k nearest texts of some rows by a baseline's cosine, the row itself left out, best first."""
    import numpy as np
    from sklearn.feature_extraction.text import TfidfVectorizer

    matrix = TfidfVectorizer(**SETTINGS[name]).fit_transform(texts)
    transposed = matrix.T.tocsr()
    nearest_rows: list[list[int]] = []
    for first in range(0, len(rows), limits.BLOCK_ROWS // 4):
        queries = list(rows[first : first + limits.BLOCK_ROWS // 4])
        scores = (matrix[queries] @ transposed).toarray()
        for row, score in zip(queries, scores, strict=True):
            score[row] = -1.0
            top = np.argpartition(-score, min(k + 10, len(score) - 1))[: k + 10]
            order = top[np.lexsort((top, -score[top]))][:k]
            nearest_rows.append([int(i) for i in order if i != row])
    return nearest_rows
