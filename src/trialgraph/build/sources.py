"""Which of the package's files can change a snapshot: what a build imports, and the data files beside it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

PACKAGE: Final = "trialgraph"
ROOT: Final = "trialgraph.build.stages"  # a build is this module and all that it imports
FOLDER: Final = Path(__file__).resolve().parents[1]
DATA: Final = "data"  # the folders of data files


def of_build(folder: Path = FOLDER) -> list[Path]:
    """Return the modules that a build imports, directly or not, and the data files of their packages, by path."""
    modules = _closure(folder)
    packages = {module.parent for module in modules}
    data = [file for package in packages for file in (package / DATA).rglob("*") if file.is_file()]
    return sorted([*modules, *data])


def _closure(folder: Path) -> set[Path]:
    """Return the files of the modules reached from the root by imports, breadth first."""
    waiting, reached = [ROOT], set[Path]()
    while waiting:
        module = waiting.pop()
        file = _file_of(folder, module)
        if file is not None and file not in reached:
            reached.add(file)
            waiting.extend(_imports(file))
            waiting.append(module.rpartition(".")[0])  # a package is run before its modules
    return reached


def _file_of(folder: Path, module: str) -> Path | None:
    """Return a module's file; None for a name in a module, and for the package itself, which only names the API."""
    if module in ("", PACKAGE):
        return None
    path = folder.joinpath(*module.split(".")[1:])
    return next((file for file in (path.with_suffix(".py"), path / "__init__.py") if file.is_file()), None)


def _imports(file: Path) -> Iterator[str]:
    """Yield the names of our modules that a file imports, inside functions too but not for type checking alone."""
    tree = ast.parse(file.read_bytes())
    typing_only = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) in typing_only:
            continue
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == PACKAGE:
            yield str(node.module)
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.split(".")[0] == PACKAGE)
