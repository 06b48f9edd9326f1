"""The sample that ships with the package."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path

import pytest

from trialgraph.model import RawRecord
from trialgraph.registries.ctgov import read as ctgov_read
from trialgraph.registries.meddatax import read as meddatax_read

SAMPLE = Path(__file__).parents[1] / "data" / "sample"
FIVE = {"NCT04324411", "NCT04789070", "NCT07072884", "NCT01165008", "NCT06672237"}


@pytest.fixture(scope="module")
def lines() -> list[str]:
    return (SAMPLE / "studies.jsonl").read_text(encoding="utf-8").splitlines()


def ids(lines: list[str]) -> list[str]:
    return [json.loads(line)["protocolSection"]["identificationModule"]["nctId"] for line in lines]


def test_there_are_sixty_trials_or_more_each_once_and_in_order(lines):
    found = ids(lines)
    assert len(found) >= 60
    assert found == sorted(set(found))
    assert all(re.fullmatch(r"NCT\d{8}", one) for one in found)


def test_the_trial_we_began_with_and_the_four_its_page_lists_are_there(lines):
    assert set(ids(lines)) >= FIVE
    page = (SAMPLE / "pages" / "NCT04324411.html").read_text(encoding="utf-8")
    assert set(re.findall(r"NCT\d{8}", page)) == FIVE
    assert page.rstrip().endswith("</html>")


def test_every_record_of_the_sample_can_be_read(lines):
    now = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
    for line, one in zip(lines, ids(lines), strict=True):
        trial = ctgov_read.parse(RawRecord(registry="ctgov", id=one, url="", fetched_at=now, body=line.encode()))
        assert trial.id == one
        assert trial.brief_title
        assert not [odd for odd in trial.unknown_values if not odd.startswith("whoMasked=")]  # one record's own word


def test_the_mirrors_page_tells_the_same_trial_and_its_four_related_ones(lines):
    page = (SAMPLE / "pages" / "NCT04324411.html").read_bytes()
    now = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
    told = meddatax_read.parse(RawRecord(registry="meddatax", id="NCT04324411", url="", fetched_at=now, body=page))
    record = next(line for line in lines if '"nctId":"NCT04324411"' in line)
    ours = ctgov_read.parse(RawRecord(registry="ctgov", id="NCT04324411", url="", fetched_at=now, body=record.encode()))
    assert [one.id for one in told.listed_related] == ["NCT04789070", "NCT07072884", "NCT01165008", "NCT06672237"]
    for field in (
        "brief_title",
        "brief_summary",
        "conditions",
        "enrollment",
        "phases",
        "overall_status",
        "minimum_age",
    ):
        assert getattr(told, field) == getattr(ours, field), field
    assert [one.name for one in told.interventions] == [one.name for one in ours.interventions]


def test_the_sample_holds_no_contact_details_and_no_results(lines):
    for line in lines:
        assert "removed]" not in line
        assert not re.search(r'"(?:phone|phoneExt|email|centralContacts|contacts|citation|resultsSection)"', line)
        assert not re.search(r"[\w.]+@[\w.]+\.\w+|\b\d{3}[-. ]\d{3}[-. ]\d{4}\b", line)


def test_the_sample_is_small():
    assert sum(path.stat().st_size for path in SAMPLE.rglob("*") if path.is_file()) < 400_000


def test_sirolimus_has_trials_of_many_kinds(lines):
    sirolimus = [line for line in lines if re.search(r"sirolimus|rapamycin", line, re.I)]
    assert len(sirolimus) >= 20
    assert any('"DEVICE"' in line for line in sirolimus)
    assert sum("hrombocytopeni" in line for line in lines) >= 20
