"""SIMILAR_TO: the trials' documents compared, and each pair as a row."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from trialgraph.similarity import (
    Model,
    Neighbours,
    Pairs,
    SearchOptions,
    SimilarPair,
    Vectors,
    changed_ids,
    edges,
    merge_vectors,
    neighbours,
    pairs,
    unknown,
    update_neighbours,
)

if TYPE_CHECKING:
    import pyarrow as pa


class Before(msgspec.Struct, frozen=True):
    """What was compared before some trials changed, by the same model."""

    vectors: Vectors
    found: Neighbours
    sponsors: dict[str, str | None]
    rows: pa.Table  # of SIMILAR_TO


class Compared(msgspec.Struct, frozen=True):
    """Vectors and neighbours of all trials, and SIMILAR_TO in two parts: rows that stay but for ranks, and new ones."""

    vectors: Vectors
    found: Neighbours
    facts: dict[str, Any]  # for the manifest
    moved: int  # trials whose vector is new
    explained: int  # pairs compared word by word
    stay: pa.Table | None
    rows: Iterator[Mapping[str, Any]]


def compare(
    model: Model,
    rows: Vectors,
    sponsors: Sequence[str | None],
    *,
    before: Before | None = None,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Compared:
    """Return the neighbours of all trials, and why.  `before` saves the work for those that did not move."""
    options = SearchOptions(workers=workers, progress=progress)
    if before is None:
        found = neighbours(rows, recipe=model.weights, options=options)
        moved: Collection[str] = rows.ids
    else:
        known = frozenset(before.vectors.ids)
        moved = changed_ids(before.vectors, rows) | {trial for trial in rows.ids if trial not in known}
        found = update_neighbours(before.found, before.vectors.ids, rows, moved, recipe=model.weights, options=options)
    every = pairs(found)
    stay, anew = (None, every) if before is None else _staying(every, rows, sponsors, before, frozenset(moved))
    facts = {
        "recipe": model.recipe,
        "exact": found.exact,
        "recall": round(found.recall, 6),
        "recall_sample": found.sampled,
        "fitted_to": model.documents,
        "new_words": round(rows.unknown, 4),
    }
    explained = (row(pair) for pair in edges(model, rows, anew, sponsors))
    return Compared(rows, found, facts, len(moved), len(anew.low), stay, explained)


def patched_vectors(model: Model, before: Vectors, fresh: Vectors, ids: Sequence[str]) -> Vectors:
    """Return the vectors of all trials: the fresh ones, and of the others those from before."""
    rows = merge_vectors(before, fresh, ids)
    return msgspec.structs.replace(rows, unknown=unknown(model, rows.words))


def _staying(
    every: Pairs, rows: Vectors, sponsors: Sequence[str | None], before: Before, moved: Collection[str]
) -> tuple[pa.Table, Pairs]:
    """Return the rows from before of pairs that did not move, with the ranks of today, and the pairs that did."""
    import numpy as np
    import pyarrow as pa

    n = max(1, rows.rows)
    still = np.array(
        [
            trial not in moved and before.sponsors.get(trial) == sponsor
            for trial, sponsor in zip(rows.ids, sponsors, strict=True)
        ],
        np.bool_,
    )
    place = {trial: at for at, trial in enumerate(rows.ids)}
    ends = [
        np.fromiter((place.get(trial, -1) for trial in before.rows.column(end).to_pylist()), np.int64)
        for end in ("source", "target")
    ]
    there = np.flatnonzero((ends[0] >= 0) & (ends[1] >= 0))
    there = there[still[ends[0][there]] & still[ends[1][there]]]
    keys, wanted = ends[0][there] * n + ends[1][there], every.low * n + every.high
    order = np.argsort(keys)
    keys, there = keys[order], there[order]
    at = np.minimum(np.searchsorted(keys, wanted), max(0, len(keys) - 1))
    stays = keys[at] == wanted if len(keys) else np.zeros(len(wanted), np.bool_)
    same = every.only(stays)
    table = before.rows.take(pa.array(there[at[stays]]))
    for name, ranks in (("rank_ab", same.forward), ("rank_ba", same.back)):
        column = pa.array(ranks.astype(np.int64), pa.int64(), mask=ranks == 0)
        table = table.set_column(table.column_names.index(name), name, column)
    return table, every.only(~stays)


def row(pair: SimilarPair) -> Mapping[str, Any]:
    """Return a pair as a row of SIMILAR_TO; nothing shared is null."""
    return {
        "source": pair.source,
        "target": pair.target,
        "score": round(pair.score, 6),
        "rank_ab": pair.rank_ab,
        "rank_ba": pair.rank_ba,
        "text_score": round(pair.text_score, 6),
        "drug_score": round(pair.drug_score, 6),
        "condition_score": round(pair.condition_score, 6),
        "procedure_score": round(pair.procedure_score, 6),
        "setting_score": round(pair.setting_score, 6),
        "together_score": round(pair.together_score, 6),
        "shared_terms": list(pair.shared_terms) or None,
        "shared_term_scores": list(pair.shared_term_scores) or None,
        "shared_drugs": list(pair.shared_drugs) or None,
        "shared_classes": list(pair.shared_classes) or None,
        "shared_conditions": list(pair.shared_conditions) or None,
        "shared_procedures": list(pair.shared_procedures) or None,
        "shared_settings": list(pair.shared_settings) or None,
        "same_sponsor": pair.same_sponsor,
        "recipe": pair.recipe,
        "method": "similarity",
        "source_field": "protocolSection",
        "confidence": round(min(1.0, pair.score), 6),
    }
