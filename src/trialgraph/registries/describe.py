"""The registries as a page of the documentation."""

from __future__ import annotations

from trialgraph.registries.catalogue import known
from trialgraph.registries.registry import Registry

_COLUMNS = ("name", "how", "title", "fetched from", "ids", "rank", "licence of the data", "named as the source")


def markdown_table() -> str:
    """Return a Markdown table of all registries, one a line."""
    lines = [f"| {' | '.join(_COLUMNS)} |", f"| {' | '.join('---' for _ in _COLUMNS)} |"]
    lines += [f"| {' | '.join(_row(registry))} |" for registry in known().values()]
    return "\n".join(lines) + "\n"


def how_it_comes(registry: Registry) -> str:
    """Return how a registry's records come in: "crawl, import", "crawl" or "import"."""
    ways = (("crawl", registry.pages), ("import", registry.record_of))
    return ", ".join(way for way, how in ways if how is not None)


def _row(registry: Registry) -> tuple[str, ...]:
    ids = registry.id_pattern.replace("|", "\\|")
    return (
        registry.name,
        how_it_comes(registry),
        registry.title,
        registry.url if registry.pages is not None else "-",
        f"`{ids}`",
        str(registry.rank),
        registry.licence,
        registry.attribution,
    )
