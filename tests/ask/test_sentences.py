"""Sentences as people type them into the box: filters read into the registry's values, words left over named."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.ask.golden_graph import SIROLIMUS, T
from trialgraph.ask.search import filters
from trialgraph.ask.search.explain import cypher_of
from trialgraph.ask.search.reading import Sentence, read
from trialgraph.ask.search.words import search
from trialgraph.stores.store import Store

TODAY = dt.date(2026, 11, 29)
READINGS = [
    ("recruiting phase 3 trials", {"phase": "PHASE3", "status": "RECRUITING"}, "trials"),
    ("phase II/III", {"phase": "PHASE2 PHASE3"}, ""),
    ("phase 1 or 2 studies", {"phase": "PHASE1|PHASE2"}, "studies"),
    ("early phase 1", {"phase": "EARLY_PHASE1"}, ""),
    ("phase 1b/2a", {"phase": "PHASE1 PHASE2"}, ""),
    ("not yet recruiting", {"status": "NOT_YET_RECRUITING"}, ""),
    ("active, not recruiting", {"status": "ACTIVE_NOT_RECRUITING"}, ""),
    ("terminated early", {"status": "TERMINATED"}, ""),
    ("completed since 2015", {"status": "COMPLETED", "since": "2015"}, ""),
    ("2008 to 2010", {"since": "2008", "until": "2010"}, ""),
    ("between 2012-03 and 2014", {"since": "2012-03", "until": "2014"}, ""),
    ("before 2005", {"until": "2004"}, ""),
    ("after 2019", {"since": "2020"}, ""),
    ("until 2005-06-30", {"until": "2005-06-30"}, ""),
    ("last 5 years", {"since": "2021"}, ""),
    ("started in 2013", {"since": "2013", "until": "2013"}, ""),
    ("asthma in children", {"age": "CHILD"}, "asthma"),
    ("older adults with gout", {"age": "OLDER_ADULT"}, "with gout"),
    ("women with migraine", {"sex": "FEMALE"}, "with migraine"),
    ("observational registry study of gout", {"type": "OBSERVATIONAL"}, "of gout"),
    ("gout with posted results", {"results": "yes"}, "gout"),
    ("type 2 diabetes", {}, "type 2 diabetes"),
    ("interleukin 2 in 30 patients", {}, "interleukin 2 in 30 patients"),
]


@pytest.mark.parametrize(("words", "expected", "left"), READINGS, ids=[words for words, _, _ in READINGS])
def test_filters_are_read_into_the_registrys_values(words: str, expected: dict[str, str], left: str) -> None:
    sentence = Sentence(words)
    found: dict[str, list[str]] = {}
    for one in filters.read(sentence.left, sentence.mask, TODAY):
        found.setdefault(one.kind, []).append(one.value)
    assert {kind: " ".join(values) for kind, values in found.items()} == expected
    assert " ".join(sentence.left.split()) == left


def test_everything_understood_is_obeyed(store: Store) -> None:
    answer = search(store, "recruiting sirolimus phase 2")
    assert [row["trial_id"] for row in answer.rows] == [T[1]]
    assert answer.not_understood == ()
    report = answer.report()
    assert {(one["kind"], one.get("value") or one["name"]) for one in report["understood"]} == {
        ("drug", "Sirolimus"),
        ("status", "RECRUITING"),
        ("phase", "PHASE2"),
    }
    assert [one["ids"] for one in report["understood"] if one["kind"] == "drug"] == [[SIROLIMUS]]


def test_words_that_name_nothing_are_named(store: Store) -> None:
    answer = search(store, "sirolimus trials that Dr. Quibbleton liked")
    assert set(answer.not_understood) >= {"Quibbleton", "liked"}
    assert any(note.startswith("not understood: ") and "Quibbleton" in note for note in answer.notes)
    assert answer.rows, "what was understood is still answered"


def test_where_none_has_all_those_that_have_most_come_and_it_is_said(store: Store) -> None:
    answer = search(store, "sirolimus withdrawn")
    assert any("none has all of these; these have 1 of 2" in note for note in answer.notes)
    assert answer.rows


def test_facets_count_what_fits(store: Store) -> None:
    answer = search(store, "sirolimus", facets=True)
    assert sum(one["trials"] for one in answer.facets["status"]) == len(answer.rows)
    assert set(answer.facets) == {"phase", "status", "country", "sponsor", "year"}


def test_a_number_comes_first_and_an_unknown_one_is_said(store: Store) -> None:
    assert search(store, T[1].lower()).rows[0]["trial_id"] == T[1]
    missing = search(store, "NCT09999999")
    assert missing.rows == []
    assert any("does not hold NCT09999999" in note for note in missing.notes)


def test_trials_like_one_are_its_neighbours(store: Store) -> None:
    answer = search(store, f"trials similar to {T[1]}")
    assert answer.rows
    assert T[1] not in {row["trial_id"] for row in answer.rows}
    assert read(f"trials like {T[1]}", store).similar_to is not None


def test_the_cypher_of_a_sentence_runs_and_gives_its_trials(store: Store) -> None:
    statement = cypher_of(store, "recruiting sirolimus since 2020")
    rows = store.query(statement).rows
    assert {row["trial_id"] for row in rows} == {
        row["trial_id"] for row in search(store, "recruiting sirolimus since 2020").rows
    }
