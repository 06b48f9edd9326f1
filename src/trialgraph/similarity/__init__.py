"""Trials compared: documents in, vectors, exact neighbours and the reasons for each out."""

from trialgraph.similarity.fields import Concept, Document
from trialgraph.similarity.neighbours import Neighbours, neighbours
from trialgraph.similarity.reasons import SimilarPair, edges, pair
from trialgraph.similarity.renew import changed_ids, patched, renew
from trialgraph.similarity.search import Hit, search
from trialgraph.similarity.vectors import Model, Recipe, Vectors, fit, vectors

__all__ = [
    "Concept",
    "Document",
    "Hit",
    "Model",
    "Neighbours",
    "Recipe",
    "SimilarPair",
    "Vectors",
    "changed_ids",
    "edges",
    "fit",
    "neighbours",
    "pair",
    "patched",
    "renew",
    "search",
    "vectors",
]
