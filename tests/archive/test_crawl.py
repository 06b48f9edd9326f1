"""A crawl from its first page to its last, also when it is cut, cheated, or not alone."""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fault_server import FaultServer, Reply, Studies, packed_json, registry, study
from tests.kill_crawl import hears_ctrl_c
from trialgraph.archive.crawl import crawl, updates
from trialgraph.archive.repair import check
from trialgraph.archive.store import Archive
from trialgraph.errors import Busy, Changed, RegistryError
from trialgraph.registries.catalogue import named
from trialgraph.registries.http import Politeness
from trialgraph.registries.registry import Selection

QUICK = Politeness(between=0.0, tries=2, first_wait=0.01, jitter=0.0)
ALL = Selection(all=True)


def run(path: Path, server: FaultServer, want: Selection = ALL, **how):
    how.setdefault("politeness", QUICK)
    return crawl(path, named("ctgov"), want, base=server.url, command="trialgraph crawl ctgov --all", **how)


def held(path: Path) -> dict[str, bytes]:
    with Archive.open(path) as archive:
        return {record.id: record.body for record, _, _ in archive.newest()}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "home" / "archive.sqlite"


def command(home: Path, server: FaultServer, *words: str, **how) -> subprocess.Popen[str]:
    """Start the real command in a process of its own."""
    environment = {**os.environ, "TRIALGRAPH_HOME": str(home), "TRIALGRAPH_CTGOV_URL": server.url}
    code = "from trialgraph.cli.main import main; main()"
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen([sys.executable, "-c", code, *words], env=environment, **pipes, **how)


def until(true) -> None:
    deadline = time.monotonic() + 100
    while not true():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.005)


def test_what_was_announced_is_kept_and_counted(path):
    with registry([study(n) for n in range(1, 21)], page=6) as server:
        first, second = run(path, server), run(path, server)
    assert first.report() == {
        "announced": 20, "kept": 20, "new": 20, "changed": 0, "unchanged": 0, "set_aside": 0,
    }  # fmt: skip
    assert second.report() == first.report() | {"new": 0, "unchanged": 20}
    assert first.requests == 4 + 2


def test_a_changed_study_is_a_second_version(path):
    with registry([study(1), study(2)]) as server:
        run(path, server)
    with registry([study(1), study(2, updated="2026-02-01"), study(3)]) as server:
        result = run(path, server)
    counts = result.counts
    assert (counts.new, counts.changed, counts.unchanged) == (1, 1, 1)
    assert json.loads(held(path)["NCT00000002"])["protocolSection"]["statusModule"]["lastUpdatePostDateStruct"] == {
        "date": "2026-02-01"
    }


def test_an_older_version_that_comes_later_does_not_become_the_newest(path):
    with registry([study(1, updated="2026-02-01", title="new")]) as server:
        run(path, server)
    with registry([study(1, updated="2020-02-01", title="old")]) as server:
        run(path, server)
    assert b"new" in held(path)["NCT00000001"]


def test_a_crawl_that_failed_goes_on_where_it_stood_and_asks_for_nothing_twice(path):
    broken = True

    def fault(asked, before, reply):
        return Reply(b"", 503) if broken and asked.params.get("pageToken") == "p9" else reply

    with registry([study(n) for n in range(1, 21)], page=3, fault=fault) as server:
        with pytest.raises(RegistryError, match="503"):
            run(path, server)
        assert len(held(path)) == 9
        broken = False
        said = []
        result = run(path, server, say=said.append)
        good = [asked.params.get("pageToken") for asked in server.asked if asked.path.endswith("studies")]
    assert result.report()["kept"] == result.report()["new"] == 20
    assert "after 9 records" in said[0]
    assert [token for token in good if token != "p9"] == [None, "p3", "p6", "p12", "p15", "p18"]


def test_restart_begins_at_the_first_page(path):
    def fault(asked, before, reply):
        return Reply(b"no", 403) if asked.params.get("pageToken") == "p9" else reply

    with registry([study(n) for n in range(1, 21)], page=3, fault=fault) as server, pytest.raises(RegistryError):
        run(path, server)
    with registry([study(n) for n in range(1, 21)], page=3) as server:
        assert run(path, server, restart=True).report()["kept"] == 20
        assert sum(asked.path.endswith("studies") for asked in server.asked) == 7


def test_a_repeated_token_keeps_the_place(path):
    def fault(asked, before, reply):
        if asked.params.get("pageToken") == "p6":
            reply.body = packed_json(json.loads(reply.body) | {"nextPageToken": "p6"})
        return reply

    with registry([study(n) for n in range(1, 21)], page=3, fault=fault) as server, pytest.raises(Changed):
        run(path, server)
    with Archive.open(path) as archive:
        (open_crawl,) = archive.crawls(state="open")
        assert json.loads(open_crawl.cursor)["token"] == "p6"
        assert len(archive.runs()) == 1
        assert "one we have had" in archive.runs()[0]["outcome"]


def test_a_cap_the_registry_does_not_tell_of_is_noticed(path):
    studies = [study(n) for n in range(1, 10_001)]
    with registry(studies, page=1000, announce=10_505) as server:
        result = run(path, server)
    assert (result.announced, result.counts.kept, result.short, result.whole) == (10_505, 10_000, 505, False)
    with Archive.open(path) as archive:
        assert [known.state for known in archive.crawls()] == ["short"]


def test_a_total_that_shrinks_is_noticed(path):
    with registry([study(n) for n in range(1, 8)], page=3, announce=5) as server:
        result = run(path, server)
    assert (result.announced, result.counts.kept, result.whole) == (5, 7, True)


def test_records_repeated_between_pages_are_counted_once_and_what_they_displaced_is_noticed(path):
    def fault(asked, before, reply):
        if asked.params.get("pageToken") == "p3":  # the order moved: the second page has the first one's records
            reply.body = packed_json(json.loads(reply.body) | {"studies": [study(n) for n in (1, 2, 3)]})
        return reply

    with registry([study(n) for n in range(1, 9)], page=3, fault=fault) as server:
        result = run(path, server)
    assert (result.counts.kept, result.repeated, result.short) == (5, 3, 3)


def test_a_page_in_another_order_changes_nothing(path):
    def fault(asked, before, reply):
        answer = json.loads(reply.body)
        reply.body = packed_json(answer | {"studies": answer["studies"][::-1]}) if "studies" in answer else reply.body
        return reply

    with registry([study(n) for n in range(1, 9)], page=3, fault=fault) as server:
        assert run(path, server).counts.new == 8


def test_records_that_changed_while_we_read_are_counted_as_one(path):
    first = Studies([study(n) for n in range(1, 6)], page=5, stamps=["2026-03-05"])
    second = Studies([*(study(n) for n in range(1, 5)), study(5, updated="2026-03-06")], page=5, stamps=["2026-03-06"])
    with FaultServer(lambda asked, before: (first if before < 3 else second)(asked, before)) as server:
        result = run(path, server)
    assert (result.announced, result.counts.kept, result.whole) == (5, 5, True)
    assert b"2026-03-06" in held(path)["NCT00000005"]


def test_progress_is_told_page_by_page(path):
    moved = []
    with registry([study(n) for n in range(1, 8)], page=3) as server:
        run(path, server, progress=lambda done, total: moved.append((done, total)))
    assert moved == [(3, 7), (6, 7), (7, 7)]


def test_a_record_without_an_id_is_kept_counted_and_stops_nothing(path):
    with registry([study(1), {"protocolSection": {}}, study(2)]) as server:
        result = run(path, server)
    assert result.report() == {
        "announced": 3, "kept": 2, "new": 2, "changed": 0, "unchanged": 0, "set_aside": 1,
    }  # fmt: skip
    assert result.whole
    with Archive.open(path) as archive:
        assert [odd.body for odd in archive.set_aside()] == [b'{"protocolSection":{}}']


# --- several at once, interrupted, out of room ------------------------------------------------------------------------


def test_of_two_crawls_at_once_the_second_says_who_holds_the_archive(path):
    with registry([study(n) for n in range(1, 300)], page=1, wait=0.2) as server:
        first = command(path.parent, server, "crawl", "ctgov", "--all")
        try:
            until(lambda: len(server.asked) > 2)
            with pytest.raises(Busy, match=rf"used by process {first.pid} \(.*crawl ctgov --all.*\) on .* since 20"):
                run(path, server)
        finally:
            first.kill()
            first.communicate()
    with registry([study(1)]) as server:
        assert run(path, server).whole  # a dead holder's lock is free


def test_ctrl_c_ends_with_where_it_stands_and_the_command_that_goes_on(path):
    with registry([study(n) for n in range(1, 300)], page=2, wait=0.1) as server:
        process = command(path.parent, server, "crawl", "ctgov", "--all", "--pace", "0", preexec_fn=hears_ctrl_c)
        until(lambda: len(server.asked) > 4)
        process.send_signal(signal.SIGINT)
        out, said = process.communicate(timeout=100)
    assert process.returncode == 130
    kept = len(held(path))
    assert 4 <= kept < 299
    assert f"Stopped; {kept} of 299 records are kept. Go on with: trialgraph crawl ctgov --all --pace 0" in said
    assert "Traceback" not in said
    assert out == ""


def test_a_full_disk_is_one_sentence_and_loses_nothing(path):
    studies = [study(n, title=os.urandom(2000).hex()) for n in range(1, 400)]

    def small_files():
        resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))

    with registry(studies, page=20) as server:
        process = command(path.parent, server, "crawl", "ctgov", "--all", preexec_fn=small_files)
        _, said = process.communicate(timeout=60)
        assert process.returncode == 1
        assert "make room and run the same command" in said
        assert "Traceback" not in said
        kept = held(path)
        assert 0 < len(kept) < 399
        assert set(kept.values()) <= {packed_json(entry) for entry in studies}
        with Archive.open(path) as archive:
            assert list(check(archive)) == []
        result = run(path, server)
    assert len(held(path)) == 399
    assert result.whole


def test_a_folder_one_may_not_write_to_is_one_sentence(tmp_path):
    (tmp_path / "home").write_text("a file where the folder should be")
    with registry([study(1)]) as server:
        process = command(tmp_path / "home", server, "crawl", "ctgov", "--all")
        _, said = process.communicate(timeout=100)
    assert process.returncode == 1
    assert said.endswith("cannot be made (File exists); choose another --home\n")
    assert "Traceback" not in said


# --- updates ----------------------------------------------------------------------------------------------------------


def done(path, stamp: str, *wants: Selection) -> list[Selection]:
    """Return the updates after some crawls of that day's data."""
    with registry([study(1)], stamps=[stamp + "T09:00:00"]) as server:
        for want in wants:
            run(path, server, want)
    with Archive.open(path) as archive:
        return [update.selection for update in updates(archive)]


def test_an_update_asks_each_question_again_for_what_changed_since_the_day_before(path):
    ids = Selection(ids=("NCT00000001",))
    found = done(path, "2026-03-05", Selection(query="a"), ids, Selection(query="b", since="2020-01-01"))
    assert found == [Selection(query="a", since="2026-03-04"), ids, Selection(query="b", since="2026-03-04")]


def test_where_all_was_crawled_one_update_is_enough_and_a_part_of_all_is_not_all(path):
    part = Selection(all=True, limit=1)
    assert done(path, "2026-03-05", part, Selection(query="a")) == [Selection(query="a", since="2026-03-04")]
    assert done(path, "2026-03-06", ALL) == [Selection(all=True, since="2026-03-05")]


def test_an_update_goes_on_from_the_update_before_it_also_at_another_address(path):
    (first,) = done(path, "2026-03-05", ALL)
    (second,) = done(path, "2026-04-05", first)
    assert second == Selection(all=True, since="2026-04-04")


def test_only_what_changed_is_fetched(path):
    with registry([study(n) for n in range(1, 31)], stamps=["2026-03-05T09:00:00"], page=50) as server:
        run(path, server)
        with Archive.open(path) as archive:
            (update,) = updates(archive)
        server.answer = Studies(
            [study(n, updated="2026-03-06" if n < 4 else "2026-01-01") for n in range(1, 31)],
            stamps=["2026-03-06T09:00:00"],
            page=50,
        )
        result = run(path, server, update.selection)
        with Archive.open(path) as archive:
            (following,) = updates(archive)
            assert sum(1 for _ in archive.newest()) == 30
    assert (result.announced, result.counts.changed, result.counts.kept) == (3, 3, 3)
    assert following.selection == Selection(all=True, since="2026-03-05")


@pytest.fixture
def small_disk(tmp_path) -> Iterator[Path]:
    """A file system of one megabyte, where this machine lets us make one."""
    at = tmp_path / "disk"
    at.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "none", str(at)], check=False, capture_output=True)
    if made.returncode:
        pytest.skip("no small file system can be made here")
    yield at
    subprocess.run(["umount", "-l", str(at)], check=True)


@pytest.mark.skipif(not shutil.which("mount"), reason="needs mount")
def test_a_disk_that_is_really_full_is_one_sentence_and_loses_nothing(small_disk):
    studies = [study(n, title=os.urandom(2000).hex()) for n in range(1, 400)]
    with registry(studies, page=20) as server:
        process = command(small_disk, server, "crawl", "ctgov", "--all")
        _, said = process.communicate(timeout=60)
        assert process.returncode == 1
        assert "make room and run the same command" in said
        kept = held(small_disk / "archive.sqlite")
        assert 0 < len(kept) < 399
        subprocess.run(["mount", "-o", "remount,size=20m", str(small_disk)], check=True)
        assert run(small_disk / "archive.sqlite", server).whole
        assert set(held(small_disk / "archive.sqlite").values()) == {packed_json(entry) for entry in studies}
