"""The cache key of builds depends on what a build imports, and on nothing else of the package."""

from __future__ import annotations

import shutil
from pathlib import Path

import trialgraph
from trialgraph.build import sources

PACKAGE = Path(trialgraph.__file__).resolve().parent


def names() -> set[str]:
    return {file.relative_to(PACKAGE).as_posix() for file in sources.of_build()}


def test_what_can_change_a_snapshot_is_hashed() -> None:
    assert {
        "build/stages.py",
        "linking/drugs/linker.py",
        "linking/drugs/data/drugs.tsv.xz",
        "linking/data/mesh.tsv.xz",
        "registries/ctgov/read.py",
        "similarity/kernel.py",
        "schema/labels.py",
        "snapshot/snapshot.py",
        "archive/store.py",
        "text.py",
    } <= names()


def test_faces_questions_stores_and_measures_are_not_hashed() -> None:
    rooms = ("ask/", "cli/", "__init__.py", "api.py", "evaluate/", "stores/", "curation/", "pipeline/")
    assert [name for name in sorted(names()) if name.startswith(rooms)] == []


def test_a_new_module_is_hashed_when_a_build_imports_it_and_its_package_too(tmp_path: Path) -> None:
    copy = shutil.copytree(PACKAGE, tmp_path / "trialgraph", ignore=shutil.ignore_patterns("__pycache__"))
    before = sources.of_build(copy)
    assert {file.relative_to(copy).as_posix() for file in before} == names()
    (copy / "linking" / "kinds").mkdir()
    (copy / "linking" / "kinds" / "__init__.py").write_text("")
    (copy / "linking" / "kinds" / "linker.py").write_text("")
    (copy / "linking" / "kinds" / "data" / "lists").mkdir(parents=True)
    (copy / "linking" / "kinds" / "data" / "lists" / "kinds.tsv").write_text("")
    (copy / "linking" / "unused.py").write_text("from trialgraph.linking.kinds import linker")
    assert sources.of_build(copy) == before
    linkers = copy / "linking" / "linkers.py"
    source = linkers.read_text("utf-8")
    linkers.write_text(source + "\nif TYPE_CHECKING:\n    from trialgraph.linking.kinds import linker\n", "utf-8")
    assert sources.of_build(copy) == before
    linkers.write_text(source + "\ndef late():\n    from trialgraph.linking.kinds import linker\n", "utf-8")
    new = {file.relative_to(copy).as_posix() for file in sources.of_build(copy)} - names()
    kinds = "linking/kinds"
    assert new == {f"{kinds}/__init__.py", f"{kinds}/linker.py", f"{kinds}/data/lists/kinds.tsv"}
