"""The commands that fill the archive, as a person types them."""

from __future__ import annotations

import json
import os
import sqlite3
import time

import pytest

from tests.fault_server import Reply, registry, study
from trialgraph.cli import main as command_line

KEYS = ["announced", "kept", "new", "changed", "unchanged", "set_aside"]


@pytest.fixture
def type_in(tmp_path, monkeypatch, capsys):
    """Run a command line in a home of its own; returns exit code, stdout and stderr."""

    def run(*words: str, url: str | None = None):
        if url:
            monkeypatch.setenv("TRIALGRAPH_CTGOV_URL", url)
        monkeypatch.setattr("sys.argv", ["trialgraph", "--home", str(tmp_path / "home"), *words])
        with pytest.raises(SystemExit) as end:
            command_line.main()
        said = capsys.readouterr()
        return end.value.code, said.out, said.err

    return run


def test_a_crawl_reports_what_it_did_as_one_object(type_in):
    with registry([study(n) for n in range(1, 6)]) as server:
        code, out, said = type_in("crawl", "ctgov", "--all", "--json", url=server.url)
    assert code == 0
    assert list(json.loads(out)) == KEYS
    assert json.loads(out) == dict(zip(KEYS, [5, 5, 5, 0, 0, 0], strict=True))
    assert said.startswith("Kept 5 of 5: 5 new, 0 changed, 0 unchanged; 0 set aside. Took ")
    assert said.endswith("Next: trialgraph build\n")


@pytest.mark.parametrize("ending", ["", "/", "/api/v2", "/api/v2/"])
def test_the_base_address_may_be_a_flag_with_or_without_the_path(type_in, ending):
    with registry([study(1)]) as server:
        code, _, _ = type_in("crawl", "ctgov", "--all", "--base-url", server.url + ending)
        assert (code, len(server.asked)) == (0, 3)


def test_ids_may_be_typed_in_any_case_and_a_bad_one_is_refused_by_name(type_in):
    with registry([study(1), study(2)]) as server:
        words = ["--id", " nct00000001", "--id", "NCT7", "--id", "NCT00000002", "--id", "NCT00000002"]
        code, out, said = type_in("crawl", "ctgov", *words, "--json", url=server.url)
    assert code == 2
    assert json.loads(out)["kept"] == 2
    assert "NCT7 is not an NCT number (NCT and eight digits) (2 kept)" in said


def test_fewer_than_announced_is_said_and_not_finished(type_in):
    with registry([study(n) for n in range(1, 6)], announce=9) as server:
        code, out, said = type_in("crawl", "ctgov", "--all", "--json", url=server.url)
    assert code == 3
    assert json.loads(out)["kept"] == 5
    assert "ctgov announced 9 records and gave 5: 4 are missing." in said


def test_a_registry_that_says_stop_ends_with_the_command_that_goes_on(type_in, tmp_path):
    def fault(asked, before, reply):
        return Reply(b"no", 403) if "pageToken" in asked.params else reply

    with registry([study(n) for n in range(1, 6)], fault=fault) as server:
        code, out, said = type_in("crawl", "ctgov", "--query", "two words", url=server.url)
        assert (code, out) == (3, "")
        assert "127.0.0.1 answered 403, which means stop" in said
        go_on = f"trialgraph --home {tmp_path}/home crawl ctgov --query 'two words'"
        assert f"3 of 5 records are kept. Go on with: {go_on}" in said
        code, out, said = type_in("status")
        assert f"3 of 5 kept. Go on: {go_on}" in said
        (unfinished,) = json.loads(type_in("status", "--json")[1])["unfinished"]
        assert (unfinished["kept"], unfinished["announced"], unfinished["command"]) == (3, 5, go_on)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["crawl"], "which registry?"),
        (["crawl", "ctgov"], "nothing is selected; ctgov takes --query"),
        (["crawl", "nowhere", "--all"], "no registry is called 'nowhere'"),
        (["crawl", "meddatax", "--query", "x"], "meddatax does not take --query; it takes --id, --related"),
        (["crawl", "ctgov", "--all", "--query", "x"], "--all means everything; leave it or --query out"),
        (["crawl", "ctgov", "--id", "NCT00000001", "--since", "2020-01-01"], "--id names the records themselves"),
        (["crawl", "ctgov", "--since", "yesterday"], "'yesterday' is not a date such as 2026-01-31"),
        (["crawl", "ctgov", "--all", "--base-url", "http://example.org"], "is not encrypted"),
        (["status"], "there is no archive at"),
    ],
    ids=lambda value: None if isinstance(value, list) else value[:24],
)
def test_a_wrong_use_is_one_sentence(type_in, tmp_path, words, sentence):
    code, out, said = type_in(*words)
    assert code in (1, 2)
    assert out == ""
    assert sentence in said
    assert not (tmp_path / "home").exists()


def test_damaged_bytes_are_fetched_again(type_in, tmp_path):
    with registry([study(n) for n in range(1, 6)]) as server:
        type_in("crawl", "ctgov", "--all", url=server.url)
        with sqlite3.connect(tmp_path / "home" / "archive.sqlite") as db:
            db.execute("UPDATE body SET packed = x'00' WHERE version = 3")
        db.close()
        code, out, said = type_in("crawl", "--repair", "--json", url=server.url)
        assert (code, json.loads(out)["kept"]) == (0, 1)
        assert said == "1 damaged, 1 fetched again, 0 still damaged.\n"
        code, out, said = type_in("crawl", "--repair", "--json", url=server.url)
        assert (code, json.loads(out)["announced"]) == (0, 0)


def test_files_are_imported_and_counted(type_in, tmp_path):
    good = tmp_path / "study.json"
    good.write_text(json.dumps(study(1)))
    code, out, _ = type_in("import", str(good), "--json")
    assert (code, list(json.loads(out))) == (0, KEYS)
    assert json.loads(out)["new"] == 1
    assert json.loads(type_in("import", str(good), "--json")[1])["unchanged"] == 1


def test_a_file_without_any_record_is_a_wrong_use(type_in, tmp_path):
    (tmp_path / "letter.json").write_text('{"dear": "registry"}')
    code, _, said = type_in("import", str(tmp_path / "letter.json"))
    assert code == 2
    assert "no record was found" in said


def test_the_list_of_registries_says_how_each_is_read(type_in):
    code, out, _ = type_in("registries", "--json")
    rows = {row["name"]: row for row in json.loads(out)}
    assert code == 0
    assert rows["ctgov"]["how"] == "crawl, import"
    assert "--related" in rows["meddatax"]["select"]


def test_status_tells_of_the_last_build_and_of_records_that_came_since(type_in, tmp_path):
    with registry([study(1), study(2)]) as server:
        type_in("crawl", "ctgov", "--id", "NCT00000001", url=server.url)
        assert "No snapshot yet: trialgraph build" in type_in("status")[2]
        manifest = tmp_path / "home" / "snapshot" / "manifest.json"
        manifest.parent.mkdir()
        manifest.write_text('{"trials": 1234, "set_aside": [{}], "tables": {"Trial": {"rows": 1234}}}')
        os.utime(manifest, (time.time() + 1, time.time() + 1))
        _, out, said = type_in("status")
        assert "1,234 trials, 1 set aside\n" in said
        assert out.splitlines()[-1].split()[:3] == ["ctgov", "1", "1"]
        os.utime(manifest, (1, 1))
        assert "records came since, so build again" in type_in("status")[2]
        snapshot = json.loads(type_in("status", "--json")[1])["snapshot"]
    assert snapshot == {
        "written_at": "1970-01-01T00:00:01+00:00",
        "trials": 1234,
        "set_aside": 1,
        "tables": {"Trial": 1234},
        "advice": [],
    }
