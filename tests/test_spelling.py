"""One edit between two words, and the names nearest to one that is not known."""

from __future__ import annotations

import itertools

import pytest

from trialgraph import spelling


@pytest.mark.parametrize(
    ("word", "other", "one_edit"),
    [
        ("sirolimus", "sirolimus", True),
        ("sirolimus", "sirolmus", True),  # deleted
        ("sirolimus", "sirollimus", True),  # inserted
        ("sirolimus", "sirolymus", True),  # replaced
        ("sirolimus", "sirloimus", True),  # neighbours exchanged
        ("sirolimus", "siorlmius", False),
        ("sirolimus", "temsirolimus", False),
        ("ab", "cd", False),
    ],
)
def test_an_edit_inserts_deletes_replaces_or_exchanges(word, other, one_edit):
    assert spelling.is_one_edit(word, other) is one_edit


def test_variants_are_exactly_the_words_one_edit_away_with_the_same_first_letter():
    strings = {"".join(s) for n in range(1, 6) for s in itertools.product("abc", repeat=n)}
    expected = {s for s in strings if s[0] == "a" and s != "abca" and spelling.is_one_edit("abca", s)}
    assert spelling.one_edit_variants("abca") & strings == expected


def test_words_one_edit_apart_share_a_form_with_a_letter_deleted():
    for other in spelling.one_edit_variants("abca"):
        assert spelling.deletions("abca") & spelling.deletions(other)


def test_the_most_similar_name_comes_first_and_unlike_names_are_left_out():
    assert spelling.closest("sirolimu", ["everolimus", "sirolimus", "aspirin"], 5, 0.6) == ["sirolimus", "everolimus"]
    assert spelling.nearest_names("Sirolmus", ["Sirolimus", "Aspirin"]) == ["Sirolimus"]
