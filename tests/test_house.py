"""The house itself: rooms, sizes, what an import costs, what the project may say of itself."""

from __future__ import annotations

import ast
import re
import statistics
import subprocess
import sys
import tomllib
from graphlib import CycleError, TopologicalSorter
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
    "httpx": {"registries/http.py", "registries/outside.py"},
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


def files_imported(tree: ast.Module, files: dict[str, Path]) -> set[str]:
    """Return the modules of `files` that a module imports, inside functions too; under TYPE_CHECKING does not count."""
    for_types = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
        for body in node.body
        for inner in ast.walk(body)
    }
    found: set[str] = set()
    for node in ast.walk(tree):
        if id(node) in for_types:
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= names if names <= files.keys() else names | {node.module}
    return found & files.keys()


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(PROJECT / "src").with_suffix("").parts).removesuffix(".__init__")


def imports_between(files: dict[str, Path]) -> dict[str, set[str]]:
    return {name: files_imported(ast.parse(path.read_text("utf-8")), files) - {name} for name, path in files.items()}


def test_no_files_import_each_other_in_a_circle():
    files = {module_name(path): path for path in SOURCES}
    graph = imports_between(files)
    assert sum(map(len, graph.values())) > len(files), "the imports were not found"
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as problem:
        pytest.fail(f"a circle: {problem.args[1]}")


def test_a_circle_of_files_would_be_found(tmp_path: Path):
    a, b = tmp_path / "a.py", tmp_path / "b.py"
    a.write_text("def run():\n    from house import b\n")
    b.write_text("import house.a\n")
    files = {"house.a": a, "house.b": b}
    with pytest.raises(CycleError):
        TopologicalSorter(imports_between(files)).prepare()


def test_a_folder_holds_few_files_and_most_modules_are_short():
    folders: dict[Path, int] = {}
    for path in SOURCES:
        folders[path.parent] = folders.get(path.parent, 0) + 1
    assert {str(folder): files for folder, files in folders.items() if files > 18} == {}
    assert statistics.median(len(path.read_text("utf-8").splitlines()) for path in SOURCES) <= 130


# What a module imports stands in pyproject.toml, under the name of its package there.
PACKAGES = {"bs4": "beautifulsoup4", "sklearn": "scikit-learn"}
BROUGHT_BY_THE_PERSON = {"pandas"}  # an answer becomes a pandas frame only where somebody has pandas and asks for one


def test_every_package_that_a_module_imports_is_declared():
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = [
        *project["dependencies"],
        *(name for extra in project["optional-dependencies"].values() for name in extra),
    ]
    declared = {re.split(r"[^\w-]", name)[0].casefold().replace("-", "_") for name in wanted}
    imported = set().union(*map(imports_of, SOURCES)) - sys.stdlib_module_names - {"trialgraph"} - BROUGHT_BY_THE_PERSON
    assert {"numpy", "scipy"} <= imported
    assert {name for name in imported if PACKAGES.get(name, name).replace("-", "_") not in declared} == set()


def test_the_package_says_that_it_is_typed():
    assert (PROJECT / "src" / "trialgraph" / "py.typed").is_file()


# Words that name no thing.  The files still to be rewritten; the list only shrinks.
NO_NAMES = {"told", "held", "made", "seen", "asked", "odd"}
STILL_RIDDLES = {
    "archive.crawl",
    "archive.differences",
    "archive.file",
    "archive.fingerprints",
    "archive.history",
    "archive.repair",
    "archive.store",
    "archive.trials",
    "ask.complete",
    "ask.cypher.run",
    "ask.landscape.charts",
    "ask.landscape.landscape",
    "ask.landscape.layout",
    "ask.names.classes",
    "ask.names.resolve",
    "ask.questions.compare",
    "ask.questions.named",
    "ask.questions.related",
    "ask.questions.trial",
    "ask.questions.why",
    "ask.search.texts",
    "curation.update",
    "evaluate.links",
    "evaluate.ranking",
    "evaluate.similarity",
    "linking.drugs.doses",
    "linking.drugs.linker",
    "linking.term_lists",
    "linking.words.medical",
    "registries.ctgov.arms",
    "registries.ctgov.parts",
    "registries.ctgov.read",
    "registries.ctgov.registry",
    "registries.ctis",
    "registries.euctr.registry",
    "registries.http",
    "registries.ictrp",
    "registries.imports.pieces",
    "registries.isrctn",
    "registries.meddatax.read",
    "registries.meddatax.registry",
    "registries.reading.normalise",
    "registries.reading.values",
    "registries.registry",
    "stores.columns.drug",
    "stores.columns.joins",
    "stores.columns.trial",
}


def names_bound(path: Path) -> set[str]:
    """Return every name that a module gives to a variable, parameter, attribute, function or class, or imports as."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()) | ast.arg(arg=name):
                names.add(name)
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.alias(asname=str(name)):
                names.add(name)
    return {name.strip("_").casefold() for name in names}


def test_a_thing_is_named_by_a_noun():
    riddles = {module_name(path).removeprefix("trialgraph.") for path in SOURCES if names_bound(path) & NO_NAMES}
    assert riddles - STILL_RIDDLES == set(), f"named one of {sorted(NO_NAMES)}: take the noun of the field"


def table_after(page: str, heading: str) -> str:
    text = (PROJECT / page).read_text("utf-8").split(heading, 1)[1]
    return text.split("\n## ", 1)[0]


@pytest.mark.parametrize(
    ("page", "heading"),
    [
        ("README.md", "## Where things live"),
        ("CONTRIBUTING.md", "## Where does it go?"),
        ("CONTRIBUTING.md", "## What runs on GitHub"),
        ("SECURITY.md", "## What is defended"),
        ("docs/house.md", "# The house"),
        ("docs/house.md", "## A record's bytes"),
        ("docs/house.md", "## A Trial becomes its rows"),
        ("docs/house.md", "## A Trial becomes its SIMILAR_TO"),
        ("docs/house.md", "## A person's words"),
    ],
)
def test_a_page_names_only_paths_that_exist(page: str, heading: str):
    paths = re.findall(r"`([\w.-]+(?:/[\w.-]+)+/?|[\w-]+/|[\w-]+\.py)`", table_after(page, heading))
    rooms = PROJECT / "src" / "trialgraph"
    places = [PROJECT, rooms, rooms / "ask", rooms / "linking", rooms / "stores", rooms / "registries"]
    assert paths, "no path was found on the page"
    assert [path for path in paths if not any((place / path).exists() for place in places)] == []
