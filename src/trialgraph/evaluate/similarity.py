"""Measures neighbours by grades, by trials that name each other and by the registry's codes, two baselines beside."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from itertools import repeat
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from trialgraph import limits
from trialgraph.errors import UsageError
from trialgraph.evaluate import ranking
from trialgraph.evaluate.masking import masked
from trialgraph.model import Trial

if TYPE_CHECKING:
    from trialgraph.config import Settings
    from trialgraph.similarity import Document

Ranking = dict[str, list[str]]
SYSTEMS = ("trialgraph", "plain", "strong")


def run(
    settings: Settings,
    *,
    graded: Path | None = None,
    labels: Path | None = None,
    workers: int = 1,
    say: Callable[[str], None] = lambda line: None,
) -> dict[str, Any]:
    """Return the report of `trialgraph eval similarity` over all trials of the home's archive.

    Without files only the registry's codes are measured.  Raises UsageError for a home without records, or a file
    that cannot be read.
    """
    from trialgraph.archive import trials as archived
    from trialgraph.archive.store import Archive

    if not settings.archive.exists():
        raise UsageError(f"{settings.home} holds no records to measure with; run 'trialgraph crawl' or 'import' first")
    with Archive.open(settings.archive) as archive:
        trials = list(archived.read(archive, on_set_aside=lambda record: say(f"Set aside: {record.why}")))
    return measure(
        trials,
        graded=read_grades(graded) if graded else None,
        related=read_related(labels) if labels else None,
        corrections=settings.corrections,
        workers=workers,
        say=say,
    )


def measure(
    trials: Sequence[Trial],
    *,
    graded: Mapping[str, Mapping[str, int]] | None = None,
    related: Mapping[str, set[str]] | None = None,
    corrections: Path | None = None,
    workers: int = 1,
    say: Callable[[str], None] = lambda line: None,
) -> dict[str, Any]:
    """Return all measures over a pool of trials; every figure with its interval and differences to both baselines."""
    pool = {trial.id for trial in trials}
    report: dict[str, Any] = {"pool": len(pool), "queries": 0, "queries_of": {}}
    flat: dict[str, dict[str, float | None]] = {
        name: dict.fromkeys(("hit1", "mrr", "recall10", "ndcg10", "off_condition10")) for name in SYSTEMS
    }

    say("Ranking by the registry's codes (our vectors made without them) ...")
    bare = [_without_codes(trial) for trial in trials]
    queries = _coded_queries(trials)
    found = _rankings(bare, queries, workers, corrections)
    coded = {name: ranking.codes(found[name], *_codes(trials)) for name in SYSTEMS}
    _put(report, flat, "codes", coded, len(queries))
    if graded:
        say("Ranking by grades ...")
        queries = [q for q in graded if q in pool]
        found = _rankings(trials, queries, workers, corrections)
        judged = {name: ranking.graded(found[name], graded) for name in SYSTEMS}
        _put(report, {}, "graded", judged, len(queries))
        report["graded"]["unjudged_pairs"] = [
            [q, c] for q in queries for c in found["trialgraph"][q][: limits.NEIGHBOURS] if c not in graded[q]
        ]
    if related:
        say("Ranking trials that name each other, in masked texts ...")
        hidden = masked(trials, related)
        queries = [q for q in related if q in pool]
        found = _rankings(hidden, queries, workers, corrections)
        named = {name: ranking.references(found[name], related) for name in SYSTEMS}
        _put(report, flat, "references", named, len(queries))
        partly = _partly_linked([t for t in trials if t.id in related], corrections)
        apart = {
            n: {k: {q: v for q, v in values_of.items() if q in partly} for k, values_of in m.items()}
            for n, m in named.items()
        }
        _put(report, {}, "references_partly_linked", apart, len(partly))
    report["queries"] = report["queries_of"].get("references") or report["queries_of"]["codes"]
    return report | flat


def read_grades(path: Path) -> dict[str, dict[str, int]]:
    """Return query -> candidate -> grade of a tab-separated file (query, candidate, grade from 0 to 3)."""
    out: dict[str, dict[str, int]] = defaultdict(dict)
    for number, cells in _lines(path):
        if len(cells) < 3 or cells[2] not in ("0", "1", "2", "3"):
            raise UsageError(f"{path}, line {number}: expected query, candidate and a grade from 0 to 3")
        out[cells[0]][cells[1]] = int(cells[2])
    return dict(out)


def read_related(path: Path) -> dict[str, set[str]]:
    """Return query -> related trials of a tab-separated file (query, relevant)."""
    out: dict[str, set[str]] = defaultdict(set)
    for number, cells in _lines(path):
        if len(cells) < 2:
            raise UsageError(f"{path}, line {number}: expected query and relevant, separated by a tab")
        out[cells[0]].add(cells[1])
    return dict(out)


def documents(trials: Sequence[Trial], *, corrections: Path | None = None, workers: int = 1) -> list[Document]:
    """Return trials as similarity sees them, linked anew; spread over processes when there are several workers."""
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    if workers == 1:
        return _documents(trials, corrections)
    size = max(1, -(-len(trials) // (workers * 4)))
    parts = [trials[i : i + size] for i in range(0, len(trials), size)]
    spawn = multiprocessing.get_context("spawn")  # a fork of a process with threads may hang
    with ProcessPoolExecutor(workers, mp_context=spawn) as pool:
        return [document for part in pool.map(_documents, parts, repeat(corrections)) for document in part]


def _documents(trials: Sequence[Trial], corrections: Path | None) -> list[Document]:
    from trialgraph.build.compared import compared
    from trialgraph.linking.linkers import Linkers

    linkers = Linkers(corrections)
    drugs, conditions, procedures = linkers.drugs.link, linkers.conditions.link, linkers.procedures.link
    return [compared(trial, drugs(trial), conditions(trial), procedures(trial), linkers) for trial in trials]


def _rankings(
    trials: Sequence[Trial], queries: Sequence[str], workers: int, corrections: Path | None
) -> dict[str, Ranking]:
    """Return the first places of each query by our vectors and by both baselines."""
    from trialgraph.build.documents import texts
    from trialgraph.similarity import SearchOptions, fit, neighbours
    from trialgraph.similarity.baselines import nearest

    ids = [trial.id for trial in trials]
    at = {trial_id: i for i, trial_id in enumerate(ids)}
    rows = [at[q] for q in queries]
    depth = limits.RECIPROCAL_DEPTH
    model, vectors = fit(documents(trials, corrections=corrections, workers=workers))
    near = neighbours(vectors, depth, recipe=model.weights, of=rows, options=SearchOptions(workers=workers))
    out = {"trialgraph": {q: [ids[i] for i in found if i >= 0] for q, found in zip(queries, near.indices, strict=True)}}
    whole = [" ".join(texts(trial).values()) for trial in trials]
    for name in ("plain", "strong"):
        found = nearest(name, whole, rows, depth)
        out[name] = {q: [ids[i] for i in places] for q, places in zip(queries, found, strict=True)}
    return out


def _put(
    report: dict[str, Any],
    flat: dict[str, dict[str, float | None]],
    kind: str,
    measured: Mapping[str, ranking.Measured],
    queries: int,
) -> None:
    """Write a measure into the report: with intervals under its name, its means also into the flat part."""
    report["queries_of"][kind] = queries
    report[kind] = {
        name: ranking.summary(values_of, {o: measured[o] for o in ("plain", "strong") if name == "trialgraph"})
        for name, values_of in measured.items()
    }
    for name, values in flat.items():
        values.update({key: ranking.mean(values_of) for key, values_of in measured[name].items() if key in values})


def _without_codes(trial: Trial) -> Trial:
    return msgspec.structs.replace(
        trial, condition_meshes=(), condition_ancestors=(), intervention_meshes=(), intervention_ancestors=()
    )


def _coded_queries(trials: Sequence[Trial]) -> list[str]:
    """Return a random sample, the same every time, of the trials that the registry gave a condition code."""
    coded = [trial.id for trial in trials if any(m.id for m in trial.condition_meshes)]
    return sorted(random.Random(1).sample(coded, min(limits.CODED_QUERIES, len(coded))))  # noqa: S311 — a sample, no secret


def _codes(trials: Sequence[Trial]) -> tuple[dict[str, frozenset[str]], ...]:
    """Return condition codes, intervention codes, and the condition codes' parts of the tree at depth two."""
    from trialgraph.linking import mesh

    headings = mesh.load()
    conditions = {t.id: frozenset(mesh.canonical(m.id) for m in t.condition_meshes if m.id) for t in trials}
    interventions = {t.id: frozenset(mesh.canonical(m.id) for m in t.intervention_meshes if m.id) for t in trials}
    subtrees = {
        trial: frozenset(
            ".".join(number.split(".")[:2]) for c in values_of if c in headings for number in headings[c].tree_numbers
        )
        for trial, values_of in conditions.items()
    }
    return conditions, interventions, subtrees


def _partly_linked(trials: Sequence[Trial], corrections: Path | None) -> set[str]:
    """Return the trials with an entry in the condition list that links to nothing, or only to something broader."""
    from trialgraph.linking.linkers import Linkers

    linker = Linkers(corrections).conditions
    out = set()
    for trial in trials:
        whole = {link.condition for link in linker.link(trial) if not link.broader and link.vocabulary != "none"}
        if any(number not in whole for number in range(len(trial.conditions))):
            out.add(trial.id)
    return out


def _lines(path: Path) -> list[tuple[int, list[str]]]:
    rows = [(n, line.split("\t")) for n, line in enumerate(path.read_text("utf-8").splitlines(), 1) if line.strip()]
    return [(n, cells) for n, cells in rows if cells[0] != "query"]
