"""The mirror's page by labels and order: other markups, what is missing, what is no trial page."""

from __future__ import annotations

import datetime as dt
import html
import re
from pathlib import Path

import pytest

from trialgraph.errors import RecordError
from trialgraph.model import RawRecord, Trial
from trialgraph.registries.meddatax.read import parse

PAGE = (Path(__file__).parent / "meddatax" / "definitions.html").read_text("utf-8")
WHEN = dt.datetime(2026, 1, 31, tzinfo=dt.UTC)


def read(page: str, known_as: str = "NCT04324411") -> Trial:
    return parse(RawRecord(registry="meddatax", id=known_as, url="", fetched_at=WHEN, body=page.encode()))


EXPECTED = read(PAGE)


def test_class_names_and_wrappers_do_not_matter():
    other = re.sub(r"<(section|dl|p|h\d|dd|dt)>", r'<\1 class="x9 tw-1" data-v="2">', PAGE)
    other = other.replace("<article>", "<div><div><article>").replace("</article>", "</article></div></div>")
    assert read(other) == EXPECTED


def test_a_page_of_lines_without_any_headings_says_the_same():
    text = re.sub(r"</(?:h\d|p|dt|dd|li)>", "\n", PAGE.partition("<h1>")[2].partition("<footer>")[0])
    lines = [html.unescape(re.sub(r"<[^>]+>", "", line)).strip() for line in text.splitlines()]
    # Two lines of the criteria stand in one paragraph of the page; here each is its own.
    flat = "<html><body>" + "".join(f"<div><div>{html.escape(x)}</div></div>" for x in lines if x) + "</body></html>"
    told = read(flat)
    for field in Trial.__struct_fields__:
        if field not in {"eligibility", "identifiers"}:
            assert getattr(told, field) == getattr(EXPECTED, field), field


def test_a_page_nested_deeper_than_parsers_like_says_the_same():
    deep = PAGE.replace("<article>", "<div>" * 600 + "<article>").replace("</article>", "</article>" + "</div>" * 600)
    assert read(deep) == EXPECTED


def test_words_in_bold_or_linked_stay_in_their_sentence():
    plain = "<p>Two inexpensive drugs together for anemia"
    dressed = '<p>Two <b>inexpensive</b> drugs <a href="#">together</a> for<br>an<i>em</i>ia'
    told = read(PAGE.replace(plain, dressed))
    assert told.brief_summary == (EXPECTED.brief_summary or "").replace("for anemia", "for\nanemia")


def test_what_the_page_does_not_say_stays_empty():
    told = read("<html><body><h1>A trial</h1><p>NCT ID: NCT04324411</p><h2>Basic Information</h2></body></html>")
    empty = Trial(id="NCT04324411", registry="ctgov", brief_title="A trial")
    assert told == empty


def test_a_label_without_a_value_takes_nothing_from_what_follows():
    told = read(PAGE.replace("<dt>Clinical Phase</dt><dd>PHASE2/PHASE3</dd>", "<dt>Clinical Phase</dt><dd></dd>"))
    assert told.phases == ()
    assert told.enrollment == 50
    assert told.locations[0].status is None


def test_a_study_group_may_be_called_like_a_section():
    for name in ("Conditions", "Sponsors"):
        told = read(PAGE.replace("<h3>treatment group</h3>", f"<h3>{name}</h3>"))
        assert told.arms[0].label == name
        assert (told.conditions, told.lead_sponsor) == (EXPECTED.conditions, EXPECTED.lead_sponsor)


def test_a_section_we_do_not_know_does_not_flow_into_the_one_before():
    told = read(
        PAGE.replace(
            "<section><h2>Study Design", "<section><h2>News</h2><p>Cats</p></section><section><h2>Study Design"
        )
    )
    assert told == EXPECTED


def test_words_outside_the_known_lists_are_kept_and_named():
    told = read(PAGE.replace("<dd>UNKNOWN</dd>", "<dd>PAUSED</dd>"))
    assert told.overall_status == "PAUSED"
    assert told.unknown_values == ("overallStatus=PAUSED",)


def test_a_comma_inside_a_countrys_name_is_part_of_it():
    assert [(place.city, place.country) for place in EXPECTED.locations] == [
        ("Beijing", "China"),
        ("Seoul", "Korea, Republic of"),
    ]


@pytest.mark.parametrize(
    ("page", "why"),
    [
        ("<html><body><h1>Search</h1></body></html>", "has not got an NCT ID"),
        ("<html><body><h1>Results</h1><p>NCT ID: NCT04324411</p></body></html>", "section Basic Information"),
        ("", "no trial page"),
        (PAGE.replace("NCT ID: NCT04324411", "NCT ID: NCT00000001"), "tells of another trial, NCT00000001"),
    ],
)
def test_a_page_that_is_not_this_trials_is_refused_with_a_sentence(page: str, why: str):
    with pytest.raises(RecordError, match=re.escape(why)):
        read(page)


@pytest.mark.shared
def test_the_stand_ins_pages_say_what_its_records_say(shared: Path, monkeypatch: pytest.MonkeyPatch):
    import importlib.util
    import json

    from trialgraph.registries.ctgov import read as ctgov_read

    spec = importlib.util.spec_from_file_location("stand_in", shared / "registry" / "serve.py")
    assert spec is not None and spec.loader is not None
    serve = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(serve)
    held = serve.Registry(str(shared / "registry" / "ctgov-studies.jsonl.gz"), limit=250)
    same = (
        "id", "brief_title", "overall_status", "study_type", "conditions", "keywords", "allocation", "masking",
        "intervention_model", "primary_purpose", "minimum_age", "maximum_age", "sex", "healthy_volunteers",
        "lead_sponsor", "collaborators", "interventions",
    )  # fmt: skip
    for known_as, body in held.raw.items():
        own = ctgov_read.parse(RawRecord(registry="ctgov", id=known_as, url="", fetched_at=WHEN, body=body))
        for style in (0, 1):
            page = serve.page(json.loads(body), [("NCT00000001", "A title", "COMPLETED", "PHASE1/PHASE2")], style)
            told = read(page.decode(), known_as)
            for field in same[:-1]:
                assert getattr(told, field) == getattr(own, field), (known_as, style, field)
            assert [v.name for v in told.interventions] == [v.name for v in own.interventions]
            assert [arm.label for arm in told.arms] == [arm.label for arm in own.arms]
            assert [(p.facility, p.city, p.country) for p in told.locations] == [
                (p.facility, p.city, p.country) for p in own.locations
            ]
            assert [(x.id, x.title, x.phases) for x in told.listed_related] == [
                ("NCT00000001", "A title", ("PHASE1", "PHASE2"))
            ]
