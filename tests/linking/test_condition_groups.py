"""Groups that people ask for and MeSH has no heading for."""

from __future__ import annotations

import pytest

from trialgraph.linking.conditions import groups as condition_groups
from trialgraph.linking.conditions.linker import ConditionLinker

GROUP = "TXT:autoimmune-cytopenia"


@pytest.fixture(scope="module")
def linker() -> ConditionLinker:
    return ConditionLinker()


@pytest.mark.parametrize("name", ["autoimmune cytopenia", "Autoimmune Cytopenias", "auto-immune cytopenias"])
def test_a_group_is_found_by_any_spelling_of_its_name(linker: ConditionLinker, name: str):
    resolved = linker.resolve(name)
    assert resolved is not None
    assert (resolved.id, resolved.method) == (GROUP, "group")
    assert [link.concept_id for link in linker.understand(name)] == [GROUP]


def test_a_group_stands_above_its_members_and_below_broader_headings(linker: ConditionLinker):
    assert GROUP in linker.parents("MESH:D016553")  # ITP
    assert GROUP not in linker.parents("MESH:D013921")  # any thrombocytopenia
    assert set(linker.parents(GROUP)) == {"MESH:D001327", "MESH:D006402"}
    assert {"MESH:D000744", "MESH:D016553", "MESH:D012010"} <= set(linker.below(GROUP))


def test_every_id_in_the_groups_is_a_heading(linker: ConditionLinker):
    for group in condition_groups.groups().values():
        for heading in (*group.members, *group.above):
            assert linker.mesh.get(heading.removeprefix("MESH:")) is not None, heading
