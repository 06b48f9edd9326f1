"""Sentences about what a crawl or an import kept and set aside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from trialgraph.archive.crawl import Result

SHOWN: Final = 5  # records that are named one by one; `trialgraph status` counts them all


def kept_sentence(result: Result) -> str:
    """Return how many records were kept, of how many, and how long that took."""
    counts = result.counts
    total = "" if result.announced is None else f" of {result.announced:,}"
    return (
        f"Kept {counts.kept:,}{total}: {counts.new:,} new, {counts.changed:,} changed, "
        f"{counts.unchanged:,} unchanged; {counts.set_aside:,} set aside. Took {result.seconds:,.1f} s."
    )


def set_aside_notes(result: Result) -> list[str]:
    """Return a sentence for each of the first records that were set aside."""
    return [f"Set aside: {record.record_id}: {record.why}" for record in result.set_aside[:SHOWN]]
