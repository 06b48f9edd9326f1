"""Makes our compact file of research organisations from a download of the Research Organization Registry (CC0)."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from trialgraph.limits import SHORTEST_ALIAS
from trialgraph.linking.organizations.names import parse

KINDS = frozenset(("education", "healthcare", "government", "facility", "nonprofit", "other"))


class _Ror(msgspec.Struct):
    ror_id: str
    name: str
    country: str
    status: str
    labels: list[str] = []
    aliases: list[str] = []
    types: list[str] = []


def ror_text(lines: Iterable[str], release: str) -> str:
    """Return our file of organisations: ROR id, country, name, and the words of its names in compared form.

    Companies stay out: the registry lists their national branches one by one, so a name alone does not say which.
    """
    decoder = msgspec.json.Decoder(_Ror)
    rows = []
    for line in lines:
        record = decoder.decode(line)
        kinds = {kind.lower() for kind in record.types}
        if record.status != "active" or "company" in kinds or kinds.isdisjoint(KINDS):
            continue
        keys = _keys(record)
        if keys:
            rows.append("\t".join((record.ror_id.rpartition("/")[2], record.country, record.name, "|".join(keys))))
    return "\n".join([f"# {release}", *sorted(rows)]) + "\n"


def _keys(record: _Ror) -> list[str]:
    """Return the different words that an organisation's names come to, its own name's first."""
    keys: dict[str, None] = {}
    for name in (record.name, *record.labels, *record.aliases):
        taken = parse(name)
        for words in (taken.tokens, taken.full):
            if len(words) > 1 or (words and len(words[0]) >= SHORTEST_ALIAS):
                keys.setdefault(" ".join(words))
    return list(keys)
