"""How fast the nearest trials are found, beside scikit-learn's brute force on as many threads, and what is lost.

Texts are those of distinct trials (title, summary, description), or generated where the real ones are absent.  Each
size is searched in a process of its own, so that its peak memory is its own; brute force runs right after it on the
same rows, on a random sample of which the time is multiplied, since it is the same for every row.
"""

from __future__ import annotations

import gzip
import json
import lzma
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from trialgraph.similarity import Document, Model, SearchOptions, Vectors, fit, neighbours

SHARED = Path(os.environ.get("TRIALGRAPH_TEST_SHARED") or Path(__file__).resolve().parents[2] / "shared")
QUERIES = 3000  # random rows whose neighbours are compared with the exact ones
SMALL = 12_000  # rows for the growth
GENERATED = 6000  # texts made here where the real ones are absent
BRUTE_ROWS = 1000  # rows that brute force is timed on


def run(threads: int = 1) -> dict[str, Any]:
    """Return seconds, ratio, recall, growth and peak memory; prints each line as it is known."""
    documents = list(_texts())
    kind = "distinct real" if SHARED.is_dir() else "generated (the real ones are not beside the project)"
    print(f"{len(documents):,} {kind} trials, {threads} thread{'s' * (threads > 1)}", flush=True)
    some = sorted(random.Random(1).sample(range(len(documents)), min(SMALL, len(documents) // 2)))
    small = _apart([documents[i] for i in some], threads)
    whole = _apart(documents, threads)
    growth = (whole["seconds"] / small["seconds"], whole["rows"] / small["rows"])
    print(f"{growth[1]:.1f} times the rows take {growth[0]:.1f} times as long")
    return {"threads": threads, "small": small, "whole": whole, "growth": growth, "texts": kind}


def _apart(documents: list[Document], threads: int) -> dict[str, Any]:
    """Return what `measured` returns for the vectors of some documents, in a new process; prints it."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        model, vectors = fit(documents)
        fitted = time.perf_counter() - began
        model.save(Path(folder))
        vectors.save(Path(folder))
        del model, vectors
        code = (
            "import json, sys; from benchmarks.similarity import measured; print(json.dumps(measured(*sys.argv[1:])))"
        )
        answer = subprocess.run(
            [sys.executable, "-c", code, folder, str(threads)],
            check=True,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).resolve().parents[1],
        )
    report: dict[str, Any] = json.loads(answer.stdout)
    report["fit_seconds"] = fitted
    print(
        f"{report['rows']:,} rows: fit {fitted:.0f} s; neighbours {report['seconds']:.1f} s"
        f" ({report['cpu_seconds']:.1f} s of processor), recall {report['recall']:.4f} on {report['sampled']:,};\n"
        f"  brute force {report['brute_seconds']:.0f} s ({report['brute_cpu_seconds']:.0f}), that is"
        f" {report['ratio']:.1f} times ({report['cpu_ratio']:.1f} of processor);\n"
        f"  peak {report['peak_mb']:,.0f} MB with {report['before_mb']:,.0f} MB of libraries and"
        f" {report['vectors_mb']:,.0f} MB of vectors",
        flush=True,
    )
    return report


def measured(folder: str, threads: str) -> dict[str, Any]:
    """Return seconds, peak memory and recall of the search beyond the exact size, and seconds of brute force."""
    import numpy as np

    workers = int(threads)
    recipe = Model.load(Path(folder)).weights
    tiny = fit([Document(id=str(i), texts={"title": f"a{i % 7} b{i % 5}"}) for i in range(300)])[1]
    neighbours(tiny, options=SearchOptions(exact_up_to=0))  # compiled before the clock starts
    before = _most_resident()
    mapped = Vectors.load(Path(folder))
    arrays = {name: np.array(getattr(mapped, name)) for name in ("indptr", "indices", "data", "own")}
    vectors = msgspec.structs.replace(mapped, **arrays)
    began, spent = time.perf_counter(), time.process_time()
    found = neighbours(vectors, recipe=recipe, options=SearchOptions(workers=workers, exact_up_to=0, sample=0))
    seconds, cpu = time.perf_counter() - began, time.process_time() - spent
    highest = _most_resident()
    rows = sorted(random.Random(2).sample(range(vectors.rows), min(QUERIES, vectors.rows)))
    exact = neighbours(vectors, recipe=recipe, of=rows, options=SearchOptions(workers=workers))
    same = sum(
        len(set(found.indices[r].tolist()) & set(e.tolist()) - {-1}) for r, e in zip(rows, exact.indices, strict=True)
    )
    brute, brute_cpu = _brute(vectors, workers)
    return {
        "rows": vectors.rows,
        "seconds": seconds,
        "cpu_seconds": cpu,
        "recall": same / max(1, int((exact.indices >= 0).sum())),
        "sampled": len(rows),
        "brute_seconds": brute,
        "brute_cpu_seconds": brute_cpu,
        "ratio": brute / seconds,
        "cpu_ratio": brute_cpu / cpu,
        "before_mb": before,
        "vectors_mb": sum(array.nbytes for array in arrays.values()) / 2**20,
        "peak_mb": highest,
    }


def _most_resident() -> float:
    """Return the most memory this process has held so far, in MB (its own: `ru_maxrss` begins with the parent's)."""
    status = Path("/proc/self/status")
    if not status.exists():
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
    return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM")) / 2**10


def _brute(vectors: Any, threads: int) -> tuple[float, float]:
    """Return the seconds, and those of processor, that brute force takes for all rows, timed on some of them."""
    import numpy as np
    from scipy.sparse import csr_matrix
    from sklearn.neighbors import NearestNeighbors

    matrix = csr_matrix((vectors.data, vectors.indices, vectors.indptr), shape=(vectors.rows, vectors.starts[-1]))
    asked = np.sort(np.random.default_rng(1).choice(vectors.rows, min(BRUTE_ROWS, vectors.rows), False))
    search = NearestNeighbors(n_neighbors=11, algorithm="brute", metric="cosine", n_jobs=threads).fit(matrix)
    began, spent = time.perf_counter(), time.process_time()
    search.kneighbors(matrix[asked])
    times = vectors.rows / len(asked)
    return (time.perf_counter() - began) * times, (time.process_time() - spent) * times


def _texts() -> Iterator[Document]:
    """Yield title, summary and description of every trial once, or generated ones."""
    if not SHARED.is_dir():
        draw = random.Random(1)
        common = [f"word{i}" for i in range(4000)]
        weights = [1 / (i + 5) for i in range(4000)]
        for i in range(GENERATED):
            text = " ".join(draw.choices(common, weights, k=150))
            yield Document(id=f"G{i:06d}", texts={"title": text[:80], "summary": text})
        return
    known: set[str] = set()
    for name, title, summary, description in _records():
        if name not in known:
            known.add(name)
            texts = {"title": title or "", "summary": summary or "", "description": description or ""}
            yield Document(id=name, texts=texts)


def _records() -> Iterator[tuple[str, str | None, str | None, str | None]]:
    """Yield id, title, summary and description from both files; some trials are in both."""
    with gzip.open(SHARED / "registry" / "ctgov-studies.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            protocol = json.loads(line)["protocolSection"]
            name, about = protocol["identificationModule"], protocol.get("descriptionModule", {})
            yield name["nctId"], name.get("briefTitle"), about.get("briefSummary"), about.get("detailedDescription")
    with lzma.open(SHARED / "registry" / "ctgov-text.jsonl.xz", "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            yield row["nctId"], row.get("title"), row.get("summary"), row.get("detailed")


if __name__ == "__main__":
    run()
