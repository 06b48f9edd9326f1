"""The same study in another registry, and the study that another one follows."""

from __future__ import annotations

from typing import Any

from trialgraph.linking.studies import same_study
from trialgraph.model import Identifier, Party, Trial


def trial(one: str, registry: str = "ctgov", *numbers: tuple[str, str], **fields: Any) -> Trial:
    return Trial(
        id=one,
        registry=registry,
        identifiers=tuple(Identifier(scheme=scheme, value=value) for scheme, value in numbers),
        **fields,
    )


def test_a_shared_number_joins_registrations_of_two_registries():
    found = list(
        same_study(
            [
                trial("NCT00000001", "ctgov", ("EUDRACT_NUMBER", "2015-000001-11")),
                trial("EUCTR2015-000001-11", "euctr"),
                trial("ISRCTN12345678", "isrctn", ("NCT", "NCT00000001")),
            ]
        )
    )
    assert {(link.source, link.target) for link in found} == {
        ("EUCTR2015-000001-11", "NCT00000001"),
        ("ISRCTN12345678", "NCT00000001"),
    }
    assert all(link.type == "SAME_STUDY_AS" and link.evidence for link in found)


def test_two_nct_numbers_are_never_the_same_study():
    number = ("EUDRACT_NUMBER", "2015-000001-11")
    assert not list(same_study([trial("NCT00000001", "ctgov", number), trial("NCT00000002", "ctgov", number)]))


def test_an_extension_follows_the_trial_whose_number_it_names():
    parent = trial(
        "NCT00000001", "ctgov", ("ORG_STUDY_ID", "ABC-301"), lead_sponsor=Party(name="Acme", role="LEAD_SPONSOR")
    )
    for child in (
        trial(
            "NCT00000002",
            brief_summary="Open extension of study ABC-301 for those who finished it.",
            lead_sponsor=Party(name="Acme, Inc.", role="LEAD_SPONSOR"),
        ),
        trial("NCT00000002", eligibility="Inclusion Criteria:\n\n* Completed the parent study (NCT00000001)"),
    ):
        (link,) = same_study([parent, child])
        assert (link.type, link.source, link.target) == ("FOLLOW_UP_OF", "NCT00000002", "NCT00000001")
        assert "ABC-301" in link.evidence[0] or "NCT00000001" in link.evidence[0]
        assert link.evidence[0].startswith(link.source_field)


def test_a_trial_that_announces_its_extension_is_followed_by_it():
    first = trial("NCT00000001", brief_summary="Participants may enter a long-term extension study, NCT00000002.")
    (link,) = same_study([first, trial("NCT00000002")])
    assert (link.source, link.target) == ("NCT00000002", "NCT00000001")


def test_a_number_that_is_only_mentioned_says_nothing():
    texts = (
        "Exclusion Criteria:\n\n* Previously enrolled in NCT00000001",
        "The sample size is based on results of NCT00000001.",
        "A sub-study of NCT00000001 is planned.",
    )
    for text in texts:
        assert not list(same_study([trial("NCT00000001"), trial("NCT00000002", eligibility=text)]))


def test_a_study_number_of_another_sponsor_is_another_study():
    other = trial(
        "NCT00000001", "ctgov", ("ORG_STUDY_ID", "CIP-001"), lead_sponsor=Party(name="Acme", role="LEAD_SPONSOR")
    )
    mine = trial(
        "NCT00000002", eligibility="Completed study CIP-001", lead_sponsor=Party(name="Zeta", role="LEAD_SPONSOR")
    )
    assert not list(same_study([other, mine]))
