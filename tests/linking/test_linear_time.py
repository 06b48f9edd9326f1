"""Linking takes time linear in the length of a record's texts, whatever they repeat."""

from __future__ import annotations

import time

import pytest

from trialgraph.linking.linkers import Linkers
from trialgraph.linking.readable import MOST_NAME, readable, text
from trialgraph.model import Arm, Intervention, Party, Trial

PIECES = (
    "a, ", "a", "a-", "1 ", "( ", "(a) ", "a/", "and ", "of the ", "cell ", "vaccine ", "0.9% ", "mg ", "stage ", "a; ",
    ": ", "\n", "  ", "A", "cancer of ", "saline ", "metastatic ", "normal ", "A1 ", "[", "x+",
)  # fmt: skip


@pytest.fixture(scope="module")
def linkers() -> Linkers:
    return Linkers()


def trial(words: str) -> Trial:
    """Return a trial that says the same words in every place that linkers read."""
    return Trial(
        id="NCT09200001", registry="ctgov", brief_title=words, official_title=words, brief_summary=words,
        detailed_description=words, conditions=(words,), keywords=(words,), eligibility=words,
        interventions=(Intervention(name=words, type="DRUG", description=words, other_names=(words,)),),
        arms=(Arm(label=words, description=words),), lead_sponsor=Party(name=words, role="LEAD_SPONSOR"),
    )  # fmt: skip


def cpu(linkers: Linkers, words: str) -> float:
    began = time.process_time()
    linkers.understand(trial(words))
    return time.process_time() - began


@pytest.mark.parametrize("piece", PIECES)
def test_the_work_grows_no_faster_than_the_text(linkers: Linkers, piece: str) -> None:
    cpu(linkers, piece * 50)  # what is read on first use is no growth
    short = min(cpu(linkers, (piece * 10_000)[:5_000]) for _ in range(2))
    long = min(cpu(linkers, (piece * 40_000)[:40_000]) for _ in range(2))
    # Eight times the text: linear is 8, quadratic 64.  What takes no tenth of a second is no growth to judge.
    assert long < max(24 * short, 0.1 * 24)


def test_positions_stay_where_they_are() -> None:
    words = "sirolimus " + "x" * 600 + " " * 50 + "lupus"
    bounded = text(words)
    assert len(bounded) == len(words)
    assert bounded.index("lupus") == words.index("lupus")
    assert max(map(len, bounded.split())) < 200


def test_an_ordinary_trial_is_left_as_it_is_and_an_endless_name_is_cut() -> None:
    ordinary = trial("sirolimus in lupus " * 20)
    assert readable(ordinary) is ordinary
    assert len(readable(trial("ab " * 9_000)).interventions[0].name) == MOST_NAME
