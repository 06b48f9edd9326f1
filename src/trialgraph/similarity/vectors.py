"""Fits the model to documents and turns documents into sparse vectors, block by block.

Texts are weighted by sublinear TF-IDF, topics by BM25 (k1, b as in Robertson and Zaragoza, 2009), concepts by their
confidence times IDF; each block is then normalised to its L2 norm times the square root of its weight.
"""

from __future__ import annotations

import math
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from trialgraph import limits
from trialgraph.errors import BuildError
from trialgraph.similarity.documents import Document, WordForms, count_words
from trialgraph.similarity.model import Model
from trialgraph.similarity.recipe import (
    AREA,
    BLOCKS,
    CLASS,
    CONDITION,
    DRUG,
    LIMITED,
    MULTIPLIED,
    PROCEDURE,
    RECIPE,
    SETTING,
    TEXT,
    TOPIC,
    Recipe,
)

ARRAYS: Final = ("indptr", "indices", "data", "own", "words")


class Vectors(msgspec.Struct, frozen=True):
    """Documents as rows of one sparse matrix (CSR); the columns of block i are starts[i] to starts[i + 1].

    `own` marks the concepts that a trial names itself, not only a narrower one.
    `unknown` is the share of words that are no columns of the model, beyond that share in the fitted corpus.
    """

    ids: tuple[str, ...]
    indptr: Any  # int64[rows + 1]
    indices: Any  # int32
    data: Any  # float32
    own: Any  # bool, as long as data
    starts: tuple[int, ...]
    unknown: float = 0.0
    words: Any = None  # int32[rows, 2]: distinct words and pairs of each document, and how many are columns

    @property
    def rows(self) -> int:
        """Return how many documents there are."""
        return len(self.ids)

    @property
    def sides(self) -> Any:
        """Return int8[blocks]: the side of the interaction term a block is on, 1 or 2; 0 for none."""
        import numpy as np

        sides = [next((n for n, side in enumerate(MULTIPLIED, 1) if block in side), 0) for block in range(len(BLOCKS))]
        return np.array(sides, np.int8)

    def save(self, folder: Path) -> None:
        """Write ids and arrays into a folder."""
        import numpy as np

        folder.mkdir(parents=True, exist_ok=True)
        for name in ARRAYS:
            np.save(folder / f"{name}.npy", getattr(self, name))
        about = {"ids": self.ids, "starts": self.starts, "unknown": self.unknown, "recipe": RECIPE}
        (folder / "vectors.json").write_bytes(msgspec.json.encode(about))

    @classmethod
    def load(cls, folder: Path) -> Vectors:
        """Return the vectors of a folder, their arrays mapped from the files."""
        import numpy as np

        about = read_metadata(folder / "vectors.json")
        arrays = [np.load(folder / f"{name}.npy", mmap_mode="r") for name in ARRAYS]
        indptr, indices, values, own, words = arrays
        return cls(tuple(about["ids"]), indptr, indices, values, own, tuple(about["starts"]), about["unknown"], words)


def read_metadata(path: Path) -> dict[str, Any]:
    """Return the JSON object that describes the arrays beside it.  Raises BuildError where the file is missing."""
    try:
        metadata: dict[str, Any] = msgspec.json.decode(path.read_bytes())
    except FileNotFoundError as problem:
        raise BuildError(f"{path} is missing: run `trialgraph build`") from problem
    return metadata


def fit(documents: Iterable[Document], weights: Recipe | None = None) -> tuple[Model, Vectors]:
    """Fit vocabulary and weights to documents.  Returns the model and the documents' own vectors."""
    corpus = _Corpus()
    corpus.read(documents)
    return _fit(corpus, weights or Recipe())


def vectors(model: Model, documents: Iterable[Document]) -> Vectors:
    """Return the vectors of documents by a fitted model.  Words and concepts outside its vocabulary are ignored."""
    corpus = _Corpus(model.columns)
    corpus.read(documents)
    return _weigh(model, corpus)


def concatenate(first: Vectors, second: Vectors) -> Vectors:
    """Return the rows of the first followed by those of the second; one model made both."""
    import numpy as np

    indices, data, own = (np.concatenate([getattr(first, n), getattr(second, n)]) for n in ("indices", "data", "own"))
    indptr = np.concatenate([first.indptr, second.indptr[1:] + first.indptr[-1]])
    words = None if first.words is None or second.words is None else np.concatenate([first.words, second.words])
    return Vectors(first.ids + second.ids, indptr, indices, data, own, first.starts, second.unknown, words)


class _Corpus:
    """Unweighted documents as growing CSR arrays, block by block: row ends, columns and amounts."""

    def __init__(self, columns: Sequence[Sequence[str]] | None = None) -> None:
        self.ids: list[str] = []
        self.grow = columns is None  # whether unknown names become columns
        self.columns: list[dict[str, int]] = [
            {name: i for i, name in enumerate(block)} for block in columns or ((),) * len(BLOCKS)
        ]
        self.ends = [array("q", [0]) for _ in BLOCKS]
        self.index = [array("i") for _ in BLOCKS]
        self.amount = [array("f") for _ in BLOCKS]
        self.lengths = (array("f"), array("f"))
        self.written: Counter[str] = Counter()
        self.names: dict[str, str] = {}
        self.words = array("i")

    def read(self, documents: Iterable[Document]) -> None:
        folded = WordForms()
        for document in documents:
            self.ids.append(document.id)
            counts = count_words(document, folded)
            self.lengths[TEXT].append(counts.length)
            self.lengths[TOPIC].append(counts.topic_length)
            self.words.append(len(counts.text))
            if self.grow:
                self.written.update(counts.written)
            self._add(TEXT, counts.text.items())
            self._add(TOPIC, counts.topic.items())
            for block, concepts in (
                (CONDITION, document.conditions),
                (AREA, document.areas),
                (DRUG, document.drugs),
                (CLASS, document.classes),
                (PROCEDURE, document.procedures),
                (SETTING, document.settings),
            ):
                # A negative amount marks a concept that the trial does not name itself (see `own`).
                self._add(block, [(c.id, -c.weight if c.broader else c.weight) for c in concepts])
                if self.grow:
                    self.names.update((c.id, c.name) for c in concepts)

    def _add(self, block: int, items: Iterable[tuple[str, float]]) -> None:
        columns, index, amount = self.columns[block], self.index[block], self.amount[block]
        for name, n in items:
            column = columns.setdefault(name, len(columns)) if self.grow else columns.get(name)
            if column is not None:
                index.append(column)
                amount.append(n)
        self.ends[block].append(len(index))

    def word_lengths(self) -> tuple[Any, Any]:
        """Return how many words each document has, in all and in its topic."""
        import numpy as np

        text, topic = (np.array(length, dtype=np.float64) for length in self.lengths)
        return text, topic

    def matrix(self, block: int) -> Any:
        """Return the amounts of a block as a CSR matrix."""
        import numpy as np
        from scipy.sparse import csr_matrix

        index = np.frombuffer(self.index[block], np.int32) if self.index[block] else np.zeros(0, np.int32)
        amount = np.frombuffer(self.amount[block], np.float32) if self.amount[block] else np.zeros(0, np.float32)
        ends = np.frombuffer(self.ends[block], np.int64)
        return csr_matrix((amount, index, ends), shape=(len(self.ids), len(self.columns[block])))


def _fit(corpus: _Corpus, weights: Recipe) -> tuple[Model, Vectors]:
    """Keep the columns that can connect two documents, in alphabetical order; return model and vectors by them."""
    import numpy as np

    columns, frequencies, matrices = [], [], []
    left_out = 0.0
    for block in range(len(BLOCKS)):
        matrix = corpus.matrix(block)
        names = np.array(list(corpus.columns[block]), dtype=object)
        df = np.bincount(matrix.indices, minlength=len(names)) if len(names) else np.zeros(0, np.int64)
        kept = np.flatnonzero(df >= (limits.FEWEST_DOCUMENTS if block <= TOPIC else 1))
        kept = kept[np.argsort(names[kept], kind="stable")] if len(kept) else kept
        matrices.append(_renumbered(matrix, kept))
        if block == TEXT and matrix.nnz:
            left_out = (matrix.nnz - matrices[TEXT].nnz) / matrix.nnz
        columns.append(tuple(names[kept].tolist()))
        frequencies.append(tuple(df[kept].tolist()))
    lengths = corpus.word_lengths()
    model = Model(
        weights=weights,
        documents=len(corpus.ids),
        mean_lengths=tuple(float(n.mean()) if len(n) else 1.0 for n in lengths),  # type: ignore[arg-type]
        columns=tuple(columns),
        document_frequencies=tuple(frequencies),
        norm_quartiles=(),
        shown=_shown(corpus, columns[TEXT]),
        names=corpus.names,
        left_out=left_out,
    )
    weighted = [_weighted(model, block, matrix, lengths) for block, matrix in enumerate(matrices)]
    present = [norms[norms > 0] for norms in _block_norms(weighted)]
    quartiles = tuple(float(np.quantile(norms, 0.25)) if len(norms) else 1.0 for norms in present)
    model = msgspec.structs.replace(model, norm_quartiles=quartiles)
    return model, _normalised(model, corpus, matrices, weighted)


def _renumbered(matrix: Any, kept: Any) -> Any:
    """Return a matrix with only the kept columns, in their order, rows sorted by column."""
    import numpy as np
    from scipy.sparse import csr_matrix

    new = np.full(matrix.shape[1], -1, np.int32)
    new[kept] = np.arange(len(kept), dtype=np.int32)
    index = new[matrix.indices]
    stays = index >= 0
    ends = np.concatenate([[0], np.cumsum(stays)])[matrix.indptr]
    out = csr_matrix((matrix.data[stays], index[stays], ends), shape=(matrix.shape[0], len(kept)))
    out.sort_indices()
    return out


def _shown(corpus: _Corpus, terms: Sequence[str]) -> dict[str, str]:
    """Return counted word form -> its commonest spelling, where the form itself is not how the word is written."""
    folded = WordForms()
    best: dict[str, tuple[int, str]] = {}
    for written, n in sorted(corpus.written.items()):
        form = folded[written]
        if form not in best or n > best[form][0]:
            best[form] = (n, written)
    columns = set(terms)
    return {form: written for form, (_, written) in best.items() if form != written and form in columns}


def _weighted(model: Model, block: int, amounts: Any, lengths: tuple[Any, Any]) -> Any:
    """Return a block's amounts times IDF as float64 CSR, not yet normalised: TF-IDF for texts, BM25 for topics."""
    import numpy as np

    n, df = model.documents, np.array(model.document_frequencies[block], dtype=np.float64)
    idf = np.ones(len(df)) if block == AREA else np.log1p((n - df + 0.5) / (df + 0.5))
    data = amounts.data.astype(np.float64)
    if block <= TOPIC:
        w = model.weights
        pair = np.array([" " in name for name in model.columns[block]], dtype=bool)
        if block == TEXT:  # sublinear: whole texts differ too much in length for BM25
            idf += limits.TEXT_COMMONEST
            data = 1 + np.log(np.maximum(data, 1.0))
        else:
            relative = np.repeat(lengths[block] / max(model.mean_lengths[block], 1.0), np.diff(amounts.indptr))
            data = data * (w.k1 + 1) / (data + w.k1 * (1 - w.b + w.b * relative))
        idf = np.where(pair, idf * (w.text_pairs if block == TEXT else w.topic_pairs), idf)
    out = amounts.astype(np.float64)
    out.data = np.abs(data) * idf[amounts.indices]
    return out


def _norms(matrix: Any) -> Any:
    """Return the L2 norm of each row, float64[rows]."""
    import numpy as np

    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    return np.sqrt(np.bincount(rows, matrix.data**2, minlength=matrix.shape[0]))  # no row's depends on another's


def _sharing_norm(block: int) -> tuple[int, ...]:
    """Return the blocks whose joint norm divides a block: a procedure weighs less in a trial that tests a drug."""
    return (DRUG, CLASS, PROCEDURE) if block == PROCEDURE else (block,)


def _block_norms(weighted: Sequence[Any]) -> list[Any]:
    """Return for each block float64[rows]: the L2 norm of each document over the blocks of `_sharing_norm`."""
    import numpy as np

    alone = [_norms(block) for block in weighted]
    return [
        np.sqrt(np.sum(np.square(np.stack([alone[b] for b in _sharing_norm(i)])), axis=0)) for i in range(len(alone))
    ]


def _weigh(model: Model, corpus: _Corpus) -> Vectors:
    """Return the vectors of counted documents by a fitted model."""
    matrices = [corpus.matrix(block) for block in range(len(BLOCKS))]
    for matrix in matrices:
        matrix.sort_indices()
    lengths = corpus.word_lengths()
    weighted = [_weighted(model, block, matrix, lengths) for block, matrix in enumerate(matrices)]
    return _normalised(model, corpus, matrices, weighted)


def _normalised(model: Model, corpus: _Corpus, matrices: Sequence[Any], weighted: Sequence[Any]) -> Vectors:
    """Scale each block of each row to the L2 norm sqrt(weight), damped where little is in it, and join the blocks."""
    import numpy as np
    from scipy.sparse import hstack

    block_norms = _block_norms(weighted)
    for block, (weight, raw, norms) in enumerate(zip(model.weights.weights, weighted, block_norms, strict=True)):
        damping = (
            np.minimum(1.0, np.sqrt(norms / model.norm_quartiles[block])) if block in LIMITED else np.ones(len(norms))
        )
        scale = math.sqrt(weight) * damping / np.where(norms > 0, norms, 1.0)
        raw.data *= np.repeat(scale, np.diff(raw.indptr))
    starts = tuple(int(x) for x in np.concatenate([[0], np.cumsum([b.shape[1] for b in weighted])]))
    whole = hstack(weighted, format="csr", dtype=np.float32)
    own = hstack(matrices, format="csr", dtype=np.float32).data > 0
    distinct = np.array(corpus.words, np.int32)
    words = np.stack([distinct, np.diff(matrices[TEXT].indptr)], axis=1).astype(np.int32)
    indptr, indices = whole.indptr.astype(np.int64), whole.indices.astype(np.int32)
    return Vectors(tuple(corpus.ids), indptr, indices, whole.data, own, starts, unknown(model, words), words)


def unknown(model: Model, words: Any) -> float:
    """Return the share of words that are no columns of a model, beyond that share in the fitted corpus.

    `words` is int32[rows, 2], as in `Vectors`.
    """
    total, known = (int(n) for n in words.sum(axis=0))
    return max(0.0, (total - known) / total - model.left_out) if total else 0.0
