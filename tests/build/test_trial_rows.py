"""Rows of one trial: which of several links to one concept stands, and when a trial counts as gone."""

from __future__ import annotations

import msgspec
import pytest

from trialgraph.build.record_rows import trial_row
from trialgraph.build.trial_rows import TrialRows
from trialgraph.linking.linkers import Understood
from trialgraph.linking.studies import StudyNumbers
from trialgraph.model import ConditionLink, DrugLink, RecordRef, Trial

NOTHING = Understood(
    drugs=(), procedures=(), conditions=(), roles=(), people=(), sites=(), sponsor=None, collaborators=(), regimens=(),
    numbers=StudyNumbers("x", "ctgov", (), (), None, ()),
)  # fmt: skip
EVIDENCE = {
    "concept_id": "MESH:D001249", "name": "Asthma", "raw": "Asthma", "span_in": "label", "matched_alias": "Asthma",
    "vocabulary": "mesh", "method": "exact", "source_field": "field",
}  # fmt: skip


def kept_span(table: str, **links: object) -> list[str]:
    """The words of the links that stand in a table, for a trial with these links."""
    builder = TrialRows()
    builder.add(Trial(id="x", registry="ctgov"), msgspec.structs.replace(NOTHING, **links))
    return builder.tables.finish(table).column("raw_span").to_pylist()


@pytest.mark.parametrize(
    ("confidences", "kept"), [((0.6, 0.9), "second"), ((0.9, 0.6), "first"), ((0.9, 0.9), "first")]
)
def test_of_two_links_of_one_field_to_one_concept_the_surest_stands_and_of_equals_the_first(confidences, kept):
    first, second = ({"span": s, "confidence": c} for s, c in zip(("first", "second"), confidences, strict=True))
    conditions = tuple(ConditionLink(**EVIDENCE, **own) for own in (first, second))
    assert kept_span("STUDIES", conditions=conditions) == [kept]
    drugs = tuple(DrugLink(**EVIDENCE, **own, intervention=0) for own in (first, second))
    assert kept_span("INCLUDES_DRUG", drugs=drugs) == [kept]


@pytest.mark.parametrize(
    ("days", "expected"),
    [((None, None), None), (("2024-01-02", None), None), (("2024-01-02", "2024-03-04"), "2024-03-04")],
)
def test_a_trial_is_no_longer_listed_only_when_no_source_lists_it_any_more(days, expected):
    records = tuple(
        RecordRef(
            record_id=f"{n}:x", source=str(n), url="", fetched_at="2024-01-01T00:00:00Z", sha256="", parser_version="1",
            not_seen_since=day,
        )
        for n, day in enumerate(days)
    )  # fmt: skip
    assert trial_row(Trial(id="x", registry="ctgov", records=records))["not_seen_since"] == expected
