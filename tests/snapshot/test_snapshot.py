"""The snapshot: the same bytes for the same rows, whole or not at all, and two of them compared."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pytest

from tests import small_graph
from trialgraph.errors import BuildError, Busy, UsageError
from trialgraph.files import swap
from trialgraph.locks import write_lock
from trialgraph.snapshot import snapshot as snapshots
from trialgraph.snapshot.snapshot import Difference, Snapshot, write
from trialgraph.snapshot.tables import Tables


def content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_the_same_rows_in_another_order_are_the_same_bytes(tmp_path):
    small_graph.snapshot(tmp_path / "a")
    backwards = {name: rows[::-1] for name, rows in small_graph.ROWS.items()}
    small_graph.snapshot(tmp_path / "b", backwards)
    assert content(tmp_path / "a") == content(tmp_path / "b")


def test_what_was_written_is_read_back(tmp_path):
    written = small_graph.snapshot(tmp_path / "s")
    held = Snapshot.open(tmp_path / "s")
    assert held.hash == written.hash
    trial = held.nodes("Trial").to_pylist()[0]
    assert trial["trial_id"] == "NCT90000001"
    assert trial["phases"] == ["PHASE2", "PHASE3"]
    assert trial["phase_rank"] == 2.5
    assert trial["why_stopped"] is None
    edges = held.edges("STUDIES").to_pylist()
    assert [edge["raw_name"] for edge in edges] == ["AIHA", "wAIHA"]
    assert held.edges("STUDIES").column_names[:2] == ["source", "target"]
    assert held.damaged() == []


def test_two_days_are_compared_row_by_row(tmp_path):
    first = small_graph.snapshot(tmp_path / "first")
    second = small_graph.snapshot(tmp_path / "second", small_graph.other_rows())
    assert second.compare(first) == {
        "Trial": Difference(1, 1, 1),
        "TESTS": Difference(1, 0, 1),
        "SIMILAR_TO": Difference(0, 1, 0),
        "LISTED_AS_RELATED": Difference(0, 0, 1),
    }
    assert first.compare(first) == {}


def test_a_relationship_without_its_node_fails_and_the_old_snapshot_stays(tmp_path):
    before = small_graph.snapshot(tmp_path / "s")
    rows = small_graph.ROWS | {"Drug": small_graph.ROWS["Drug"][1:]}
    with pytest.raises(BuildError, match=r"TESTS have a target that is no Drug, such as MESH:D020123"):
        small_graph.snapshot(tmp_path / "s", rows)
    assert Snapshot.open(tmp_path / "s").hash == before.hash


def test_two_rows_of_one_key_fail():
    tables = Tables()
    tables.extend("Drug", [{"drug_id": "MESH:D1", "name": "a"}, {"drug_id": "MESH:D1", "name": "b"}])
    with pytest.raises(BuildError, match="Drug: MESH:D1 occurs twice"):
        tables.finish("Drug")


def test_a_value_of_another_type_fails_by_name():
    tables = Tables()
    tables.put("Trial", {"trial_id": "NCT1", "enrollment": "many"})
    with pytest.raises(BuildError, match=r"Trial\.enrollment"):
        tables.finish("Trial")


def many(**changes):
    rows = [
        {"trial_id": f"NCT{i:08}", "brief_title": "A", "overall_status": "COMPLETED", **changes} for i in range(300)
    ]
    return {"Trial": rows}


def test_a_property_that_lost_half_of_its_values_fails_the_build(tmp_path):
    small_graph.snapshot(tmp_path / "s", many())
    half = many()
    for row in half["Trial"][:200]:
        row["overall_status"] = None
    with pytest.raises(BuildError, match=r"Trial\.overall_status is filled in 33% of the rows and was in 100%"):
        small_graph.snapshot(tmp_path / "s", half)
    written, warnings = snapshots.write(small_graph.tables(half), tmp_path / "s", {}, accept_loss=True)
    assert warnings == []
    assert Snapshot.open(tmp_path / "s").hash == written.hash


def test_a_property_that_lost_some_of_its_values_is_told(tmp_path):
    small_graph.snapshot(tmp_path / "s", many())
    some = many()
    for row in some["Trial"][:60]:
        row["overall_status"] = None
    _, warnings = snapshots.write(small_graph.tables(some), tmp_path / "s", {})
    assert warnings == ["Trial.overall_status is filled in 80% of the rows and was in 100%"]


def test_a_flipped_byte_is_found(tmp_path):
    held = small_graph.snapshot(tmp_path / "s")
    path = held.file("Drug")
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    assert held.damaged() == ["Drug"]


def test_no_snapshot_and_a_snapshot_of_another_version_say_what_to_run(tmp_path):
    with pytest.raises(UsageError, match=r"run `trialgraph build` first"):
        Snapshot.open(tmp_path / "none")
    held = small_graph.snapshot(tmp_path / "s")
    manifest = json.loads((held.path / "manifest.json").read_text())
    (held.path / "manifest.json").write_text(json.dumps(manifest | {"schema": "99"}))
    with pytest.raises(UsageError, match="has schema 99"):
        Snapshot.open(tmp_path / "s")
    (held.path / "manifest.json").write_text("{")
    with pytest.raises(BuildError, match="damaged"):
        Snapshot.open(tmp_path / "s")


def test_a_run_killed_between_two_renames_is_put_right(tmp_path):
    before = small_graph.snapshot(tmp_path / "s")
    (tmp_path / "s").rename(tmp_path / "s.old")
    assert Snapshot.open(tmp_path / "s").hash == before.hash


def test_folders_are_swapped_where_the_system_cannot_exchange(tmp_path, monkeypatch):
    monkeypatch.setattr(swap.sys, "platform", "other")
    small_graph.snapshot(tmp_path / "s")
    after = small_graph.snapshot(tmp_path / "s", small_graph.other_rows())
    assert Snapshot.open(tmp_path / "s").hash == after.hash
    assert [path.name for path in tmp_path.iterdir()] == ["s"]


def test_two_builds_at_once_are_one_too_many(tmp_path):
    with (
        write_lock(tmp_path / "build.lock", "trialgraph build"),
        pytest.raises(Busy, match=r"being used by process \d+ \(trialgraph build\)"),
        write_lock(tmp_path / "build.lock", "trialgraph build"),
    ):
        pass


class _Rows:
    """Tables of a snapshot with as many sites of one trial as wanted, and everything else empty."""

    def __init__(self, sites: int) -> None:
        self._tables = Tables()
        for at in range(sites):
            self._tables.put("Site", {"site_id": f"SITE:{at}", "facility": f"Hospital {at}"})

    def finish(self, name: str) -> pa.Table | None:
        return self._tables.finish(name)


FACTS = {"trials": 0, "similarity": {}, "unknown_values": {}}


@pytest.mark.parametrize("left", [0, 3, 150])
def test_a_table_that_lost_most_of_its_rows_is_refused_however_small_the_new_one_is(tmp_path: Path, left: int) -> None:
    before, _ = write(_Rows(400), tmp_path / "snapshot", FACTS)
    with pytest.raises(BuildError, match=rf"Site has {left} rows and had 400.*--accept-loss"):
        write(_Rows(left), tmp_path / "snapshot", FACTS)
    assert Snapshot.open(tmp_path / "snapshot").hash == before.hash, "the snapshot before stays"
    accepted, _ = write(_Rows(left), tmp_path / "snapshot", FACTS, accept_loss=True)
    assert accepted.rows_of("Site") == left


@pytest.mark.parametrize(("had", "left"), [(400, 260), (150, 1), (0, 0), (10, 200)])
def test_a_table_that_shrinks_a_little_or_was_small_is_written(tmp_path: Path, had: int, left: int) -> None:
    write(_Rows(had), tmp_path / "snapshot", FACTS)
    written, _ = write(_Rows(left), tmp_path / "snapshot", FACTS)
    assert written.rows_of("Site") == left
