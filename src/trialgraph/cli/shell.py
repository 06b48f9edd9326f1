"""A prompt for the graph: completion, colours, several lines, history."""

from __future__ import annotations

import shlex
import sys
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import click

from trialgraph.cli.ask import given, opened, store_option
from trialgraph.cli.output import FORMATS, Output, settings
from trialgraph.cli.streams import is_terminal, need_stdout, stdin_bytes, stdin_lines
from trialgraph.errors import TrialgraphError, UsageError

if TYPE_CHECKING:
    from prompt_toolkit.completion import Completer

    from trialgraph.ask.answers import Answer
    from trialgraph.stores.store import Store

HELP = """\
A query ends with ; or an empty line.  Enter on an unfinished one starts another line.
  :ask NAME key=value ...   a named question; :ask alone lists them
  :search WORDS             trials by words, under all names of what they mean
  :related ID               the trials most like one
  :schema [LABEL]           labels and relationship types, or one of them with its properties
  :param key=value          set $key for the queries to come; :param alone lists them, :param key= forgets one
  :why A B                  the evidence of a link
  :trial ID                 everything held of one trial
  :explain QUERY            how the store would run a query
  :export FILE              the last answer to FILE (.csv .json .nl .md .html .parquet .arrow)
  :format table|json|csv|nl|md
  :help  :quit
Tab completes names of all kinds, the arrows bring back what was asked before, Ctrl-C stops a query.
"""
_LEAVE = {"quit", "exit", "q"}
_HELP = {"help", "?"}
# What a sentence says to a command line, and what it says here.
_HERE = {
    "give one with -P ": "set it with :param ",
    "'trialgraph ask' lists them": ":ask lists them",
    "trialgraph search 'sirolimus lupus'": ":search sirolimus lupus",
    "UNWIND, RETURN or CALL": "UNWIND, RETURN or CALL; :search finds trials by words",
    "--rows allows more, LIMIT asks for fewer": "LIMIT asks for fewer",
}


@click.command(name="shell", epilog="Example: trialgraph shell")
@store_option
def shell_command(address: str | None) -> None:
    """Ask in a prompt that knows the graph: Cypher, and the named questions with :ask."""
    need_stdout()
    stdin_bytes()  # a closed one is said before the graph is opened
    with opened(address) as graph:
        session = Session(graph)
        if is_terminal(sys.stdin):
            _prompt(session)
        else:  # a script: queries ended by ;, commands by the end of the line
            failed = False
            for statement in statements(stdin_lines()):
                if not session.run(statement):
                    break
                failed = failed or session.failed
            if failed:
                click.get_current_context().exit(1)


class Session:
    """What a prompt remembers: the store, the parameters, the form of answers, the last answer."""

    def __init__(self, graph: Store) -> None:
        self.graph = graph
        self.params: dict[str, Any] = {}
        self.out = Output("table", None)
        self.last: Answer | None = None
        self.failed = False
        self.commands = {
            "help": self._help,
            "ask": self._ask,
            "schema": self._schema,
            "param": self._param,
            "why": self._why,
            "trial": self._trial,
            "search": self._search,
            "related": self._related,
            "explain": self._explain,
            "export": self._export,
            "format": self._format,
        }

    def run(self, statement: str) -> bool:
        """Run a query or a command.  Returns whether the session goes on; failures are said, not raised."""
        statement = statement.strip()
        word = statement.rstrip("; ").lower()
        if word.removeprefix(":") in _LEAVE:
            return False
        if word in _HELP:
            statement = ":help"
        try:
            if statement.startswith(":"):
                name, _, rest = statement[1:].rstrip(";").partition(" ")
                if name not in self.commands:
                    from trialgraph.spelling import nearest_names

                    nearest = nearest_names(name, self.commands, 1)
                    raise UsageError(
                        f"there is no :{name}" + (f"; did you mean :{nearest[0]}?" if nearest else "; :help")
                    )
                self.commands[name](rest.strip())
            elif statement.strip("; \n"):
                from trialgraph.ask.cypher import run

                self._show(lambda: run.run(self.graph, statement, self._used(statement)))
            self.failed = False
        except TrialgraphError as problem:
            self.failed = True
            said = str(problem)
            for elsewhere, here in _HERE.items():
                said = said.replace(elsewhere, here)
            self.out.say(said)
        except OSError as problem:
            self.failed = True
            self.out.say(f"{problem.filename or 'writing'}: {problem.strerror}")
        return True

    def _used(self, statement: str) -> dict[str, Any]:
        from trialgraph.ask.cypher import guard

        used = {word.text.strip("$`") for word in guard.tokens(statement) if word.kind == "parameter"}
        return {name: value for name, value in self.params.items() if name in used}

    def _show(self, question: Callable[[], Answer]) -> None:
        began = time.monotonic()
        answer = self.last = question()
        took = time.monotonic() - began
        self.out.rows(answer.columns, answer.rows, notes=answer.notes)
        if self.out.form == "table":
            more = ", and there are more" if answer.cut else ""
            self.out.say(f"{len(answer):,} {'row' if len(answer) == 1 else 'rows'} in {took:.2f} s{more}")

    def _help(self, rest: str) -> None:
        self.out.say(HELP)

    def _ask(self, rest: str) -> None:
        from trialgraph.ask.questions import named

        parts = _split(rest)
        if not parts:
            for question in named.find().values():
                self.out.say(f"{question.name:32} {question.title}")
            return
        params = given(parts[0], parts[1:])
        self._show(lambda: named.ask(self.graph, parts[0], **params))

    def _search(self, rest: str) -> None:
        from trialgraph.ask.search.words import search

        self._show(lambda: search(self.graph, rest))

    def _related(self, rest: str) -> None:
        from trialgraph.ask.questions import named

        self._show(lambda: named.ask(self.graph, "similar-trials", trial=rest))

    def _schema(self, rest: str) -> None:
        from trialgraph.pipeline.tables import PROPERTY_COLUMNS, table_facts, table_rows

        name = rest.strip(":() ")
        if not name:
            self.out.rows(("name", "what"), table_rows())
            return
        table = table_facts(name)
        self.out.say(table.doc)
        self.out.rows(PROPERTY_COLUMNS, table.properties)
        if table.relationships:
            self.out.rows(("relationship", "what"), table.relationships)

    def _param(self, rest: str) -> None:
        from trialgraph.ask.cypher import run

        if rest:
            name, value = run.parameter(rest)
            if value == "":
                self.params.pop(name, None)
            else:
                self.params[name] = value
        self.out.say(
            ", ".join(f"${name} = {value!r}" for name, value in self.params.items()) or "no parameters are set"
        )

    def _why(self, rest: str) -> None:
        from trialgraph.ask.questions.why import why

        parts = _split(rest)
        if len(parts) != 2:
            raise UsageError(
                ":why takes two things, such as: :why NCT04324411 sirolimus (quote a name of several words)"
            )
        answer = why(self.graph, *parts)
        self.last = answer
        self.out.rows(("link", "evidence", "method", "confidence", "record"), answer.rows, notes=answer.notes)

    def _trial(self, rest: str) -> None:
        from trialgraph.ask.questions.trial import sheet

        self.out.report(sheet(self.graph, rest))

    def _explain(self, rest: str) -> None:
        from trialgraph.ask.cypher import run

        answer = run.run(self.graph, f"EXPLAIN {rest}", self._used(rest))
        for row in answer:
            self.out.say(str(row.get("executionPlanAsString") or next(iter(row.values()), "")))
        if not answer.rows:
            self.out.say("the store gave no plan; the query can be run")

    def _export(self, rest: str) -> None:
        from pathlib import Path

        if self.last is None:
            raise UsageError("there is no answer to export yet")
        path = Path(rest).expanduser()
        if not path.absolute().parent.is_dir():
            raise UsageError(f"there is no folder {path.absolute().parent}; make it first, or name another file")
        form = path.suffix.lstrip(".").lower()
        if form in {"parquet", "arrow"}:
            frame = self.last.to_polars()
            frame.write_parquet(path) if form == "parquet" else frame.write_ipc(path)
            self.out.say(f"Written: {path}")
            return
        if form not in {*FORMATS, "html"}:
            raise UsageError(f"{rest!r}: end the name in .csv, .json, .nl, .md, .html, .parquet or .arrow")
        Output(form, path).rows(self.last.columns, self.last.rows)

    def _format(self, rest: str) -> None:
        if rest not in {"table", *FORMATS}:
            raise UsageError(f"{rest!r} is none of table, {', '.join(FORMATS)}")
        self.out = Output(rest, None)


def statements(lines: Iterable[str]) -> Iterable[str]:
    """Yield the commands (a line that begins with :) and the queries (up to a ; or an empty line) of a text."""
    pending = ""
    for line in lines:
        if not pending and line.lstrip().startswith(":"):
            yield line
        elif line.strip():
            *whole, pending = _split_queries(pending + line)
            yield from whole
        elif pending:
            yield pending
            pending = ""
    if pending.strip():
        yield pending


def _split_queries(text: str) -> list[str]:
    """Return the queries that a ; ends, and what follows the last of them ("" where only comments do)."""
    from trialgraph.ask.cypher import guard

    try:
        words = guard.tokens(text)
    except UsageError:  # a text or comment is still open
        return [text]
    ends = [word.start for word in words if word.kind == "symbol" and word.text == ";"]
    starts = [0, *(end + 1 for end in ends)]
    queries = [text[start:end] for start, end in zip(starts, ends, strict=False)]
    return [*queries, text[starts[-1] :] if not ends or words[-1].text != ";" else ""]


def finished(text: str) -> bool:
    """Tell whether Enter should run what is written: a command, a query that ends in ;, or nothing."""
    text = text.strip()
    if not text or text.startswith(":") or text.lower() in _LEAVE | _HELP:
        return True
    from trialgraph.ask.cypher import guard

    try:
        words = guard.tokens(text)
    except UsageError:  # a text or comment is still open
        return False
    return bool(words) and words[-1].text == ";" and words[-1].kind == "symbol"


def _split(rest: str) -> list[str]:
    try:
        return shlex.split(rest)
    except ValueError as problem:
        raise UsageError(f"{problem}: {rest}") from problem


def _prompt(session: Session) -> None:
    from prompt_toolkit import PromptSession
    from prompt_toolkit.history import FileHistory
    from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
    from prompt_toolkit.lexers import PygmentsLexer
    from pygments.lexers.graph import CypherLexer  # type: ignore[import-untyped]

    keys = KeyBindings()

    @keys.add("enter")
    def _(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        completing = bool(buffer.complete_state and buffer.complete_state.current_completion)
        if completing:
            buffer.complete_state = None
        if completing and not buffer.text.lstrip().startswith(":"):
            return  # what was chosen stays; a query goes on
        if finished(buffer.text) or buffer.document.current_line.strip() == "":
            buffer.validate_and_handle()
        else:
            buffer.insert_text("\n")

    history = settings().home / "shell_history"
    history.parent.mkdir(parents=True, exist_ok=True)
    prompt: PromptSession[str] = PromptSession(
        history=FileHistory(str(history)),
        lexer=PygmentsLexer(CypherLexer),
        completer=completer(session.graph),
        complete_while_typing=False,
        key_bindings=keys,
        multiline=True,
        prompt_continuation="... ",
    )
    session.out.say(session.graph.name)
    session.out.say("Cypher ends with ; - Tab completes - :ask lists questions - :help tells more - Ctrl-D leaves")
    while True:
        try:
            text = prompt.prompt("> ")
        except KeyboardInterrupt:
            continue
        except EOFError:
            return
        try:
            if not session.run(text):
                return
        except KeyboardInterrupt:
            session.out.say("stopped")


def completer(graph: Store) -> Completer:
    """Return what completes a prompt's words: names of the schema, functions, questions, drugs and conditions."""
    from prompt_toolkit.completion import CompleteEvent, Completer, Completion
    from prompt_toolkit.document import Document

    from trialgraph.ask.complete import Words

    words = Words(graph)

    class _Completer(Completer):
        def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
            for text, back, what in words.after(document.text_before_cursor):
                yield Completion(text, start_position=-back, display_meta=what)

    return _Completer()
