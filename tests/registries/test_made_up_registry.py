"""A registry added by its module and one line of the list is crawled, imported, built and shown like the others."""

from __future__ import annotations

import json

import pytest

from tests.fault_server import FaultServer, Reply
from tests.registries.made_up_registry import REGISTRY
from trialgraph.cli import main as command_line
from trialgraph.registries import catalogue
from trialgraph.registries.describe import markdown_table


def record(number: int) -> dict[str, object]:
    return {
        "rbr": f"RBR-{number:06}",
        "updated": "2025-01-02",
        "title": f"Sirolimus in lupus nephritis, part {number}",
        "conditions": ["Lupus Nephritis"],
        "drug": "Sirolimus",
    }


def listing(asked, before: int) -> Reply:
    page = int(asked.path.rpartition("/")[2])
    trials = [record(2 * page - 1), record(2 * page)]
    return Reply(json.dumps({"trials": trials, "pages": 2, "total": 4}).encode())


@pytest.fixture
def type_in(tmp_path, monkeypatch, capsys):
    """Run a command line in a home of its own with the made-up registry in the list; returns code, stdout, stderr."""
    monkeypatch.setattr(catalogue, "REGISTRIES", (*catalogue.REGISTRIES, REGISTRY))

    def run(*words: str):
        monkeypatch.setattr("sys.argv", ["trialgraph", "--home", str(tmp_path / "home"), *words])
        with pytest.raises(SystemExit) as end:
            command_line.main()
        said = capsys.readouterr()
        return end.value.code, said.out, said.err

    return run


def test_a_made_up_registry_is_crawled_imported_built_and_shown(type_in, tmp_path, monkeypatch):
    with FaultServer(listing) as server:
        monkeypatch.setenv("TRIALGRAPH_BRAZIL_URL", server.url)
        code, out, err = type_in("crawl", "brazil", "--all", "--json")
    assert (code, json.loads(out)["new"]) == (0, 4), err

    (tmp_path / "download.json").write_text(json.dumps(record(5)))
    code, out, err = type_in("import", str(tmp_path / "download.json"), "--json")
    assert (code, json.loads(out)["new"]) == (0, 1), err

    code, out, err = type_in("build", "--no-load", "--workers", "1", "--json")
    assert (code, json.loads(out)["trials"], json.loads(out)["set_aside"]) == (0, 5, 0), err

    code, out, _ = type_in("status", "--json")
    held = {row["registry"]: row["records"] for row in json.loads(out)["registries"]}
    assert (code, held) == (0, {"brazil": 5})

    code, out, _ = type_in("registries", "--json")
    (row,) = [row for row in json.loads(out) if row["name"] == "brazil"]
    assert (row["how"], row["select"], row["licence"]) == ("crawl, import", "--id --all", "public domain")

    code, out, _ = type_in("config", "--json")
    (row,) = [row for row in json.loads(out) if row["setting"] == "brazil_url"]
    assert row["value"] == server.url

    assert "| brazil | crawl, import |" in markdown_table()
