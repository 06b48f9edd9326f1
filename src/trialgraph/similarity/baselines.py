"""Two plain ways to compare trials, to measure ours against: TF-IDF as it comes, and tuned as people tune it."""

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
    turned = matrix.T.tocsr()
    found: list[list[int]] = []
    for first in range(0, len(rows), limits.BLOCK_ROWS // 4):
        asked = list(rows[first : first + limits.BLOCK_ROWS // 4])
        scores = (matrix[asked] @ turned).toarray()
        for row, score in zip(asked, scores, strict=True):
            score[row] = -1.0
            top = np.argpartition(-score, min(k + 10, len(score) - 1))[: k + 10]
            order = top[np.lexsort((top, -score[top]))][:k]
            found.append([int(i) for i in order if i != row])
    return found
