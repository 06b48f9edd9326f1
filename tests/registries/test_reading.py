"""Saved records and pages of every registry, and the trial expected from each; records that are broken on purpose."""

from __future__ import annotations

import copy
import datetime as dt
import importlib
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trialgraph.errors import RecordError
from trialgraph.model import RawRecord, Trial
from trialgraph.registries import catalogue

HERE = Path(__file__).parent
NAMES = [registry.name for registry in catalogue.REGISTRIES]
SAVED = sorted(
    path for name in NAMES for path in (HERE / name).glob("*.*") if path.suffix in {".json", ".html", ".xml"}
    and not path.name.endswith(".expected.json")
)  # fmt: skip
WHEN = dt.datetime(2026, 1, 31, tzinfo=dt.UTC)


def raw(name: str, body: bytes, record_id: str = "saved") -> RawRecord:
    return RawRecord(registry=name, id=record_id, url="", fetched_at=WHEN, body=body)


def told(trial: Trial) -> dict[str, Any]:
    """Return what a trial says, without what it leaves empty."""

    def full(value: Any) -> Any:
        if isinstance(value, dict):
            return {k: full(v) for k, v in value.items() if v not in (None, [], ())}
        return [full(v) for v in value] if isinstance(value, (list, tuple)) else value

    return full(msgspec.to_builtins(trial))


@pytest.mark.parametrize("path", SAVED, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_a_saved_record_gives_the_trial_that_is_expected(path: Path):
    trial = catalogue.named(path.parent.name).parse(raw(path.parent.name, path.read_bytes()))
    expected = path.with_suffix(".expected.json")
    assert told(trial) == json.loads(expected.read_text("utf-8"))


def test_every_registry_has_a_saved_record():
    assert {path.parent.name for path in SAVED} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_registry_names_its_parsers_version(name: str):
    assert catalogue.named(name).parser_version.startswith(f"{name}-")
    if name in {"ctgov", "meddatax"}:
        module = importlib.import_module(f"trialgraph.registries.{name}.read")
        assert catalogue.named(name).parser_version == module.PARSER_VERSION


# --- ClinicalTrials.gov -----------------------------------------------------------------------------------------------

QUIRKS = json.loads((HERE / "ctgov" / "quirks.json").read_text("utf-8"))
NAMED = json.loads((HERE / "ctgov" / "plain.json").read_text("utf-8"))


def parse(study: Any) -> Trial:
    return catalogue.named("ctgov").parse(raw("ctgov", json.dumps(study).encode(), "NCT04324411"))


def changed(path: str, value: Any) -> dict[str, Any]:
    study = copy.deepcopy(NAMED)
    spot: Any = study
    *parents, last = path.split(".")
    for name in parents:
        spot = spot.setdefault(name, {}) if isinstance(spot, dict) else spot[int(name)]
    spot[last] = value
    return study


def test_only_the_number_is_needed():
    trial = parse({"protocolSection": {"identificationModule": {"nctId": "NCT00000001"}}})
    assert told(trial) == {"id": "NCT00000001", "registry": "ctgov"}


@pytest.mark.parametrize(
    ("path", "value", "why"),
    [
        ("protocolSection.designModule.enrollmentInfo.count", "fifty", "Expected `int | null`, got `str`"),
        ("protocolSection.designModule.phases", "PHASE2", "Expected `array | null`, got `str`"),
        ("protocolSection.eligibilityModule.healthyVolunteers", "No", "Expected `bool | null`, got `str`"),
        ("protocolSection.statusModule", [], "Expected `object | null`, got `array`"),
    ],
)
def test_a_value_of_the_wrong_type_is_refused_with_its_path(path: str, value: Any, why: str):
    with pytest.raises(RecordError) as problem:
        parse(changed(path, value))
    assert (problem.value.record_id, problem.value.path, problem.value.why) == ("NCT04324411", path, why)


@pytest.mark.parametrize("number", ["NCT1", "", "XYZ00000001"])
def test_a_record_without_a_usable_number_is_refused(number: str):
    with pytest.raises(RecordError, match="no NCT number"):
        parse(changed("protocolSection.identificationModule.nctId", number))


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"\xff\xfe{}", b"null", b"[" * 100_000])
def test_what_is_no_record_is_refused(body: bytes):
    with pytest.raises(RecordError):
        catalogue.named("ctgov").parse(raw("ctgov", body))


def test_a_null_is_a_missing_value():
    trial = parse(changed("protocolSection.statusModule.overallStatus", None))
    assert trial.overall_status is None
    assert trial.unknown_values == ()


def test_unknown_values_are_kept_and_named():
    trial = parse(changed("protocolSection.statusModule.overallStatus", "PAUSED"))
    assert trial.overall_status == "PAUSED"
    assert trial.unknown_values == ("overallStatus=PAUSED",)


def test_a_trial_of_no_participants_is_read_as_such():
    trial = parse(changed("protocolSection.designModule.enrollmentInfo.count", 0))
    assert (trial.enrollment, trial.unknown_values) == (0, ())


@pytest.mark.parametrize("count", [-1, 99_999_998 + 2, 2**70])
def test_an_impossible_number_of_participants_is_left_out_and_named(count: int):
    trial = parse(changed("protocolSection.designModule.enrollmentInfo.count", count))
    assert trial.enrollment is None
    assert trial.unknown_values == (f"enrollmentInfo.count={count}",)


# --- broken on purpose ------------------------------------------------------------------------------------------------

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
JSON_RECORDS = {
    f"{path.parent.name}/{path.name}": json.loads(path.read_text("utf-8")) for path in SAVED if path.suffix == ".json"
}


def spots(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return ([path] if path else []) + [spot for key, entry in inner for spot in spots(entry, (*path, key))]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_mutated_record_is_read_or_refused_and_never_breaks_the_reader(data: st.DataObject):
    name = data.draw(st.sampled_from(sorted(JSON_RECORDS)))
    record = copy.deepcopy(JSON_RECORDS[name])
    for _ in range(data.draw(st.integers(1, 3))):
        *parents, last = data.draw(st.sampled_from(spots(record)))
        spot = record
        for key in parents:
            spot = spot[key]
        match data.draw(st.sampled_from(["lose", "rename", "replace"])):
            case "lose":
                del spot[last]
            case "rename" if isinstance(spot, dict):
                spot["renamed"] = spot.pop(last)
            case _:
                spot[last] = data.draw(ANYTHING)
        if not spots(record):
            break
    source = catalogue.named(name.partition("/")[0])
    try:
        trial = source.parse(raw(source.name, json.dumps(record).encode()))
    except RecordError as problem:
        assert problem.why
    else:
        assert trial.id
        assert msgspec.json.decode(msgspec.json.encode(trial), type=Trial) == trial


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_cut_or_spoiled_page_is_read_or_refused_and_never_breaks_the_reader(data: st.DataObject):
    path = data.draw(st.sampled_from([p for p in SAVED if p.suffix in {".html", ".xml"}]))
    body = path.read_bytes()
    start = data.draw(st.integers(0, len(body)))
    end = data.draw(st.integers(start, min(len(body), start + 200)))
    spoiled = body[:start] + data.draw(st.binary(max_size=10)) + body[end:]
    try:
        trial = catalogue.named(path.parent.name).parse(raw(path.parent.name, spoiled))
    except RecordError as problem:
        assert problem.why
    else:
        assert trial.id
