"""Longest match from the left, as all kinds of names use it."""

from __future__ import annotations

from trialgraph.linking.words.longest_match import Phrases, scan


def test_the_longest_phrase_wins_and_matches_do_not_overlap():
    phrases = Phrases([(("lung",), "L"), (("lung", "cancer"), "LC"), (("cancer", "cell"), "CC")])
    words = ["small", "lung", "cancer", "cell", "lung"]
    assert list(scan(words, None, lambda place: phrases.match(words, place))) == [(1, 3, "LC"), (4, 5, "L")]


def test_a_match_without_a_value_consumes_its_words():
    words = ["not", "a", "b"]
    assert list(scan(words, None, lambda at: (2, None) if at == 0 else (at + 1, words[at]))) == [(2, 3, "b")]


def test_only_words_that_begin_a_name_are_asked_about():
    asked = []
    list(scan(["a", "b", "c"], {"b"}, asked.append))
    assert asked == [1]


def test_phrases_are_replaced_and_the_rest_stays():
    phrases = Phrases([(("kidney",), ("renal",)), (("end", "stage"), ())])
    assert phrases.replace(["end", "stage", "kidney", "disease"], tuple) == ["renal", "disease"]
    assert phrases.replace(["a"], tuple) == ["a"]
