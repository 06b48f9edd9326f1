"""Measuring links against labelled files."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from trialgraph.errors import UsageError
from trialgraph.evaluate import links as evaluate
from trialgraph.evaluate.link_scores import score
from trialgraph.linking.conditions.linker import ConditionLinker
from trialgraph.model import Trial

SIROLIMUS = {"name": "sirolimus", "mesh": "D020123", "unii": "W36ZG6FT64"}
PREDNISONE = {"name": "prednisone", "mesh": "D011241", "unii": None}


def entry(n, expected, **more):
    return {"nct_id": f"NCT{n:08d}", "intervention_index": 0, "label": "x", "expected": expected, **more}


def link(n, *drugs):
    return {"nct_id": f"NCT{n:08d}", "intervention_index": 0, "drugs": [{"id": i, "name": name} for i, name in drugs]}


def test_a_drug_is_right_by_its_id_or_by_its_name_without_the_salt():
    gold = [entry(1, [SIROLIMUS]), entry(2, [PREDNISONE]), entry(3, [])]
    links = [link(1, ("UNII:W36ZG6FT64", "")), link(2, ("TXT:x", "Prednisone sodium")), link(3, ("MESH:D1", "water"))]
    report, misses = score("drugs", gold, links)
    assert (report["tp"], report["fp"], report["fn"], report["of_these_linked_all_the_same"]) == (2, 1, 0, 1)
    assert [miss["where"] for miss in misses] == ["NCT00000003#0"]


def test_the_answer_that_fits_best_counts_and_a_second_link_is_counted_apart():
    gold = [entry(1, [SIROLIMUS, PREDNISONE], alternatives=[[SIROLIMUS]])]
    report, _ = score("drugs", gold, [link(1, ("MESH:D020123", ""), ("UNII:W36ZG6FT64", ""))])
    assert (report["tp"], report["fp"], report["fn"], report["linked_twice"]) == (1, 0, 0, 1)


def test_two_ids_of_one_drug_are_seen():
    gold = [entry(1, [SIROLIMUS]), entry(2, [SIROLIMUS])]
    report, _ = score("drugs", gold, [link(1, ("MESH:D020123", "")), link(2, ("UNII:W36ZG6FT64", ""))])
    assert report["same_concept_same_id"] == 0.0


def test_a_condition_without_a_heading_is_no_answer():
    trial = Trial(id="NCT00000001", registry="ctgov", conditions=("Anemia", "Xyzzy syndrome"))
    linker = ConditionLinker()
    assert any(found.concept_id.startswith("TXT:") for found in linker.link(trial))
    labels = [{"nct_id": trial.id, "raw": raw, "expected_mesh": []} for raw in trial.conditions]
    rows = evaluate.predictions(
        "conditions", labels, [trial], drugs=lambda _: (), conditions=linker.link, organization=lambda name: name
    )
    assert [row["ids"] for row in rows] == [["D000740"], []]


def test_organisations_merged_by_mistake_are_traps():
    gold = [{"a": "A", "b": "B", "same": "0", "note": ""}, {"a": "A", "b": "C", "same": "child", "note": ""}]
    rows = [{"name": "A", "id": "1"}, {"name": "B", "id": "1"}, {"name": "C", "id": "3", "parent": "1"}]
    report, misses = score("organizations", gold, rows)
    assert (report["traps_merged"], report["children_related"]) == (1, 1)
    assert misses[0]["wrong"] == "merged"


def test_a_file_that_is_no_labelled_file_is_refused(tmp_path):
    path = tmp_path / "x.jsonl"
    for text, why in (("", "no labelled rows"), ("{", "not JSON"), ('{"nct_id": "x"}', "row 1 lacks")):
        path.write_text(text)
        with pytest.raises(UsageError, match=why):
            evaluate.read_labels(path)


@pytest.mark.shared
@pytest.mark.parametrize("name", ["drugs.jsonl", "conditions.jsonl", "sponsors.tsv"])
def test_our_figures_are_those_of_the_labelled_sets_own_scorer(shared, tmp_path, name):
    kind, labels = evaluate.read_labels(shared / "gold" / name)
    rows = list(_spoiled(kind, labels))
    predicted = tmp_path / "p.jsonl"
    evaluate.write(rows, predicted)
    report, _ = score(kind, labels, rows)
    gold = shared / "gold"
    told = subprocess.run(
        [sys.executable, gold / "score.py", "--gold", gold / name, "--predictions", predicted, "--json"],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert report == json.loads(told.stdout)


def _spoiled(kind, labels):
    """Yield answers that are right, wrong, twice or absent by turns."""
    for n, row in enumerate(labels):
        if kind == "organizations":
            yield {"name": row["a"], "id": f"o{n % 7}", "parent": None}
            yield {"name": row["b"], "id": f"o{n % 5}", "parent": f"o{n % 3}"}
        elif n % 11 == 0:
            continue
        elif kind == "drugs":
            drugs = [{"id": f"MESH:{d['mesh']}" if n % 3 else "TXT:x", "name": d["name"]} for d in row["expected"]]
            extra = [{"id": "MESH:D000001", "name": "calcimycin"}] if n % 4 == 0 else drugs[:1] if n % 5 == 0 else []
            yield {"nct_id": row["nct_id"], "intervention_index": row["intervention_index"], "drugs": drugs + extra}
        else:
            ids = row["expected_mesh"][: 1 + n % 2] + (["D000001"] if n % 4 == 0 else row.get("acceptable", [])[:1])
            yield {"nct_id": row["nct_id"], "raw": row["raw"], "ids": ids}
