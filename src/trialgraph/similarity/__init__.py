"""Similarity of trials: documents -> sparse TF-IDF and BM25F vectors (CSR) -> k nearest neighbours -> reasons."""

from trialgraph.similarity.documents import Concept, Document
from trialgraph.similarity.model import Model
from trialgraph.similarity.neighbours import Neighbours, SearchOptions, neighbours
from trialgraph.similarity.reasons import Pairs, SimilarPair, edges, pair, pairs
from trialgraph.similarity.recipe import Recipe
from trialgraph.similarity.search import Hit, search
from trialgraph.similarity.update import changed_ids, merge_vectors, update_neighbours
from trialgraph.similarity.vectors import Vectors, fit, unknown, vectors

__all__ = [
    "Concept",
    "Document",
    "Hit",
    "Model",
    "Neighbours",
    "Pairs",
    "Recipe",
    "SearchOptions",
    "SimilarPair",
    "Vectors",
    "changed_ids",
    "edges",
    "fit",
    "merge_vectors",
    "neighbours",
    "pair",
    "pairs",
    "search",
    "unknown",
    "update_neighbours",
    "vectors",
]
