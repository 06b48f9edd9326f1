"""The house itself: rooms, sizes, what an import costs, what the project may say of itself."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
SOURCES = sorted((PROJECT / "src").rglob("*.py"))
HEAVY = {
    "arcadedb", "bs4", "httpx", "lxml", "matplotlib", "neo4j", "networkx", "numba", "numpy", "pandas",
    "polars", "prompt_toolkit", "pyarrow", "pygments", "rich", "scipy", "sklearn", "sqlite3",
}  # fmt: skip
# One way in for each outside thing.
ONLY_IMPORTERS = {
    "httpx": {"registries/http.py"},
    "arcadedb": {"stores/embedded/store.py"},
    "neo4j": {"stores/neo4j/store.py"},
    "sklearn": {"similarity"},
    "sqlite3": {"archive"},
}


def tracked() -> list[Path]:
    """Return the files of the project that are text, as git knows them, or every file of an unpacked archive."""
    try:
        names = subprocess.run(
            ["git", "ls-files"], cwd=PROJECT, capture_output=True, text=True, check=True
        ).stdout.splitlines()
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout")
    return [PROJECT / name for name in names if (PROJECT / name).is_file()]


def imports_of(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found


def test_help_imports_nothing_heavy():
    code = (
        "import sys; from trialgraph.cli.main import cli; cli(['--help'], standalone_mode=False);"
        "print(sorted(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(ast.literal_eval(done.stderr)) & HEAVY == set()
    assert "Example: trialgraph demo" in done.stdout


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PROJECT / "src")))
def test_a_module_says_what_it_is_and_stays_readable(path: Path):
    text = path.read_text("utf-8")
    assert ast.get_docstring(ast.parse(text)), "a module opens with one sentence saying what it is"
    assert text.count("\n") <= 400, "no module is longer than 400 lines"


@pytest.mark.parametrize("engine", sorted(ONLY_IMPORTERS))
def test_each_outside_thing_has_one_way_in(engine: str):
    rooms = ONLY_IMPORTERS[engine]
    importers = {
        str(path.relative_to(PROJECT / "src" / "trialgraph")) for path in SOURCES if engine in imports_of(path)
    }
    strangers = {name for name in importers if name not in rooms and name.split("/")[0] not in rooms}
    assert importers, f"nobody imports {engine}: the list above is out of date"
    assert strangers == set()


def test_the_project_names_no_machine_and_no_package_host():
    forbidden = re.compile(
        r"(?<![\w.])/(?:work|root|home/\w+)/|/tmp/w\b|pypi\.org|pythonhosted|registry\.npmjs|repo1?\.maven|crates\.io|deb\.debian",
        re.I,
    )
    guilty = []
    for path in tracked():
        if path == Path(__file__).resolve() or path.suffix in {".gz", ".zst", ".bin", ".png", ".parquet", ".xz"}:
            continue
        for number, line in enumerate(path.read_text("utf-8", errors="replace").splitlines(), 1):
            if forbidden.search(line):
                guilty.append(f"{path.relative_to(PROJECT)}:{number}: {line.strip()[:100]}")
    assert guilty == []


def test_every_command_in_the_list_exists_and_ends_its_help_with_an_example():
    import click

    from trialgraph.cli.main import COMMANDS, SUMMARIES, cli

    assert list(COMMANDS) == list(SUMMARIES)
    for name in COMMANDS:
        command = cli.get_command(click.Context(cli), name)
        assert command is not None, name
        assert "Example: trialgraph" in (command.epilog or ""), f"{name} has no example"
