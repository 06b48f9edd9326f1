"""One writer or many readers of a file, between processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from trialgraph.errors import Busy
from trialgraph.locks import read_lock, write_lock

WRITE = (
    "import sys; from pathlib import Path; from trialgraph.locks import write_lock\n"
    "with write_lock(Path(sys.argv[1]), 'trialgraph build'): print('held', flush=True); sys.stdin.read()"
)


@pytest.fixture
def lock(tmp_path):
    return tmp_path / "home" / "build.lock"


@pytest.fixture
def writer(lock):
    command = [sys.executable, "-c", WRITE, str(lock)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "held\n"
        yield process
        process.stdin.close()


def test_who_comes_second_is_told_who_writes_since_when_and_what(lock, writer):
    sentence = rf"home is being used by process {writer.pid} \(trialgraph build\) on .+ since 20\d\d-.*wait until"
    with pytest.raises(Busy, match=sentence), write_lock(lock, "trialgraph update"):
        pass
    with pytest.raises(Busy, match=sentence), read_lock(lock):
        pass


def test_a_message_names_what_the_lock_guards(lock, writer):
    with (
        pytest.raises(Busy, match=r"archive\.sqlite is being used"),
        write_lock(lock, "x", guards=lock.parent / "archive.sqlite"),
    ):
        pass


def test_readers_share_and_keep_writers_out(lock):
    lock.parent.mkdir()
    with read_lock(lock), read_lock(lock), pytest.raises(Busy, match="used by another process"), write_lock(lock, "x"):
        pass
    with write_lock(lock, "x"):
        pass


def test_a_killed_writer_leaves_a_free_lock_and_is_not_named_any_more(lock, writer):
    os.kill(writer.pid, signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
    writer.wait()
    with read_lock(lock), pytest.raises(Busy, match="used by another process"), write_lock(lock, "x"):
        pass
    with write_lock(lock, "x"):
        pass


def test_a_failure_under_the_lock_frees_it(lock):
    with pytest.raises(ValueError, match="x"), write_lock(lock, "x"):
        raise ValueError("x")
    with write_lock(lock, "x"):
        pass
    assert [file.name for file in lock.parent.iterdir()] == ["build.lock"]


def test_where_nothing_can_be_written_reading_needs_no_lock(lock):
    with read_lock(lock):
        assert not lock.parent.exists()
