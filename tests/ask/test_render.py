"""What answers look like, and that no text of a registry can do anything but be read."""

from __future__ import annotations

import csv
import html.parser
import io
import json
import re

import pytest

from trialgraph.ask.show import render, safe
from trialgraph.ask.show.csv import csv_cell
from trialgraph.ask.show.json import script_json
from trialgraph.ask.show.table import display_width

ROWS = [
    {"id": "NCT04324411", "title": "Sirolimus and ATRA", "score": 0.81234, "drugs": ["sirolimus", "tretinoin"]},
    {"id": "NCT00000001", "title": None, "score": 1.0, "drugs": []},
]
COLUMNS = ("id", "title", "score", "drugs")

ANSI = [
    "\x1b[31mred\x1b[0m",
    "\x1b]0;title\x07red",
    "\x1b]8;;http://x\x1b\\red\x1b]8;;\x1b\\",
    "\x9b31mred",
    "\x1b(Bred",
    "r\x08\x7fed",
    "\u202ered",
    "\x1bP1$qm\x1b\\red",
    "red\x1b[2J\x1b[H",
    "\ud800red",
]
FORMULAS = ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x","y")', "\uff1d1+1", "\n=1"]
XSS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</title><script>alert(1)</script>",
    "<!--<script>",
    "<svg/onload=alert(1)>",
    "javascript:alert(1)",
    "&lt;script&gt;",
    "</script><script>alert(1)</script>",
]


def test_a_table_for_a_pipe_is_aligned_plain_text():
    text = render.rows(COLUMNS, ROWS)
    lines = text.splitlines()
    assert lines[0].split() == ["id", "title", "score", "drugs"]
    assert lines[2] == "NCT04324411  Sirolimus and ATRA  0.812  sirolimus; tretinoin"
    assert lines[3] == "NCT00000001" + " " * 26 + "1"


def test_nothing_is_cut_in_a_pipe():
    long = "word " * 400
    assert long.strip() in render.rows(["title"], [{"title": long.strip()}])


def test_a_table_fits_the_terminal_and_loses_no_letter():
    long = "immunosuppression " * 30
    text = render.rows(["id", "title"], [{"id": "NCT04324411", "title": long}], tty=True, width=60)
    assert max(map(display_width, safe.ANSI.sub("", text).splitlines())) <= 60
    assert text.count("immunosuppression") == 30
    assert "NCT04324411" in text


def test_many_short_columns_on_a_narrow_terminal_lose_no_letter():
    columns = [f"c{i}" for i in range(8)]
    text = render.rows(columns, [dict.fromkeys(columns, "ABCDEFGHIJK")], tty=True, width=40)
    assert sum(text.count(letter) for letter in "ABDEFGHIJK") == 80


def test_wide_letters_are_aligned_by_cells():
    lines = render.rows(["a", "b"], [{"a": "漢字", "b": 1}, {"a": "abcd", "b": 2}]).splitlines()
    assert lines[2] == "漢字  1"
    assert lines[3] == "abcd  2"


def test_json_is_an_array_of_objects_with_letters_as_they_are():
    rows = [{"id": "a", "title": "Sjögren", "score": float("nan"), "drugs": None}]
    text = render.rows(COLUMNS, rows, "json")
    assert "Sjögren" in text
    assert json.loads(text) == [{"id": "a", "title": "Sjögren", "score": None, "drugs": None}]
    assert json.loads(render.rows(COLUMNS, [], "json")) == []


def test_json_lines_are_one_object_a_line():
    assert [json.loads(line) for line in render.rows(COLUMNS, ROWS, "nl").splitlines()] == ROWS


def test_csv_reads_back():
    rows = [{"a": 'say "x", twice\nand again', "b": -5, "c": None, "d": True, "e": ["x", "y"], "f": {"k": 1}}]
    read = list(csv.reader(io.StringIO(render.rows("abcdef", rows, "csv"), newline="")))
    assert read == [list("abcdef"), ['say "x", twice\nand again', "-5", "", "true", "x; y", '{"k": 1}']]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_is_defused_in_csv_unless_raw(text):
    def cell(raw):
        return list(csv.reader(io.StringIO(render.rows(["x"], [{"x": text}], "csv", raw=raw), newline="")))[1][0]

    assert cell(raw=False) == "'" + text
    assert cell(raw=True) == text
    listed = render.rows(["x"], [{"x": [text]}], "csv")
    assert list(csv.reader(io.StringIO(listed, newline="")))[1][0].startswith("'")


@pytest.mark.parametrize("text", ["-5", "+3.5", "7"])
def test_a_number_written_as_text_is_no_formula(text):
    assert csv_cell(text) == text


@pytest.mark.parametrize("form", ["table", "md", "csv", "json", "nl", "html"])
@pytest.mark.parametrize("text", ANSI)
def test_registry_text_cannot_drive_a_terminal(text, form):
    shown = render.rows(["x"], [{"x": text}], form)
    assert not set(shown) & set("\x1b\x07\x08\x7f\x9b\u202e\ud800"), repr(shown)
    assert "ed" in shown
    if form == "table":
        assert shown.splitlines()[-1] == "red"


@pytest.mark.parametrize("text", ANSI)
def test_registry_text_cannot_drive_a_terminal_from_a_coloured_table(text):
    shown = render.rows(["x"], [{"x": text}], tty=True, width=40)
    assert "red" in shown
    assert "\x1b[31m" not in shown
    assert "\x1b]" not in shown


@pytest.mark.parametrize("text", XSS)
def test_markup_in_registry_text_stays_text_in_html(text):
    class Elements(html.parser.HTMLParser):
        def __init__(self):
            super().__init__()
            self.seen, self.text = [], ""

        def handle_starttag(self, tag, attrs):
            self.seen.append((tag, attrs))

        def handle_data(self, data):
            self.text += data

    page = Elements()
    page.feed(render.rows([text], [{text: text}], "html"))
    assert [tag for tag, _ in page.seen] == ["table", "thead", "tr", "th", "tbody", "tr", "td"]
    assert page.text.count(text) == 2
    assert f'title="{safe.html_text(text)}"'.count('"') == 2
    script = script_json({"x": text})
    assert "<" not in script
    assert json.loads(script) == {"x": text}


@pytest.mark.parametrize("text", ["a|b", "*a*", "[x](http://y)", "<b>", "`x`", "_a_", "a\nb", "![x](y)"])
def test_markdown_shows_registry_text_as_it_is(text):
    line = render.rows(["x"], [{"x": text}], "md").splitlines()[2]
    assert line.count("|") - line.count("\\|") == 2
    assert "](" not in line.replace("\\]", "")
    assert "<b>" not in line


def test_an_enum_value_is_readable_in_markdown():
    assert safe.markdown("ACTIVE_NOT_RECRUITING") == "ACTIVE_NOT_RECRUITING"


def test_a_report_is_figures_under_names():
    report = {"trials": 23142, "tables": {"Trial": 23142, "Drug": 5}, "reconciled": True}
    assert render.report(report) == "trials      23,142\ntables\n  Trial     23,142\n  Drug      5\nreconciled  yes\n"
    assert json.loads(render.report(report, "json")) == report
    assert "tables.Drug,5" in render.report(report, "csv")
    assert "| tables.Drug | 5 |" in render.report(report, "md")


def test_no_rows_say_so():
    assert render.rows(COLUMNS, [], tty=True) == "No rows.\n"
    assert render.rows(["a"], []) == "a\n-\n"


def test_in_a_terminal_each_part_of_a_long_list_begins_a_line():
    reasons = ["conditions: Anemia, Aplastic", "words: anemia + aplastic"]
    told = render.rows(("because",), [{"because": reasons}], tty=True, width=80)
    lines = [line.strip() for line in told.splitlines()]
    assert lines[-2:] == ["conditions: Anemia, Aplastic;", "words: anemia + aplastic"]
    assert "conditions: Anemia, Aplastic; words" in render.rows(("because",), [{"because": reasons}])


def test_a_table_whose_words_would_be_broken_becomes_a_block_for_each_row():
    columns = [f"column_{i}" for i in range(10)]
    row = {column: f"NCT0432441{i}" for i, column in enumerate(columns)}
    told = re.sub(r"\x1b\[[0-9;]*m", "", render.rows(columns, [row, row | {"column_3": None}], tty=True, width=80))
    lines = [line.rstrip() for line in told.splitlines()]
    assert lines[:3] == ["NCT04324410", "  column_1  NCT04324411", "  column_2  NCT04324412"]
    assert len(lines) == 10 + 9  # what is missing takes no line
    assert "column_0" in render.rows(columns, [row], tty=True, width=200)


def test_a_status_is_never_broken_over_two_lines():
    row = {"trial_id": "NCT04324411", "status": "NOT_YET_RECRUITING", "title": "A title of several words " * 4}
    row |= {"why": "some words " * 9, "phases": ["EARLY_PHASE1"], "other": "ENROLLING_BY_INVITATION"}
    for width in (50, 80, 100, 120):
        told = render.rows(tuple(row), [row], tty=True, width=width)
        assert "NOT_YET_RECRUITING" in told, width
        assert "ENROLLING_BY_INVITATION" in told, width


def test_a_node_is_told_line_by_line_what_it_is_first_and_long_texts_last():
    node = {"labels": ["Trial"], "properties": {"brief_summary": "words " * 40, "trial_id": "NCT04324411", "a": None}}
    told = re.sub(r"\x1b\[[0-9;]*m", "", render.rows(("t", "n"), [{"t": node, "n": 1}], tty=True, width=100))
    lines = [line.strip() for line in told.splitlines()]
    assert lines[1:3] == ["t  Trial", "trial_id: NCT04324411"]
    assert lines[3].startswith("brief_summary: words")


def test_long_names_of_columns_break_at_an_underscore_before_a_table_becomes_blocks():
    row = dict.fromkeys(("as_experimental", "highest_phase", "with_placebo_arm", "participants"), 1) | {
        "drug": "Sirolimus"
    }
    told = re.sub(r"\x1b\[[0-9;]*m", "", render.rows(tuple(row), [row], tty=True, width=72))
    assert any("with_ " in line for line in told.splitlines()[:3])
    assert "experimental" in told
    assert len(told.splitlines()) < 7
