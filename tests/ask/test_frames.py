"""Questions answered from a snapshot's frames give the rows that the Cypher gives."""

from __future__ import annotations

from pathlib import Path

import pytest

import trialgraph
from trialgraph.ask.frames import ANSWERS
from trialgraph.errors import UsageError

ASKED = [
    ("trials-of-drug", {"drug": "rapamycin"}),
    ("trials-of-drug", {"drug": "rapamycin", "phase": "2", "condition": "anemia"}),
    ("trials-of-drug", {"drug": "rapamycin", "status": "COMPLETED", "since": "2010", "country": "United States"}),
    ("trials-of-drug", {"drug": "rapamycin", "role": "EXPERIMENTAL", "most": 5}),
    ("similar-trials", {"trial": "NCT04324411"}),
    ("similar-trials", {"trial": "NCT01165008", "phase": "2", "most": 50}),
    ("landscape-of-condition", {"condition": "Autoimmune Diseases"}),
    ("landscape-of-condition", {"condition": "Hematologic Diseases", "most": 7}),
    ("sponsor-portfolio", {"sponsor": "Pfizer"}),
    ("sponsor-portfolio", {"sponsor": "Novartis", "status": "COMPLETED"}),
    ("sponsor-portfolio", {"sponsor": "National Institutes of Health Clinical Center"}),
    ("competing-recruiting", {"trial": "NCT04324411"}),
    ("competing-recruiting", {"trial": "NCT04324411", "country": "China"}),
    ("drug-partners", {"drug": "sirolimus"}),
    ("drug-partners", {"drug": "prednisone"}),
    ("sites-of-drug", {"drug": "sirolimus"}),
    ("sites-of-drug", {"drug": "sirolimus", "condition": "anemia", "country": "China"}),
    ("phase-progress", {"drug": "sirolimus"}),
    ("phase-progress", {"drug": "rituximab"}),
    ("listed-as-related", {"trial": "NCT04324411"}),
    ("link-quality", {}),
]


@pytest.fixture(scope="module")
def graph(sample_home: Path):
    with trialgraph.open(sample_home) as opened:
        yield opened


def asked(graph, question, given):
    """Return the store's answer, or skip what the sample does not hold."""
    try:
        return graph.ask(question, **given)
    except UsageError as problem:
        pytest.skip(str(problem))


@pytest.mark.parametrize(("question", "given"), ASKED, ids=str)
def test_frames_give_the_rows_of_the_cypher(graph, question, given):
    expected = asked(graph, question, given)
    answer = graph.frames_answer(question, **given)
    assert answer.rows == expected.rows
    assert (answer.columns, answer.notes, answer.cut) == (expected.columns, expected.notes, expected.cut)


def test_every_question_of_frames_is_asked_here_and_gives_rows(graph):
    given = {name: {} for name in ANSWERS}
    for question, values in ASKED:
        given[question] = given[question] or values
    assert all(asked(graph, question, values).rows for question, values in given.items())


def test_other_questions_are_refused_with_the_ten(graph):
    with pytest.raises(UsageError, match="trials-of-drug"):
        graph.frames_answer("brokers", about="sirolimus")
