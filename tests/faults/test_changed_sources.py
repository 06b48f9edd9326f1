"""A source that changes its shape: the build fails or warns, says what is gone, and the old graph stays."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fault_server import packed_json
from tests.faults.small_home import content, sample_studies
from trialgraph.archive.crawl import keep_files
from trialgraph.registries.imports.files import read
from trialgraph.snapshot.snapshot import Snapshot

STUDIES = 260  # copies of the sample under other ids: with fewer rows a fill rate may halve by chance


def many(alter: Callable[[int, dict], None] | None = None) -> list[dict]:
    """Return the sample over and over, altered study by study; dated later where altered."""
    found = []
    for at in range(STUDIES):
        study = copy.deepcopy(SAMPLE[at % len(SAMPLE)])
        study["protocolSection"]["identificationModule"]["nctId"] = f"NCT8{at:07d}"
        study["protocolSection"]["identificationModule"].pop("nctIdAliases", None)
        if alter is not None:
            study["protocolSection"]["statusModule"]["lastUpdatePostDateStruct"] = {"date": "2026-03-06"}
            alter(at, study["protocolSection"])
        found.append(study)
    return found


SAMPLE = sample_studies(20)


def keep(home: Path, studies: list[dict]) -> None:
    lines = home.parent / "studies.jsonl"
    lines.write_bytes(b"\n".join(map(packed_json, studies)))
    keep_files(home / "archive.sqlite", read([lines]), command="c")


@pytest.fixture
def built(tmp_path, run) -> Path:
    home = tmp_path / "home"
    keep(home, many())
    said = run(home, "build")
    assert said.code == 0, said.err
    return home


def test_half_the_records_that_lose_a_field_fail_the_build_and_the_old_graph_stays(built, run):
    before = content(built / "snapshot"), content(built / "graph"), content(built / "model")

    def lose(at: int, protocol: dict) -> None:
        if at % 5 < 3:
            protocol["statusModule"].pop("overallStatus", None)

    keep(built, many(lose))
    said = run(built, "build")
    assert said.code == 1
    assert "Trial.overall_status is filled in 40% of the rows and was in 100%" in said.err
    assert "--accept-loss" in said.err
    assert run(built, "update", "--no-crawl").code == 1
    assert (content(built / "snapshot"), content(built / "graph"), content(built / "model")) == before
    said = run(built, "build", "--accept-loss")
    assert said.code == 0, said.err


def test_a_renamed_module_fails_the_build_and_names_what_is_gone(built, run):
    before = content(built / "snapshot")

    def rename(_: int, protocol: dict) -> None:
        if "designModule" in protocol:
            protocol["studyDesignModule"] = protocol.pop("designModule")

    keep(built, many(rename))
    said = run(built, "build")
    assert said.code == 1
    assert "Trial.study_type" in said.err
    assert content(built / "snapshot") == before


def test_a_fifth_that_loses_a_field_is_told_and_built(built, run):
    def lose(at: int, protocol: dict) -> None:
        if at % 4 == 0:
            protocol["statusModule"].pop("overallStatus", None)

    keep(built, many(lose))
    said = run(built, "build")
    assert said.code == 0, said.err
    assert "Note: Trial.overall_status is filled in 75% of the rows and was in 100%" in said.err


def test_a_value_that_an_enum_gained_is_kept_and_counted(built, run):
    def gain(at: int, protocol: dict) -> None:
        if at % 2:
            protocol["statusModule"]["overallStatus"] = "PAUSED_BY_MOONLIGHT"

    keep(built, many(gain))
    said = run(built, "build")
    assert said.code == 0, said.err
    held = Snapshot.open(built / "snapshot")
    statuses = [row["overall_status"] for row in held.nodes("Trial").to_pylist()]
    assert statuses.count("PAUSED_BY_MOONLIGHT") == STUDIES // 2
    told = json.dumps(held.manifest["unknown_values"])
    assert "PAUSED_BY_MOONLIGHT" in told
    assert str(STUDIES // 2) in told
    assert "PAUSED_BY_MOONLIGHT" in said.err, "a person hears of it"


def test_records_that_are_no_longer_objects_fail_the_build(built, run):
    before = content(built / "snapshot")

    def break_it(at: int, protocol: dict) -> None:
        if at % 10 == 0:
            protocol["conditionsModule"] = ["Anemia"]

    keep(built, many(break_it))
    said = run(built, "build")
    if said.code == 0:  # read past it: then nothing else of these records may be lost
        assert Snapshot.open(built / "snapshot").rows_of("Trial") == STUDIES
    else:
        assert "cannot be read" in said.err
        assert "conditionsModule" in said.err
        assert content(built / "snapshot") == before
