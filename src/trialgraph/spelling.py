"""Names that are spelled alike: what a person may have meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from trialgraph import text
from trialgraph.limits import SUGGESTIONS


def nearest_names(given: str, names: Iterable[str], n: int = SUGGESTIONS) -> list[str]:
    """Return up to n names most like the given one: those that begin with it, hold it, then those spelled alike."""
    wanted = text.fold(given)
    folded: dict[str, str] = {}
    for name in names:
        folded.setdefault(text.fold(name), name)
    begins = sorted(key for key in folded if key.startswith(wanted)) if wanted else []
    holds = sorted((key for key in folded if len(wanted) > 3 and f" {wanted}" in f" {key}"), key=len)
    alike = difflib.get_close_matches(wanted, [k for k in folded if abs(len(k) - len(wanted)) <= 6], n=n, cutoff=0.72)
    return [folded[key] for key in dict.fromkeys([*begins[:n], *holds[:n], *alike])][:n]
