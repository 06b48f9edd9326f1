"""Closed standard streams, narrow encodings, and text files as Windows writes them: an answer or one sentence."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from trialgraph.cli.shell import statements

TRIALGRAPH = f"'{sys.executable}' -m trialgraph"


def sh(command: str, home: Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run a line of a POSIX shell in which $T is the command on a home."""
    variables = os.environ | {"T": "", "TRIALGRAPH_HOME": str(home)} | environment
    done = subprocess.run(command.replace("$T", TRIALGRAPH), shell=True, capture_output=True, env=variables)
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    return done


@pytest.mark.skipif(os.name != "posix", reason="closes descriptors with a POSIX shell")
@pytest.mark.parametrize(
    ("command", "code", "said"),
    [
        ("$T cypher 'RETURN 7 AS x' --json <&-", 0, b""),
        ("$T cypher 'RETURN 7 AS x' >&-", 2, b"standard output is closed"),
        ("$T cypher 'RETURN 7 AS x' 2>&-", 0, b""),
        ("$T cypher - <&-", 2, b"standard input is closed"),
        ("$T cypher -f - <&-", 2, b"standard input is closed"),
        ("$T related --text - <&-", 2, b"standard input is closed"),
        ("$T shell <&-", 2, b"standard input is closed"),
        ("$T shell >&- </dev/null", 2, b"standard output is closed"),
        ("$T status >&-", 2, b"standard output is closed"),
        ("$T status <&- >&- 2>&-", 2, b""),
    ],
)
def test_a_closed_stream_is_not_needed_or_said(command: str, code: int, said: bytes, sample_home: Path) -> None:
    done = sh(command, sample_home)
    assert (done.returncode, said in done.stderr) == (code, True), done.stderr
    assert (b"7" in done.stdout) == (code == 0)


@pytest.mark.parametrize("encoding", ["cp1252", "gbk"])
@pytest.mark.parametrize("form", ["", "--csv"])
def test_narrow_encodings_print_the_row_and_say_what_was_replaced(encoding: str, form: str, sample_home: Path) -> None:
    done = sh(f"$T cypher \"RETURN 'age \u2a7e 18 \U0001f600' AS x\" {form}", sample_home, PYTHONIOENCODING=encoding)
    assert done.returncode == 0
    assert b"age ? 18 ?" in done.stdout
    assert b"2 characters are shown as ?" in done.stderr


@pytest.mark.parametrize(
    ("body", "rows"),
    [
        (b"\xef\xbb\xbfRETURN 7 AS x;\r\n", [b"7"]),
        ("RETURN 7 AS x;\r\n".encode("utf-16"), [b"7"]),
        (b"RETURN 7 AS x; // a comment; with a semicolon\r\n", [b"7"]),
        (b"RETURN 7 AS x /* ; */; /* another */\n", [b"7"]),
        (b"// first a comment\nRETURN 7 AS x\n", [b"7"]),
    ],
)
def test_a_query_file_may_have_a_mark_and_comments(
    body: bytes, rows: list[bytes], tmp_path: Path, sample_home: Path
) -> None:
    (tmp_path / "q.cypher").write_bytes(body)
    for command in (
        f"$T cypher --csv -f {tmp_path}/q.cypher",
        f"$T cypher --csv - < {tmp_path}/q.cypher",
        f"$T shell < {tmp_path}/q.cypher",
    ):
        done = sh(command, sample_home)
        assert done.returncode == 0, done.stderr
        assert [line for line in done.stdout.split() if line.isdigit()] == rows


def test_a_script_holds_several_queries_on_a_line() -> None:
    script = ["RETURN 1 AS x; RETURN ';' AS y; // end\n", "\n", "RETURN 3\n", "AS z;;\n", ":ask\n", "RETURN 4"]
    found = [part.strip().rstrip(";") for part in statements(script)]
    assert [part for part in found if part] == [
        "RETURN 1 AS x",
        "RETURN ';' AS y",
        "RETURN 3\nAS z",
        ":ask",
        "RETURN 4",
    ]


@pytest.mark.parametrize(
    "command", ["cypher -f FILE", "cypher - < FILE", "related --text FILE", "shell < FILE", "build"]
)
def test_text_in_another_encoding_is_one_sentence_that_names_the_file(command: str, tmp_path: Path) -> None:
    file = tmp_path / "corrections.txt"
    file.write_bytes(b"drug: rapa\ndrug: caf\xe9 = nothing\n")
    (tmp_path / "archive.sqlite").touch()
    done = sh(f"$T {command.replace('FILE', str(file))}", tmp_path)
    assert done.returncode in (1, 2)
    if "-f" in command or "--text" in command:
        assert b"line 2: this is no UTF-8 text" in done.stderr
