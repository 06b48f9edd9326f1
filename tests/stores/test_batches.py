"""What a load sends: in order, in bounded batches, the next one made while the last is used."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from tests import small_graph
from trialgraph.errors import StoreError
from trialgraph.limits import NEO4J_BATCH_BYTES, NEO4J_BATCH_ROWS
from trialgraph.stores.neo4j import batches, statements


def test_a_batch_is_bounded_in_rows_and_in_bytes():
    rows = [(n, 10) for n in range(2 * NEO4J_BATCH_ROWS + 1)]
    assert [len(batch) for batch in batches.batched(rows)] == [NEO4J_BATCH_ROWS, NEO4J_BATCH_ROWS, 1]
    large = [(n, NEO4J_BATCH_BYTES // 2) for n in range(5)]
    assert list(batches.batched(large)) == [[0, 1], [2, 3], [4]]
    assert list(batches.batched([])) == []


def test_the_next_is_made_while_the_last_is_used_and_no_more():
    made: list[int] = []
    coming = threading.Semaphore(0)

    def items() -> Iterator[int]:
        for n in range(4):
            made.append(n)
            coming.release()
            yield n

    used = []
    for item in batches.prefetch(items()):
        for _ in range(1 if item else 2):
            assert item == 3 or coming.acquire(timeout=10)
        assert made == list(range(min(item + 2, 4)))
        used.append(item)
    assert used == [0, 1, 2, 3]
    assert list(batches.prefetch(iter([]))) == []


def test_what_fails_in_the_making_fails_where_it_is_used():
    def items() -> Iterator[int]:
        yield 1
        raise StoreError("no more")

    used = []
    with pytest.raises(StoreError, match="no more"):
        for item in batches.prefetch(items()):
            used.append(item)  # noqa: PERF402
    assert used == [1]


def test_only_what_differs_is_sent_and_what_is_gone_is_left(tmp_path):
    snapshot = small_graph.snapshot(tmp_path / "one")
    rows = small_graph.ROWS["Trial"]
    same, changed = rows[0], rows[1]
    there: batches.ExistingRows = {
        same["trial_id"]: statements.hash_and_size("Trial", same)[0],
        changed["trial_id"]: 4711,
        "NCT0": 4712,
        "theirs": None,
    }
    tally = batches.Tally()
    sent = [row["k"] for row, _ in batches.differing_rows(snapshot, "Trial", there, tally, "the store")]
    assert sent == [changed["trial_id"], rows[2]["trial_id"]]
    assert (tally.read, tally.added, tally.changed) == (3, 1, 1)
    assert there == {"NCT0": 4712, "theirs": None}
    with pytest.raises(StoreError, match="that trialgraph did not write"):
        list(batches.differing_rows(snapshot, "Trial", {same["trial_id"]: None}, tally, "the store"))
