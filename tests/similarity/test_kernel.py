"""The search for neighbours beside every pair scored one by one, exact and approximate, on vectors made here."""

from __future__ import annotations

import random

import numpy as np
import pytest

from trialgraph import limits
from trialgraph.similarity import (
    Concept,
    Document,
    Neighbours,
    SearchOptions,
    approximate_kernel,
    fit,
    kernel,
    neighbours,
)
from trialgraph.similarity.recipe import BLOCKS, Recipe
from trialgraph.similarity.vectors import Vectors


def made(rows: int, seed: int, columns: int = 1200) -> Vectors:
    """Return random vectors: in every block a few columns that nearly all rows have, and many that few have."""
    draw = np.random.default_rng(seed)
    starts = tuple(range(0, columns * (len(BLOCKS) + 1), columns))
    indices, values, ends = [], [], [0]
    for _ in range(rows):
        for block in range(len(BLOCKS)):
            common = np.flatnonzero(draw.random(12) < 0.8)
            rare = draw.integers(12, columns, draw.integers(0, 12))
            held = np.unique(np.concatenate([common, rare]))[: draw.integers(0, 24)]
            weights = draw.random(len(held)) * np.where(held < 12, 0.4, 1.0)
            indices.append(held + starts[block])
            values.append(weights * 0.5 / np.sqrt(max(1e-9, float((weights**2).sum()))) if len(held) else weights)
        ends.append(ends[-1] + sum(len(x) for x in indices[-len(BLOCKS) :]))
    data = np.concatenate(values).astype(np.float32)
    ids = tuple(f"T{i:05d}" for i in range(rows))
    index = np.concatenate(indices).astype(np.int32)
    return Vectors(ids, np.array(ends), index, data, data > 0, starts)


def one_by_one(vectors: Vectors, k: int) -> tuple[list[list[int]], list[list[int]]]:
    """Return neighbours and scores from every pair, scored as it would be shown."""
    starts = np.array(vectors.starts, np.int64)
    rows, scores = [], []
    for row in range(vectors.rows):
        held = np.zeros(vectors.rows, np.int64)
        blocks = (starts, vectors.sides, Recipe().coefficient)
        kernel.score_all(row, vectors.indptr, vectors.indices, vectors.data, *blocks, held)  # type: ignore[call-arg]
        held[row] = 0
        best = [i for i in np.lexsort((np.arange(vectors.rows), -held))[:k].tolist() if held[i] > 0]
        rows.append(best + [-1] * (k - len(best)))
        scores.append([int(held[i]) for i in best] + [0] * (k - len(best)))
    return rows, scores


def same(one: Neighbours, two: Neighbours) -> bool:
    return one.indices.tobytes() == two.indices.tobytes() and one.scores.tobytes() == two.scores.tobytes()


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("k", [1, 10, 25])
def test_with_heavy_common_columns_nothing_is_missed(seed: int, k: int) -> None:
    vectors = made(150, seed)
    found = neighbours(vectors, k)
    rows, scores = one_by_one(vectors, k)
    assert found.indices.tolist() == rows
    assert found.scores.tolist() == scores


def test_pruned_neighbours_have_their_exact_scores_and_miss_little() -> None:
    vectors = made(900, 7)
    found = neighbours(vectors, options=SearchOptions(exact_up_to=0))
    rows, scores = one_by_one(vectors, 10)
    kept = [len(set(a) & set(b)) for a, b in zip(found.indices.tolist(), rows, strict=True)]
    assert sum(kept) >= 0.95 * 10 * vectors.rows
    truth = [dict(zip(r, s, strict=True)) for r, s in zip(rows, scores, strict=True)]
    for row, score, known in zip(found.indices.tolist(), found.scores.tolist(), truth, strict=True):
        assert all(known.get(i, s) == s for i, s in zip(row, score, strict=True))
        assert score == sorted(score, reverse=True)


@pytest.mark.parametrize("slots", [100_000, 40], ids=["a slot each", "shared slots"])
def test_where_every_row_is_a_candidate_and_kept_whole_pruning_misses_nothing(monkeypatch, slots: int) -> None:
    monkeypatch.setattr(limits, "KEPT_SHARE", 1.0)
    monkeypatch.setattr(limits, "CANDIDATES", 200)
    monkeypatch.setattr(approximate_kernel, "slots", lambda columns: (np.arange(columns) % slots).astype(np.int32))
    vectors = made(180, 3)
    assert same(neighbours(vectors), neighbours(vectors, options=SearchOptions(exact_up_to=0)))


@pytest.mark.parametrize("exact_up_to", [0, 10_000])
def test_the_bytes_are_the_same_with_any_number_of_workers(exact_up_to: int) -> None:
    vectors = made(1300, 5)
    one, two, three = (
        neighbours(vectors, options=SearchOptions(workers=n, exact_up_to=exact_up_to, sample=20)) for n in (1, 2, 3)
    )
    assert same(one, two) and same(one, three)
    assert one.recall == two.recall == three.recall


@pytest.mark.parametrize("exact_up_to", [0, 10_000])
@pytest.mark.parametrize(
    "texts",
    [
        [],
        ["alone"],
        ["", "", ""],
        ["", "anaemia", "Anaemia", "asthma"],
        ["anaemia"] * 3,
        ["sirolimus in autoimmune anaemia"] * 700 + ["asthma in children"],
    ],
    ids=["nothing", "one", "no text", "one word", "the same word", "identical texts"],
)
def test_the_smallest_corpora_are_fine(texts: list[str], exact_up_to: int) -> None:
    model, vectors = fit(Document(id=f"A{i:04d}", texts={"title": text}) for i, text in enumerate(texts))
    found = neighbours(vectors, recipe=model.weights, options=SearchOptions(exact_up_to=exact_up_to))
    rows = one_by_one(vectors, 10)[0]
    assert found.indices.tolist() == rows


def test_more_candidates_than_there_is_room_for_are_cut_to_the_best() -> None:
    draw = random.Random(2)
    texts = [" ".join(f"w{draw.randint(0, 3)}" for _ in range(draw.randint(1, 6))) for _ in range(2000)]
    model, vectors = fit(Document(id=f"A{i:04d}", texts={"title": text}) for i, text in enumerate(texts))
    found = neighbours(vectors, recipe=model.weights, options=SearchOptions(exact_up_to=0, sample=100))
    assert found.recall > 0.99


def test_sharing_both_sides_of_the_product_counts_when_candidates_are_found(monkeypatch) -> None:
    monkeypatch.setattr(limits, "CANDIDATES", 10)
    drug, condition = (Concept("D", "drug"),), (Concept("C", "condition"),)
    both = [Document(id=f"B{i:03d}", drugs=drug, conditions=condition) for i in range(12)]
    apart = [
        Document(
            id=f"A{i:03d}",
            drugs=drug if i % 2 else (Concept(f"D{i}", "other"),),
            conditions=(Concept(f"C{i}", "other"),) if i % 2 else condition,
        )
        for i in range(400)
    ]
    model, vectors = fit([*apart, *both])
    found = neighbours(vectors, recipe=model.weights, options=SearchOptions(exact_up_to=0))
    assert {vectors.ids[i][0] for i in found.indices[-1]} == {"B"}
