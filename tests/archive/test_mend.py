"""Flipped bits in the archive's file: told or harmless, never silent; and mended from the registry."""

from __future__ import annotations

import collections
import random
from pathlib import Path

import pytest

from tests.fault_server import packed_json, registry, study
from trialgraph.archive.crawl import crawl, repair
from trialgraph.archive.repair import check
from trialgraph.archive.store import Archive
from trialgraph.errors import ArchiveError
from trialgraph.model import SetAside
from trialgraph.registries.catalogue import named
from trialgraph.registries.http import Politeness
from trialgraph.registries.registry import Selection

QUICK = Politeness(between=0.0, tries=1)
STUDIES = [study(n, title="some words " * n) for n in range(1, 40)]


def content(path: Path):
    """Return the records as they come out, those told as damaged, and what a check finds."""
    odd: list[SetAside] = []
    with Archive.open(path) as archive:
        return list(archive.newest(on_damaged=odd.append)), odd, list(check(archive))


def test_a_bit_flipped_anywhere_is_harmless_or_told_and_a_told_record_is_mended(tmp_path):
    path = tmp_path / "archive.sqlite"
    rng = random.Random(5)
    became: collections.Counter[str] = collections.Counter()
    with registry(STUDIES, page=1000) as server:
        how = {"base": server.url, "command": "c"}
        crawl(path, named("ctgov"), Selection(all=True), politeness=QUICK, **how)
        whole = path.read_bytes()
        before = content(path)[0]
        for _ in range(250):
            flipped = bytearray(whole)
            flipped[rng.randrange(len(whole))] ^= 1 << rng.randrange(8)
            path.write_bytes(flipped)
            for beside in ("-wal", "-shm"):
                path.with_name(path.name + beside).unlink(missing_ok=True)
            try:
                after, odd, found = content(path)
            except ArchiveError:
                became["one sentence"] += 1
                continue
            if after == before:
                became["harmless"] += 1
                continue
            assert odd
            assert found, "a difference that nothing tells of"
            became["told"] += 1
            if became["told"] <= 15:
                repair(path, {"ctgov": named("ctgov")}, command="c", bases={"ctgov": server.url})
                mended, odd, found = content(path)
                assert (odd, found) == ([], [])
                assert [(r.id, r.body, r.dated, sha256) for r, sha256, _ in mended] == [
                    (r.id, r.body, r.dated, sha256) for r, sha256, _ in before
                ]
    assert became["told"] >= 15
    assert became["harmless"] > became["one sentence"]


def test_a_study_that_changed_since_takes_the_place_of_its_damaged_version(tmp_path):
    path = tmp_path / "archive.sqlite"
    with registry([study(1), study(2)]) as server:
        crawl(path, named("ctgov"), Selection(all=True), base=server.url, command="c", politeness=QUICK)
    with Archive.open(path, write=True) as archive, archive.transaction() as db:
        db.execute("UPDATE body SET packed = x'00' WHERE version = 1")
    newer = study(1, updated="2026-06-01")
    with registry([newer, study(2)]) as server:
        result = repair(path, {"ctgov": named("ctgov")}, command="c", bases={"ctgov": server.url})
    assert (result.announced, result.counts.kept, result.set_aside) == (1, 1, ())
    bodies = [record.body for record, _, _ in content(path)[0]]
    assert bodies == [packed_json(newer), packed_json(study(2))]


def test_a_damaged_study_that_the_registry_no_longer_has_is_told(tmp_path):
    path = tmp_path / "archive.sqlite"
    with registry([study(1), study(2)]) as server:
        crawl(path, named("ctgov"), Selection(all=True), base=server.url, command="c", politeness=QUICK)
    with Archive.open(path, write=True) as archive, archive.transaction() as db:
        db.execute("UPDATE version SET url = 'https://elsewhere' WHERE version = 1")
    with registry([study(2)]) as server:
        result = repair(path, {"ctgov": named("ctgov")}, command="c", bases={"ctgov": server.url})
    assert [gone.id for gone in result.missing] == ["NCT00000001"]
    with Archive.open(path) as archive:
        assert [odd.body for odd in archive.set_aside()] == [packed_json(study(1))]  # its bytes are not lost
        assert [record.id for record, _, _ in archive.newest()] == ["NCT00000002"]


def test_a_value_whose_type_was_damaged_is_told_and_a_table_that_was_changed_is_one_sentence(tmp_path):
    path = tmp_path / "archive.sqlite"
    with registry([study(1), study(2)]) as server:
        crawl(path, named("ctgov"), Selection(all=True), base=server.url, command="c", politeness=QUICK)
    with Archive.open(path, write=True) as archive, archive.transaction() as db:
        db.execute("UPDATE body SET packed = 'text' WHERE version = 1")
    assert [odd.record_id for odd in content(path)[2]] == ["NCT00000001"]
    with Archive.open(path, write=True) as archive, archive.transaction() as db:
        db.execute("ALTER TABLE version RENAME COLUMN last_seen TO lost_seen")
    with pytest.raises(ArchiveError, match="has not the tables it should"), Archive.open(path) as archive:
        list(archive.versions())
