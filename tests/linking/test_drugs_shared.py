"""Links of real labels, where the labelled sets lie beside the project."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import time

import pytest

from trialgraph.evaluate import links as evaluate
from trialgraph.evaluate.link_scores import score
from trialgraph.linking.drugs import vocabulary as drugs
from trialgraph.linking.drugs.linker import DrugLinker
from trialgraph.model import RawRecord
from trialgraph.registries.ctgov import read as ctgov_read

pytestmark = pytest.mark.shared
NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def read(lines):
    return [ctgov_read.parse(RawRecord(registry="ctgov", id="", url="", fetched_at=NOW, body=line)) for line in lines]


@pytest.mark.slow
def test_labelled_drugs_are_found(shared):
    _, labels = evaluate.read_labels(shared / "gold" / "drugs.jsonl")
    wanted = {row["nct_id"].encode() for row in labels}
    with gzip.open(shared / "registry" / "ctgov-studies.jsonl.gz") as lines:
        studies = [line for line in lines if line[line.index(b'"nctId":"') + 9 :][:11] in wanted]
    linker = DrugLinker(drugs.load())
    rows = list(
        evaluate.predictions("drugs", labels, read(studies), drugs=linker.link, conditions=None, organization=None)
    )
    report, _ = score("drugs", labels, rows)
    assert report["precision"] >= 0.98
    assert report["recall"] >= 0.97
    assert report["of_these_linked_all_the_same"] <= 1
    assert report["same_concept_same_id"] >= 0.99
    assert report["stratum rapa"]["precision"] == report["stratum rapa"]["recall"] == 1.0


def test_links_are_made_fast_enough(shared):
    with gzip.open(shared / "registry" / "ctgov-studies.jsonl.gz") as lines:
        trials = read(line for line, _ in zip(lines, range(1500), strict=False))
    linker = DrugLinker(drugs.load())
    for trial in trials[:100]:
        linker.link(trial)
    began = time.process_time()
    count = sum(len(trial.interventions) for trial in trials if linker.link(trial) or True)
    rate = count / (time.process_time() - began)
    assert rate > 5_000, json.dumps({"labels a second": round(rate)})  # 20,000 on an idle machine; others may be busy
