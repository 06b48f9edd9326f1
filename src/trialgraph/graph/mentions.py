"""What trials say of the nodes that they share, mention by mention; and those nodes, gathered from all mentions.

A mention is a row of a trial, as its arms are.  So what is shared can be gathered anew when some trials change, from
the mentions of the others as they were kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from trialgraph.graph.labels import LABELS
from trialgraph.graph.properties import FLOAT, INT, LIST, STRING

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa

_LABEL: Final = {label.name: label for label in LABELS}


class Shared(msgspec.Struct, frozen=True, kw_only=True):
    """How the nodes of one label are gathered: which facts are first come, first kept, and which words are counted."""

    facts: tuple[str, ...]
    words: str | None = None  # the property that lists the words seen, the commonest first
    most_said: str | None = None  # the property whose commonest value is kept


SHARED: Final = {
    "Drug": Shared(facts=("name", "mesh_id", "unii"), words="synonyms"),
    "Device": Shared(facts=("name", "mesh_id"), words="synonyms"),
    "Procedure": Shared(facts=("name", "kind", "mesh_id"), words="synonyms"),
    "Condition": Shared(facts=("name",), words="synonyms"),
    "Organization": Shared(facts=("name", "ror_id", "country"), words="aliases", most_said="class"),
    "Site": Shared(facts=("city", "state", "zip", "country", "lat", "lon"), most_said="facility"),
    "Person": Shared(facts=("name",), most_said="affiliation"),
    "Publication": Shared(facts=("pmid", "citation")),
    "Identifier": Shared(facts=("scheme", "value", "domain")),
}
_OF = (("trial", STRING), ("place", INT))


def name_of(label: str) -> str:
    """Return the name of the table of a label's mentions."""
    return f"mentions of {label}"


def _columns(label: str, shared: Shared) -> tuple[tuple[str, str], ...]:
    kinds = {p.name: p.type for p in _LABEL[label].properties}
    facts = tuple((name, kinds[name]) for name in shared.facts)
    return (*_OF, ("key", STRING), *facts, ("word", STRING), ("said", STRING))


OWNERS: Final = name_of("owners")
AFFILIATIONS: Final = name_of("affiliations")
LISTED: Final = name_of("listed trials")
NUMBERS: Final = name_of("numbers")
TRIALS: Final = name_of("trials")

# Every table of mentions, with its columns.  Its key is the trial and the place of the mention among the trial's.
MENTIONS: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    **{name_of(label): _columns(label, shared) for label, shared in SHARED.items()},
    OWNERS: (*_OF, ("key", STRING), ("owner", STRING), ("method", STRING), ("confidence", FLOAT)),
    AFFILIATIONS: (
        *_OF,
        ("person", STRING),
        ("organization", STRING),
        ("raw_name", STRING),
        ("method", STRING),
        ("confidence", FLOAT),
    ),
    LISTED: (*_OF, ("key", STRING), ("registry", STRING), ("title", STRING), ("status", STRING), ("phases", LIST)),
    NUMBERS: (*_OF, ("told", STRING)),  # entities.studies.StudyNumbers as JSON
    # one row a trial: when it was last updated, who tells of it, values not on the registry's lists, who runs it
    TRIALS: (*_OF, ("updated", STRING), ("sources", LIST), ("unknown_values", LIST), ("sponsor", STRING)),
}


def gathered(label: str, mentions: pa.Table) -> pl.DataFrame:
    """Return the nodes that mentions name, each once: a frame of the label's columns that are known so far.

    Mentions come in the order of their trials.  A fact is what the first mention says that says it; words are listed by
    how often they are used, then by the alphabet.
    """
    import polars as pl

    shared = SHARED[label]
    frame = pl.DataFrame(pl.from_arrow(mentions))
    nodes = frame.select("key").unique(maintain_order=True)
    for name in shared.facts:
        first = frame.select("key", name).drop_nulls().unique("key", keep="first", maintain_order=True)
        nodes = nodes.join(first, on="key", how="left")
    if shared.words:
        listed = _counted(frame, "word").group_by("key").agg(pl.col("word").alias(shared.words))
        nodes = nodes.join(listed, on="key", how="left")
    if shared.most_said:
        commonest = _counted(frame, "said").unique("key", keep="first", maintain_order=True)
        nodes = nodes.join(commonest.select("key", pl.col("said").alias(shared.most_said)), on="key", how="left")
    return nodes.rename({"key": _LABEL[label].key})


def _counted(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    """Return what is said of each key, the commonest first."""
    import polars as pl

    said = frame.select("key", column).filter(pl.col(column).is_not_null() & (pl.col(column) != ""))
    return said.group_by("key", column).len().sort("key", "len", column, descending=[False, True, False])


def firsts(mentions: pa.Table, *keys: str) -> list[dict[str, Any]]:
    """Return the first mention of each key, or of each several keys together."""
    import polars as pl

    frame = pl.DataFrame(pl.from_arrow(mentions))
    return frame.unique(keys, keep="first", maintain_order=True).to_dicts()
