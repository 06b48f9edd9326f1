"""Nodes gathered from mentions: which name comes first."""

from __future__ import annotations

import pyarrow as pa

from trialgraph.build.gather import gathered


def test_synonyms_stand_in_the_order_of_use_and_then_of_the_alphabet():
    words = ["rapamycin", "sirolimus", "zortress", "sirolimus", "rapamune", "", None]
    mentions = pa.table(
        {
            "key": ["D1"] * len(words),
            "name": ["Sirolimus", *[None] * 6],
            "mesh_id": [None, "D020123", "later", *[None] * 4],
            "unii": pa.array([None] * 7, pa.string()),
            "word": words,
        }
    )
    assert gathered("Drug", mentions).to_dicts() == [
        {
            "drug_id": "D1",
            "name": "Sirolimus",
            "mesh_id": "D020123",  # what the first mention says that says anything
            "unii": None,
            "synonyms": ["sirolimus", "rapamune", "rapamycin", "zortress"],
        }
    ]


def test_what_most_mentions_say_stands():
    mentions = pa.table(
        {
            "key": ["O1", "O1", "O1", "O2", "O2"],
            **{name: pa.array([None] * 5, pa.string()) for name in ("name", "ror_id", "country", "word")},
            "stated": ["INDUSTRY", "OTHER", "OTHER", "NIH", "FED"],
        }
    )
    classes = {row["organization_id"]: row["class"] for row in gathered("Organization", mentions).to_dicts()}
    assert classes == {"O1": "OTHER", "O2": "FED"}  # of equals the first of the alphabet
