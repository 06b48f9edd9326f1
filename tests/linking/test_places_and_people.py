"""A site is a facility in a city, a person a name at an institution."""

from __future__ import annotations

import time

import pytest

from trialgraph.linking import people, places
from trialgraph.linking.organizations.facilities import part_of
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


def test_a_location_that_names_no_facility_is_counted_in_its_country_and_is_no_site():
    trial = Trial(
        id="NCT00000001",
        registry="ctgov",
        locations=(
            Location(facility="Research Site", city="Boston", state="Massachusetts", country="United States"),
            Location(facility="Mercy Hospital", city="Boston", state="Massachusetts", country="United States"),
            Location(facility="Mercy Hospital", city="Boston", state="Massachusetts", country="USA"),
            Location(city="Lyon", country="France"),
            Location(country="France"),
        ),
    )
    found = places.sites(trial)
    assert [site.facility for site in found] == ["Mercy Hospital"]
    counts = {land.iso2: (land.sites, land.unnamed_sites) for land in places.trial_countries(trial, found)}
    assert counts == {"US": (1, 1), "FR": (0, 1)}


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
    "facility",
    [
        "Pfizer Investigational Site",
        "GSK Investigational Site",
        "Local Institution - 0012",
        "Site 12",
        "Site Reference ID/Investigator# 751",
        "Site Ref # / Investigator 98258",
        "Investigational Site 012",
        "1160.26.0933 Boehringer Ingelheim Investigational Site",
        "Investigational Site Number : 1520001",
        "Novartis Investigative Site",
        "Research Site US-12-034",
        "For additional information regarding investigative sites for this trial, contact 1-877-CTLILLY",
        "Reserch site",
        "#12",
        "US014",
        "Clinical Research Center",
    ],
)
def test_what_sponsors_write_instead_of_a_place_is_no_facility(facility):
    assert not at((facility, "Ghent", None, "Belgium"))


@pytest.mark.parametrize(
    "facility",
    [
        "Gustave Roussy ( Site 1303)",
        "Emory University-Site Number:12",
        "V.A. Medical Center",
        "Hospital Clínic",
        "Research Medical Center",
        "Sarah Cannon Research Institute",
        "Hospital 12 de Octubre",
        "北京医院",
    ],
)
def test_a_facility_with_general_words_or_a_number_keeps_its_name(facility):
    assert at((facility, "Ghent", None, "Belgium"))


def test_a_location_without_a_facility_gives_its_country_only():
    trial = Trial(
        id="NCT00000001",
        registry="ctgov",
        locations=(Location(city="Izmir", country="Türkiye"), Location(facility="Ege", city="Izmir", country="Turkey")),
        countries=("Korea, Republic of", "Atlantis"),
    )
    assert len(places.sites(trial)) == 1
    found = {one.iso2: one for one in places.trial_countries(trial, places.sites(trial))}
    assert list(found) == ["TR", "KR", "Atlantis"]
    assert (found["TR"].sites, found["TR"].unnamed_sites) == (1, 1)
    assert (found["KR"].sites, found["KR"].unnamed_sites) == (0, 0)
    assert found["KR"].name == "South Korea"


@pytest.mark.parametrize(
    ("facility", "city", "country", "body", "method"),
    [
        ("Mayo Clinic", "Rochester", "US", "Mayo Clinic", "ror"),
        ("Massachusetts General Hospital", "Boston", "US", "Massachusetts General Hospital", "alias-table"),
        ("Hôpital Européen Georges Pompidou", "Paris", "FR", "Hôpital Européen Georges-Pompidou", "ror"),
        ("Department of Medicine, Fudan University", "Shanghai", "CN", "Fudan University", "host"),
        ("Mayo Clinic", "London", "GB", None, None),
        ("Loyola University", "Chicago", "US", "Loyola University Chicago", "alias-table"),
        ("Loyola University", "Sevilla", "ES", None, None),
        ("University Hospital", None, "DE", None, None),
        ("Dr. Smith's Practice", "Boston", "US", None, None),
    ],
)
def test_a_facility_is_part_of_the_body_of_its_name_in_its_own_country(facility, city, country, body, method):
    found = part_of(facility, city, country, LINKER)
    known = LINKER.get(found.organization_id) if found else None
    assert (known.name if known else None, found.method if found else None) == (body, method)


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
        ("ICD CSD", None),
        ("R&D SANOFI", None),
        ("DUK HYUN KANG", "DUK HYUN KANG"),
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
