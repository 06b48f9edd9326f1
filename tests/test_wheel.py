"""The wheel alone is enough: installed into an empty environment, away from the checkout, it runs the demo."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
UV = Path(sys.executable).with_name("uv")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=PROJECT, check=True, capture_output=True)
    (found,) = folder.glob("*.whl")
    return found


def test_the_wheel_holds_queries_vocabularies_and_the_sample(wheel: Path):
    names = zipfile.ZipFile(wheel).namelist()
    for part in ("trialgraph/_data/queries/", "trialgraph/linking/drugs/data/", "trialgraph/_data/sample/studies"):
        assert any(name.startswith(part) for name in names), part
    assert "trialgraph/py.typed" in names, "without this file a type checker ignores the types of the package"
    assert not any("/tests/" in name or name.startswith("tests") for name in names)


@pytest.mark.slow
def test_the_installed_wheel_runs_the_demo_away_from_the_checkout(wheel: Path, tmp_path: Path):
    if not UV.exists():
        pytest.skip("uv is not in this environment; `make test` installs it")
    subprocess.run([UV, "venv", "-q", "--python", sys.executable, tmp_path / "env"], check=True)
    python = tmp_path / "env" / "bin" / "python"
    install = subprocess.run([UV, "pip", "install", "-q", "--python", python, wheel], capture_output=True, text=True)
    assert install.returncode == 0, install.stderr
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTHON", "TRIALGRAPH_", "VIRTUAL_ENV"))
    }
    (tmp_path / "elsewhere").mkdir()
    run = subprocess.run(
        [tmp_path / "env" / "bin" / "trialgraph", "--home", tmp_path / "home", "demo"],
        cwd=tmp_path / "elsewhere", env=clean, capture_output=True, text=True,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    assert "NCT04324411" in run.stdout
    assert list(tmp_path.rglob("*.html")), "the demo leaves a page to open"
    assert list((tmp_path / "elsewhere").glob("*.log*")) == [], "nothing is littered into the working folder"
