"""Fixtures of the tests that break things: commands as a person types them, and homes that are quick to build."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.fault_server import FaultServer, Studies
from tests.faults.small_home import Said, sample_studies, type_in
from tests.neo4j_server import neo4j, neo4j_server

__all__ = ["neo4j", "neo4j_server"]
FIRST_DAY = ["2026-03-05T09:00:00"]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """Run a command line on a home; returns exit code, stdout and stderr."""

    def typed(home: Path, *words: str) -> Said:
        return type_in(monkeypatch, capsys, home, *words)

    return typed


@pytest.fixture(scope="session")
def first_day(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose registry of two dozen studies was crawled as a whole and built; tests copy it."""
    home = tmp_path_factory.mktemp("first-day") / "home"
    with (
        FaultServer(Studies(sample_studies(), page=10, stamps=FIRST_DAY)) as server,
        pytest.MonkeyPatch.context() as mp,
    ):
        mp.setenv("TRIALGRAPH_CTGOV_URL", server.url)
        for words in (["crawl", "ctgov", "--all"], ["build"]):
            said = type_in(mp, None, home, *words)
            assert said.code == 0, said.err
    return home


@pytest.fixture
def home(first_day: Path, tmp_path: Path) -> Path:
    """A copy of that home for one test."""
    return shutil.copytree(first_day, tmp_path / "home")


@pytest.fixture
def registry_of(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., FaultServer]]:
    """Start a registry of some studies, which the commands then ask."""
    running: list[FaultServer] = []

    def start(studies: list[dict], **how) -> FaultServer:
        server = FaultServer(Studies(studies, **how))
        server.__enter__()
        running.append(server)
        monkeypatch.setenv("TRIALGRAPH_CTGOV_URL", server.url)
        return server

    yield start
    for server in running:
        server.__exit__()
