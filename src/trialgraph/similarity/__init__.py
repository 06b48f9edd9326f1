"""Trials compared: documents in, vectors, exact neighbours and the reasons for each out."""

from trialgraph.similarity.fields import Concept, Document
from trialgraph.similarity.neighbours import Neighbours, neighbours
from trialgraph.similarity.reasons import Pairs, SimilarPair, edges, pair, pairs
from trialgraph.similarity.renew import changed_ids, patched, renew
from trialgraph.similarity.search import Hit, search
from trialgraph.similarity.vectors import Model, Recipe, Vectors, fit, unknown, vectors

__all__ = [
    "Concept",
    "Document",
    "Hit",
    "Model",
    "Neighbours",
    "Pairs",
    "Recipe",
    "SimilarPair",
    "Vectors",
    "changed_ids",
    "edges",
    "fit",
    "neighbours",
    "pair",
    "pairs",
    "patched",
    "renew",
    "search",
    "unknown",
    "vectors",
]
