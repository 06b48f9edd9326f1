"""SIMILAR_TO: the trials' documents compared, and each pair as a row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from trialgraph.similarity import Document, Model, SimilarPair, edges, fit, neighbours, vectors
from trialgraph.similarity.vectors import Vectors


def compare(
    documents: Iterable[Document],
    model: Model | None = None,
    *,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[Model, Vectors, Iterator[Mapping[str, Any]], dict[str, Any]]:
    """Return the model, the documents' vectors, the rows of SIMILAR_TO, and what the manifest says of them.

    Without a model one is fitted to these documents; with one, it is used as it is.
    """
    sponsors: list[str | None] = []

    def noted() -> Iterator[Document]:
        for document in documents:
            sponsors.append(document.sponsor)
            yield document

    if model is None:
        model, rows = fit(noted())
    else:
        rows = vectors(model, noted())
    found = neighbours(rows, recipe=model.weights, workers=workers, progress=progress)
    facts = {
        "recipe": model.recipe,
        "exact": found.exact,
        "recall": round(found.recall, 6),
        "recall_sample": found.sampled,
        "fitted_to": model.documents,
        "new_words": round(rows.unknown, 4),
    }
    return model, rows, (row(pair) for pair in edges(model, rows, found, sponsors)), facts


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
