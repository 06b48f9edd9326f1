"""The shell: what it completes, when Enter runs a query, and what its commands do."""

from __future__ import annotations

import os
import re
import select
import sys
import time

import pytest

from tests.ask.golden_graph import T
from trialgraph.ask.complete import Words
from trialgraph.cli.shell import Session, finished, statements
from trialgraph.stores.store import Store


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("MATCH (t:Tr", "Trial"),
        ("MATCH (t:Trial)-[:TES", "TESTS"),
        ("MATCH (t:Trial)-[:TESTS|SIM", "SIMILAR_TO"),
        ("MATCH (t:Trial) RETURN t.brief_t", "brief_title"),
        ("MATCH (d:Drug {drug", "drug_id"),
        ("MAT", "MATCH"),
        ("RETURN toUp", "toUpper("),
        (":as", "ask"),
        (":ask trials-of-d", "trials-of-drug"),
        (":ask trials-of-drug dr", "drug="),
        (":ask trials-of-drug drug=siro", "sirolimus"),
        (":ask trials-of-drug drug=sirolimus status=REC", '"RECRUITING"'),
        (':ask sponsor-portfolio sponsor="Big', '"Big Pharma"'),
        (":schema SIM", "SIMILAR_TO"),
        (":format c", "csv"),
        (":ask trials-of-drug drug=mTOR", "mTOR inhibitors"),
        (":ask brokers about=mTOR", "mTOR inhibitors"),
        ("MATCH (d:Drug {name: 'siro", "sirolimus'"),
        ('MATCH (o:Organization) WHERE o.name = "Big', 'Big Pharma"'),
    ],
)
def test_what_is_begun_is_completed(store: Store, typed, offered):
    assert offered.strip('"') in [text.strip('"') for text, _, _ in Words(store).after(typed)]


def test_a_property_is_offered_for_its_own_label_only(store: Store):
    offered = [text for text, _, _ in Words(store).after("MATCH (d:Drug) RETURN d.")]
    assert "drug_id" in offered
    assert "brief_title" not in offered


def test_a_completion_replaces_what_was_typed(store: Store):
    assert ("TESTS", 3, "relationship type") in list(Words(store).after("MATCH (t)-[:TES"))


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("MATCH (t) RETURN t;", True),
        ("MATCH (t) RETURN t", False),
        ("RETURN ';", False),
        ("RETURN 1 /* ;", False),
        (":help", True),
        ("quit", True),
        ("help", True),
        ("", True),
    ],
)
def test_enter_runs_what_is_finished(text, ends):
    assert finished(text) is ends


def test_a_script_is_cut_into_statements():
    lines = ["MATCH (t)\n", "RETURN t;\n", ":help\n", "RETURN 1\n", "\n", "RETURN 2\n"]
    assert list(statements(lines)) == ["MATCH (t)\nRETURN t", ":help\n", "RETURN 1\n", "RETURN 2\n"]


def test_the_commands_answer(store: Store, capsys: pytest.CaptureFixture[str], tmp_path):
    session = Session(store)
    path = tmp_path / "rows.csv"
    for statement, said in (
        (":help", ":schema"),
        (":ask", "trials-of-drug"),
        (":ask trials-of-drug drug=rapamycin", T[1]),
        (":ask usual-endpoints condition=Purpura, Thrombocytopenic, Idiopathic most=3", "platelet count"),
        (":search rapamycin itp", T[2]),
        (f":related {T[1]}", "rows in 0."),
        (":schema Condition", "(Trial)-[:STUDIES]->(Condition)"),
        (f":param id={T[1]}", "$id = "),
        ("MATCH (t:Trial {trial_id: $id}) RETURN t.brief_title AS title;", "Sirolimus and ATRA"),
        (f":export {path}", "Written"),
        (":schema", "SIMILAR_TO"),
        (":schema Drug", "drug_id"),
        (":schema Drugg", "did you mean Drug?"),
        (f":why {T[1]} rapamycin", "understood as sirolimus"),
        (f":trial {T[1]}", "brief title"),
        (":explain MATCH (t:Trial {trial_id: $id}) RETURN t.trial_id AS x", "Seek"),
        (":format json", ""),
        ("RETURN 1 AS x;", '{"x": 1}'),
        (":format tabel", "is none of table"),
        (":param id=", "no parameters are set"),
        ("MATCH (t:Trial) SET t.a = 1;", "SET writes"),
        (":hepl", "did you mean :help?"),
        ("what is tested in lupus?;", ":search finds trials by words"),
        (":ask zzz", ":ask lists them"),
        (":search", "such as: :search sirolimus lupus"),
        (":ask trials-of-drug drug=rapamycin most=1", "row"),
        (':why "unfinished', "No closing quotation"),
    ):
        assert session.run(statement), statement
        shown = capsys.readouterr()
        assert said in shown.out + shown.err, statement
    assert path.read_text().startswith("title")
    assert not session.run(":quit")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no pseudo-terminals here")
def test_a_person_types_completes_and_asks_in_a_terminal(golden_home, tmp_path):
    import fcntl
    import pty
    import struct
    import termios

    pid, terminal = pty.fork()
    if pid == 0:
        os.environ |= {"TERM": "xterm-256color", "TRIALGRAPH_HOME": str(golden_home)}
        os.execv(sys.executable, [sys.executable, "-c", "from trialgraph.cli.main import main; main()", "shell"])
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 110, 0, 0))
    shown = ""

    def until(said: str) -> None:
        nonlocal shown
        deadline = time.monotonic() + 60
        while said not in shown:
            assert time.monotonic() < deadline, shown
            if select.select([terminal], [], [], 0.2)[0]:
                data = os.read(terminal, 65536)
                if b"\x1b[6n" in data:  # it asks where the cursor is
                    os.write(terminal, b"\x1b[1;1R")
                shown += re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", data.decode("utf-8", "replace"))
        shown = ""

    until("Ctrl-D leaves")
    os.write(terminal, b"MATCH (t:Tri\t")
    until("al")  # what is typed is drawn as it comes
    os.write(terminal, b")\rRETURN count(t) AS trials;\r")
    until("1 row")
    os.write(terminal, b":ask similar-trials trial=" + T[1].encode() + b"\r")
    until("2 rows")
    os.write(terminal, b":ask trials-of-drug drug=siro\t")
    until("limus")
    os.write(terminal, b"\r")  # one Enter takes the completion and asks
    until("3 rows")
    os.write(terminal, b"\x1b[A\x1b[A\x1b[A")
    until("RETURN count(t)")
    os.write(terminal, b"\x03")
    os.write(terminal, b":quit\r")
    assert os.waitpid(pid, 0)[1] == 0
    os.close(terminal)
    assert "RETURN count(t) AS trials;" in (golden_home / "shell_history").read_text()


def test_words_of_other_prompts_are_understood(store: Store, capsys: pytest.CaptureFixture[str]):
    session = Session(store)
    assert session.run("help")
    assert ":schema" in capsys.readouterr().err
    assert not session.run("exit")
    assert not session.run("quit;")


def test_a_file_that_cannot_be_written_does_not_end_the_session(store: Store, capsys, tmp_path):
    session = Session(store)
    session.run("RETURN 1 AS x;")
    assert session.run(f":export {tmp_path}/nowhere/x.csv")
    assert "there is no folder" in capsys.readouterr().err
    (tmp_path / "x.csv.part").mkdir()
    assert session.run(f":export {tmp_path}/x.csv")
    assert session.failed
    assert "Is a directory" in capsys.readouterr().err


def test_a_missing_parameter_is_asked_for_in_the_shell_s_own_way(store: Store, capsys):
    Session(store).run("RETURN $id AS id;")
    assert "set it with :param id=..." in capsys.readouterr().err
