"""The tables of mentions: what each trial says of a node that several trials share.

A mention is a row of a trial, as its arms are: the node's key, facts about it, the word used for it.  The nodes are
made of all mentions (`build.gather`); when some trials change, the mentions of the others come from the cache.
"""

from __future__ import annotations

from typing import Final

from trialgraph.schema.labels import LABELS
from trialgraph.schema.properties import FLOAT, INT, LIST, STRING, Label

_OF: Final = (("trial", STRING), ("place", INT))


def name_of(label: str) -> str:
    """Return the name of the table of a label's mentions."""
    return f"mentions of {label}"


def _columns(label: Label) -> tuple[tuple[str, str], ...]:
    assert label.gathering is not None
    types = {p.name: p.type for p in label.properties}
    facts = tuple((name, types[name]) for name in label.gathering.facts)
    return (*_OF, ("key", STRING), *facts, ("word", STRING), ("stated", STRING))


OWNERS: Final = name_of("owners")
AFFILIATIONS: Final = name_of("affiliations")
LISTED: Final = name_of("listed trials")
NUMBERS: Final = name_of("numbers")
TRIALS: Final = name_of("trials")

# Every table of mentions, with its columns.  Its key is the trial and the place of the mention among the trial's.
MENTIONS: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    **{name_of(label.name): _columns(label) for label in LABELS if label.gathering},
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
    NUMBERS: (*_OF, ("numbers", STRING)),  # linking.studies.StudyNumbers as JSON
    # one row a trial: its last update, its records' sources, values outside the registry's lists, its lead sponsor
    TRIALS: (*_OF, ("updated", STRING), ("sources", LIST), ("unknown_values", LIST), ("sponsor", STRING)),
}
