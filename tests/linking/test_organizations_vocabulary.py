"""The lists of organisations and countries hold together."""

from __future__ import annotations

from trialgraph.curation.organizations import ror_text
from trialgraph.linking import countries
from trialgraph.linking.organizations import vocabulary as organizations
from trialgraph.linking.organizations.names import parse


def test_every_owner_in_the_table_is_in_the_table():
    known = organizations.load()
    owners = {body.parent_id for body in known.hand.values()} - {None}
    assert owners <= set(known.hand)
    assert all(body.country is None or body.country in countries.by_code() for body in known.hand.values())
    assert all(
        body.affiliates in {"", "own", "parent"} or body.affiliates.startswith("abroad ")
        for body in known.hand.values()
    )


def test_nobody_owns_itself_through_others():
    known = organizations.load().hand
    for first in known:
        seen = [first]
        while (owner := known[seen[-1]].parent_id) is not None:
            assert owner not in seen
            seen.append(owner)


def test_the_shipped_words_are_those_that_names_are_read_as_today():
    known = organizations.load()
    for place in range(0, len(known.ror), 997):
        _, _, name = known.ror[place]
        words = parse(name).tokens
        if len(words) > 1:
            assert place in known.keys[" ".join(words)], name


def test_the_registry_file_leaves_out_companies_and_withdrawn_bodies_and_is_the_same_each_time():
    record = '{{"ror_id":"https://ror.org/{0}","name":"{1}","labels":[],"aliases":[],"types":["{2}"],"country":"DE","status":"{3}"}}'
    lines = [
        record.format("b2", "University of Nowhere", "education", "active"),
        record.format("a1", "Nowhere Pharma (Germany)", "company", "active"),
        record.format("a0", "Old University", "education", "withdrawn"),
        record.format("a2", "Somewhere Clinic", "Healthcare", "active"),
    ]
    text = ror_text(lines, "test")
    assert (
        text
        == "# test\na2\tDE\tSomewhere Clinic\tsomewhere clinic\nb2\tDE\tUniversity of Nowhere\tuniversity nowhere\n"
    )
    assert ror_text(reversed(lines), "test") == text


def test_countries_are_found_under_the_names_that_registries_write():
    for name, code in {
        "Korea, Republic of": "KR",
        "Türkiye": "TR",
        "Turkey (Türkiye)": "TR",
        "Czechia": "CZ",
        "Czech Republic": "CZ",
        "The Netherlands": "NL",
        "Macedonia, The Former Yugoslav Republic of": "MK",
        "Former Serbia and Montenegro": "CS",
        "Côte D'Ivoire": "CI",
        "USA": "US",
        "DE": "DE",
    }.items():
        found = countries.find(name)
        assert found is not None, name
        assert found.iso2 == code
    assert countries.find("Atlantis") is None
    assert len(countries.by_code()) >= 249
