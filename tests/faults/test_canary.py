"""A password is in no output, log, archive, snapshot, export or error, whatever is run and however it fails."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

CANARY = "kanarie-7f3a9c-vogel"
NOBODY = "bolt://127.0.0.1:9"


@contextmanager
def speaks_nonsense() -> Iterator[str]:
    """Run a server that answers a Bolt handshake with something else."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError):
            while True:
                near, _ = listener.accept()
                near.sendall(b"HTTP/1.1 400 no\r\n\r\n")
                near.close()

    threading.Thread(target=serve, daemon=True).start()
    yield f"bolt://127.0.0.1:{listener.getsockname()[1]}"
    listener.close()


def commands(address: str) -> list[list[str]]:
    return [
        ["config"],
        ["config", "--json"],
        ["doctor"],
        ["doctor", "--json"],
        ["status", "--json"],
        ["load", "--to", address],
        ["load", "--to", "neo4j"],
        ["clear", "--to", address, "--yes"],
        ["update", "--no-crawl", "--to", address],
        ["cypher", "--store", "neo4j", "RETURN 1 AS n"],
        ["ask", "trials-by-country", "about=sirolimus", "--store", address],
        ["related", "NCT04324411", "--store", "neo4j"],
        ["export", "neo4j-import", "import"],
        ["export", "json", "x.json"],
    ]


@pytest.mark.parametrize("how", ["nobody there", "nonsense", "file", "open file"])
def test_the_password_is_nowhere(home, run, tmp_path, monkeypatch, how):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TRIALGRAPH_NEO4J_USER", "neo4j")
    file = tmp_path / "secret"
    if "file" in how:
        file.write_text(CANARY + "\n")
        file.chmod(0o600 if how == "file" else 0o644)
        monkeypatch.setenv("TRIALGRAPH_NEO4J_PASSWORD_FILE", str(file))
    else:
        monkeypatch.setenv("TRIALGRAPH_NEO4J_PASSWORD", CANARY)
    with speaks_nonsense() as nonsense:
        address = nonsense if how == "nonsense" else NOBODY
        monkeypatch.setenv("TRIALGRAPH_NEO4J_URI", address)
        for words in commands(address):
            said = run(home, *words)
            assert CANARY not in said.out + said.err, words
            assert "Traceback" not in said.err, words
            if address in words or "neo4j" in words:  # the command came as far as the password and the server
                refused = how == "open file"
                assert (said.code, "chmod 600" in said.err) == ((2, True) if refused else (4, False)), (words, said.err)
            else:
                assert said.code == 0 or words[0] == "doctor", (words, said.err)
    file.unlink(missing_ok=True)
    assert hits(tmp_path) == []


def test_a_password_in_an_address_is_refused_and_not_repeated(home, run, tmp_path, monkeypatch):
    for address in (f"bolt://neo4j:{CANARY}@127.0.0.1:9", f"neo4j+s://{CANARY}@example.org"):
        monkeypatch.setenv("TRIALGRAPH_NEO4J_URI", address)
        for words in (["load", "--to", address], ["load", "--to", "neo4j"], ["doctor"], ["config"], ["clear"]):
            said = run(home, *words)
            assert CANARY not in said.out + said.err, words
    assert hits(tmp_path) == []


def test_the_password_of_a_killed_command_is_in_no_file(home, tmp_path):
    environment = os.environ | {"TRIALGRAPH_NEO4J_PASSWORD": CANARY, "TRIALGRAPH_NEO4J_URI": NOBODY}
    words = [sys.executable, "-m", "trialgraph", "--home", str(home), "build"]
    process = subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with suppress(subprocess.TimeoutExpired):
        process.wait(4)
    process.kill()
    process.wait()
    assert hits(tmp_path) == []


@pytest.mark.parametrize("spelling", [CANARY, CANARY[::-1]])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le"])
def test_a_password_in_a_file_would_be_found(tmp_path, spelling, encoding):
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "log").write_bytes(b"\x00before" + spelling.encode(encoding) + b"after")
    assert hits(tmp_path) == [str(tmp_path / "deep" / "log")]


def hits(folder: Path) -> list[str]:
    """Return the files under a folder that hold the password in any of its likely spellings."""
    spellings = [text.encode(encoding) for text in (CANARY, CANARY[::-1]) for encoding in ("utf-8", "utf-16-le")]
    return [
        str(path)
        for path in folder.rglob("*")
        if path.is_file() and any(spelling in path.read_bytes() for spelling in spellings)
    ]
