"""Classes that the name of a drug itself tells: general words ("CAR-T", "vaccine"), endings of international names."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import Final

import msgspec

from trialgraph.linking.words.keys import key
from trialgraph.linking.words.tables import rows

PACKAGE: Final = "trialgraph.linking.drugs.classes"
_NO_NAME: Final = re.compile(r"placebo|vehicle|sham\b|standard of care|usual care", re.IGNORECASE)


class Rule(msgspec.Struct, frozen=True, gc=False):
    """A pattern over a name and the classes it tells; `always` where it holds beside other classes of the drug."""

    pattern: re.Pattern[str]
    slugs: tuple[str, ...]
    always: bool


def by_words(name: str) -> Iterator[str]:
    """Yield the classes that general words of a name tell; none for a placebo or a control."""
    if not _NO_NAME.search(name):
        for rule in _words():
            if rule.pattern.search(name):
                yield from rule.slugs


def by_stem(name: str, *, has_class: bool) -> Iterator[str]:
    """Yield the classes that the endings of an international name tell, by its words.

    Stems of a mechanism count only for a drug that nothing else classes (`has_class` false); those of a modality,
    such as -mab, always.
    """
    words = key(name)
    mechanism = False
    for rule in _stems():
        if rule.pattern.search(words) and (rule.always or not (has_class or mechanism)):
            mechanism = mechanism or not rule.always
            yield from rule.slugs


@functools.cache
def _words() -> tuple[Rule, ...]:
    return tuple(
        Rule(re.compile(pattern, re.IGNORECASE), tuple(slugs.split(";")), True)
        for pattern, slugs in (row[:2] for row in rows(PACKAGE, "words.tsv"))
    )


@functools.cache
def _stems() -> tuple[Rule, ...]:
    """Return the rules of the stems, the longest first, so that -grelor is tried before -or."""
    found = []
    for stem, slugs, when in (row[:3] for row in rows(PACKAGE, "stems.tsv")):
        bare = re.escape(stem.strip("-"))
        # a stem alone is no name: at least three letters stand before an ending or after a beginning
        pattern = rf"\b{bare}[a-z]{{3,}}" if stem.endswith("-") else rf"[a-z]{{2,}}{bare}\b"
        if not stem.startswith("-") and not stem.endswith("-"):
            pattern = rf"\b{bare}\b"
        found.append((len(bare), Rule(re.compile(pattern), tuple(slugs.split(";")), when == "always")))
    found.sort(key=lambda pair: -pair[0])
    return tuple(rule for _, rule in found)
