"""A node of a kind that needs nothing beside a mention by a trial and one relationship from it."""

from __future__ import annotations

from typing import Any

import msgspec


class Entity(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A node that a trial mentions, of a kind that needs nothing beside the mention and one relationship to it.

    `label` and `relationship` stand in the schema; `facts` and `properties` are those of the node and the relationship.
    """

    label: str
    key: str
    relationship: str
    facts: dict[str, Any] = {}
    properties: dict[str, Any] = {}
    word: str | None = None  # the words of the record
