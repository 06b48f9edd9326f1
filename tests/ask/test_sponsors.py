"""What people type for an organisation means the body, or the family of bodies, that they mean."""

from __future__ import annotations

from collections.abc import Collection

import pytest

from trialgraph.ask.names import sponsors
from trialgraph.ask.names.resolve import sentence
from trialgraph.linking.organizations.linker import OrganizationLinker
from trialgraph.meanings import Resolution

LINKER = OrganizationLinker()
TRIALS = {
    "Merck & Co., Inc.": 9,
    "Merck Sharp & Dohme LLC": 20,
    "Merck KGaA, Darmstadt, Germany": 7,
    "Janssen": 2,
    "Janssen Korea, Ltd., Korea": 3,
    "Johnson & Johnson": 5,
    "Ethicon, Inc.": 4,
    "GlaxoSmithKline": 50,
    "Glaxo Wellcome": 3,
    "Mayo Clinic": 30,
    "Laboratoires Mayoly Spindler": 40,
    "Assistance Publique - Hôpitaux de Paris": 12,
    "Assistance Publique Hopitaux De Marseille": 3,
    "Dana-Farber Cancer Institute": 6,
    "University of Oxford": 8,
    "Oxford BioMedica": 3,
    "China Medical University Hospital": 5,
}


def bodies() -> sponsors.Bodies:
    names: dict[str, tuple[str, ...]] = {}
    owners: dict[str, str] = {}
    counts: dict[str, int] = {}
    for written, trials in TRIALS.items():
        link = LINKER.resolve(written)
        names[link.organization_id] = (link.name, written)
        counts[link.organization_id] = trials
        key, owner = link.organization_id, link.parent_id
        while owner is not None:
            owners[key] = owner
            known = LINKER.get(owner)
            names.setdefault(owner, (known.name if known else owner,))
            key, owner = owner, known.parent_id if known else None

    def total(ids: Collection[str]) -> int:
        return sum(counts.get(key, 0) for key in ids)

    return sponsors.Bodies(names=names, owners=owners, trials=total)


BODIES = bodies()


def meaning(given: str) -> Resolution | None:
    key = LINKER.resolve(given).organization_id
    return sponsors.meaning(given, LINKER.understand(given) if key in BODIES.names else None, LINKER, BODIES)


def total(given: str) -> int:
    found = meaning(given)
    return BODIES.trials(found.ids) if found is not None else 0


@pytest.mark.parametrize(
    ("given", "trials"),
    [
        ("Mayo", 30),
        ("DFCI", 6),
        ("Dana-Farber", 6),
        ("Johnson & Johnson", 14),
        ("Janssen", 5),
        ("Glaxo", 53),
        ("Oxford", 8),
        ("Mayo Clinic", 30),
        ("MSD", 20),
        ("AP-HP", 12),
        ("West China", 0),
        ("Nobody Ever", 0),
    ],
)
def test_a_name_brings_the_trials_of_the_body_or_family_that_people_mean(given: str, trials: int):
    assert total(given) == trials


def test_a_name_that_two_companies_share_offers_both_with_their_trials():
    found = meaning("Merck")
    assert found is not None
    assert [(each.name, each.trials) for each in found.candidates] == [("Merck & Co.", 29), ("Merck KGaA", 7)]
    assert found.id == "ORG:merck-and-co"
    assert "Merck & Co. (ORG:merck-and-co) 29, Merck KGaA (ORG:merck-kgaa) 7 trials" in sentence(found)


def test_part_of_a_name_means_the_body_with_most_trials_and_offers_the_others():
    found = meaning("Assistance Publique")
    assert found is not None
    assert found.id == "ORG:aphp"
    assert [each.id for each in found.candidates] == ["ORG:aphp", "ORG:aphm"]
