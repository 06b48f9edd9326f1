"""The recipes run on the sample and give rows; the pages that the index names exist, and none is missing from it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from trialgraph import schema
from trialgraph.ask.cypher import run as cypher
from trialgraph.stores.open import open_store

DOCS = Path(__file__).resolve().parents[2] / "docs"
COOKBOOK = (DOCS / "cookbook.md").read_text("utf-8")
RECIPES = re.findall(r"```cypher\n(.*?)```", COOKBOOK, re.DOTALL)


@pytest.fixture(scope="module")
def sample(sample_home: Path):
    store = open_store(sample_home / "graph")
    yield store
    store.close()


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.split("\n")[0].removeprefix("// "))
def test_a_recipe_gives_rows_on_the_sample(sample, recipe):
    given = dict(re.findall(r"\$(\w+) = (\w+)", recipe))
    answer = cypher.run(sample, recipe, given)
    assert answer.rows
    assert answer.notes == ()


def test_the_picture_shows_every_label_and_relationship_type():
    picture = COOKBOOK.split("```")[1]
    for name in [*schema.LABEL, *schema.RELATIONSHIP]:
        assert re.search(rf"\b{name}\b", picture), name


def test_the_index_names_every_page_and_only_pages_that_exist():
    index = (DOCS / "index.md").read_text("utf-8")
    named = set(re.findall(r"\]\(([^)#]+)\)", index))
    assert {page.name for page in DOCS.glob("*.md")} - {"index.md"} <= named
    assert all((DOCS / page).exists() for page in named)


def test_the_links_of_the_asking_pages_lead_somewhere():
    for name in ("asking.md", "cookbook.md"):
        for target in re.findall(r"\]\(([^)#:]+)\)", (DOCS / name).read_text("utf-8")):
            assert (DOCS / target).exists(), f"{name}: {target}"
