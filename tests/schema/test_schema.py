"""The schema holds together, and its page is current."""

from __future__ import annotations

from pathlib import Path

from trialgraph import schema
from trialgraph.schema import docs

DOCS = Path(__file__).resolve().parents[2] / "docs"


def test_the_schema_page_is_made_from_the_schema():
    page = (DOCS / "schema.md").read_text("utf-8")
    assert page == docs.markdown(), "run: python -m trialgraph.schema.docs > docs/schema.md"


def test_every_relationship_joins_labels_that_exist():
    for kind in schema.RELATIONSHIPS:
        assert kind.source in schema.LABEL
        assert kind.target in schema.LABEL
        assert {p.name for p in kind.properties} >= set(kind.key)


def test_every_derived_relationship_says_method_field_and_confidence():
    for kind in schema.RELATIONSHIPS:
        if kind.derived:
            assert {p.name for p in kind.properties} >= {"method", "source_field", "confidence"}, kind.type


def test_no_column_is_named_twice():
    for name in (*schema.LABEL, *schema.RELATIONSHIP):
        names = [column for column, _ in schema.columns(name)]
        assert len(names) == len(set(names)), name


def test_what_is_indexed_or_searched_is_a_property():
    for label in schema.LABELS:
        names = {p.name for p in label.properties}
        assert {*label.indexes, *label.full_text} <= names
