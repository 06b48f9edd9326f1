"""What the archive keeps, and that it keeps it."""

from __future__ import annotations

import datetime as dt
import sqlite3

import pytest

from trialgraph.archive import repair as mend
from trialgraph.archive import schema
from trialgraph.archive.repair import check
from trialgraph.archive.store import Archive
from trialgraph.errors import ArchiveError
from trialgraph.model import RawRecord, SetAside
from trialgraph.registries.registry import Missing, Page, Selection

NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
ALL = Selection(all=True).key


def record(number: int, body: bytes = b"{}", *, dated: str | None = None, day: int = 0, registry: str = "ctgov"):
    return RawRecord(
        registry=registry,
        id=f"NCT{number:08d}",
        url=f"https://example.org/{number}",
        fetched_at=NOW + dt.timedelta(days=day),
        body=body,
        dated=dated,
    )


@pytest.fixture
def archive(tmp_path):
    with Archive.open(tmp_path / "archive.sqlite", write=True) as opened:
        yield opened


def begin(archive: Archive, selection: str = ALL):
    crawl = archive.begin("ctgov", "https://x", selection, "trialgraph crawl ctgov --all").crawl
    return crawl, archive.start_run("crawl", "c", crawl)


def held(archive: Archive) -> dict[str, bytes]:
    return {record.id: record.body for record, _, _ in archive.newest()}


def test_a_page_and_the_way_to_the_next_are_kept_together(archive):
    crawl, run = begin(archive)
    counts = archive.save(crawl, run, Page(records=(record(1), record(2)), cursor="next", announced=9))
    assert (counts.new, counts.kept) == (2, 2)
    known = archive.crawl(crawl)
    assert (known.cursor, known.announced, known.state, known.pages) == ("next", 9, "open", 1)


def test_a_page_that_fails_half_way_leaves_nothing(archive):
    crawl, run = begin(archive)
    archive.save(crawl, run, Page(records=(record(1),), cursor="a"))
    with pytest.raises(TypeError):
        archive.save(crawl, run, Page(records=(record(2), record(3, body=None)), cursor="b"))
    assert list(held(archive)) == ["NCT00000001"]
    assert archive.crawl(crawl).cursor == "a"
    assert archive.counts_of(crawl).kept == 1


def test_the_same_page_twice_is_kept_once(archive):
    crawl, run = begin(archive)
    page = Page(records=(record(1), record(2)), cursor="next")
    archive.save(crawl, run, page)
    assert archive.save(crawl, run, page).unchanged == 2
    assert archive.counts_of(crawl).new == 2
    assert archive.counts_of(crawl).unchanged == 0
    assert archive.crawl(crawl).repeated == 2


def test_bytes_come_back_as_they_were(archive):
    bodies = [b"", b"\x00\xff", "é\u2028".encode(), b"x" * 100_000]
    archive.take(archive.start_run("import", "c"), [record(n, body) for n, body in enumerate(bodies)])
    assert list(held(archive).values()) == bodies


def test_the_newest_version_is_the_one_with_the_latest_date_of_its_own(archive):
    run = archive.start_run("import", "c")
    versions = [record(1, b"b", dated="2021-05-01"), record(1, b"a", dated="2019"), record(1, b"c", dated="2022-01")]
    for order in (versions, versions[::-1]):
        archive.take(run, order)
        assert held(archive) == {"NCT00000001": b"c"}
    archive.take(run, [record(1, b"old", dated="2018-01-01", day=400)])
    assert held(archive) == {"NCT00000001": b"c"}
    assert [version.body for version in archive.versions("NCT00000001")] == [b"old", b"a", b"b", b"c"]


def test_without_dates_the_version_seen_last_is_the_newest(archive):
    run = archive.start_run("import", "c")
    archive.take(run, [record(1, b"a", day=1), record(1, b"b", day=2)])
    assert held(archive) == {"NCT00000001": b"b"}
    archive.take(run, [record(1, b"a", day=3)])  # the page says again what it said before
    assert held(archive) == {"NCT00000001": b"a"}


def test_of_two_versions_of_one_date_the_one_seen_last_is_the_newest(archive):
    run = archive.start_run("import", "c")
    archive.take(run, [record(1, b"b", dated="2020-01-01", day=2), record(1, b"a", dated="2020-01-01", day=1)])
    assert held(archive) == {"NCT00000001": b"b"}


def test_records_come_out_by_registry_and_id(archive):
    run = archive.start_run("import", "c")
    archive.take(run, [record(2), record(1, registry="meddatax"), record(1)])
    found = [(r.registry, r.id) for r, _, _ in archive.newest()]
    assert found == [("ctgov", "NCT00000001"), ("ctgov", "NCT00000002"), ("meddatax", "NCT00000001")]
    assert [r.registry for r, _, _ in archive.newest(ids=["NCT00000001"])] == ["ctgov", "meddatax"]


def test_a_version_keeps_the_time_it_was_first_fetched(archive):
    run = archive.start_run("import", "c")
    archive.take(run, [record(1, day=1)])
    archive.take(run, [record(1, day=9)])
    ((kept, _, _),) = archive.newest()
    assert kept.fetched_at == NOW + dt.timedelta(days=1)


def whole_crawl(archive, *numbers, announced=None, **page):
    crawl, run = begin(archive)
    records = tuple(record(n) for n in numbers)
    archive.save(crawl, run, Page(records=records, announced=announced or len(numbers), **page))
    return archive.crawl(crawl)


def marks(archive) -> dict[str, bool]:
    return {record.id: mark is not None for record, _, mark in archive.newest()}


def test_a_complete_crawl_marks_what_it_no_longer_saw_and_a_later_one_takes_the_mark_back(archive):
    whole_crawl(archive, 1, 2, 3)
    whole_crawl(archive, 1, 2)
    assert marks(archive) == {"NCT00000001": False, "NCT00000002": False, "NCT00000003": True}
    whole_crawl(archive, 1, 2, 3)
    assert not any(marks(archive).values())


def test_a_crawl_that_fell_short_or_set_something_aside_marks_nothing(archive):
    whole_crawl(archive, 1, 2, 3)
    assert whole_crawl(archive, 1, 2, announced=3).state == "short"
    odd = SetAside(record_id="?", source="ctgov", why="no id", body=b"{}")
    assert whole_crawl(archive, 1, 2, announced=3, set_aside=(odd,)).state == "done"
    assert not any(marks(archive).values())


def test_what_has_no_id_is_kept_with_its_bytes_once(archive):
    crawl, run = begin(archive)
    odd = SetAside(record_id="?", source="ctgov", why="no id", body=b'{"x":1}')
    for cursor in "ab":
        archive.save(crawl, run, Page(set_aside=(odd,), cursor=cursor))
    assert list(archive.set_aside()) == [odd]


def test_an_unfinished_crawl_is_found_again_by_what_it_selects(archive):
    crawl, run = begin(archive)
    archive.save(crawl, run, Page(cursor="x"))
    assert begin(archive)[0] == crawl
    assert begin(archive, Selection(query="a").key)[0] != crawl
    assert archive.begin("ctgov", "https://other", ALL, "c").crawl != crawl


def test_restart_drops_the_unfinished_crawl_and_keeps_its_records(archive):
    crawl, run = begin(archive)
    archive.save(crawl, run, Page(records=(record(1),), cursor="x"))
    again = archive.begin("ctgov", "https://x", ALL, "c", restart=True)
    assert (again.cursor, archive.crawl(crawl).state) == (None, "dropped")
    assert held(archive) == {"NCT00000001": b"{}"}


def test_a_finished_crawl_is_begun_anew(archive):
    done = whole_crawl(archive, 1)
    assert done.state == "done"
    assert begin(archive)[0] != done.crawl


def test_ids_that_gave_no_record_are_remembered(archive):
    crawl, run = begin(archive, Selection(ids=("NCT1",)).key)
    archive.save(crawl, run, Page(missing=(Missing(id="NCT1", why="is none"),), announced=1))
    assert archive.missing(crawl) == [Missing(id="NCT1", why="is none")]
    assert archive.crawl(crawl).state == "done"


def damage(archive: Archive, known_as: str, packed: bytes | None = None) -> None:
    with sqlite3.connect(archive.path) as db:
        (version,) = db.execute("SELECT newest FROM record WHERE id = ?", (known_as,)).fetchone()
        if packed is None:
            (packed,) = db.execute("SELECT packed FROM body WHERE version = ?", (version,)).fetchone()
            packed = packed[:-6] + bytes([packed[-6] ^ 1]) + packed[-5:]
        db.execute("UPDATE body SET packed = ? WHERE version = ?", (packed, version))
    db.close()


def test_a_flipped_bit_is_noticed_named_and_passed_over(archive):
    archive.take(archive.start_run("import", "c"), [record(n, b"body %d" % n * 50) for n in (1, 2, 3)])
    damage(archive, "NCT00000002")
    with pytest.raises(ArchiveError, match=r"ctgov:NCT00000002.*damaged.*crawl --repair"):
        held(archive)
    odd = []
    assert [r.id for r, _, _ in archive.newest(on_damaged=odd.append)] == ["NCT00000001", "NCT00000003"]
    assert [(o.source, o.record_id) for o in odd] == [("ctgov", "NCT00000002")]
    assert [o.record_id for o in check(archive)] == ["NCT00000002"]


def test_bytes_that_unpack_to_something_else_are_noticed(archive):
    import zlib

    archive.take(archive.start_run("import", "c"), [record(1, b"one"), record(2, b"two")])
    damage(archive, "NCT00000001", zlib.compress(b"two"))
    assert [o.record_id for o in check(archive)] == ["NCT00000001"]


def test_every_bit_of_a_packed_body_that_flips_is_noticed_or_harmless(archive):
    body = b"some words of a record, some words of a record"
    archive.take(archive.start_run("import", "c"), [record(1, body)])
    with sqlite3.connect(archive.path) as db:
        (packed,) = db.execute("SELECT packed FROM body").fetchone()
    db.close()
    for bit in range(len(packed) * 8):
        flipped = bytearray(packed)
        flipped[bit // 8] ^= 1 << bit % 8
        damage(archive, "NCT00000001", bytes(flipped))
        odd = []
        got = [r.body for r, _, _ in archive.newest(on_damaged=odd.append)]
        assert got == [body] or (got == [] and len(odd) == 1)


def test_a_damaged_record_is_mended_by_the_same_bytes_and_replaced_by_others(archive):
    run = archive.start_run("import", "c")
    archive.take(run, [record(1, b"one", dated="2020-01-01"), record(2, b"two", dated="2020-01-01")])
    damage(archive, "NCT00000001")
    damage(archive, "NCT00000002")
    mend.replace_damaged(
        archive, run, [record(1, b"one", dated="2020-01-01"), record(2, b"new", dated="2021-01-01", day=3)]
    )
    assert list(check(archive)) == []
    assert held(archive) == {"NCT00000001": b"one", "NCT00000002": b"new"}


def test_a_file_damaged_as_a_whole_is_one_sentence(tmp_path):
    path = tmp_path / "archive.sqlite"
    with Archive.open(path, write=True) as archive:
        archive.take(archive.start_run("import", "c"), [record(n, b"x" * 999) for n in range(500)])
    content = bytearray(path.read_bytes())
    content[4096 : len(content) // 2] = b"\xff" * (len(content) // 2 - 4096)
    path.write_bytes(content)
    with pytest.raises(ArchiveError, match="damaged"), Archive.open(path) as archive:
        list(archive.newest())
    with Archive.open(path) as archive:
        assert list(check(archive))


def test_no_archive_is_one_sentence_with_what_to_do(tmp_path):
    with pytest.raises(ArchiveError, match=r"no archive at .*trialgraph crawl ctgov"):
        Archive.open(tmp_path / "archive.sqlite")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"this is no database, it is a text", b"SQLite format 3\x00" + b"\xff" * 500])
def test_a_file_that_is_no_archive_is_refused_and_left_alone(tmp_path, content):
    path = tmp_path / "archive.sqlite"
    path.write_bytes(content)
    for write in (False, True):
        with pytest.raises(ArchiveError):
            Archive.open(path, write=write)
    assert path.read_bytes() == content


def test_a_database_of_another_program_is_refused_and_left_alone(tmp_path):
    path = tmp_path / "archive.sqlite"
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE theirs (x)")
    db.close()
    with pytest.raises(ArchiveError, match="not an archive of trialgraph"):
        Archive.open(path, write=True)


def test_an_archive_of_a_newer_version_is_refused(tmp_path, archive):
    with sqlite3.connect(archive.path) as db:
        db.execute(f"PRAGMA user_version = {schema.VERSION + 1}")
    db.close()
    for write in (False, True):
        with pytest.raises(ArchiveError, match="written by a newer trialgraph"):
            Archive.open(archive.path, write=write)


@pytest.mark.parametrize("write", [True, False])
def test_an_archive_of_an_older_version_becomes_one_of_today(archive, monkeypatch, write):
    archive.take(archive.start_run("import", "c"), [record(1)])
    monkeypatch.setattr(schema, "VERSION", schema.VERSION + 1)
    monkeypatch.setattr(schema, "STEPS", {schema.VERSION - 1: "CREATE TABLE more (x); INSERT INTO more VALUES (1)"})
    with Archive.open(archive.path, write=write) as opened:
        assert held(opened) == {"NCT00000001": b"{}"}
        assert list(opened.rows("SELECT x FROM more")) == [(1,)]
        assert list(opened.rows("PRAGMA user_version")) == [(schema.VERSION,)]


def test_a_reader_sees_a_whole_state_while_a_writer_is_at_work(archive):
    crawl, run = begin(archive)
    archive.save(crawl, run, Page(records=tuple(record(n) for n in range(50)), cursor="a"))
    with Archive.open(archive.path) as reader:
        rows = reader.newest()
        next(rows)
        archive.save(crawl, run, Page(records=tuple(record(n) for n in range(50, 99)), cursor="b"))
        assert sum(1 for _ in rows) == 49
        assert sum(1 for _ in reader.newest()) == 99


def test_a_reader_cannot_write(archive):
    with Archive.open(archive.path) as reader, pytest.raises(ArchiveError):
        reader.start_run("import", "c")


def test_what_is_held_is_told_per_registry(archive):
    whole_crawl(archive, 1, 2, data_timestamp="2026-01-01T09:00:00")
    archive.take(archive.start_run("import", "c"), [record(1, b"new", dated="2026"), record(1, registry="meddatax")])
    ctgov, mirror = archive.registry_summary()
    assert (ctgov["registry"], ctgov["records"], ctgov["versions"]) == ("ctgov", 2, 3)
    assert ctgov["data_timestamp"] == "2026-01-01T09:00:00"
    assert (mirror["registry"], mirror["records"], mirror["data_timestamp"]) == ("meddatax", 1, None)


def test_an_archive_that_was_killed_before_its_first_table_is_empty_and_can_be_filled(tmp_path):
    path = tmp_path / "archive.sqlite"
    path.touch()
    with pytest.raises(ArchiveError, match="is empty"):
        Archive.open(path)
    with Archive.open(path, write=True) as archive:
        assert held(archive) == {}


def test_a_transaction_that_an_interruption_left_open_is_undone_by_the_next(archive):
    crawl, run = begin(archive)
    interrupted = archive.transaction()
    db = interrupted.__enter__()  # a Ctrl-C between two lines leaves it like this
    db.execute("UPDATE crawl SET cursor = 'half'")
    archive.end_run(run, "KeyboardInterrupt")
    assert archive.crawl(crawl).cursor is None
    assert archive.runs()[0]["outcome"] == "KeyboardInterrupt"
