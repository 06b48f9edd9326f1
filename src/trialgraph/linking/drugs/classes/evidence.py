"""What says that a drug is in a class: one noun for every source, and which source is believed before another."""

from __future__ import annotations

from typing import Final

import msgspec

BY_HAND: Final = "trialgraph"
USER: Final = "corrections.txt"
FDA: Final = "FDA established pharmacologic class"
STEMS: Final = "INN stem"
MESH: Final = "MeSH"

CURATED: Final = "CURATED"  # our table and what leads to it
TREE: Final = "MESH_TREE"  # MeSH's chemical headings


class Evidence(msgspec.Struct, frozen=True, gc=False):
    """Why a drug is in a class: by which method, from which source and field, how surely."""

    method: str
    source_name: str
    source_field: str
    confidence: float


LISTED: Final = Evidence("class-table", BY_HAND, "classes.tsv", 1.0)
LISTED_BY_USER: Final = Evidence("user", USER, USER, 1.0)
OWN_NAME: Final = Evidence("class-name", BY_HAND, "name", 1.0)
CODE: Final = Evidence("company-code", BY_HAND, "codes.tsv", 0.95)
WORDS: Final = Evidence("name-words", BY_HAND, "words.tsv", 0.9)
STEM: Final = Evidence("inn-stem", STEMS, "stems.tsv", 0.85)
IN_TREE: Final = Evidence("mesh-tree", MESH, "tree_numbers", 1.0)


class Membership(msgspec.Struct, frozen=True, gc=False):
    """A drug is in a class, and what says so."""

    class_id: str
    name: str
    scheme: str
    kind: str
    method: str
    source_name: str
    source_field: str
    confidence: float


def fda(release: str) -> Evidence:
    """Return the evidence of a row of the FDA's classes in a release."""
    return Evidence("fda-class", f"{FDA}, {release}", "fda_classes.tsv", 0.95)
