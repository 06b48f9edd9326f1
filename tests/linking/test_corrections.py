"""The user's corrections."""

from __future__ import annotations

import pytest

from trialgraph.errors import UsageError
from trialgraph.linking import corrections


def test_a_home_without_the_file_has_no_corrections(tmp_path):
    assert corrections.read(tmp_path / "corrections.txt").find("drug", "x") is None


def test_lines_are_found_whatever_their_case_and_punctuation(tmp_path):
    path = tmp_path / "corrections.txt"
    path.write_text(
        "\ufeff# mine\n\nDrug: Rapa-Nui  = sirolimus  # from the island\ncondition: healthy = nothing\n", "utf-8"
    )
    known = corrections.read(path)
    assert known.find("drug", "rapa nui").target == "sirolimus"
    assert known.find("condition", "HEALTHY").target is None
    assert known.find("organization", "rapa nui") is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("sirolimus", "line 1: 'sirolimus' is not 'kind: words = what they are'"),
        ("# ok\npill: a = b", "line 2: 'pill' is none of drug, condition"),
        ("drug: ++ = sirolimus", r"line 1: '\+\+' holds no letter or digit"),
        ("drug: a b = x\ndrug: A-B = y", "line 2: 'A-B' is already x in line 1"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(text, why):
    with pytest.raises(UsageError, match=why):
        corrections.parse(text)
