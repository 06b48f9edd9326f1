"""Neighbours after an update are those of a full run, byte for byte, for the work of what changed."""

from __future__ import annotations

import random

import msgspec
import pytest

from trialgraph.errors import BuildError
from trialgraph.similarity import (
    Concept,
    Document,
    Neighbours,
    SearchOptions,
    changed_ids,
    fit,
    merge_vectors,
    neighbours,
    update_neighbours,
    vectors,
)
from trialgraph.similarity.vectors import Vectors

FEW = "anaemia sirolimus kidney asthma child".split()  # noqa: SIM905 — few words make many equal scores


def document(name: str, draw: random.Random) -> Document:
    """Return a trial of few words, so that many are equal, now and then without any."""
    text = " ".join(draw.choices(FEW, k=draw.randint(0, 4)))
    condition, drug = draw.randint(0, 4), draw.randint(0, 4)
    return Document(
        id=name,
        texts={"title": text, "summary": " ".join(draw.choices(FEW, k=draw.randint(0, 9)))},
        conditions=(Concept(f"C{condition}", "condition"),) if condition else (),
        drugs=(Concept(f"D{drug}", "drug"),) if drug else (),
    )


def same(one: Neighbours, two: Neighbours) -> bool:
    return one.indices.tobytes() == two.indices.tobytes() and one.scores.tobytes() == two.scores.tobytes()


@pytest.mark.parametrize("seed", range(40))
def test_a_renewal_is_byte_for_byte_a_full_run(seed: int) -> None:
    draw = random.Random(seed)
    size, k = draw.choice([3, 8, 60, 150]), draw.choice([1, 3, 10])
    before = {name: document(name, draw) for name in (f"T{i:04d}" for i in draw.sample(range(1000), size))}
    before = dict(sorted(before.items()))
    model, rows = fit(before.values())
    old = neighbours(rows, k, recipe=model.weights)
    now = dict(before)
    for name in draw.sample(sorted(now), draw.randint(0, size // 4)):
        now[name] = document(name, draw)
    for name in draw.sample(sorted(now), draw.randint(0, size // 4)):
        del now[name]
    for i in draw.sample(range(1000), draw.randint(0, size // 4)):
        now[f"T{i:04d}"] = document(f"T{i:04d}", draw)
    after = vectors(model, [now[name] for name in sorted(now)])
    changed = changed_ids(rows, after)
    for workers in (1, 2):
        renewed = update_neighbours(
            old, rows.ids, after, changed, recipe=model.weights, options=SearchOptions(workers=workers)
        )
        assert same(renewed, neighbours(after, k, recipe=model.weights))


def corpus(size: int = 300) -> tuple[list[Document], random.Random]:
    draw = random.Random(5)
    made = []
    for i in range(size):
        text = " ".join(f"word{draw.randint(0, 90)}" for _ in range(30))
        made.append(Document(id=f"T{i:04d}", texts={"title": text[:40], "summary": text}))
    return made, draw


def test_only_what_changed_is_asked_for() -> None:
    made, _ = corpus()
    model, rows = fit(made)
    old = neighbours(rows, recipe=model.weights)
    words = made[7].texts["summary"].split()
    made[7] = msgspec.structs.replace(made[7], texts={"title": "word1 word2", "summary": " ".join(words[:20])})
    new = vectors(model, made)
    assert changed_ids(rows, new) == {"T0007"}
    asked: list[int] = []
    renewed = update_neighbours(
        old,
        rows.ids,
        new,
        {"T0007"},
        recipe=model.weights,
        options=SearchOptions(progress=lambda _, all_: asked.append(all_)),
    )
    assert same(renewed, neighbours(new, recipe=model.weights))
    listed = int((old.indices == 7).any(axis=1).sum())
    assert asked[0] >= 1 and sum(asked) <= 1 + listed


def test_rows_that_stay_in_another_order_are_all_searched() -> None:
    draw = random.Random(3)
    made = [document(f"T{i:04d}", draw) for i in range(60)]  # many equal scores, which go by row
    model, rows = fit(made)
    old = neighbours(rows, recipe=model.weights)
    new = vectors(model, made[::-1])
    assert same(update_neighbours(old, rows.ids, new, (), recipe=model.weights), neighbours(new, recipe=model.weights))


def test_beyond_the_exact_size_a_renewal_is_a_full_run() -> None:
    made, _ = corpus()
    model, rows = fit(made)
    old = neighbours(rows, recipe=model.weights, options=SearchOptions(exact_up_to=100))
    renewed = update_neighbours(
        old, rows.ids, rows, {"T0003"}, recipe=model.weights, options=SearchOptions(exact_up_to=100)
    )
    assert same(renewed, old)
    assert renewed.recall == old.recall and not renewed.exact


def test_rows_of_two_vectors_are_put_together_as_if_weighed_at_once() -> None:
    made, _ = corpus(50)
    model, rows = fit(made[:40])
    made[3] = msgspec.structs.replace(made[3], texts={"title": "word1 word2 word3"})
    changed = vectors(model, [made[3], *made[40:]])
    ids = [d.id for i, d in enumerate(made) if i != 11]
    joined = merge_vectors(rows, changed, ids)
    whole = vectors(model, [d for d in made if d.id != "T0011"])
    for name in ("indptr", "indices", "data", "own"):
        assert getattr(joined, name).tobytes() == getattr(whole, name).tobytes()
    assert joined.ids == whole.ids
    with pytest.raises(KeyError):
        merge_vectors(rows, changed, ["T9999"])


def test_neighbours_are_kept_in_a_folder(tmp_path) -> None:
    made, _ = corpus(40)
    model, rows = fit(made)
    found = neighbours(rows, recipe=model.weights, options=SearchOptions(exact_up_to=10))
    found.save(tmp_path)
    rows.save(tmp_path)
    again = Neighbours.load(tmp_path)
    assert same(found, again)
    assert (again.exact, again.recall, again.sampled) == (found.exact, found.recall, found.sampled)
    kept = Vectors.load(tmp_path)
    assert same(
        update_neighbours(again, kept.ids, kept, (), recipe=model.weights, options=SearchOptions(exact_up_to=10)), found
    )
    with pytest.raises(BuildError, match="trialgraph build"):
        Neighbours.load(tmp_path / "none")
