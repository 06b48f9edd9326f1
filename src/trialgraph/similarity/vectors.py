"""Fits what words and concepts weigh, turns documents into sparse vectors in blocks, keeps the model as a file."""

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
from trialgraph.similarity.fields import Document, Folded, counts

MODEL: Final = "model.msgpack"
RECIPE: Final = "6"  # rises with every change that moves a score

# Blocks in the order of their columns.  In what is shown, area counts as condition and class as drug.
BLOCKS: Final = ("text", "topic", "condition", "area", "drug", "class", "procedure", "setting")
TEXT, TOPIC, CONDITION, AREA, DRUG, CLASS, PROCEDURE, SETTING = range(8)
# What "together" multiplies: what two trials share in the first blocks, times what they share in the second.
MULTIPLIED: Final = ((CONDITION,), (DRUG, CLASS, PROCEDURE))
# Blocks in which little found counts less: one general concept cannot fill them.
LIMITED: Final = (CONDITION, PROCEDURE, SETTING)
ARRAYS: Final = ("indptr", "indices", "data", "own", "words")


class Recipe(msgspec.Struct, frozen=True, kw_only=True):
    """The weights of the score; every default is explained in limits.py."""

    k1: float = limits.TEXT_SATURATION
    b: float = limits.TEXT_LENGTH
    text_pairs: float = limits.TEXT_PAIRS
    topic_pairs: float = limits.TOPIC_PAIRS
    text: float = limits.WEIGHT_TEXT
    topic: float = limits.WEIGHT_TOPIC
    condition: float = limits.WEIGHT_CONDITION
    area: float = limits.WEIGHT_AREA
    drug: float = limits.WEIGHT_DRUG
    classes: float = limits.WEIGHT_CLASS
    procedure: float = limits.WEIGHT_PROCEDURE
    setting: float = limits.WEIGHT_SETTING
    together: float = limits.WEIGHT_TOGETHER

    @property
    def coefficient(self) -> float:
        """Return what the product of condition part and drug and procedure parts is multiplied by."""
        most = self.condition * (self.drug + self.classes)
        return self.together / most if most else 0.0

    @property
    def weights(self) -> tuple[float, ...]:
        """Return the weight of each block, in the order of BLOCKS."""
        return (
            self.text,
            self.topic,
            self.condition,
            self.area,
            self.drug,
            self.classes,
            self.procedure,
            self.setting,
        )


class Model(msgspec.Struct, frozen=True, kw_only=True):
    """What was learnt from a corpus: enough to score new trials without it.

    `columns` holds, block by block, the names of columns in order; `found_in` in how many documents each was.
    `shown` is the commonest way a counted word was written, where that is another than the word itself.
    """

    recipe: str = RECIPE
    weights: Recipe = Recipe()
    documents: int
    mean_lengths: tuple[float, float]  # words of a document, and of its topic
    columns: tuple[tuple[str, ...], ...]
    found_in: tuple[tuple[int, ...], ...]
    usual: tuple[float, ...]  # of each block, the lower quartile of how much is found
    shown: dict[str, str] = {}
    names: dict[str, str] = {}  # of concepts
    left_out: float = 0.0  # share of words that stand in one document only, and so are no columns

    def save(self, folder: Path, name: str = MODEL) -> None:
        """Write the model into a folder, aside and then renamed."""
        folder.mkdir(parents=True, exist_ok=True)
        aside = folder / f"{MODEL}.new"
        aside.write_bytes(msgspec.msgpack.encode(self, order="sorted"))
        aside.replace(folder / name)

    @classmethod
    def load(cls, folder: Path, name: str = MODEL) -> Model:
        """Return the model of a folder.  Raises BuildError where there is none, or one of another recipe."""
        path = folder / name
        try:
            model = msgspec.msgpack.decode(path.read_bytes(), type=cls)
        except FileNotFoundError as problem:
            raise BuildError(f"{path} is missing: run `trialgraph build` to fit similarity") from problem
        except msgspec.DecodeError as problem:
            raise BuildError(f"{path} cannot be read ({problem}): run `trialgraph build` to fit it again") from problem
        if model.recipe != RECIPE:
            raise BuildError(
                f"{path} is of recipe {model.recipe}, this is {RECIPE}: run `trialgraph build` to fit it again"
            )
        return model


class Vectors(msgspec.Struct, frozen=True):
    """Documents as rows of one sparse matrix (CSR); the columns of block i are starts[i] to starts[i + 1].

    `own` marks the entries that a trial names itself, and not only something more special.
    `unknown` is the share of words that the model does not know, beyond the share it left out of its own documents.
    """

    ids: tuple[str, ...]
    indptr: Any  # int64[rows + 1]
    indices: Any  # int32
    data: Any  # float32
    own: Any  # bool
    starts: tuple[int, ...]
    unknown: float = 0.0
    words: Any = None  # int32[rows, 2]: different words and pairs of each document, and how many the model knows

    @property
    def rows(self) -> int:
        """Return how many documents there are."""
        return len(self.ids)

    @property
    def sides(self) -> Any:
        """Return of each block which side of the product it is on: 1 or 2, and 0 where it only adds."""
        import numpy as np

        held = [next((n for n, side in enumerate(MULTIPLIED, 1) if block in side), 0) for block in range(len(BLOCKS))]
        return np.array(held, np.int8)

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

        about = facts_of(folder / "vectors.json")
        arrays = [np.load(folder / f"{name}.npy", mmap_mode="r") for name in ARRAYS]
        indptr, indices, values, own, words = arrays
        return cls(tuple(about["ids"]), indptr, indices, values, own, tuple(about["starts"]), about["unknown"], words)


def facts_of(path: Path) -> dict[str, Any]:
    """Return what a JSON file says of the arrays beside it.  Raises BuildError where it is missing."""
    try:
        told: dict[str, Any] = msgspec.json.decode(path.read_bytes())
    except FileNotFoundError as problem:
        raise BuildError(f"{path} is missing: run `trialgraph build`") from problem
    return told


def fit(documents: Iterable[Document], weights: Recipe | None = None) -> tuple[Model, Vectors]:
    """Learn from documents what words and concepts weigh.  Returns the model and the documents' own vectors."""
    counted = _Counted()
    counted.read(documents)
    return _fit(counted, weights or Recipe())


def vectors(model: Model, documents: Iterable[Document]) -> Vectors:
    """Return documents as vectors by a model fitted before.  Words and concepts it does not know weigh nothing."""
    counted = _Counted(model.columns)
    counted.read(documents)
    return _weigh(model, counted)


def stacked(first: Vectors, second: Vectors) -> Vectors:
    """Return the rows of both, made by one model, the first's before the second's."""
    import numpy as np

    indices, data, own = (np.concatenate([getattr(first, n), getattr(second, n)]) for n in ("indices", "data", "own"))
    indptr = np.concatenate([first.indptr, second.indptr[1:] + first.indptr[-1]])
    words = None if first.words is None or second.words is None else np.concatenate([first.words, second.words])
    return Vectors(first.ids + second.ids, indptr, indices, data, own, first.starts, second.unknown, words)


class _Counted:
    """What documents hold, before anything is weighed: per block, rows of (column, amount)."""

    def __init__(self, columns: Sequence[Sequence[str]] | None = None) -> None:
        self.ids: list[str] = []
        self.grow = columns is None
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
        folded = Folded()
        for document in documents:
            self.ids.append(document.id)
            counted = counts(document, folded)
            self.lengths[TEXT].append(counted.length)
            self.lengths[TOPIC].append(counted.topic_length)
            self.words.append(len(counted.text))
            if self.grow:
                self.written.update(counted.written)
            self._add(TEXT, counted.text.items())
            self._add(TOPIC, counted.topic.items())
            for block, concepts in (
                (CONDITION, document.conditions),
                (AREA, document.areas),
                (DRUG, document.drugs),
                (CLASS, document.classes),
                (PROCEDURE, document.procedures),
                (SETTING, document.settings),
            ):
                # A negative amount marks what the trial does not name itself.
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


def _fit(counted: _Counted, weights: Recipe) -> tuple[Model, Vectors]:
    """Keep the columns that can connect two documents, in alphabetical order, and weigh by them."""
    import numpy as np

    columns, found_in, matrices = [], [], []
    left_out = 0.0
    for block in range(len(BLOCKS)):
        matrix = counted.matrix(block)
        names = np.array(list(counted.columns[block]), dtype=object)
        found = np.bincount(matrix.indices, minlength=len(names)) if len(names) else np.zeros(0, np.int64)
        kept = np.flatnonzero(found >= (limits.FEWEST_DOCUMENTS if block <= TOPIC else 1))
        kept = kept[np.argsort(names[kept], kind="stable")] if len(kept) else kept
        matrices.append(_renumbered(matrix, kept))
        if block == TEXT and matrix.nnz:
            left_out = (matrix.nnz - matrices[TEXT].nnz) / matrix.nnz
        columns.append(tuple(names[kept].tolist()))
        found_in.append(tuple(found[kept].tolist()))
    lengths = counted.word_lengths()
    model = Model(
        weights=weights,
        documents=len(counted.ids),
        mean_lengths=tuple(float(n.mean()) if len(n) else 1.0 for n in lengths),  # type: ignore[arg-type]
        columns=tuple(columns),
        found_in=tuple(found_in),
        usual=(),
        shown=_shown(counted, columns[TEXT]),
        names=counted.names,
        left_out=left_out,
    )
    weighed = [_raw(model, block, matrix, lengths) for block, matrix in enumerate(matrices)]
    held = [norms[norms > 0] for norms in _block_norms(weighed)]
    usual = tuple(float(np.quantile(norms, 0.25)) if len(norms) else 1.0 for norms in held)
    model = msgspec.structs.replace(model, usual=usual)
    return model, _side_by_side(model, counted, matrices, weighed)


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


def _shown(counted: _Counted, terms: Sequence[str]) -> dict[str, str]:
    """Return counted word -> the commonest way it was written, for words that are no real words themselves."""
    folded = Folded()
    best: dict[str, tuple[int, str]] = {}
    for written, n in sorted(counted.written.items()):
        form = folded[written]
        if form not in best or n > best[form][0]:
            best[form] = (n, written)
    known = set(terms)
    return {form: written for form, (_, written) in best.items() if form != written and form in known}


def _raw(model: Model, block: int, amounts: Any, lengths: tuple[Any, Any]) -> Any:
    """Return amounts weighed by how much a document says of it and how rare it is, not yet brought to length."""
    import numpy as np

    n, found = model.documents, np.array(model.found_in[block], dtype=np.float64)
    idf = np.ones(len(found)) if block == AREA else np.log1p((n - found + 0.5) / (found + 0.5))
    data = amounts.data.astype(np.float64)
    if block <= TOPIC:
        w = model.weights
        pair = np.array([" " in name for name in model.columns[block]], dtype=bool)
        if block == TEXT:  # whole texts differ too much in length for BM25: every doubling adds the same
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
    import numpy as np

    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    return np.sqrt(np.bincount(rows, matrix.data**2, minlength=matrix.shape[0]))  # no row's depends on another's


def _joined(block: int) -> tuple[int, ...]:
    """Return the blocks that share a length: what is done in a trial of a drug is no procedure first of all."""
    return (DRUG, CLASS, PROCEDURE) if block == PROCEDURE else (block,)


def _block_norms(weighed: Sequence[Any]) -> list[Any]:
    """Return of each block how long each document is in it and the blocks that share its length."""
    import numpy as np

    alone = [_norms(block) for block in weighed]
    return [np.sqrt(np.sum(np.square(np.stack([alone[b] for b in _joined(i)])), axis=0)) for i in range(len(alone))]


def _weigh(model: Model, counted: _Counted) -> Vectors:
    """Weigh what documents hold by a model that was fitted before."""
    matrices = [counted.matrix(block) for block in range(len(BLOCKS))]
    for matrix in matrices:
        matrix.sort_indices()
    lengths = counted.word_lengths()
    weighed = [_raw(model, block, matrix, lengths) for block, matrix in enumerate(matrices)]
    return _side_by_side(model, counted, matrices, weighed)


def _side_by_side(model: Model, counted: _Counted, matrices: Sequence[Any], weighed: Sequence[Any]) -> Vectors:
    """Bring each weighed block of each document to its length, in place, and put the blocks side by side."""
    import numpy as np
    from scipy.sparse import hstack

    lengths = _block_norms(weighed)
    for block, (weight, raw, norms) in enumerate(zip(model.weights.weights, weighed, lengths, strict=True)):
        enough = np.minimum(1.0, np.sqrt(norms / model.usual[block])) if block in LIMITED else np.ones(len(norms))
        scale = math.sqrt(weight) * enough / np.where(norms > 0, norms, 1.0)
        raw.data *= np.repeat(scale, np.diff(raw.indptr))
    starts = tuple(int(x) for x in np.concatenate([[0], np.cumsum([b.shape[1] for b in weighed])]))
    whole = hstack(weighed, format="csr", dtype=np.float32)
    own = hstack(matrices, format="csr", dtype=np.float32).data > 0
    held = np.array(counted.words, np.int32)
    words = np.stack([held, np.diff(matrices[TEXT].indptr)], axis=1).astype(np.int32)
    indptr, indices = whole.indptr.astype(np.int64), whole.indices.astype(np.int32)
    return Vectors(tuple(counted.ids), indptr, indices, whole.data, own, starts, unknown(model, words), words)


def unknown(model: Model, words: Any) -> float:
    """Return the share of words that a model does not know, beyond the share it left out of its own documents."""
    held, known = (int(n) for n in words.sum(axis=0))
    return max(0.0, (held - known) / held - model.left_out) if held else 0.0
