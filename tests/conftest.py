"""Fixtures that every room's tests may use."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent


def shared_folder() -> Path | None:
    """Return the folder of real records beside the project (or TRIALGRAPH_TEST_SHARED), or None where there is none."""
    path = Path(os.environ.get("TRIALGRAPH_TEST_SHARED") or PROJECT.parent / "shared")
    return path if (path / "registry" / "serve.py").is_file() else None


@pytest.fixture(scope="session")
def shared() -> Path:
    """Real records; a test that asks for them is skipped where they are absent."""
    path = shared_folder()
    if path is None:
        pytest.skip("the real records are not beside the project")
    return path


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads the settings of the person who runs it."""
    for name in list(os.environ):
        if name.startswith("TRIALGRAPH_") and not name.startswith("TRIALGRAPH_TEST_"):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def sample_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the sample in it: archive, snapshot and embedded graph, made by the commands a person types.

    One for the whole run: tests read it; a test that writes copies it first.
    """
    home = tmp_path_factory.mktemp("sample") / "home"
    for command in (["import", str(PROJECT / "data" / "sample")], ["build"]):
        done = subprocess.run(
            [sys.executable, "-m", "trialgraph", "--home", str(home), *command], capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
    return home
