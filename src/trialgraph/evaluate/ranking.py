"""What a ranking of related trials is worth: measures of one query, their means, intervals and paired differences."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from trialgraph import limits
from trialgraph.limits import NEIGHBOURS

Measured = dict[str, dict[str, float | None]]  # measure -> query -> value


def graded(ranking: Mapping[str, Sequence[str]], grades: Mapping[str, Mapping[str, int]]) -> Measured:
    """Return nDCG@10 and the shares of grades 2 and 3, of grade 0 and of unjudged trials in the first ten.

    The gain is 2^grade - 1; an unjudged trial gains nothing.  `ndcg10_judged` passes over unjudged trials.
    """
    out: Measured = {key: {} for key in ("ndcg10", "useful", "useless", "unjudged", "ndcg10_judged")}
    for query, known in grades.items():
        if query not in ranking:
            continue
        ranked = [c for c in ranking[query] if c != query]
        top = ranked[:NEIGHBOURS]
        judged = [known[c] for c in top if c in known]
        best = _dcg(sorted(known.values(), reverse=True)[:NEIGHBOURS])
        out["ndcg10"][query] = _dcg([known.get(c, 0) for c in top]) / best if best else None
        out["ndcg10_judged"][query] = (
            _dcg([known[c] for c in ranked if c in known][:NEIGHBOURS]) / best if best else None
        )
        out["useful"][query] = sum(g >= 2 for g in judged) / NEIGHBOURS
        out["useless"][query] = judged.count(0) / len(judged) if judged else None
        out["unjudged"][query] = 1 - len(judged) / len(top) if top else None
    return out


def references(ranking: Mapping[str, Sequence[str]], related: Mapping[str, set[str]]) -> Measured:
    """Return hit@1, the reciprocal rank within the first 20, and recall@10 of trials that name each other."""
    out: Measured = {key: {} for key in ("hit1", "mrr", "recall10")}
    for query, wanted in related.items():
        if query not in ranking:
            continue
        ranked = [c for c in ranking[query] if c != query]
        places = [i for i, c in enumerate(ranked[: limits.RECIPROCAL_DEPTH], 1) if c in wanted]
        out["hit1"][query] = float(bool(places) and places[0] == 1)
        out["mrr"][query] = 1 / places[0] if places else 0.0
        out["recall10"][query] = sum(c in wanted for c in ranked[:NEIGHBOURS]) / min(NEIGHBOURS, len(wanted))
    return out


def codes(
    ranking: Mapping[str, Sequence[str]],
    conditions: Mapping[str, frozenset[str]],
    interventions: Mapping[str, frozenset[str]],
    subtrees: Mapping[str, frozenset[str]],
) -> Measured:
    """Return nDCG@10 and the share off the condition by the registry's own codes.

    Relevance is 2 for a shared condition code and a shared intervention code; 1 for a condition code, or an
    intervention code in the same part of the tree of diseases.  Off the condition: no part of that tree in common.
    """
    out: Measured = {key: {} for key in ("ndcg10", "off_condition10")}
    by_condition, by_intervention = _inverted(conditions), _inverted(interventions)
    for query, ranked in ranking.items():
        if not conditions.get(query):
            continue
        same = {t for c in conditions[query] for t in by_condition[c]} - {query}
        acts = {t for c in interventions.get(query, ()) for t in by_intervention[c]} - {query}
        near = {t for t in acts - same if subtrees[query] & subtrees.get(t, frozenset())}

        def relevance(t: str, same: set[str] = same, acts: set[str] = acts, near: set[str] = near) -> int:
            return (2 if t in acts else 1) if t in same else int(t in near)

        top = [t for t in ranked if t != query][:NEIGHBOURS]
        twos, ones = len(same & acts), len(same - acts) + len(near)
        best = _dcg(([2] * twos + [1] * ones)[:NEIGHBOURS])
        if best:
            out["ndcg10"][query] = _dcg([relevance(t) for t in top]) / best
        coded = [t for t in top if subtrees.get(t)]
        if coded:
            off = sum(not subtrees[query] & subtrees[t] for t in coded)
            out["off_condition10"][query] = off / len(coded)
    return out


def mean(values: Mapping[str, float | None]) -> float | None:
    """Return the mean of the queries that have a value, to four places; None where none has."""
    present = [v for v in values.values() if v is not None]
    return round(sum(present) / len(present), 4) if present else None


def interval(values: Sequence[float]) -> list[float] | None:
    """Return the 95 % bootstrap interval of a mean over queries."""
    import numpy as np

    if not values:
        return None
    present = np.array(values, dtype=np.float64)
    draws = np.random.default_rng(1).integers(0, len(present), (limits.BOOTSTRAPS, len(present)))
    means = np.sort(present[draws].mean(axis=1))
    low, high = means[int(0.025 * limits.BOOTSTRAPS)], means[int(0.975 * limits.BOOTSTRAPS) - 1]
    return [round(float(low), 4), round(float(high), 4)]


def summary(measured: Measured, others: Mapping[str, Measured]) -> dict[str, object]:
    """Return mean and interval of each measure, and its paired difference to each other ranking."""
    out: dict[str, object] = {}
    for key, values in measured.items():
        present = [v for v in values.values() if v is not None]
        entry: dict[str, object] = {"mean": mean(values), "interval": interval(present)}
        for name, other in others.items():
            gaps = [v - o for q, v in values.items() if v is not None and (o := other[key].get(q)) is not None]
            entry[f"minus_{name}"] = {
                "mean": round(sum(gaps) / len(gaps), 4) if gaps else None,
                "interval": interval(gaps),
            }
        out[key] = entry
    return out


def _dcg(grades: Sequence[int]) -> float:
    return math.fsum((2**grade - 1) / math.log2(place + 2) for place, grade in enumerate(grades))


def _inverted(codes: Mapping[str, frozenset[str]]) -> dict[str, set[str]]:
    out: dict[str, set[str]] = {}
    for trial, present in codes.items():
        for code in present:
            out.setdefault(code, set()).add(trial)
    return out
