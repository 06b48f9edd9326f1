"""Every question on the embedded graph and on a Neo4j that hold the same snapshot: the same rows, and what each takes.

TRIALGRAPH_BENCH_HOME names the home (else the sample is built); TRIALGRAPH_TEST_NEO4J=bolt://user:password@host:port
a Neo4j, into which the home's snapshot is loaded where it holds another (else one is started).
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.a_server import PROJECT, a_server

GIVEN = {
    "drug": "sirolimus",
    "condition": "Lupus Erythematosus, Systemic",
    "other": "Diabetes Mellitus, Type 2",
    "trial": "NCT04324411",
    "sponsor": "Novartis",
    "about": "sirolimus",
    "today": "2026-01-01",
}
OPTIONAL = ("today",)
MORE: dict[str, list[dict[str, Any]]] = {  # where the first is too easy: subjects of the largest reach
    "brokers": [{"about": "Neoplasms"}],
    "collaboration-network": [{"about": "Neoplasms"}],
    "dropped-drugs": [{"condition": "Neoplasms"}],
    "drugs-in-both": [{"condition": "Neoplasms", "other": "Autoimmune Diseases"}],
    "landscape-of-condition": [{"condition": "Neoplasms"}],
    "results-overdue": [{"about": "sirolimus", "today": "2026-01-01"}],
    "trials-by-country": [{"about": "Kidney Diseases"}],
    "trials-of-drug": [{"drug": "metformin"}, {"drug": "Rapamune", "condition": "Neoplasms"}],
    "usual-endpoints": [{"condition": "Neoplasms"}],
    "who-tests-drug-in-condition": [{"drug": "Rapamune", "condition": "Neoplasms"}],
    "why-trials-stop": [{"about": "Neoplasms"}],
}
TURNS = 3


def run() -> None:
    """Print a table of both stores' times, and every question whose rows differ."""
    from trialgraph.snapshot.snapshot import Snapshot
    from trialgraph.stores.open import open_store

    with tempfile.TemporaryDirectory() as folder, a_server(Path(folder)) as server:
        if server is None:
            return
        at = home_or_sample(Path(folder))
        embedded = open_store(at / "graph")
        neo4j = open_store(server.uri, user=server.user, password=server.password)
        try:
            neo4j.load(Snapshot.open(at / "snapshot"))
            assert embedded.loaded() == neo4j.loaded()
            compare(embedded, neo4j)
        finally:
            embedded.close()
            neo4j.close()


def compare(embedded: Any, neo4j: Any) -> None:
    """Ask both every question, and print the times as a table of Markdown."""
    from trialgraph.ask.questions import named as questions

    print("| question | asked with | rows | embedded, ms | Neo4j, ms | rows alike |")
    print("| --- | --- | --- | --- | --- | --- |")
    differing = []
    for name, given in cases():
        rows, took = [], []
        for store in (embedded, neo4j):
            rows.append(questions.ask(store, name, **given).rows)
            turns = []
            for _ in range(TURNS):
                began = time.perf_counter()
                questions.ask(store, name, **given)
                turns.append(time.perf_counter() - began)
            took.append(min(turns) * 1000)
        alike = rows[0] == rows[1]
        asked = ", ".join(f"{key}={value}" for key, value in given.items())
        print(f"| {name} | {asked} | {len(rows[0]):,} | {took[0]:,.0f} | {took[1]:,.0f} | {'yes' if alike else 'NO'} |")
        if not alike:
            differing.append((name, given, *rows))
    for name, given, one, other in differing:
        print(f"\n{name} {given}: {len(one)} and {len(other)} rows; first differences:")
        for a, b in [(a, b) for a, b in zip(one, other, strict=False) if a != b][:3]:
            print(f"  embedded {a}\n  Neo4j    {b}")
    print(f"\n{len(differing)} of {len(list(cases()))} answers differ")


def cases() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every question with what it is asked with."""
    from trialgraph.ask.questions import named as questions
    from trialgraph.ask.questions.named import REQUIRED

    for name, question in questions.find().items():
        yield (
            name,
            {p.name: GIVEN[p.name] for p in question.parameters if p.default == REQUIRED or p.name in OPTIONAL},
        )
        for given in MORE.get(name, []):
            yield name, given


def home_or_sample(folder: Path) -> Path:
    """Return the home that is named, or one with the sample in it."""
    named = os.environ.get("TRIALGRAPH_BENCH_HOME")
    if named:
        return Path(named)
    home = folder / "home"
    for words in (["import", str(PROJECT / "data" / "sample")], ["build"]):
        command = [sys.executable, "-m", "trialgraph", "--home", str(home), *words]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return home
