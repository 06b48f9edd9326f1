"""build, load, export, doctor, config, clear: what they print, and what they refuse."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import networkx as nx
import pytest
from click.testing import CliRunner, Result

from trialgraph.cli.main import cli
from trialgraph.errors import StoreError, UsageError

SAMPLE = Path(__file__).resolve().parents[2] / "data" / "sample"


def run(home: Path, *words: str, env: dict[str, str] | None = None) -> Result:
    return CliRunner().invoke(cli, ["--home", str(home), *words], env=env)


def report(home: Path, *words: str, env: dict[str, str] | None = None) -> dict:
    result = run(home, *words, "--json", env=env)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    assert run(folder, "import", str(SAMPLE)).exit_code == 0
    built = report(folder, "build")
    assert set(built) == {"trials", "set_aside", "tables", "seconds", "peak_mb", "rebuilt"}
    assert built["trials"] == built["tables"]["RegistryRecord"] - 1  # one trial is told by two sources
    assert {"read and link", "tables", "similarity", "snapshot", "load"} <= set(built["seconds"])
    return folder


def test_loading_the_same_again_writes_nothing(home):
    nothing = {"added": 0, "changed": 0, "removed": 0}
    assert report(home, "load") == {"nodes": nothing, "relationships": nothing, "reconciled": True}


def test_an_update_without_a_crawl_changes_nothing(home):
    told = report(home, "update", "--no-crawl")
    assert told["load"]["nodes"] == {"added": 0, "changed": 0, "removed": 0}
    assert told["load"]["relationships"] == {"added": 0, "changed": 0, "removed": 0}


def test_build_can_stop_at_the_snapshot(tmp_path):
    assert run(tmp_path, "import", str(SAMPLE)).exit_code == 0
    assert "load" not in report(tmp_path, "build", "--no-load")["seconds"]
    assert not (tmp_path / "graph").exists()


def test_doctor_finds_all_well_and_names_what_is_not(home, tmp_path):
    found = {row["check"]: row["state"] for row in json.loads(run(home, "doctor", "--json").stdout)}
    assert found == dict.fromkeys(("python", "engine", "home", "archive", "snapshot", "model", "graph"), "ok") | {
        "neo4j": "absent"
    }
    fresh = run(tmp_path / "none", "doctor", "--json")
    assert fresh.exit_code == 0
    assert {row["state"] for row in json.loads(fresh.stdout)} == {"ok", "absent"}
    far = run(home, "doctor", "--json", env={"TRIALGRAPH_NEO4J_URI": "bolt://127.0.0.1:9"})
    assert far.exit_code == 1
    assert "does not answer" in json.loads(far.stdout)[-1]["found"]


def test_doctor_names_a_damaged_table(home, tmp_path):
    import shutil

    shutil.copytree(home, tmp_path / "home")
    table = tmp_path / "home" / "snapshot" / "nodes" / "Drug.parquet"
    table.write_bytes(table.read_bytes()[:-1] + b"\0")
    result = run(tmp_path / "home", "doctor", "--json")
    assert result.exit_code == 1
    assert "damaged: Drug" in {row["check"]: row["found"] for row in json.loads(result.stdout)}["snapshot"]


def test_config_says_where_a_setting_comes_from_and_never_shows_a_password(home):
    env = {"TRIALGRAPH_NEO4J_PASSWORD": "canary-4711", "TRIALGRAPH_CONTACT": "me@example.org"}
    result = run(home, "config", "--json", env=env)
    rows = {row["setting"]: row for row in json.loads(result.stdout)}
    assert rows["home"]["from"] == "--home"
    assert rows["contact"] == {"setting": "contact", "value": "me@example.org", "from": "TRIALGRAPH_CONTACT"}
    assert rows["neo4j_password"]["value"] == "set, not shown"
    assert "canary-4711" not in result.output


def test_a_password_file_that_others_may_read_is_refused(home, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("canary-4711\n")
    secret.chmod(0o644)
    env = {"TRIALGRAPH_NEO4J_PASSWORD_FILE": str(secret)}
    result = run(home, "load", "--to", "bolt://127.0.0.1:9", env=env)
    assert isinstance(result.exception, UsageError)
    assert "chmod 600" in str(result.exception)
    secret.chmod(0o600)
    result = run(home, "load", "--to", "bolt://127.0.0.1:9", env=env)
    assert isinstance(result.exception, StoreError)
    assert "canary-4711" not in str(result.exception) + result.output


def test_without_a_snapshot_the_next_command_is_named(tmp_path):
    for words in (("load",), ("export", "x.graphml")):
        result = run(tmp_path, *words)
        assert isinstance(result.exception, UsageError)
        assert "run `trialgraph build` first" in str(result.exception)


def test_clear_is_for_servers(home):
    result = run(home, "clear", "--to", str(home / "graph"))
    assert isinstance(result.exception, UsageError)
    result = run(home, "clear")
    assert "TRIALGRAPH_NEO4J_URI" in str(result.exception)


def test_graphml_and_node_link_json_are_read_by_networkx(home, tmp_path):
    rows = report(home, "export", str(tmp_path / "g.graphml"), "--label", "Trial", "--label", "Drug")["rows"]
    graphml = nx.read_graphml(tmp_path / "g.graphml", force_multigraph=True)
    assert graphml.number_of_nodes() + graphml.number_of_edges() == rows
    trial = graphml.nodes["Trial:NCT04324411"]
    assert trial["label"] == "Trial"
    assert trial["phase_rank"] == 2.5
    assert json.loads(trial["phases"]) == ["PHASE2", "PHASE3"]
    report(home, "export", str(tmp_path / "g.json"))
    told = json.loads((tmp_path / "g.json").read_text("utf-8"))
    assert "ClinicalTrials.gov" in told["graph"]["source"]
    linked = nx.node_link_graph(told, edges="edges")
    assert linked.nodes["Trial:NCT04324411"]["phases"] == ["PHASE2", "PHASE3"]


def test_csv_cells_that_a_spreadsheet_would_run_are_defused(home, tmp_path):
    import shutil

    import pyarrow.parquet as pq

    shutil.copytree(home, tmp_path / "home")
    path = tmp_path / "home" / "snapshot" / "nodes" / "Drug.parquet"
    table = pq.read_table(path)
    attacks = ["=HYPERLINK(1)", "\uff1d1+1", "\n=1", "-1+1"]
    names = attacks + table.column("name").to_pylist()[len(attacks) :]
    pq.write_table(table.set_column(table.column_names.index("name"), "name", [names]), path)
    for words, mark in ((("csv",), "'"), (("csv", "--raw"), "")):
        report(tmp_path / "home", "export", words[0], str(tmp_path / "out"), *words[1:])
        with (tmp_path / "out" / "nodes" / "Drug.csv").open(newline="", encoding="utf-8") as file:
            written = [row["name"] for row in csv.DictReader(file)]
        assert written[: len(attacks)] == [mark + attack for attack in attacks]
    assert "Source: ClinicalTrials.gov" in (tmp_path / "out" / "SOURCE.txt").read_text("utf-8")


def test_parquet_is_the_snapshot_itself(home, tmp_path):
    report(home, "export", "parquet", str(tmp_path / "p"))
    for path in (home / "snapshot").rglob("*.parquet"):
        copy = tmp_path / "p" / path.relative_to(home / "snapshot")
        assert copy.read_bytes() == path.read_bytes()


def test_an_export_form_that_we_do_not_know_is_refused_by_name(home, tmp_path):
    result = run(home, "export", str(tmp_path / "x.docx"))
    assert isinstance(result.exception, UsageError)
    assert "graphml, json" in str(result.exception)
