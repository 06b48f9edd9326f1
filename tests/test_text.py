"""Text: clean without loss, escapes and entities undone once and for all, names folded alike."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialgraph.text import clean, fold, plain, prose, slug, unescape_entities, unescape_markdown


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("  two\twords \n", "two\twords"),
        ("a\r\nb\rc\x0bd\u2028e", "a\nb\nc\nd\ne"),
        ("nu\x00ll and zero\u200bwidth\ufeff and \x9fC1", "null and zerowidth and C1"),
        ("e\u0301", "é"),
        ("e\u200b\u0301", "é"),
        ("soft\xadhyphen", "softhyphen"),
        ("no\xa0break", "no\xa0break"),
        ("", None),
        (" \u200b\n", None),
    ],
)
def test_clean_text_is_nfc_without_control_characters(given: str, kept: str | None):
    assert clean(given) == kept


@given(st.text())
def test_cleaning_twice_changes_nothing_more(text: str):
    once = clean(text)
    if once is not None:
        assert clean(once) == once
        assert unicodedata.is_normalized("NFC", once)
        assert not any(unicodedata.category(c) == "Cc" and c not in "\n\t" for c in once)


@given(st.text(alphabet=st.characters(codec="ascii", categories=["L", "N", "P", "Zs"])))
def test_plain_printable_text_is_only_stripped(text: str):
    assert clean(text) == (text.strip() or None)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (r"\>= 18 and 10\^9 \[sic\]", ">= 18 and 10^9 [sic]"),
        (r"vaccine A\C\Y", r"vaccine A\C\Y"),
        (r"a\\b", r"a\b"),
        (r"ends in \ ".strip(), "ends in \\"),
        ("nothing here", "nothing here"),
    ],
)
def test_a_backslash_goes_only_where_it_escapes(written: str, meant: str):
    assert unescape_markdown(written) == meant


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Behcet&#39;s &amp; others &lt;5", "Behcet's & others <5"),
        ("&amp;amp;amp;", "&"),
        ("Exposome &Amp; St John&Apos;s", "Exposome & St John's"),
        ("AT&T, R&D; &gte; &nothing;", "AT&T, R&D; &gte; &nothing;"),
        ("&copy without its end", "&copy without its end"),
        ("&#x3B2;-blocker", "β-blocker"),
        ("x &lte; 3", "x &lte; 3"),
    ],
)
def test_entities_are_decoded_where_they_are_entities(written: str, meant: str):
    assert unescape_entities(written) == meant


def test_a_name_keeps_its_backslash_and_prose_loses_its_escapes():
    assert plain(r"A\*B") == r"A\*B"
    assert prose(r"A\*B") == "A*B"
    assert plain(None) is prose(None) is prose("") is None


def test_an_entity_that_was_escaped_is_still_one():
    assert prose(r"the study\&#39;s R\&amp; D") == "the study's R& D"


def test_html_says_the_same_as_markdown():
    assert prose("<p>Adults &gt;= 18:</p><ul><li>one</li><li>two<br/>more</li></ul>") == (
        "Adults >= 18:\n\n* one\n* two\nmore"
    )
    assert prose("p </= 0.05 and <5") == "p </= 0.05 and <5"


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("Sirolimus 2-mg  (Rapamune®)", "sirolimus 2 mg rapamune"),
        ("TNF-α / Interferon-β", "tnf alpha interferon beta"),
        ("5 µg = 5 μg", "5 ug 5 ug"),
        ("Hôpital Łódź Straße Ærø", "hopital lodz strasse aero"),
        ("CD4+ cells_x", "cd4+ cells x"),
        ("Rapamune™ H₂O", "rapamune h2o"),
        ("北京大学", "北京大学"),
        ("가나", "가나"),
        ("—", ""),
    ],
)
def test_names_are_folded_to_what_they_are_compared_by(name: str, folded: str):
    assert fold(name) == folded


@given(st.text())
def test_folding_twice_changes_nothing_more(text: str):
    assert fold(fold(text)) == fold(text)


def test_a_slug_is_never_empty():
    assert slug("—") == "unnamed"
    assert slug("Graft versus Host") == "graft-versus-host"
