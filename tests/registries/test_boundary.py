"""Whatever a record or a file holds, it is read or set aside with a reason, and the others are read."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trialgraph.errors import RecordError
from trialgraph.model import RawRecord, SetAside
from trialgraph.registries.catalogue import known
from trialgraph.registries.imports.files import read

GOOD = b'{"protocolSection":{"identificationModule":{"nctId":"NCT09200001"}}}'
WHEN = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def study(module: bytes, number: str = "NCT09200002") -> bytes:
    return b'{"protocolSection":{"identificationModule":{"nctId":"%s"},%s}}' % (number.encode(), module)


BAD = {
    "a number beyond all numbers": study(b'"designModule":{"enrollmentInfo":{"count":1e400}}'),
    "a total of 23 digits": study(b'"designModule":{"enrollmentInfo":{"count":12345678901234567890123}}'),
    "half a participant": study(b'"designModule":{"enrollmentInfo":{"count":1.5}}'),
    "100,000 arrays in one another": study(b'"x":' + b"[" * 100_000 + b"]" * 100_000),
    "100,000 objects in one another": b'{"study":' * 100_000 + b"1" + b"}" * 100_000,
    "text where a list is wanted": study(b'"designModule":{"phases":"PHASE1"}'),
    "a list where an object is wanted": study(b'"statusModule":[]'),
    "Latin-1": study(b'"x":"caf\xe9"'),
    "a lone surrogate": study(b'"descriptionModule":{"briefSummary":"\\ud800"}'),
    "wrong nesting": b'{"protocolSection":[{"identificationModule":{}]}',
    "no object": b'{"protocolSection":null}',
    "a number of a million digits": study(b'"x":' + b"9" * 1_000_000),
}


@pytest.mark.parametrize("what", BAD)
@pytest.mark.parametrize("form", ["a folder", "lines", "an array"])
def test_a_bad_record_spoils_no_other(what: str, form: str, tmp_path: Path) -> None:
    bodies = [BAD[what], GOOD]
    if form == "a folder":
        for name, body in zip("ab", bodies, strict=True):
            (tmp_path / f"{name}.json").write_bytes(body)
    else:
        (tmp_path / "x.json").write_bytes(b"\n".join(bodies) if form == "lines" else b"[" + b",".join(bodies) + b"]")
    items = list(read([tmp_path]))
    kept = [item for item in items if isinstance(item, RawRecord)]
    if not (form == "an array" and what == "wrong nesting"):  # there, nothing says where the next entry begins
        assert "NCT09200001" in [record.id for record in kept]
    for record in kept:  # what was kept is read by the build, or set aside with its id
        try:
            known()[record.registry].parse(record)
        except RecordError as problem:
            assert problem.record_id == record.id
    for item in items:
        if isinstance(item, SetAside):
            assert str(tmp_path) in item.record_id
            assert item.why


def test_a_whole_number_written_as_a_decimal_is_a_whole_number() -> None:
    record = RawRecord(
        registry="ctgov", id="NCT09200002", url="", fetched_at=WHEN,
        body=study(b'"designModule":{"enrollmentInfo":{"count":12.0}}'),
    )  # fmt: skip
    assert known()["ctgov"].parse(record).enrollment == 12


@pytest.mark.skipif(os.name != "posix", reason="makes a named pipe")
def test_a_pipe_or_a_device_in_a_folder_is_passed_over_with_a_sentence(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.json")
    (tmp_path / "b.json").symlink_to("/dev/zero")
    (tmp_path / "c.json").write_bytes(GOOD)
    aside = [item for item in read([tmp_path]) if isinstance(item, SetAside)]
    kept = [item for item in read([tmp_path]) if isinstance(item, RawRecord)]
    assert len(kept) == 1
    assert [item.why for item in aside] == ["it is a pipe, a socket or a device and no file; it is passed over"] * 2


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
PLACES = (
    "identificationModule", "statusModule", "designModule", "conditionsModule", "eligibilityModule",
    "armsInterventionsModule", "contactsLocationsModule", "sponsorCollaboratorsModule", "outcomesModule",
)  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(sorted(known())), st.dictionaries(st.sampled_from(PLACES), values, max_size=3), values)
def test_any_json_is_a_trial_or_a_record_error(registry: str, modules: dict, other: object) -> None:
    for content in ({"protocolSection": {"identificationModule": {"nctId": "NCT09200002"}} | modules}, other):
        record = RawRecord(
            registry=registry, id="NCT09200002", url="", fetched_at=WHEN, body=msgspec.json.encode(content)
        )
        from trialgraph.registries.reading.boundary import parsing

        try:
            with parsing(record.id):
                known()[registry].parse(record)
        except RecordError as problem:
            assert record.id in str(problem)


@pytest.mark.parametrize(
    ("body", "instead"),
    [
        (
            b"TrialID,Last_Refreshed_on,Public_title\nChiCTR1,2 March 2020,x\n",
            "table .CSV.; download the same trials as XML",
        ),
        (b'\xef\xbb\xbf"TrialID","Public_title"\n', "CSV.*; download the same trials as XML"),
        (b"nct_id|brief_title\nNCT09300001|x\n", "AACT .* as JSON"),
        (b"id|nct_id|name\n1|NCT09300001|x\n", "AACT .* as JSON"),
        (
            b"This file contains details\n\nSummary\nEudraCT Number: 2022-000001-62\n",
            "text download; save the page",
        ),
        (
            b'<?xml version="1.0"?>\n<allTrials xmlns="http://www.67bricks.com/isrctn"/>',
            "XML; give its records as JSON",
        ),
    ],
)
def test_a_form_that_is_not_read_is_named_with_the_form_to_give(body: bytes, instead: str, tmp_path: Path) -> None:
    import re

    (tmp_path / "file").write_bytes(body)
    (aside,) = read([tmp_path])
    assert isinstance(aside, SetAside)
    assert re.search(instead, aside.why)
