"""Files a person already has: recognised by content, cut verbatim, never in the way of each other."""

from __future__ import annotations

import gzip
import json
import lzma
import zipfile
from pathlib import Path

import pytest

from trialgraph import limits
from trialgraph.model import RawRecord, SetAside
from trialgraph.registries.imports import pieces
from trialgraph.registries.imports.files import read

HERE = Path(__file__).parent


def study(number: int, **status: str) -> bytes:
    """Return a study's bytes, spaced in a way that no encoder writes, so that a copy shows."""
    protocol = {"identificationModule": {"nctId": f"NCT{number:08d}", "briefTitle": 'a "quoted" [title], {one}\\'}}
    if status:
        protocol["statusModule"] = status
    return json.dumps({"protocolSection": protocol, "hasResults": False}, separators=(" ,  ", ":   ")).encode()


def records(*paths: Path) -> list[RawRecord]:
    return [item for item in read(paths) if isinstance(item, RawRecord)]


def aside(*paths: Path) -> list[tuple[str, str]]:
    return [(Path(item.record_id).name, item.why) for item in read(paths) if isinstance(item, SetAside)]


def put(path: Path, body: bytes) -> Path:
    path.write_bytes(body)
    return path


FORMS = {
    "one study": study(1),
    "one study, spread over lines": json.dumps(json.loads(study(1)), indent=2).encode(),
    "a byte-order mark": b"\xef\xbb\xbf" + study(1),
    "JSON lines": study(1) + b"\n\n" + study(2) + b"\r\n" + study(3),
    "a saved page": b'{"totalCount":2,"studies":[' + study(1) + b"," + study(2) + b'],"nextPageToken":"x"}',
    "a page without studies": b'{"studies":[]}',
    "an array": b"[" + study(1) + b"\n,\n" + study(2) + b"]\n",
    "an array spread over lines": b"[\n" + json.dumps(json.loads(study(1)), indent=2).encode() + b"\n]",
    "an empty array": b"[ ]",
    "dated versions": b'{"nctId":"NCT00000001","lastUpdatePost":"2025-01-02","study":' + study(1) + b"}",
}
COUNTS = {"JSON lines": 3, "a saved page": 2, "an array": 2, "a page without studies": 0, "an empty array": 0}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("packed", ["plain", "gzip", "xz", "zip"])
def test_studies_are_found_in_every_form_of_file(tmp_path: Path, form: str, packed: str):
    path = tmp_path / "download.txt"  # the name says nothing
    body = FORMS[form]
    if packed == "zip":
        with zipfile.ZipFile(path, "w") as into:
            into.writestr("folder/study.bin", body)
    else:
        path.write_bytes({"plain": bytes, "gzip": gzip.compress, "xz": lzma.compress}[packed](body))
    found = list(read([path]))
    assert [item.id for item in found if isinstance(item, RawRecord)] == [
        f"NCT{n:08d}" for n in range(1, COUNTS.get(form, 1) + 1)
    ]
    assert not [item for item in found if isinstance(item, SetAside)]


@pytest.mark.parametrize("form", ["JSON lines", "a saved page", "an array", "dated versions", "a byte-order mark"])
def test_a_studys_bytes_are_kept_as_they_stand(tmp_path: Path, form: str):
    found = records(put(tmp_path / "x", FORMS[form]))
    assert [record.body for record in found] == [study(n) for n in range(1, len(found) + 1)]


@pytest.mark.parametrize("chunk", [1, 2, 3, 7, 64])
def test_an_array_is_cut_right_wherever_its_chunks_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunk: int):
    monkeypatch.setattr(pieces, "_CHUNK", chunk)
    path = put(tmp_path / "x", b"[\n" + b" , \n".join(study(n) for n in range(1, 9)) + b"\n]")
    assert [record.body for record in records(path)] == [study(n) for n in range(1, 9)]


def test_a_bad_line_is_set_aside_with_its_number_and_the_run_goes_on(tmp_path: Path):
    path = put(tmp_path / "lines", b"\n".join([study(1), study(2)[:40], b'"text"', b'{"a":1}', study(3)]))
    assert [record.id for record in records(path)] == ["NCT00000001", "NCT00000003"]
    assert [where for where, _ in aside(path)] == ["lines, line 2", "lines, line 3", "lines, line 4"]
    assert "no whole JSON text" in aside(path)[0][1]


def test_a_bad_first_line_spoils_no_other(tmp_path: Path):
    path = put(tmp_path / "lines", b"\n".join([study(2)[:40], study(1), study(3)]))
    assert [record.id for record in records(path)] == ["NCT00000001", "NCT00000003"]
    assert [where for where, _ in aside(path)] == ["lines, line 1"]


def test_a_bad_study_in_a_page_spoils_no_other(tmp_path: Path):
    path = put(tmp_path / "page", b'{"studies":[' + study(1) + b',{"protocolSection":{}},' + study(2) + b"]}")
    assert [record.id for record in records(path)] == ["NCT00000001", "NCT00000002"]
    assert len(aside(path)) == 1


@pytest.mark.parametrize("cut", [1, 30, -5])
def test_a_file_that_ends_in_the_middle_gives_what_is_whole(tmp_path: Path, cut: int):
    whole = b"[" + study(1) + b"," + study(2) + b"]"
    path = put(tmp_path / "array", whole[: len(study(1)) + 2 + cut if cut > 0 else cut])
    assert [record.id for record in records(path)] == ["NCT00000001"]
    assert aside(path) == [("array", "the file ends in the middle, after entry 1")]


def test_a_gzip_file_that_is_cut_off_gives_what_is_whole(tmp_path: Path):
    lines = b"\n".join(study(n) for n in range(1, 3000))
    path = put(tmp_path / "lines.gz", gzip.compress(lines)[:-2000])
    found = records(path)
    assert 0 < len(found) < 2999
    assert "damaged or cut off" in aside(path)[-1][1]


def test_a_folder_is_read_in_order_and_without_hidden_files(tmp_path: Path):
    for name, number in (("b.json", 2), ("a.json", 1), (".hidden", 9)):
        put(tmp_path / name, study(number))
    (tmp_path / "c").mkdir()
    put(tmp_path / "c" / "d.json", study(3))
    (tmp_path / "c" / "loop").symlink_to(tmp_path, target_is_directory=True)
    assert [record.id for record in records(tmp_path)] == ["NCT00000001", "NCT00000002", "NCT00000003"]


def test_a_zips_names_are_never_paths_on_the_disk(tmp_path: Path):
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as into:
        into.writestr("../../escaped.json", study(1))
        into.writestr("/absolute.json", study(2))
        into.writestr("__MACOSX/._junk", b"junk")
    assert [record.id for record in records(path)] == ["NCT00000001", "NCT00000002"]
    assert sorted(tmp_path.parent.parent.rglob("escaped.json")) == []
    assert not Path("/absolute.json").exists()


def test_a_bomb_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(limits, "MOST_BYTES", 1 << 20)
    for name, body in (("gz", gzip.compress(b"[" + b" " * (60 << 20))), ("zip", b"")):
        path = put(tmp_path / name, body)
        if name == "zip":
            with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as into:
                for n in range(3):
                    into.writestr(f"{n}.json", b'{"a":"' + b"x" * (30 << 20))
        assert records(path) == []
        assert any("far more than records do" in why or "than 1 MiB" in why for _, why in aside(path))


def test_a_files_entries_share_one_allowance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(limits, "MOST_BYTES", 10_000)
    monkeypatch.setattr(limits, "MOST_UNPACKED", 2)
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as into:
        for n in range(1, 20):
            into.writestr(f"{n:02}.json", study(n) + b" " * 2000)
    found = records(path)
    assert [record.id for record in found] == [f"NCT{n:08d}" for n in range(1, len(found) + 1)]
    assert 1 < len(found) < 19
    assert "far more than records do" in aside(path)[0][1]


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "it is empty"),
        (b"just text", "neither JSON, nor a saved page, nor an export"),
        (b"NCT Number,Title\nNCT00000001,x\n", "it is a table (CSV)"),
        (b"<?xml version='1.0'?><clinical_study><id/></clinical_study>", "former XML"),
        (b"%PDF-1.7", "PDF"),
        ("{}".encode("utf-16"), "UTF-16"),
        (b'{"FullStudiesResponse":{}}', "former API"),
        (b'{"studies":7}', "it is no study"),
        (b"<!doctype html><html><body>Maintenance</body></html>", "no trial page"),
        (b"<!doctype html><html><body>NCT ID: NCT00000001", "the page is cut off"),
        (b"PK\x03\x04broken", "damaged ZIP"),
        (b"\x1f\x8bbroken", "damaged or cut off"),
    ],
)
def test_what_cannot_be_used_is_set_aside_with_a_sentence(tmp_path: Path, body: bytes, why: str):
    path = put(tmp_path / "file", body)
    assert records(path) == []
    assert aside(path)[0][0].startswith("file")
    assert why in aside(path)[0][1]


def test_a_missing_or_forbidden_file_is_told_of(tmp_path: Path):
    assert "cannot be read" in aside(tmp_path / "nothing")[0][1]


SAVED = {
    "meddatax/rows.html": ("meddatax", "NCT04324411", "2020-03-27"),
    "isrctn/record.json": ("isrctn", "ISRCTN12345678", "2026-03-08"),
    "ctis/record.json": ("ctis", "2024-510000-34-00", "2025-09-15"),
    "euctr/record.json": ("euctr", "2016-004489-24-DE", "2026-03-08"),
    "euctr/page.html": ("euctr", "2015-000590-12-DE", "2015-07-01"),
    "ctgov/plain.json": ("ctgov", "NCT04324411", "2020-03-27"),
}


@pytest.mark.parametrize("name", SAVED)
def test_every_registrys_records_are_recognised_by_their_content(tmp_path: Path, name: str):
    (found,) = read([put(tmp_path / "x", (HERE / name).read_bytes())])
    assert isinstance(found, RawRecord)
    assert (found.registry, found.id, found.dated) == SAVED[name]
    assert found.url.startswith("https://")


def test_a_page_that_only_mentions_another_register_is_not_its_page(tmp_path: Path):
    page = (HERE / "meddatax" / "rows.html").read_bytes().replace(b"Two inexpensive", b"EudraCT Number: 2004-1. Two")
    (found,) = read([put(tmp_path / "x", page + b"<!-- saved -->\n")])
    assert isinstance(found, RawRecord)
    assert found.registry == "meddatax"


def test_a_who_export_is_cut_into_its_rows(tmp_path: Path):
    rows = [(HERE / "ictrp" / name).read_bytes().strip() for name in ("row.xml", "nct.xml")]
    export = b"<?xml version='1.0' encoding='UTF-8' ?>\n<Trials_downloaded_from_ICTRP>\n" + b"\n".join(rows)
    found = records(put(tmp_path / "x", export + b"\n</Trials_downloaded_from_ICTRP>"))
    assert [(record.id, record.body) for record in found] == [
        ("EUCTR2021-000037-14-ES", rows[0]),
        ("NCT00000001", rows[1]),
    ]
    assert aside(put(tmp_path / "y", export[:-30]))[-1][1] == "the file ends in the middle of entry 2"


def test_a_version_is_dated_by_the_record_itself(tmp_path: Path):
    path = put(tmp_path / "x", study(1, lastUpdateSubmitDate="2024-05-06", statusVerifiedDate="2024-05"))
    assert records(path)[0].dated == "2024-05-06"
    assert records(put(path, study(1, statusVerifiedDate="2024-05")))[0].dated == "2024-05"


def test_the_same_file_gives_the_same_records_twice(tmp_path: Path):
    path = put(tmp_path / "x", FORMS["JSON lines"])
    assert records(path) == records(path)


@pytest.mark.shared
def test_real_records_of_every_registry_are_recognised(shared: Path):
    found = list(read([shared / "registry" / "other", shared / "registry" / "history"]))
    kinds = [item.registry for item in found if isinstance(item, RawRecord)]
    assert {name: kinds.count(name) for name in set(kinds)} == {
        "ctgov": 175, "ictrp": 95, "isrctn": 9, "euctr": 5, "ctis": 4,
    }  # fmt: skip
    assert not [item for item in found if isinstance(item, SetAside)]
