"""The cache key of builds depends on what a build imports, and on nothing else of the package."""

from __future__ import annotations

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
    rooms = ("ask/", "cli/", "api.py", "evaluate/", "stores/", "curation/", "pipeline/")
    assert [name for name in sorted(names()) if name.startswith(rooms)] == []
