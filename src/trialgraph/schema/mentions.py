"""What trials say of the nodes that they share: the tables of mentions, and how each label is gathered from them.

A mention is a row of a trial, as its arms are.  So what is shared can be gathered anew when some trials change, from
the mentions of the others as they were kept.
"""

from __future__ import annotations

from typing import Final

import msgspec

from trialgraph.schema.labels import LABELS
from trialgraph.schema.properties import FLOAT, INT, LIST, STRING

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
    NUMBERS: (*_OF, ("told", STRING)),  # linking.studies.StudyNumbers as JSON
    # one row a trial: when it was last updated, who tells of it, values not on the registry's lists, who runs it
    TRIALS: (*_OF, ("updated", STRING), ("sources", LIST), ("unknown_values", LIST), ("sponsor", STRING)),
}
