"""What makes two trials alike, in words: made here for every answer, page and store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

WORDS_SHOWN: Final = 4  # the words that add most; `trialgraph why A B` has all of them


def because(pair: Mapping[str, Any] | None) -> list[str]:
    """Return what two trials have in common, from the properties of their SIMILAR_TO relationship.

    Classes are said where no drug is shared, the setting where nothing else is.  Without a pair there is nothing.

    >>> because({"shared_drugs": ["sirolimus"], "shared_classes": ["mTOR inhibitors"], "shared_terms": ["graft"]})
    ['drugs: sirolimus', 'words: graft']
    """
    if pair is None:
        return []
    drugs, conditions, procedures, classes = (
        _names(pair, kind) for kind in ("drugs", "conditions", "procedures", "classes")
    )
    has_concepts = bool(drugs or conditions or procedures or classes)
    parts = {
        "drugs": drugs,
        "conditions": conditions,
        "procedures": procedures,
        "classes": () if drugs else classes,
        "setting": () if has_concepts else _names(pair, "settings"),
        "words": _names(pair, "terms")[:WORDS_SHOWN],
    }
    return [f"{kind}: {' + '.join(names)}" for kind, names in parts.items() if names]


def _names(pair: Mapping[str, Any], kind: str) -> Sequence[str]:
    return pair.get(f"shared_{kind}") or ()
