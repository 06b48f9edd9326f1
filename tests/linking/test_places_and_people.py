"""A site is a facility in a city, a person a name at an institution."""

from __future__ import annotations

import time

import pytest

from trialgraph.linking import people, places
from trialgraph.linking.organizations.linker import OrganizationLinker
from trialgraph.model import Location, Official, Trial

LINKER = OrganizationLinker()


def at(*locations: tuple[str | None, str, str | None, str], one: str = "NCT00000001") -> tuple[places.Site, ...]:
    return places.sites(
        Trial(
            id=one,
            registry="ctgov",
            locations=tuple(Location(facility=f, city=c, state=s, country=k) for f, c, s, k in locations),
        )
    )


def test_one_facility_under_many_spellings_is_one_site_of_its_city():
    found = at(
        ("Hôpital La Pitié Salpêtrière", "Paris Cedex 13", None, "France"),
        ("Hopital de la Pitie-Salpetriere (APHP)", "Paris", None, "France"),
        ("The Miriam Hospital", "Providence", "Rhode Island", "United States"),
        ("Miriam Hospital, Inc.", "Providence", "Rhode Island", "USA"),
        ("Klinikum der Universität", "München", None, "Germany"),
        ("University Hospital, Munich", "Munich", "Bavaria", "Germany"),
    )
    assert len(found) == 3


def test_the_same_facility_name_in_two_cities_is_two_sites():
    found = at(
        ("Mercy Hospital", "Springfield", "Missouri", "United States"),
        ("Mercy Hospital", "Springfield", "Massachusetts", "United States"),
        ("Mercy Hospital", "Cork", None, "Ireland"),
    )
    assert len({site.site_id for site in found}) == 3


def test_a_site_without_a_name_of_its_own_belongs_to_its_trial_alone():
    lines = [("Research Site", "Boston", "Massachusetts", "United States")]
    assert at(*lines)[0].site_id != at(*lines, one="NCT00000002")[0].site_id
    assert at(*lines)[0].method == "unnamed"


def test_a_site_number_beside_a_name_does_not_matter():
    found = at(
        ("Site 12: Heim Pal Hospital", "Budapest", None, "Hungary"),
        ("Heim Pal Hospital (site 12)", "Budapest", None, "Hungary"),
        ("Heim Pál Hospital", "Budapest", None, "Hungary"),
        ("Hospital 12 de Octubre", "Madrid", None, "Spain"),
    )
    assert len(found) == 2
    assert {site.method for site in found} == {"facility"}


@pytest.mark.parametrize(
    "facility", ["Pfizer Investigational Site", "GSK Investigational Site", "Local Institution - 0012", "Site 12"]
)
def test_sponsors_place_holders_are_no_facilities(facility):
    assert at((facility, "Ghent", None, "Belgium"))[0].method == "unnamed"


def test_a_location_without_a_facility_gives_its_country_only():
    trial = Trial(
        id="NCT00000001",
        registry="ctgov",
        locations=(Location(city="Izmir", country="Türkiye"), Location(facility="Ege", city="Izmir", country="Turkey")),
        countries=("Korea, Republic of", "Atlantis"),
    )
    assert len(places.sites(trial)) == 1
    found = {one.iso2: one for one in places.trial_countries(trial)}
    assert list(found) == ["TR", "KR", "Atlantis"]
    assert found["TR"].locations == 2
    assert found["KR"].name == "South Korea"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Robert A. Brodsky, M.D., Ph.D.", "Robert A. Brodsky"),
        ("Prof. Dr. med. Anna Müller", "Anna Müller"),
        ("Smith, John, MD", "John Smith"),
        ("Bing Han", "Bing Han"),
        ("Maria Domenica Cappellini MD", "Maria Domenica Cappellini"),
        ("Jun Ma, M.D, Ph.D", "Jun Ma"),
        ("Fischl MA", "Fischl MA"),
        ("Stephen Head, MD", "Stephen Head"),
        ("Xueyu (Eric) Chen, M.D.", "Xueyu Chen"),
        ("Head of Clinical Affairs", None),
        ("Medical Director", None),
        ("Clinical Trials", None),
        ("GSK Clinical Trials", None),
        ("Use Central Contact", None),
        ("Pfizer CT.gov Call Center", None),
        ("Call 1-877-CTLILLY (1-877-285-4559)", None),
        ("Novartis Pharmaceuticals", None),
        ("MD", None),
        ("Study Director", None),
        ("", None),
    ],
)
def test_degrees_come_off_and_offices_are_nobody(text, name):
    assert people.name_of(text) == name


def test_a_company_in_the_place_of_a_person_is_nobody():
    officials = tuple(Official(name=name) for name in ("Boehringer Ingelheim", "Bristol-Myers Squibb", "Janssen Korea"))
    assert not people.people(Trial(id="NCT00000001", registry="ctgov", officials=officials), LINKER)


def test_one_name_at_two_places_is_two_people_and_at_one_place_one():
    def person(name: str, affiliation: str | None, one: str = "NCT00000001") -> str:
        trial = Trial(id=one, registry="ctgov", officials=(Official(name=name, affiliation=affiliation),))
        return people.people(trial, LINKER)[0].person_id

    assert person("Wei Wang, MD", "Fudan University") != person("Wei Wang", "Peking University")
    assert person("Wei Wang, MD", "Fudan University") == person("Wei X Wang", "Fudan University, China")
    assert person("Wei Wang", "Department of Surgery, Fudan University") == person("Wei Wang", "Fudan University")
    assert person("Wei Wang", None) != person("Wei Wang", None, one="NCT00000002")


@pytest.mark.parametrize(
    "text", [" " * 50_000 + "x", "(" * 50_000, ", " * 20_000 + "of", "- " * 20_000, "a.b " * 20_000]
)
def test_a_name_that_is_no_name_takes_no_time(text):
    began = time.process_time()
    LINKER.resolve(text)
    people.name_of(text)
    at((text, "Paris", None, "France"))
    assert time.process_time() - began < 3
