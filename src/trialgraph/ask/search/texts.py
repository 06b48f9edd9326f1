"""Trials like a text that is no trial yet: a protocol's synopsis, an abstract, a case."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from trialgraph.ask import gather
from trialgraph.ask.answers import Answer
from trialgraph.ask.cypher.run import run_trusted
from trialgraph.ask.questions.related import COLUMNS, similar_rows
from trialgraph.ask.search import words as search
from trialgraph.errors import UsageError
from trialgraph.limits import SEARCH_CANDIDATES, TEXT_READ

if TYPE_CHECKING:
    from trialgraph.config import Settings
    from trialgraph.linking.linkers import Linkers
    from trialgraph.model import DrugLink
    from trialgraph.similarity import Document, Model, SimilarPair, Vectors
    from trialgraph.stores.store import Store

ITSELF: Final = "the text"
_SENTENCE: Final = re.compile(r"(?<=[.;!?])\s+|\n+")


def like_text(settings: Settings, store: Store, text: str, *, most: int = 10) -> Answer:
    """Return the trials most like a text, by the same measure as between trials, and what makes them alike.

    Compared are all trials, as the last build kept them; where it kept nothing, those that share a drug or condition
    with the text and those whose words fit best, at most 500 in all, read again from the home's archive.  The first
    line counts as a title.
    Raises UsageError for a text without words, or a home that was not built.
    """
    from trialgraph.build import cache
    from trialgraph.linking.linkers import Linkers

    if not re.search(r"\w{3}", text):
        raise UsageError("the text says nothing to compare with")
    if not settings.archive.exists():
        raise UsageError(
            f"{settings.home} holds no records to compare with; run 'trialgraph crawl' or 'trialgraph import'"
        )
    text = text[:TEXT_READ]
    linkers = Linkers(settings.corrections)
    asked = _of_text(text, linkers)
    known = cache.similarity_of(settings)
    pairs, looked_at = _all(*known, asked, most) if known else _some(settings, store, text, asked, linkers)
    best = sorted((p for p in pairs if p.score > 0), key=lambda p: (-p.score, _other(p)))
    found = similar_rows(store, ((pair, _other(pair)) for pair in best[: 2 * most]), most)
    understood = [*(d.name for d in asked.drugs), *(c.name for c in asked.conditions if not c.broader)]
    notes = [
        f"understood: {'; '.join(dict.fromkeys(understood)) or 'only words'}",
        f"compared with {looked_at:,} trials",
    ]
    return Answer(columns=COLUMNS, rows=found, notes=tuple(notes))


def _all(model: Model, rows: Vectors, asked: Document, most: int) -> tuple[list[SimilarPair], int]:
    """Compare with every trial of the last build; twice as many are returned, since the store may not hold each."""
    from trialgraph.similarity import search as nearest

    return [hit.why for hit in nearest(model, rows, asked, k=2 * most)], rows.rows


def _some(
    settings: Settings, store: Store, text: str, asked: Document, linkers: Linkers
) -> tuple[list[SimilarPair], int]:
    """Compare with the trials that look nearest, read from the archive."""
    from trialgraph.archive import trials as archived
    from trialgraph.archive.store import Archive
    from trialgraph.build import model_file
    from trialgraph.similarity import pair, vectors

    model = model_file.load(settings.model, settings.snapshot)
    ids = _candidates(store, text, asked)
    with Archive.open(settings.archive) as archive:
        held = archived.read(archive, on_set_aside=lambda odd: None, ids=ids)
        rows = vectors(model, [asked, *(_document(trial, linkers) for trial in held)])
    return [pair(model, rows, 0, i) for i in range(1, rows.rows)], rows.rows - 1


def _of_text(text: str, linkers: Linkers) -> Document:
    """Return a text as similarity sees a trial."""
    from trialgraph.build.compared import compared
    from trialgraph.model import Trial

    title, _, rest = text.strip().partition("\n")
    trial = Trial(id=ITSELF, registry="", brief_title=title[:500], brief_summary=(title[500:] + rest).strip() or None)
    drugs: dict[str, DrugLink] = {}
    for sentence in _SENTENCE.split(text):
        for link in linkers.drugs.understand(sentence):
            if link.vocabulary != "none":
                drugs.setdefault(link.concept_id, link)
    return compared(trial, list(drugs.values()), [], [], linkers)


def _document(trial: Any, linkers: Linkers) -> Document:
    from trialgraph.build.compared import compared

    understood = linkers.understand(trial)
    return compared(trial, understood.drugs, understood.conditions, understood.procedures, linkers)


def _candidates(store: Store, text: str, asked: Document) -> list[str]:
    """Return the ids of trials worth comparing: those that share most, then those whose words fit best."""
    shared: dict[str, int] = {}
    for kind, concepts in (("drug", asked.drugs), ("condition", [c for c in asked.conditions if not c.broader])):
        for concept in concepts:
            for trial in gather.trials_of(store, kind, [concept.id]):
                shared[trial] = shared.get(trial, 0) + 1
    most = sorted(shared, key=lambda one: (-shared[one], one))[:SEARCH_CANDIDATES]
    words = " ".join(dict.fromkeys(search.plain(text).split()[:200]))
    by_words = run_trusted(store, search.BY_WORDS, {"words": words, "most": SEARCH_CANDIDATES // 2}).rows
    return list(dict.fromkeys([*most, *(row["id"] for row in by_words)]))[:SEARCH_CANDIDATES]


def _other(pair: SimilarPair) -> str:
    return pair.target if pair.source == ITSELF else pair.source
