"""How fast the nearest trials are found, beside scikit-learn's brute force on as many threads, and what is lost."""

from __future__ import annotations

import gzip
import json
import lzma
import os
import random
import resource
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from trialgraph.similarity import Document, fit, neighbours

SHARED = Path(os.environ.get("TRIALGRAPH_TEST_SHARED") or Path(__file__).resolve().parents[2] / "shared")
QUERIES = 3000  # random rows whose neighbours are compared with the exact ones
SMALL = 12_000  # rows for the growth
GENERATED = 6000  # texts made here where the real ones are absent
BRUTE_ROWS = 3000  # rows that brute force is timed on; its cost is the same for every row


def run(threads: int = 1) -> dict[str, Any]:
    """Return seconds, ratio, recall, growth and peak memory; prints each line as it is known."""
    documents = list(_texts())
    real = SHARED.is_dir()
    kind = "distinct real" if real else "generated (the real ones are not beside the project)"
    print(f"{len(documents):,} {kind} texts", flush=True)
    small = _timed(documents[: min(SMALL, len(documents) // 2)], threads)
    print(f"{small['rows']:,} rows: neighbours {small['seconds']:.1f} s, recall {small['recall']:.4f}")
    whole = _timed(documents, threads)
    print(f"{whole['rows']:,} rows: neighbours {whole['seconds']:.1f} s, recall {whole['recall']:.4f}", flush=True)
    brute = _brute(whole.pop("vectors"), threads)
    small.pop("vectors")
    report = {
        "texts": "real" if real else "generated",
        "threads": threads,
        "small": small,
        "whole": whole,
        "brute_force_seconds": brute,
        "ratio": brute / whole["seconds"],
        "growth": (whole["seconds"] / small["seconds"], whole["rows"] / small["rows"]),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    print(f"scikit-learn brute force {brute:.0f} s: {report['ratio']:.1f} times; peak {report['peak_mb']:,.0f} MB")
    return report


def _timed(documents: list[Document], threads: int) -> dict[str, Any]:
    model, vectors = fit(documents)
    neighbours(fit(documents[:200])[1], recipe=model.weights, exact_up_to=100)  # compiled before the clock starts
    began = time.perf_counter()
    found = neighbours(vectors, recipe=model.weights, workers=threads, exact_up_to=0, sample=0)
    seconds = time.perf_counter() - began
    rows = sorted(random.Random(1).sample(range(vectors.rows), min(QUERIES, vectors.rows)))
    exact = neighbours(vectors, recipe=model.weights, workers=threads, of=rows)
    same = sum(
        len(set(found.indices[r].tolist()) & set(e.tolist()) - {-1}) for r, e in zip(rows, exact.indices, strict=True)
    )
    recall = same / max(1, int((exact.indices >= 0).sum()))
    return {"rows": vectors.rows, "seconds": seconds, "recall": recall, "sampled": len(rows), "vectors": vectors}


def _brute(vectors: Any, threads: int) -> float:
    """Return the seconds that brute force over the same vectors takes for all rows, timed on some of them."""
    import numpy as np
    from scipy.sparse import csr_matrix
    from sklearn.neighbors import NearestNeighbors

    matrix = csr_matrix((vectors.data, vectors.indices, vectors.indptr), shape=(vectors.rows, vectors.starts[-1]))
    asked = np.sort(np.random.default_rng(1).choice(vectors.rows, min(BRUTE_ROWS, vectors.rows), False))
    search = NearestNeighbors(n_neighbors=11, algorithm="brute", metric="cosine", n_jobs=threads).fit(matrix)
    began = time.perf_counter()
    search.kneighbors(matrix[asked])
    return (time.perf_counter() - began) * vectors.rows / len(asked)


def _texts() -> Iterator[Document]:
    """Yield title, summary and description of every distinct text, or generated ones."""
    if not SHARED.is_dir():
        draw = random.Random(1)
        common = [f"word{i}" for i in range(4000)]
        weights = [1 / (i + 5) for i in range(4000)]
        for i in range(GENERATED):
            text = " ".join(draw.choices(common, weights, k=150))
            yield Document(id=f"G{i:06d}", texts={"title": text[:80], "summary": text})
        return
    seen: set[str] = set()
    with gzip.open(SHARED / "registry" / "ctgov-studies.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            protocol = json.loads(line)["protocolSection"]
            about = protocol.get("descriptionModule", {})
            yield from _distinct(
                seen,
                protocol["identificationModule"]["nctId"],
                protocol["identificationModule"].get("briefTitle"),
                about.get("briefSummary"),
                about.get("detailedDescription"),
            )
    with lzma.open(SHARED / "registry" / "ctgov-text.jsonl.xz", "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            yield from _distinct(seen, row["nctId"], row.get("title"), row.get("summary"), row.get("detailed"))


def _distinct(seen: set[str], name: str, *texts: str | None) -> Iterator[Document]:
    title, summary, description = (text or "" for text in texts)
    whole = f"{title}\n{summary}\n{description}"
    if whole not in seen:
        seen.add(whole)
        yield Document(id=name, texts={"title": title, "summary": summary, "description": description})


if __name__ == "__main__":
    run()
