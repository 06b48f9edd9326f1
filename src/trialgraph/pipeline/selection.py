"""Which records a crawl is to fetch: from the command's options to a checked Selection, and back to a command."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any, Final

from trialgraph.config import Settings
from trialgraph.errors import UsageError
from trialgraph.registries.catalogue import known
from trialgraph.registries.describe import how_it_comes
from trialgraph.registries.registry import Registry, Selection

# options of `trialgraph crawl` -> fields of a Selection
FIELD_OF: Final = {
    "--query": "query",
    "--condition": "condition",
    "--intervention": "intervention",
    "--sponsor": "sponsor",
    "--since": "since",
    "--id": "ids",
    "--all": "all",
    "--limit": "limit",
    "--related": "related",
}
REGISTRY_COLUMNS: Final = ("name", "title", "ids", "how", "select", "url", "licence")


def select(registry: Registry, fields: Mapping[str, Any]) -> Selection:
    """Return the selection with these fields, its ids as the registry writes them.

    Raises UsageError for one that is empty, contradicts itself, or that the registry does not take.
    """
    ids = tuple(dict.fromkeys(registry.normal_id(typed) or typed.strip() for typed in fields.get("ids", ())))
    selection = Selection(**{**fields, "ids": ids})
    _check(registry, selection)
    return selection


def _check(registry: Registry, selection: Selection) -> None:
    default = Selection()
    used = [flag for flag, field in FIELD_OF.items() if getattr(selection, field) != getattr(default, field)]
    if registry.pages is None:
        raise UsageError(f"{registry.name} cannot be crawled; download its records and use `trialgraph import FILE`")
    offered = _flags(registry)
    if selection.is_empty:
        raise UsageError(f"nothing is selected; {registry.name} takes {', '.join(offered)}")
    foreign = [flag for flag in used if flag not in offered]
    if foreign:
        raise UsageError(f"{registry.name} does not take {', '.join(foreign)}; it takes {', '.join(offered)}")
    narrowed = [flag for flag in used if flag not in ("--all", "--since", "--limit")]
    if selection.all and narrowed:
        raise UsageError(f"--all means everything; leave it or {', '.join(narrowed)} out")
    beside = [flag for flag in used if flag not in ("--id", "--related")]
    if selection.ids and beside:
        raise UsageError(f"--id names the records themselves; leave it or {', '.join(beside)} out")


def resume_command(
    settings: Settings, registry: str, selection: Selection, *, base_url: str | None, pace: float | None
) -> str:
    """Return the command that goes on with a crawl, for a person to paste."""
    home = ["--home", str(settings.home)] if settings.sources.get("home") == "--home" else []
    words = ["trialgraph", *home, "crawl", registry]
    for flag, field in FIELD_OF.items():
        value = getattr(selection, field)
        if field == "ids":
            words += [word for record_id in value for word in ("--id", record_id)]
        elif value is True:
            words.append(flag)
        elif value:
            words += [flag, str(value)]
    words += ["--base-url", base_url] if base_url else []
    words += ["--pace", f"{pace:g}"] if pace is not None else []
    return shlex.join(words)


def registry_rows() -> list[dict[str, str]]:
    """Return the registries that can be read: their ids, how their records come in, how they can be selected."""
    return [
        {
            "name": registry.name,
            "title": registry.title,
            "ids": registry.id_pattern,
            "how": how_it_comes(registry),
            "select": " ".join(_flags(registry)),
            "url": registry.url,
            "licence": registry.licence,
        }
        for registry in known().values()
    ]


def _flags(registry: Registry) -> list[str]:
    return [flag for flag, field in FIELD_OF.items() if field in registry.selects]
