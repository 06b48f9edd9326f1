"""The nodes that several trials share, gathered from the mentions of all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from trialgraph import schema

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa


def gathered(label: str, mentions: pa.Table) -> pl.DataFrame:
    """Return the nodes that mentions name, each once: a frame of the label's columns that are known so far.

    Mentions come in the order of their trials.  A fact is the first that is not null; words are listed by frequency,
    then alphabetically.
    """
    import polars as pl

    gathering = schema.LABEL[label].gathering
    assert gathering is not None
    frame = pl.DataFrame(pl.from_arrow(mentions))
    nodes = frame.select("key").unique(maintain_order=True)
    for name in gathering.facts:
        first = frame.select("key", name).drop_nulls().unique("key", keep="first", maintain_order=True)
        nodes = nodes.join(first, on="key", how="left")
    if gathering.words:
        listed = _counted(frame, "word").group_by("key").agg(pl.col("word").alias(gathering.words))
        nodes = nodes.join(listed, on="key", how="left")
    if gathering.most_frequent:
        most_frequent = _counted(frame, "stated").unique("key", keep="first", maintain_order=True)
        nodes = nodes.join(
            most_frequent.select("key", pl.col("stated").alias(gathering.most_frequent)), on="key", how="left"
        )
    return nodes.rename({"key": schema.LABEL[label].key})


def _counted(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    """Return the values of a column for each key, the most frequent first."""
    import polars as pl

    said = frame.select("key", column).filter(pl.col(column).is_not_null() & (pl.col(column) != ""))
    return said.group_by("key", column).len().sort("key", "len", column, descending=[False, True, False])


def firsts(mentions: pa.Table, *keys: str) -> list[dict[str, Any]]:
    """Return the first mention of each key, or of each several keys together."""
    import polars as pl

    frame = pl.DataFrame(pl.from_arrow(mentions))
    return frame.unique(keys, keep="first", maintain_order=True).to_dicts()


class NodeFacts:
    """The nodes of one label by key; the facts that came first are kept."""

    def __init__(self, key: str, rows: Iterable[dict[str, Any]]) -> None:
        self._key = key
        self._facts = {row[key]: row for row in rows}

    def __contains__(self, key: str) -> bool:
        return key in self._facts

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._facts))

    def add(self, key: str, facts: Mapping[str, Any]) -> None:
        """Fill with these facts what is still unknown of a node, which may be new."""
        facts_of_key = self._facts.setdefault(key, {self._key: key})
        for name, fact in facts.items():
            if fact is not None and facts_of_key.get(name) is None:
                facts_of_key[name] = fact

    def fact(self, key: str, name: str) -> Any:
        """Return what is known of a node, or None."""
        return self._facts.get(key, {}).get(name)

    def rows(self) -> Iterator[Mapping[str, Any]]:
        """Yield the nodes by key."""
        for key in sorted(self._facts):
            yield self._facts[key]
