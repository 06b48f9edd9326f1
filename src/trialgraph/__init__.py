"""trialgraph: clinical-trial registries as a graph that explains itself.

import trialgraph as tg

with tg.open() as graph:
    graph.ask("trials-of-drug", drug="rapamycin").to_polars()
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from trialgraph.api import Graph, open  # noqa: A004
    from trialgraph.ask.answers import Answer

__all__ = ["Answer", "Graph", "open"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'trialgraph' has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module("trialgraph.ask.answers" if name == "Answer" else "trialgraph.api"), name)
