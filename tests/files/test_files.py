"""Files and folders are replaced whole and durably, and one room does it for the whole package."""

from __future__ import annotations

import hashlib
import os
import re
import sys
from pathlib import Path

import pytest

import trialgraph
from trialgraph.files import swap
from trialgraph.files.atomic import replacing, write_bytes, write_text
from trialgraph.files.digest import sha256_of, size_and_sha256
from trialgraph.files.sync import sync_tree

PACKAGE = Path(trialgraph.__file__).resolve().parent


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files and folders that are flushed to the disk, in order."""
    names: list[str] = []
    real = os.fsync

    def fsync(descriptor: int) -> None:
        names.append(Path(f"/proc/self/fd/{descriptor}").readlink().name)
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    return names


def test_a_file_is_replaced_when_it_is_whole(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    write_text(file, "old\r\n")
    with replacing(file) as part:
        part.write_text("new", "utf-8")
        assert file.read_bytes() == b"old\r\n"
    assert file.read_bytes() == b"new"
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "a.bin"
    write_bytes(file, b"old")

    def fail() -> None:
        with replacing(file) as part:
            part.write_bytes(b"half")
            raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        fail()
    assert file.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["a.bin"]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")
def test_a_file_is_flushed_before_it_is_renamed_and_its_folder_afterwards(tmp_path: Path, synced: list[str]) -> None:
    write_bytes(tmp_path / "a.bin", b"bytes")
    assert synced == ["a.bin.part", tmp_path.name]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")
@pytest.mark.parametrize("platform", ["linux", "another"])
def test_the_rename_of_a_folder_lasts(
    tmp_path: Path, synced: list[str], monkeypatch: pytest.MonkeyPatch, platform: str
) -> None:
    for content in ("old", "new"):
        with swap.replacing(tmp_path / "graph") as part:
            (part / "nodes").mkdir()
            (part / "nodes" / "Trial").write_text(content)
            synced.clear()
            monkeypatch.setattr(swap.sys, "platform", platform)
            sync_tree(part)
        assert synced == ["nodes", "Trial", "graph.part", tmp_path.name]
        assert (tmp_path / "graph" / "nodes" / "Trial").read_text() == content
        assert [path.name for path in tmp_path.iterdir()] == ["graph"]


def test_the_digest_is_that_of_all_bytes(tmp_path: Path) -> None:
    data = os.urandom(3 << 20)
    write_bytes(tmp_path / "a", data)
    assert sha256_of(tmp_path / "a") == hashlib.sha256(data).hexdigest()
    assert size_and_sha256(tmp_path / "a") == (3 << 20, hashlib.sha256(data).hexdigest())


def test_no_other_room_renames_files_flushes_them_or_takes_their_digest() -> None:
    own = re.compile(r'"\.part"|\.part\b"|file_digest|fsync\(|os\.(?:replace|rename)\(|sha256\([^)]*read_bytes')
    rooms = [file for file in PACKAGE.rglob("*.py") if file.parent.name != "files"]
    assert [file.name for file in rooms if own.search(file.read_text("utf-8"))] == []
