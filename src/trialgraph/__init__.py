"""trialgraph: clinical-trial registries as a graph that explains itself.

import trialgraph as tg

tg.crawl("ctgov", query="sirolimus", home="my-home")
tg.build("my-home")
with tg.open("my-home") as graph:
    graph.ask("trials-of-drug", drug="rapamycin").to_polars()
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from trialgraph.api import Graph, build, crawl, import_files, link, load, open, update  # noqa: A004
    from trialgraph.ask.answers import Answer

__all__ = ["Answer", "Graph", "build", "crawl", "import_files", "link", "load", "open", "update"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'trialgraph' has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module("trialgraph.ask.answers" if name == "Answer" else "trialgraph.api"), name)


class _Package(ModuleType):
    """The package, whose `build` stays the function: importing the room trialgraph.build would replace it."""

    @property
    def build(self) -> Any:
        """Return the function that builds a home."""
        return __getattr__("build")

    @build.setter
    def build(self, room: ModuleType) -> None:
        """Ignore the room that the import system wants to put here; it is found in sys.modules all the same."""


sys.modules[__name__].__class__ = _Package
