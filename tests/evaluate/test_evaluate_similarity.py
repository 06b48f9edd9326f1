"""Measures of neighbours, and what is masked before they are taken."""

from __future__ import annotations

import pytest

from trialgraph.errors import UsageError
from trialgraph.evaluate import ranking
from trialgraph.evaluate.masking import families, masked
from trialgraph.evaluate.similarity import measure, read_grades, read_related
from trialgraph.model import Identifier, Intervention, MeshTerm, Trial


def trial(number: int, title: str, **fields: object) -> Trial:
    return Trial(id=f"NCT{number:08d}", registry="ctgov", brief_title=title, **fields)  # type: ignore[arg-type]


def test_a_perfect_ranking_of_grades_is_one() -> None:
    out = ranking.graded({"q": ["a", "b", "c"]}, {"q": {"a": 3, "b": 2, "c": 0}})
    assert out["ndcg10"]["q"] == 1.0
    assert out["useful"]["q"] == pytest.approx(0.2)
    assert out["useless"]["q"] == pytest.approx(1 / 3)
    assert out["unjudged"]["q"] == 0.0


def test_an_unjudged_trial_gains_nothing_but_is_told() -> None:
    out = ranking.graded({"q": ["x", "a"]}, {"q": {"a": 3}})
    assert out["ndcg10"]["q"] == pytest.approx(0.6309, abs=1e-4)
    assert out["ndcg10_judged"]["q"] == 1.0
    assert out["unjudged"]["q"] == 0.5


def test_a_related_trial_in_second_place_has_half_a_reciprocal_rank() -> None:
    out = ranking.references({"q": ["x", "a"]}, {"q": {"a"}})
    assert (out["hit1"]["q"], out["mrr"]["q"], out["recall10"]["q"]) == (0.0, 0.5, 1.0)


def test_codes_tell_both_shared_from_the_condition_alone_and_from_neither() -> None:
    conditions = {"q": frozenset({"C1"}), "both": frozenset({"C1"}), "one": frozenset({"C1"}), "off": frozenset({"C9"})}
    interventions = {"q": frozenset({"D1"}), "both": frozenset({"D1"}), "off": frozenset({"D1"})}
    subtrees = {t: frozenset({"C01.1"}) for t in ("q", "both", "one")} | {"off": frozenset({"C20.9"})}
    good = ranking.codes({"q": ["both", "one"]}, conditions, interventions, subtrees)
    bad = ranking.codes({"q": ["off", "one", "both"]}, conditions, interventions, subtrees)
    assert good["ndcg10"]["q"] == 1.0
    assert bad["ndcg10"]["q"] < 0.7
    assert (good["off_condition10"]["q"], bad["off_condition10"]["q"]) == (0.0, pytest.approx(1 / 3))


def test_paired_differences_have_an_interval_around_them() -> None:
    better = ranking.references({f"q{i}": ["a"] for i in range(30)}, {f"q{i}": {"a"} for i in range(30)})
    worse = ranking.references({f"q{i}": ["x", "a"] for i in range(30)}, {f"q{i}": {"a"} for i in range(30)})
    gap = ranking.summary(better, {"strong": worse})["mrr"]["minus_strong"]  # type: ignore[index]
    assert gap == {"mean": 0.5, "interval": [0.5, 0.5]}


def test_families_are_joined_through_a_trial_in_the_middle() -> None:
    assert families([("a", "b"), ("c", "b"), ("x", "y")]) == [{"a", "b", "c"}, {"x", "y"}]


def test_what_gives_a_relation_away_is_masked() -> None:
    one = trial(
        1,
        "MIRACLE 2: extension of NCT00000002 and CRAD001C2401",
        acronym="MIRACLE 2",
        identifiers=(Identifier(scheme="ORG_STUDY_ID", value="XY-12"),),
        interventions=(Intervention(name="drug of XY-12"),),
    )
    two = trial(2, "The MIRACLE trial of XY-12", acronym="MIRACLE")
    three = trial(3, "A miracle elsewhere")
    first, second, third = masked([one, two, three], {one.id: {two.id}})
    text = f"{first.brief_title} {second.brief_title} {first.interventions[0].name}".casefold()
    assert not any(word in text for word in ("miracle", "nct0", "crad", "xy-12"))
    assert third.brief_title == "A miracle elsewhere"


def test_a_broken_label_file_is_named_with_its_line(tmp_path) -> None:
    path = tmp_path / "grades.tsv"
    path.write_text("query\tcandidate\tgrade\nA\tB\tgood\n")
    with pytest.raises(UsageError, match="line 2"):
        read_grades(path)
    path.write_text("query\trelevant\nA\n")
    with pytest.raises(UsageError, match="line 2"):
        read_related(path)


def test_the_report_holds_what_is_asked_of_it() -> None:
    anemia = (MeshTerm(id="D000744", term="Anemia, Hemolytic, Autoimmune"),)
    asthma = (MeshTerm(id="D001249", term="Asthma"),)
    pool = [
        trial(
            i,
            f"{'Sirolimus in autoimmune hemolytic anemia' if i % 2 else 'Salbutamol for asthma'} cohort {i}",
            conditions=("Autoimmune Hemolytic Anemia",) if i % 2 else ("Asthma",),
            interventions=(Intervention(name="Sirolimus" if i % 2 else "Salbutamol", type="DRUG"),),
            condition_meshes=anemia if i % 2 else asthma,
        )
        for i in range(1, 25)
    ]
    report = measure(pool, related={pool[0].id: {pool[2].id}}, graded={pool[0].id: {pool[2].id: 3, pool[1].id: 0}})
    assert report["pool"] == 24
    assert report["queries"] == 1
    assert set(report["trialgraph"]) == {"hit1", "mrr", "recall10", "ndcg10", "off_condition10"} == set(report["plain"])
    assert report["trialgraph"]["ndcg10"] == 1.0
    assert report["trialgraph"]["off_condition10"] == 0.0
    assert report["graded"]["trialgraph"]["useless"]["mean"] == 0.0
