"""Names in questions obey the corrections of the home that is asked."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from trialgraph.ask.names import resolve as names
from trialgraph.ask.questions import named as questions
from trialgraph.ask.search.reading import read
from trialgraph.config import Settings
from trialgraph.errors import UsageError
from trialgraph.stores.open import open_graph
from trialgraph.stores.store import Store


@pytest.fixture
def corrected(golden_home: Path, tmp_path: Path):
    shutil.copytree(golden_home, tmp_path / "home")
    store = open_graph(Settings(home=tmp_path / "home"))
    yield tmp_path / "home" / "corrections.txt", store
    store.close()


def test_a_drug_s_own_name_of_the_house_is_understood(corrected, store: Store):
    path, own = corrected
    with pytest.raises(UsageError):
        names.resolve("drug", "rapa nui extract", own)
    path.write_text("drug: rapa nui extract = sirolimus\n", "utf-8")
    found = names.resolve("drug", "rapa nui extract", own)
    assert (found.id, found.method) == ("MESH:D020123", "user")
    assert names.sentence(found).endswith("by corrections.txt")
    assert questions.ask(own, "trials-of-drug", drug="rapa nui extract").rows
    assert [one.id for one in read("rapa nui extract", own).concepts] == ["MESH:D020123"]
    with pytest.raises(UsageError):  # another home does not know it
        names.resolve("drug", "rapa nui extract", store)


def test_a_correction_of_an_id_and_of_a_condition_is_obeyed(corrected):
    path, own = corrected
    path.write_text("drug: TXT:abc-123 = MESH:D020123\ncondition: the pale illness = Anemia\n", "utf-8")
    assert names.resolve("drug", "TXT:abc-123", own).id == "MESH:D020123"
    assert names.resolve("condition", "the pale illness", own).name == "Anemia"


def test_corrections_are_read_again_when_the_file_changes(corrected):
    path, own = corrected
    path.write_text("drug: house brand = sirolimus\n", "utf-8")
    assert names.resolve("drug", "house brand", own).name.lower() == "sirolimus"
    path.write_text("drug: house brand = tretinoin  # since last week\n", "utf-8")
    assert names.resolve("drug", "house brand", own).name.lower() == "tretinoin"
