"""What the similarity benchmark compares, and that its figures are of the process they are told of."""

from __future__ import annotations

import gzip
import importlib.util
import json
import lzma
from pathlib import Path
from typing import Any

import pytest

from trialgraph.similarity import fit

SCRIPT = Path(__file__).resolve().parents[2] / "benchmarks" / "similarity.py"


@pytest.fixture
def benchmark() -> Any:
    """Return the benchmark, which is no part of the package."""
    spec = importlib.util.spec_from_file_location("similarity_benchmark", SCRIPT)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def record(name: str, title: str) -> str:
    about = {"briefSummary": "anaemia in children"}
    identified = {"nctId": name, "briefTitle": title}
    return json.dumps({"protocolSection": {"identificationModule": identified, "descriptionModule": about}})


def test_a_trial_that_is_in_both_files_is_compared_once(
    benchmark: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "registry"
    folder.mkdir()
    with gzip.open(folder / "ctgov-studies.jsonl.gz", "wt", encoding="utf-8") as out:
        out.write("\n".join((record("NCT1", "whole"), record("NCT2", "whole"))))
    with lzma.open(folder / "ctgov-text.jsonl.xz", "wt", encoding="utf-8") as out:
        rows = [{"nctId": "NCT2", "title": "text"}, {"nctId": "NCT3", "title": "text", "detailed": "asthma"}]
        out.write("\n".join(json.dumps(row) for row in rows))
    monkeypatch.setattr(benchmark, "SHARED", tmp_path)
    made = list(benchmark._texts())
    assert [(d.id, d.texts["title"]) for d in made] == [("NCT1", "whole"), ("NCT2", "whole"), ("NCT3", "text")]
    assert made[2].texts == {"title": "text", "summary": "", "description": "asthma"}


def test_time_recall_ratio_and_memory_are_measured(
    benchmark: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(benchmark, "SHARED", tmp_path / "none")
    monkeypatch.setattr(benchmark, "GENERATED", 200)
    model, vectors = fit(benchmark._texts())
    model.save(tmp_path)
    vectors.save(tmp_path)
    told = benchmark.measured(str(tmp_path), "2")
    assert told["rows"] == told["sampled"] == 200
    assert 0.9 < told["recall"] <= 1
    assert told["ratio"] == pytest.approx(told["brute_seconds"] / told["seconds"])
    assert told["peak_mb"] >= told["before_mb"] > told["vectors_mb"] > 0
