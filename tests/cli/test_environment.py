"""Whatever the environment says, a command answers or ends with one sentence and a documented exit code."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from trialgraph.cli.main import OF_THE_DISK, cli
from trialgraph.errors import TrialgraphError

VALUES = [
    ("ALL_PROXY", "socks5://127.0.0.1:1"), ("HTTPS_PROXY", ":::"), ("NO_PROXY", "[::1],fd07::/64"),
    ("SSL_CERT_FILE", "/nonexistent.pem"), ("SSL_CERT_DIR", "/nonexistent"), ("TRIALGRAPH_CTGOV_URL", "https://h:99999"),
    ("TRIALGRAPH_CTGOV_URL", "javascript:"), ("TRIALGRAPH_CONTACT", "caf\u00e9\n"), ("TRIALGRAPH_NEO4J_URI", "bolt://h:99999"),
    ("TRIALGRAPH_NEO4J_URI", "http://["), ("TRIALGRAPH_NEO4J_PASSWORD_FILE", "/nonexistent"), ("COLUMNS", "x"),
    ("TRIALGRAPH_HOME", "/dev/null/home"), ("LC_ALL", "C"),
]  # fmt: skip
COMMANDS = [
    ["status"], ["config"], ["registries"], ["ask"], ["cypher", "RETURN 1"], ["crawl", "ctgov", "--id", "NCT00000000"],
    ["build"], ["load", "--to", "neo4j"], ["doctor"], ["vocabularies"],
]  # fmt: skip
SILENT = "http://127.0.0.1:9"  # nobody listens there, and no test leaves the machine


@pytest.mark.parametrize(("name", "value"), VALUES)
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_no_command_ends_in_a_traceback(
    name: str, value: str, command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trialgraph.limits.TRIES", 1)
    reachable = name.endswith(("PROXY", "FILE", "DIR")) and command[0] == "crawl"
    environment = {"TRIALGRAPH_HOME": str(tmp_path)}
    if not reachable:
        environment["TRIALGRAPH_CTGOV_URL"] = SILENT
    if command[0] == "crawl" and name in ("NO_PROXY", "COLUMNS", "LC_ALL"):
        pytest.skip("would ask five times, with waits")
    done = CliRunner().invoke(cli, command, env=environment | {name: value})
    if isinstance(done.exception, OSError):  # `main` says these in a sentence
        assert done.exception.errno in OF_THE_DISK
        return
    assert done.exception is None or isinstance(done.exception, TrialgraphError | SystemExit), repr(done.exception)
    if isinstance(done.exception, TrialgraphError):
        assert done.exception.exit_code in (1, 2, 3, 4)
        assert len(str(done.exception).splitlines()) <= 3
