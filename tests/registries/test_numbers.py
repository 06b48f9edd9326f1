"""Numbers of trials as people type them lead to the same search key as the number that a record holds."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialgraph.registries.reading import identifiers

# A number as a record holds it, and ways to type it.
SPELLINGS = [
    ("NCT04324411", ["nct04324411", "NCT 04324411", "NCT 0432 4411", " NCT04324411 ", "NCT-04324411"]),
    ("ISRCTN12345679", ["isrctn 12345679", "ISRCTN-12345679"]),
    (
        "2013-003828-36",
        ["EudraCT 2013-003828-36", "EudraCT: 2013-003828-36", "EUCTR2013-003828-36-GB", "2013 003828 36"],
    ),
    ("EUCTR2013-003828-36", ["2013-003828-36", "EudraCT number 2013-003828-36", "EUCTR2013-003828-36-DE"]),
    ("2022-500244-37-00", ["CTIS2022-500244-37-00", "2022-500244-37", "EU CT 2022-500244-37-00", "2022-500244-37-01"]),
    ("ChiCTR1800012345", ["CHICTR1800012345", "chictr 1800012345", "ChiCTR-1800012345"]),
    ("CTRI/2020/05/025022", ["ctri/2020/05/025022", "CTRI 2020 05 025022"]),
    ("jRCTs031180076", ["JRCTS031180076", "JPRN-jRCTs031180076"]),
    ("JPRN-UMIN000012345", ["UMIN000012345", "umin000012345"]),
    ("RBR-8kt6kk", ["rbr-8KT6KK", "RBR 8kt6kk"]),
    ("PER-010-18", ["per-010-18"]),
    ("NL-OMON12345", ["nl-omon12345", "NL OMON12345"]),
    ("SLCTR/2019/001", ["slctr 2019 001"]),
    ("331-07-203", ["331 07 203", "33107203"]),
    ("D9999C00001", ["d9999c00001"]),
]


@pytest.mark.parametrize(("kept", "spellings"), SPELLINGS, ids=[kept for kept, _ in SPELLINGS])
def test_a_number_is_found_in_any_spelling(kept: str, spellings: list[str]) -> None:
    for spelling in (kept, *spellings):
        assert identifiers.number_key(kept) in identifiers.keys(spelling), spelling


@pytest.mark.parametrize(
    "junk", ["Not applicable", "N/A", "none", "0000", "00-00", "NCT12345678", "TBD", "-", "", "pending", "1", "999999"]
)
def test_what_numbers_no_trial_has_no_key(junk: str) -> None:
    assert identifiers.number_key(junk) is None
    assert identifiers.keys(junk) == ()


@given(
    st.from_regex(r"NCT[0-9]{8}", fullmatch=True),
    st.lists(st.sampled_from(" -:"), min_size=0, max_size=2),
    st.booleans(),
)
@settings(deadline=None)
def test_case_and_marks_never_change_which_trial_is_meant(number: str, marks: list[str], upper: bool) -> None:
    key = identifiers.number_key(number)
    typed = "NCT" + "".join(marks) + number[3:]
    typed = typed.upper() if upper else typed.lower()
    assert key is None or key in identifiers.keys(typed)


@given(st.text(max_size=200))
@settings(deadline=None)
def test_any_text_has_few_keys_and_never_fails(text: str) -> None:
    found = identifiers.keys(text)
    assert len(found) <= 25
    assert all(identifiers.number_key(form) == form for form in found)


def test_a_number_written_with_a_space_stands_in_running_text() -> None:
    found = identifiers.mentions("An extension of NCT 09800001 and NCT-0432 4411; see also ISRCTN 12345679.")
    assert [number.value for number in found] == ["NCT09800001", "NCT04324411", "ISRCTN12345679"]
