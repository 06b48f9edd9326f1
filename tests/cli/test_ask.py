"""The commands that ask, as typed."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ask import golden_graph
from tests.ask.golden_graph import T
from trialgraph.stores.open import open_store


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    store = open_store(folder / "graph")
    store.load(golden_graph.write(folder))
    store.close()
    return folder


def typed(home: Path, *words: str, given: str | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from trialgraph.cli.main import main; main()", "--home", str(home), *words]
    return subprocess.run(
        command, capture_output=True, text=True, input=given, check=False, env=os.environ | {"NO_COLOR": "1"}
    )


def test_related_gives_trials_with_their_reasons(home):
    done = typed(home, "related", T[1], "--json")
    rows = json.loads(done.stdout)
    assert [row["trial_id"] for row in rows] == [T[2], T[3]]
    assert rows[0]["because"] == ["drugs: sirolimus", "words: sirolimus + autoimmune"]
    assert done.stderr == ""


def test_related_takes_filters(home):
    done = typed(home, "related", T[1], "--status", "recruiting", "--country", "us", "--nl")
    assert [json.loads(line)["trial_id"] for line in done.stdout.splitlines()] == [T[3]]


def test_related_compares_two(home):
    done = typed(home, "related", T[1], "--compare", T[2])
    assert "likeness 0.600" in done.stderr
    assert "both  INTERVENTIONAL" in done.stdout


def test_ask_lists_explains_and_answers(home):
    assert "trials-of-drug" in typed(home, "ask").stdout
    explained = typed(home, "ask", "trials-of-drug", "--explain").stdout
    assert "trialgraph ask trials-of-drug drug=..." in explained
    done = typed(home, "ask", "trials-of-drug", "drug=Rapamune", "--csv")
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert [row["trial_id"] for row in rows] == [T[1], T[4], T[2]]
    assert done.stderr.startswith("Rapamune -> ")


def test_cypher_takes_text_a_file_and_standard_input(home, tmp_path):
    query = "MATCH (t:Trial {trial_id: $id}) RETURN t.brief_title AS title"
    file = tmp_path / "q.cypher"
    file.write_text(query)
    told = [
        typed(home, "cypher", query, "-P", f"id={T[2]}", "--nl"),
        typed(home, "cypher", "-f", str(file), "-P", f"id={T[2]}", "--nl"),
        typed(home, "cypher", "-", "-P", f"id={T[2]}", "--nl", given=query),
    ]
    assert {done.stdout for done in told} == {'{"title": "Rapamycin for ITP"}\n'}


def test_an_answer_goes_to_a_file(home, tmp_path):
    path = tmp_path / "rows.json"
    done = typed(home, "ask", "similar-trials", f"trial={T[1]}", "--json", "-o", str(path))
    assert done.stdout == ""
    assert len(json.loads(path.read_text())) == 2
    assert f"Written: {path}" in done.stderr


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("related",), 2, "give a trial id"),
        (("related", "NCT0432441"), 2, "no trial here has the number"),
        (("ask", "trials-of-drug", "rapamycin"), 2, "is no key=value; trials-of-drug takes drug=..."),
        (("cypher", "MATCH (t) DELETE t"), 2, "DELETE deletes; queries here only read this graph"),
        (("cypher",), 2, "give a query, or -f FILE"),
        (("trial", "NCT00000000"), 2, "this graph does not hold NCT00000000"),
        (("changes", "--drug", "x", "--id", T[1]), 2, "give one of"),
        (("ask", "brokers", "about=sirolimus", "--store", "bolt://127.0.0.1:1"), 4, "127.0.0.1:1"),
        (("ask", "brokers", "about=sirolimus", "--store", "neo4j"), 2, "TRIALGRAPH_NEO4J_URI"),
    ],
)
def test_a_mistake_is_one_sentence_and_a_code(home, words, code, says):
    done = typed(home, *words)
    assert (done.returncode, done.stdout) == (code, "")
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_no_graph_yet_says_what_to_run(tmp_path):
    done = typed(tmp_path / "nothing", "related", T[1])
    assert done.returncode == 2
    assert done.stderr == (
        f"trialgraph: no graph in {tmp_path / 'nothing'}; run 'trialgraph build', or 'trialgraph demo' to try it\n"
    )
    assert not (tmp_path / "nothing").exists()


def test_why_trial_search_and_changes_answer(home):
    assert "understood as sirolimus" in typed(home, "why", T[1], "rapamycin").stdout
    assert typed(home, "trial", T[1], "--json").stdout.startswith("{")
    assert T[4] in typed(home, "search", "sirolimus", "lupus").stdout
    changed = json.loads(typed(home, "changes", "--since", "2020", "--drug", "rapamycin", "--json").stdout)
    assert [row["field"] for row in changed] == ["primary_outcome", "overall_status"]


def test_landscape_writes_a_page_and_says_so(home, tmp_path):
    path = tmp_path / "page.html"
    done = typed(home, "landscape", T[1], "-o", str(path))
    assert done.returncode == 0, done.stderr
    assert path.read_text("utf-8").startswith("<!doctype html>")
    assert "Written" in done.stderr


def test_a_script_on_the_shell_s_standard_input_runs(home):
    done = typed(home, "shell", given="RETURN 1 AS x;\n:ask nothing\n")
    assert done.stdout.split() == ["x", "-", "1"]
    assert done.returncode == 1
    assert "there is no question 'nothing'" in done.stderr


def test_help_ends_with_an_example_and_comes_at_once():
    for command in ("related", "ask", "search", "cypher", "shell", "trial", "why", "changes", "landscape"):
        before = processor_seconds()
        done = typed(Path("/nowhere"), command, "--help")
        assert done.stdout.rstrip().splitlines()[-1].strip().startswith("Example: trialgraph")
        assert processor_seconds() - before < 4  # a tenth of it is usual; what other programs use does not count


def processor_seconds() -> float:
    """Return the processor time of all child processes that have ended."""
    spent = os.times()
    return spent.children_user + spent.children_system


def test_the_end_of_a_file_s_name_decides_the_form(home, tmp_path):
    import polars as pl

    for name in ("a.csv", "a.json", "a.jsonl", "a.md", "a.arrow"):
        done = typed(home, "ask", "trials-of-drug", "drug=rapamycin", "-o", str(tmp_path / name))
        assert done.returncode == 0, done.stderr
    rows = json.loads((tmp_path / "a.json").read_text("utf-8"))
    frame = pl.read_ipc(tmp_path / "a.arrow")
    assert frame["trial_id"].to_list() == [row["trial_id"] for row in rows]
    assert frame.schema["phases"] == pl.List(pl.String)
    assert next(csv.reader(io.StringIO((tmp_path / "a.csv").read_text("utf-8")))) == list(rows[0])
    assert len((tmp_path / "a.jsonl").read_text("utf-8").splitlines()) == len(rows)
    assert (tmp_path / "a.md").read_text("utf-8").startswith("| trial")


def test_a_form_that_is_given_wins_over_the_file_s_name(home, tmp_path):
    typed(home, "ask", "trials-of-drug", "drug=rapamycin", "--json", "-o", str(tmp_path / "a.csv"))
    assert json.loads((tmp_path / "a.csv").read_text("utf-8"))


def test_arrow_needs_a_file(home):
    done = typed(home, "ask", "trials-of-drug", "drug=rapamycin", "--arrow")
    assert done.returncode == 2
    assert "-o FILE.arrow" in done.stderr


def test_raw_leaves_formulas_alone_in_csv(home):
    query = "RETURN '=1+1' AS text"
    assert "'=1+1" in typed(home, "cypher", query, "--csv").stdout
    assert typed(home, "cypher", query, "--csv", "--raw").stdout.splitlines()[1] == "=1+1"


def test_a_command_that_does_not_exist_is_told_with_the_nearest():
    done = typed(Path("/nowhere"), "releated", T[1])
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "trialgraph: there is no command 'releated'; did you mean 'trialgraph related'?\n"


def test_no_command_at_all_shows_the_help():
    done = subprocess.run([sys.executable, "-m", "trialgraph"], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Example: trialgraph demo" in done.stdout


def test_a_value_of_several_words_needs_no_quotes(home: Path):
    asked = ["ask", "usual-endpoints", "condition=Purpura,", "Thrombocytopenic,", "Idiopathic", "most=1", "--json"]
    done = subprocess.run(
        [sys.executable, "-m", "trialgraph", "--home", str(home), *asked], capture_output=True, text=True
    )
    assert json.loads(done.stdout)[0]["endpoint"] == "platelet count"
    assert "the first row; most=10 shows more" in done.stderr or len(json.loads(done.stdout)) == 1
