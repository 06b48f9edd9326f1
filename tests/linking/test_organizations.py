"""One body under all its names, two bodies never under one."""

from __future__ import annotations

import pytest

from trialgraph.linking import corrections
from trialgraph.linking.organizations.linker import OrganizationLinker

LINKER = OrganizationLinker()


def organization(name: str) -> str:
    return LINKER.resolve(name).organization_id


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Acme Biotech, Inc.", "ACME Biotech"),
        ("Société Générale de Santé S.A.S.", "Societe Generale de Sante"),
        ("The Coldwater Clinic (CWC)", "Coldwater Clinic"),
        ("Synexus(UK)", "Synexus"),
        ("Oxford Immunotec Ltd (prior sponsor, Other)", "Oxford Immunotec"),
        ("SK Chemicals Co.,Ltd.", "SK Chemicals Co., Ltd."),
        ("Chiesi Farmaceutici S.p.A.", "Chiesi Farmaceutici SpA"),
        ("Universität Wien", "University of Vienna"),
        ("Universidade Federal de São Paulo", "Federal University of São Paulo"),
        ("HÃ´pital Saint-AndrÃ©", "Hôpital Saint-André"),
        ("Second People's Hospital of Wuhu", "Wuhu Second People Hospital"),
        ("James J. Peters VA Medical Center", "James J. Peters Veterans Affairs Medical Center"),
        ("Northwestern Univeristy", "Northwestern University"),
        ("Duluth Clinic, Duluth, MN", "Duluth Clinic"),
        ("MSD", "Merck Sharp & Dohme Corp."),
        ("GSK", "GlaxoSmithKline"),
        ("Organon and Co", "Organon"),
        ("Research Group for Sarcoma of Lyon", "Lyon Sarcoma Research Group"),
        ("Newcastle Hospitals NHS Foundation Trust", "Newcastle Hospitals NHS Trust"),
    ],
)
def test_one_body_has_one_id_under_all_its_names(one: str, other: str):
    assert organization(one) == organization(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Merck KGaA", "Merck & Co., Inc."),
        ("Merck", "Merck KGaA"),
        ("Merck", "Merck Sharp & Dohme LLC"),
        ("York University", "University of York"),
        ("Miami University", "University of Miami"),
        ("Washington University", "University of Washington"),
        ("Uppsala University", "Uppsala University Hospital"),
        ("Ministry of Health, Singapore", "Ministry of Health, Thailand"),
        ("National Cancer Institute (NCI)", "National Cancer Institute, Egypt"),
        ("National Institutes of Health (NIH)", "National Institute of Health, Peru"),
        ("Institute of Cancer Research", "Cancer Research Institute"),
        ("Therapeutics, Inc.", "Sarepta Therapeutics"),
        ("KU Leuven", "Université Catholique de Louvain"),
        ("China Medical University Hospital", "Hospital of China Medical University"),
        ("Nanjing First Hospital, Nanjing Medical University", "First Affiliated Hospital, Nanjing Medical University"),
        ("Christian Medical College, Vellore, India", "Christian Medical College and Hospital, Ludhiana, India"),
        ("AstraZeneca", "AstraZeneca K.K."),
        ("Janssen Pharmaceutical K.K.", "Janssen Pharmaceutica"),
    ],
)
def test_two_bodies_have_two_ids(one: str, other: str):
    assert organization(one) != organization(other)


@pytest.mark.parametrize(
    ("child", "parent"),
    [
        ("Kadmon, a Sanofi Company", "Sanofi"),
        ("Foo Bio, now a wholly owned subsidiary of Pfizer", "Pfizer"),
        ("Novartis Consumer Health", "Novartis"),
        ("Janssen Korea, Ltd.", "Johnson & Johnson"),
        ("Pfizer Japan Inc.", "Pfizer"),
        ("Merck Serono Co., Ltd., China", "Merck KGaA"),
        ("Merck SP. Z.O.O., Poland", "Merck KGaA"),
        ("National Eye Institute (NEI)", "National Institutes of Health (NIH)"),
        ("Tulane University School of Medicine", "Tulane University"),
        ("Department of Surgery, Uppsala University Hospital, Sweden", "Uppsala University Hospital"),
        ("Harvard Medical School", "Harvard University"),
    ],
)
def test_a_part_knows_its_owner_and_stays_itself(child: str, parent: str):
    link = LINKER.resolve(child)
    assert link.parent_id == organization(parent)
    assert link.organization_id != link.parent_id


@pytest.mark.parametrize(
    "name",
    [
        "Serum Institute of India Limited",
        "Children's Hospital of Zhejiang University School of Medicine",
        "Shanghai General Hospital, Shanghai Jiao Tong University School of Medicine",
        "University Hospital, Lille",
    ],
)
def test_a_hospital_or_institute_of_its_own_has_no_owner(name: str):
    assert LINKER.resolve(name).parent_id is None


def test_sandoz_has_no_owner_since_2023():
    assert LINKER.resolve("Sandoz").parent_id is None


def test_a_name_made_of_a_legal_form_or_of_nothing_still_has_an_id():
    ids = [organization(name) for name in ("A/S", "The", "Inc.", "東京大学", "+1 877 000 0000", "()", "-")]
    assert all(one.startswith("ORG:") and len(one) > len("ORG:") for one in ids)


def test_a_certain_name_carries_its_ror_id_and_country():
    link = LINKER.resolve("Medizinische Universität Wien")
    assert link.ror_id == "https://ror.org/05n3x4p02"
    assert link.country == "AT"
    known = LINKER.get(link.organization_id)
    assert known is not None
    assert known.name == "Medical University of Vienna"


def test_the_country_in_a_name_chooses_between_bodies_of_one_name():
    assert LINKER.resolve("York University, Canada").country == "CA"
    assert LINKER.resolve("York University").ror_id is None


def test_the_users_corrections_win():
    told = corrections.parse("organization: Merck = Merck KGaA\norganization: ORG:acme = ORG:pfizer\n")
    linker = OrganizationLinker(corrections=told)
    assert linker.resolve("Merck").organization_id == "ORG:merck-kgaa"
    assert linker.resolve("Merck").method == "user"
    assert linker.resolve("Acme, Inc.").organization_id == "ORG:pfizer"
    assert organization("Acme, Inc.") == "ORG:acme"


def test_an_id_does_not_depend_on_what_was_resolved_before():
    names = ["Lille University Hospital", "Université de Lille", "Acme Europe Ltd.", "Acme", "Merck", "Merck KGaA"]
    fresh = [OrganizationLinker().resolve(name) for name in names]
    linker = OrganizationLinker()
    assert [linker.resolve(name) for name in reversed(names)] == fresh[::-1]


@pytest.mark.shared
def test_the_labelled_pairs_are_told_apart(shared):
    rows = [line.split("\t") for line in (shared / "gold" / "sponsors.tsv").read_text("utf-8").splitlines()[1:] if line]
    same = [organization(a) == organization(b) for a, b, kind, _ in rows if kind == "1"]
    assert not [(a, b) for a, b, kind, _ in rows if kind != "1" and organization(a) == organization(b)]
    assert sum(same) / len(same) >= 0.95
    children = [
        LINKER.resolve(a).parent_id == organization(b) or LINKER.resolve(b).parent_id == organization(a)
        for a, b, kind, _ in rows
        if kind == "child"
    ]
    assert sum(children) / len(children) >= 0.89


@pytest.mark.parametrize("name", ["Merck & Co", "Merck and Co.", "Merck & Company", "Merck & Co., Inc."])
def test_merck_and_co_is_the_american_company_however_short(name):
    assert OrganizationLinker().resolve(name).organization_id == "ORG:merck-and-co"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Institute of Behavioral Sciences, Switzerland", "ROR:0022v1p96"),
        ("Institute of Behavioral Sciences, Japan", "ROR:03c6bf397"),
        ("Institute of Behavioral Sciences, Chile", "ORG:institute-behavioral-science"),
    ],
)
def test_a_country_in_the_name_decides_between_bodies_of_one_name(name, expected):
    assert organization(name) == expected
