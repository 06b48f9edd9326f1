"""Measures the links of a home's trials against a labelled file."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from trialgraph.archive import trials
from trialgraph.archive.store import Archive
from trialgraph.config import Settings
from trialgraph.errors import UsageError
from trialgraph.evaluate import links
from trialgraph.linking import corrections
from trialgraph.linking.conditions.linker import ConditionLinker
from trialgraph.linking.drugs import vocabulary
from trialgraph.linking.drugs.linker import DrugLinker
from trialgraph.linking.organizations.linker import OrganizationLinker

if TYPE_CHECKING:
    from trialgraph.evaluate.link_scores import Report, Row
    from trialgraph.model import Trial


class LinkRun(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of one labelled file, and the rows that were missed or linked wrongly."""

    kind: str
    labelled: int
    figures: Report
    misses: list[Row]

    def report(self) -> dict[str, Any]:
        """Return the kind of names and the figures."""
        return {"kind": self.kind, **self.figures}

    def sentence(self) -> str:
        """Return how many rows have a miss."""
        return f"{len(self.misses)} of {self.labelled} rows with a miss."

    def miss_sentences(self) -> Iterator[str]:
        """Yield a line for each row with a miss: where, the text, what was missed and what is wrong."""
        for miss in self.misses:
            parts = [f"{name}: {miss[name]}" for name in ("missed", "wrong") if miss[name]]
            yield f"{miss['where']}  {miss['text']!r}  {'; '.join(parts)}"


def run(settings: Settings, gold: Path, *, predictions: Path | None, say: Callable[[str], None]) -> LinkRun:
    """Compare links with a labelled file of drugs, conditions or organisations, over the home's trials.

    The links are written to `predictions`, if given.  Raises UsageError for a file that cannot be read, and where
    none of its trials is in the home.
    """
    kind, labels = links.read_labels(gold)
    rows = _predict(settings, kind, labels, say)
    figures, misses = links.measure(kind, labels, rows)
    if predictions is not None:
        links.write(rows, predictions)
    if kind != "organizations" and not rows:
        raise UsageError(f"{gold}: none of its trials is in this home; crawl or import them first")
    return LinkRun(kind=kind, labelled=len(labels), figures=figures, misses=misses)


def _predict(settings: Settings, kind: str, labels: Sequence[Row], say: Callable[[str], None]) -> list[dict[str, Any]]:
    """Return the links of the trials that the labels are about, in the labels' form."""
    if kind == "organizations":
        return _link(settings, kind, labels, ())
    with Archive.open(settings.archive) as archive:
        ids = links.trials_wanted(kind, labels)
        read = trials.read(archive, ids=ids, on_set_aside=lambda record: say(f"Set aside: {record.why}"))
        return _link(settings, kind, labels, read)


def _link(settings: Settings, kind: str, labels: Sequence[Row], read: Iterable[Trial]) -> list[dict[str, Any]]:
    known = corrections.read(settings.corrections)
    # a linker loads its vocabulary, so each is made when it is first needed
    drugs = functools.cache(lambda: DrugLinker(vocabulary.load(), known))
    conditions = functools.cache(lambda: ConditionLinker(corrections=known))
    organizations = functools.cache(lambda: OrganizationLinker(corrections=known))
    return list(
        links.predictions(
            kind,
            labels,
            read,
            drugs=lambda trial: drugs().link(trial),
            conditions=lambda trial: conditions().link(trial),
            organization=lambda name: organizations().resolve(name),
        )
    )
