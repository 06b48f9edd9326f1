"""A file holds what its name says, or is refused in one sentence."""

from __future__ import annotations

import zipfile
from pathlib import Path

import polars as pl
import pytest

from trialgraph.cli.output import Output, _form_of
from trialgraph.errors import UsageError

ROWS = [
    {"trial_id": "NCT09200001", "n": 12, "ok": True, "share": 0.5, "name": "=1+1"},
    {"trial_id": "NCT09200002", "n": None, "ok": False, "share": None, "name": "NA"},
]


def written(path: Path) -> Path:
    Output(_form_of(path, only_rows=True), path).rows(tuple(ROWS[0]), ROWS, notes=["2 of 3"])
    return path


def test_parquet_is_parquet_with_its_types(tmp_path: Path) -> None:
    assert pl.read_parquet(written(tmp_path / "x.parquet")).to_dicts() == ROWS


def test_a_workbook_has_typed_cells_and_a_sheet_of_notes(tmp_path: Path) -> None:
    pytest.importorskip("xlsxwriter")
    with zipfile.ZipFile(written(tmp_path / "x.xlsx")) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        texts = book.read("xl/sharedStrings.xml").decode()
    assert "<v>12</v>" in sheet
    assert 't="b"' in sheet
    assert "<f>" not in sheet
    assert "=1+1" in texts
    assert "2 of 3" in texts


def test_html_is_html(tmp_path: Path) -> None:
    assert "<table" in written(tmp_path / "x.HTML").read_text("utf-8")


@pytest.mark.parametrize(
    ("name", "only_rows"), [("x.bogus", True), ("x.docx", True), ("x.xlsx", False), ("x.parquet", False)]
)
def test_an_ending_that_names_no_form_is_refused(name: str, only_rows: bool) -> None:
    with pytest.raises(UsageError, match="end the name in one of"):
        _form_of(Path(name), only_rows=only_rows)


@pytest.mark.parametrize("bad", ["\x1b]0;title\x07", "\u202e", "\u061c", "\x1b[2J", "\u2066"])
def test_messages_show_what_they_quote_and_never_obey_it(bad: str, capsys: pytest.CaptureFixture[str]) -> None:
    Output("table", None).say(f"Set aside: a.zip!x{bad}y.json\nsecond line")
    assert capsys.readouterr().err == "Set aside: a.zip!xy.json\nsecond line\n"
