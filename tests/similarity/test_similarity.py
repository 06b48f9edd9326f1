"""Vectors, neighbours and reasons on small corpora made here."""

from __future__ import annotations

import random

import msgspec
import numpy as np
import pytest

from trialgraph import limits
from trialgraph.errors import BuildError
from trialgraph.similarity import Concept, Document, Model, SearchOptions, edges, fit, neighbours, pair, search, vectors
from trialgraph.similarity.documents import WordForms, fold_plural, words
from trialgraph.similarity.recipe import RECIPE
from trialgraph.similarity.vectors import Vectors

WORDS = "anaemia sirolimus kidney transplant tacrolimus asthma child exercise vaccine malaria insulin pain".split()  # noqa: SIM905


def corpus(n: int = 120, seed: int = 1) -> list[Document]:
    draw = random.Random(seed)
    made = []
    for i in range(n):
        text = " ".join(draw.choices(WORDS, k=30) + [f"word{draw.randint(0, 40)}" for _ in range(20)])
        condition, drug = draw.randint(0, 8), draw.randint(0, 12)
        made.append(
            Document(
                id=f"T{i:04d}",
                texts={"title": text[:60], "summary": text, "eligibility": text[::-1]},
                drugs=(Concept(f"D{drug}", f"drug {drug}"),),
                classes=(Concept(f"K{drug % 3}", f"class {drug % 3}", 0.5, True),),
                conditions=(
                    Concept(f"C{condition}", f"condition {condition}"),
                    Concept(f"G{condition % 3}", f"group {condition % 3}", 0.5, True),
                ),
                procedures=(Concept("P1", "exercise"),) if i % 3 == 0 else (),
                settings=(Concept(f"S{i % 4}", f"setting {i % 4}"),),
                sponsor=f"sponsor {i % 5}",
            )
        )
    return made


def test_the_neighbours_are_those_of_every_pair_scored_one_by_one() -> None:
    model, rows = fit(corpus(60))
    found = neighbours(rows, recipe=model.weights)
    for row in range(rows.rows):
        every = [(-pair(model, rows, row, other).score, other) for other in range(rows.rows) if other != row]
        assert found.indices[row].tolist() == [other for _, other in sorted(every)[:10]]


def test_the_parts_of_every_edge_add_up_to_its_score() -> None:
    model, rows = fit(corpus())
    made = list(edges(model, rows, neighbours(rows, recipe=model.weights)))
    assert made
    for edge in made:
        parts = (
            edge.text_score + edge.condition_score + edge.drug_score + edge.procedure_score
            + edge.setting_score + edge.together_score
        )  # fmt: skip
        assert abs(parts - edge.score) < 1e-9


def test_a_pair_scores_the_same_from_both_sides() -> None:
    model, rows = fit(corpus())
    assert all(pair(model, rows, a, b).score == pair(model, rows, b, a).score for a, b in ((0, 1), (5, 90), (33, 7)))


def test_an_edge_is_there_once_with_its_rank_in_each_direction() -> None:
    model, rows = fit(corpus())
    found = neighbours(rows, recipe=model.weights)
    made = {(e.source, e.target): e for e in edges(model, rows, found)}
    assert all(a < b for a, b in made)
    wanted = {tuple(sorted((rows.ids[i], rows.ids[j]))) for i in range(rows.rows) for j in found.indices[i] if j >= 0}
    assert set(made) == wanted
    for i in range(rows.rows):
        for place, j in enumerate(found.indices[i], 1):
            edge = made[min(rows.ids[i], rows.ids[j]), max(rows.ids[i], rows.ids[j])]
            assert (edge.rank_ab if edge.source == rows.ids[i] else edge.rank_ba) == place


def test_one_and_two_workers_give_the_same_bytes() -> None:
    model, rows = fit(corpus(700))
    one, two = (neighbours(rows, recipe=model.weights, options=SearchOptions(workers=n)) for n in (1, 2))
    assert one.indices.tobytes() == two.indices.tobytes()
    assert one.scores.tobytes() == two.scores.tobytes()


def test_fitting_twice_gives_the_same_bytes() -> None:
    (first, a), (second, b) = fit(corpus()), fit(corpus())
    assert msgspec.msgpack.encode(first, order="sorted") == msgspec.msgpack.encode(second, order="sorted")
    assert a.data.tobytes() == b.data.tobytes()


def test_identical_texts_are_nearest_to_each_other_and_tied_by_order() -> None:
    same = [Document(id=f"A{i}", texts={"title": "sirolimus in autoimmune anaemia"}) for i in range(30)]
    model, rows = fit([*same, Document(id="B", texts={"title": "asthma in children"})])
    found = neighbours(rows, recipe=model.weights)
    assert found.indices[0].tolist() == list(range(1, 11))
    assert found.indices[29].tolist() == list(range(10))


def test_a_corpus_of_one_has_no_neighbours() -> None:
    model, rows = fit([Document(id="A", texts={"title": "alone"})])
    assert list(edges(model, rows, neighbours(rows, recipe=model.weights))) == []


def test_an_empty_corpus_is_fine() -> None:
    model, rows = fit([])
    assert list(edges(model, rows, neighbours(rows, recipe=model.weights))) == []


def test_no_text_and_one_word_are_fine() -> None:
    made = [
        Document(id="A"),
        Document(id="B", texts={"title": "anaemia"}),
        Document(id="C", texts={"title": "Anaemia"}),
    ]
    model, rows = fit(made)
    found = neighbours(rows, recipe=model.weights)
    assert found.indices[0].tolist() == [-1] * 10
    assert found.indices[1][0] == 2


def test_a_saved_model_gives_the_same_vectors(tmp_path) -> None:
    made = corpus()
    model, rows = fit(made)
    model.save(tmp_path)
    again = vectors(Model.load(tmp_path), made)
    assert again.indptr.tobytes() == rows.indptr.tobytes()
    assert again.indices.tobytes() == rows.indices.tobytes()
    assert again.data.tobytes() == rows.data.tobytes()
    assert again.own.tobytes() == rows.own.tobytes()
    assert again.unknown < 0.2


def test_vectors_of_changed_trials_leave_the_others_as_they_were() -> None:
    made = corpus()
    model, rows = fit(made)
    made[3] = msgspec.structs.replace(made[3], texts={"title": "something quite different about hernia"})
    again = vectors(model, made)
    assert again.data[: again.indptr[3]].tobytes() == rows.data[: rows.indptr[3]].tobytes()


def test_unknown_words_are_told() -> None:
    model, _ = fit(corpus())
    new = vectors(model, [Document(id="N", texts={"summary": "anaemia zyzzyva"})])
    assert 0.4 < new.unknown <= 0.5


def test_a_model_of_another_recipe_is_refused(tmp_path) -> None:
    model, _ = fit(corpus(5))
    msgspec.structs.replace(model, recipe=RECIPE + "x").save(tmp_path)
    with pytest.raises(BuildError, match="recipe"):
        Model.load(tmp_path)


def test_a_missing_or_damaged_model_says_what_to_run(tmp_path) -> None:
    with pytest.raises(BuildError, match="trialgraph build"):
        Model.load(tmp_path)
    (tmp_path / "model.msgpack").write_bytes(b"\xc1")
    with pytest.raises(BuildError, match="trialgraph build"):
        Model.load(tmp_path)


def test_saved_vectors_are_read_back(tmp_path) -> None:
    _, rows = fit(corpus(20))
    rows.save(tmp_path)
    again = Vectors.load(tmp_path)
    assert again.ids == rows.ids
    assert np.array_equal(again.data, rows.data)


def test_pruned_neighbours_are_nearly_all_found_and_the_recall_is_told() -> None:
    model, rows = fit(corpus(900))
    exact = neighbours(rows, recipe=model.weights)
    pruned = neighbours(rows, recipe=model.weights, options=SearchOptions(exact_up_to=100))
    assert exact.exact and exact.recall == 1.0
    assert not pruned.exact and pruned.sampled == 300
    same = np.mean([len(set(a) & set(b)) / 10 for a, b in zip(exact.indices, pruned.indices, strict=True)])
    assert same > 0.97
    assert pruned.recall == pytest.approx(same, abs=0.03)


def test_sharing_drug_and_condition_is_worth_more_than_both_apart() -> None:
    drug, condition, area = (Concept("D", "drug"),), (Concept("C", "condition"),), (Concept("A", "area"),)
    made = [
        Document(id="asked", drugs=drug, conditions=condition, areas=area),
        Document(id="both", drugs=drug, conditions=condition, areas=area),
        Document(id="drug", drugs=drug),
        Document(id="condition", conditions=condition, areas=area),
        *(
            Document(id=f"x{i}", drugs=(Concept(f"D{i}", "other"),), conditions=(Concept(f"C{i}", "other"),))
            for i in range(9)
        ),
    ]
    model, rows = fit(made)
    scores = {rows.ids[i]: pair(model, rows, 0, i).score for i in (1, 2, 3)}
    assert scores["both"] > scores["drug"] + scores["condition"]
    assert scores["condition"] > scores["drug"]


def test_reasons_are_words_people_know() -> None:
    made = [Document(id=f"A{i}", texts={"title": "antibodies in haemolytic anaemias"}) for i in range(3)]
    model, rows = fit([*made, Document(id="B", texts={"title": "asthma"})])
    assert set(" ".join(pair(model, rows, 0, 1).shared_terms).split()) <= {"antibodies", "haemolytic", "anaemias"}


def test_numbers_and_the_form_of_a_record_are_no_reasons() -> None:
    text = "inclusion criteria: two doses of 20 mg, 10 ml once daily, first haemolytic anaemias type 2"
    made = [Document(id=f"A{i}", texts={"title": text}) for i in range(3)]
    model, rows = fit([*made, Document(id="B", texts={"title": "asthma"})])
    shown = pair(model, rows, 0, 1).shared_terms
    assert shown
    assert not {"two", "20", "mg", "20 mg", "10", "10 ml", "first", "inclusion", "inclusion criteria"} & set(shown)


def test_a_shared_broader_condition_is_named_as_such() -> None:
    above = Concept("G", "Hematologic Diseases", 0.5, broader=True)
    made = [
        Document(id="A", conditions=(Concept("C1", "Anemia"), above)),
        Document(id="B", conditions=(Concept("C2", "Thrombocytopenia"), above)),
        Document(id="Z", conditions=(Concept("C3", "Asthma"),)),
    ]
    model, rows = fit(made)
    assert pair(model, rows, 0, 1).shared_conditions == ("through Hematologic Diseases",)


def test_a_drug_that_only_a_title_speaks_of_is_shown_as_such() -> None:
    given, spoken = Concept("D", "sirolimus"), Concept("D", "sirolimus", 0.6, broader=True)
    others = [Document(id=f"x{i}", drugs=(Concept(f"D{i}", "other"),)) for i in range(9)]
    model, rows = fit([Document(id="a", drugs=(given,)), Document(id="b", drugs=(spoken,)), *others])
    found = pair(model, rows, 0, 1)
    assert found.drug_score > 0
    assert found.shared_drugs == ("sirolimus (in a title)",)


def test_an_area_counts_as_condition_and_a_class_as_drug() -> None:
    area, kind = (Concept("A", "Heart Diseases", broader=True),), (Concept("K", "Anticoagulants", broader=True),)
    others = [Document(id=f"x{i}", classes=(Concept(f"K{i}", "other", broader=True),)) for i in range(9)]
    model, rows = fit([*(Document(id=name, areas=area, classes=kind) for name in "ab"), *others])
    found = pair(model, rows, 0, 1)
    assert (found.condition_score, found.drug_score) == (limits.WEIGHT_AREA, limits.WEIGHT_CLASS)
    assert found.shared_conditions == ("through Heart Diseases",)
    assert found.shared_classes == ("Anticoagulants",)


def test_search_finds_among_those_that_a_filter_lets_through() -> None:
    made = corpus()
    model, rows = fit(made)
    nearest = neighbours(rows, recipe=model.weights)
    hits = search(model, rows, "T0007")
    assert [hit.id for hit in hits] == [rows.ids[i] for i in nearest.indices[7]]
    allowed = np.array([i % 10 == 0 for i in range(rows.rows)])
    filtered = search(model, rows, "T0007", allowed=allowed)
    assert len(filtered) == 10
    assert all(int(hit.id[1:]) % 10 == 0 for hit in filtered)
    new = msgspec.structs.replace(made[7], id="new")
    assert search(model, rows, new)[0].id == "T0007"


def test_drug_names_count_as_drugs_and_not_again_in_the_topic() -> None:
    def title(drug_words: frozenset[str]) -> Document:
        return Document(id="A", texts={"title": "sirolimus anaemia"}, drug_words=drug_words)

    other = Document(id="B", texts={"title": "sirolimus kidney"})
    scores = []
    for drug_words in (frozenset(), frozenset({"sirolimus"})):
        model, rows = fit([title(drug_words), other, Document(id="C", texts={"title": "anaemia kidney"})])
        scores.append(pair(model, rows, 0, 1).text_score)
    assert scores[1] < scores[0]


@pytest.mark.parametrize(
    ("word", "singular"),
    [
        ("patients", "patient"),
        ("therapies", "therapy"),
        ("diabetes", "diabete"),
        ("virus", "virus"),
        ("sepsis", "sepsis"),
    ],
)
def test_plurals_are_counted_as_one_word(word: str, singular: str) -> None:
    assert fold_plural(word) == singular


def test_words_are_without_accents_case_and_stop_words() -> None:
    assert words("The Sjögren's syndrome of Patients") == ["sjogren's", "syndrome", "patients"]
    assert WordForms()["sjogren's"] == "sjogren"


def test_a_document_with_little_of_a_block_gets_little_of_that_blocks_weight() -> None:
    usual = [Document(id=f"U{i}", conditions=(Concept(f"C{i % 3}", "condition"),)) for i in range(8)]
    model, _ = fit(usual)
    weak = Document(id="W", conditions=(Concept("C0", "condition", 0.25),))
    rows = vectors(model, [*usual[:1], weak])
    norms = [float(np.linalg.norm(rows.data[rows.indptr[row] : rows.indptr[row + 1]])) for row in range(2)]
    assert norms[1] == pytest.approx(norms[0] * 0.5, rel=0.01)  # the square root of a quarter
