"""Commands that ask the graph: related, ask, search, cypher, trial, why, changes, landscape."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from trialgraph.cli.output import Output, output_options, row_options, settings
from trialgraph.cli.streams import TextFile, is_terminal, stdin_text
from trialgraph.errors import UsageError
from trialgraph.limits import QUERY_BYTES, QUERY_ROWS, QUERY_SECONDS

if TYPE_CHECKING:
    from trialgraph.ask.answers import Answer
    from trialgraph.stores.store import Store


def store_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --store to a command."""
    return click.option(
        "--store",
        "address",
        metavar="ADDRESS",
        help="Ask another graph: bolt://..., neo4j+s://..., or neo4j for TRIALGRAPH_NEO4J_URI.",
    )(command)


def report_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --report to a command."""
    return click.option(
        "--report",
        type=click.Path(dir_okay=False, path_type=Path),
        metavar="FILE",
        help="Write what was understood, and what was not, as JSON.",
    )(command)


@contextlib.contextmanager
def opened(address: str | None) -> Iterator[Store]:
    """Open the graph to ask, and close it."""
    from trialgraph.pipeline.home import open_graph

    prompt = (lambda: str(click.prompt("Password", hide_input=True, err=True))) if is_terminal(sys.stdin) else None
    graph = open_graph(settings(), address, prompt=prompt)
    try:
        yield graph
    finally:
        graph.close()


def show(answer: Answer, out: Output) -> None:
    """Write an answer's rows, its notes beside them."""
    out.rows(answer.columns, answer.rows, notes=answer.notes)


def show_by_options(answer: Answer, out: Output) -> None:
    """Write an answer of a command whose parameters are options: a note says --most where a question says most=."""
    out.rows(answer.columns, answer.rows, notes=[note.replace("; most=", "; --most ") for note in answer.notes])


def show_evidence(answer: Answer, out: Output) -> None:
    """Write evidence: a block of lines for each piece in a table's place, as no terminal is so wide."""
    from trialgraph.ask.show import render

    if out.form != "table":
        show(answer, out)
        return
    for note in answer.notes:
        out.say(note)
    blocks = [{name: value for name, value in row.items() if value not in (None, "")} for row in answer.rows]
    out.text("\n".join(render.report(block) for block in blocks))


@click.command(name="related", epilog="Example: trialgraph related NCT04324411")
@click.argument("trial", metavar="ID", required=False)
@click.option("--compare", "other", metavar="ID", help="Beside this trial: what both have, what each has alone.")
@click.option("--text", "text", type=TextFile(), metavar="FILE", help="Like this text (- for stdin).")
@click.option("--phase", metavar="PHASE", help="Only of this phase: 1, 2, 3, 4, early or NA.")
@click.option("--status", metavar="STATUS", help="Only with this status: RECRUITING, COMPLETED, ...")
@click.option("--country", metavar="COUNTRY", help="Only with a site there: a name or its two letters.")
@click.option("--since", metavar="DATE", help="Only begun on this day or later: 2020, 2020-06 or 2020-06-15.")
@click.option("--same-drug", is_flag=True, help="Only with a drug of this trial.")
@click.option("--not-same-sponsor", is_flag=True, help="Only of other sponsors.")
@click.option("--most", type=click.IntRange(min=1), default=10, show_default=True, help="How many to show.")
@store_option
@row_options
def related_command(
    trial: str | None,
    other: str | None,
    text: Any,
    most: int,
    address: str | None,
    out: Output,
    **filters: Any,
) -> None:
    """Show the trials most like one, and what makes them alike.

    With a filter, all trials that it lets through are searched.
    """
    if (trial is None) == (text is None):
        raise UsageError("give a trial id, such as NCT04324411, or --text FILE; not both")
    with opened(address) as graph:
        if text is not None:
            from trialgraph.ask.search.texts import like_text

            answer = like_text(settings(), graph, text, most=most)
        elif other is not None:
            from trialgraph.ask.questions.compare import compare

            show_evidence(compare(graph, str(trial), other), out)
            return
        else:
            from trialgraph.ask.questions.related import related

            answer = related(settings(), graph, str(trial), most=most, **filters)
        show_by_options(answer, out)


@click.command(name="ask", epilog="Example: trialgraph ask trials-of-drug drug=rapamycin status=RECRUITING")
@click.argument("name", required=False)
@click.argument("values", nargs=-1, metavar="[KEY=VALUE]...")
@click.option("--explain", is_flag=True, help="Show how to read the answer, the parameters, and the Cypher.")
@report_option
@store_option
@row_options
def ask_command(
    name: str | None, values: tuple[str, ...], explain: bool, report: Path | None, address: str | None, out: Output
) -> None:
    """Ask a named question; without a name, list them.

    Drugs, conditions, sponsors and countries may be given by any of their names.
    """
    from trialgraph.ask.questions import named

    if name is None:
        rows = [
            {
                "name": q.name,
                "question": q.title,
                "parameters": [p.name if p.default == named.REQUIRED else f"[{p.name}]" for p in q.parameters],
            }
            for q in named.find().values()
        ]
        out.rows(("name", "question", "parameters"), rows)
        return
    question = named.get(name)
    if explain:
        out.report(named.described(question))
        return
    params = given(name, values)
    with opened(address) as graph:
        show(named.ask(graph, name, **params), out)


def given(name: str, values: Iterable[str]) -> dict[str, str]:
    """Return a question's parameters as they were typed, key=value; further words of a value need no quotes.

    Raises UsageError with what the question takes.
    """
    from trialgraph.ask.questions import named

    params: dict[str, str] = {}
    key = ""
    for value in values:
        before, equals, rest = value.partition("=")
        if equals:
            key = before.strip()
            params[key] = rest
        elif key:
            params[key] += f" {value}"
        else:
            raise UsageError(f"{value!r} is no key=value; {name} takes {named.usage(named.get(name))}")
    return params


@click.command(name="search", epilog="Example: trialgraph search 'recruiting PD-1 NSCLC Germany since 2022'")
@click.argument("words", nargs=-1, required=True)
@click.option("--phase", metavar="PHASE", help="1, 2, 3, 4, early or NA.")
@click.option("--status", metavar="STATUS", help="RECRUITING, COMPLETED, ...")
@click.option("--since", metavar="DATE", help="Started on or after: 2020, 2020-03 or 2020-03-09.")
@click.option("--until", metavar="DATE", help="Started on or before.")
@click.option("--country", metavar="COUNTRY", help="With a site there: a name or its two letters.")
@click.option("--most", type=click.IntRange(min=1), default=20, show_default=True, help="How many to show.")
@click.option("--facets", is_flag=True, help="Count what fits by phase, status, country, sponsor and year.")
@click.option("--explain", is_flag=True, help="Show the Cypher of what was understood, and do not run it.")
@report_option
@store_option
@row_options
def search_command(  # noqa: PLR0913 - one parameter an option, as click hands them over
    words: tuple[str, ...],
    most: int,
    facets: bool,
    explain: bool,
    report: Path | None,
    address: str | None,
    out: Output,
    **filters: str | None,
) -> None:
    """Find the trials that hold everything a sentence names, under all its names.

    Numbers and acronyms of trials, drugs, classes, conditions, sponsors, countries, phases, statuses, years, age, sex,
    kind of study and results are understood; what is not is said.
    """
    from trialgraph.ask.questions.named import Parameter, value_of
    from trialgraph.ask.search.explain import cypher_of
    from trialgraph.ask.search.words import search

    kinds = {"phase": "phase", "status": "status", "since": "date", "until": "date", "country": "text"}
    checked: dict[str, str | None] = {
        name: value_of(Parameter(name=name, kind=kinds[name], default=None, doc=""), value) if value else None
        for name, value in filters.items()
    }
    with opened(address) as graph:
        if explain:
            out.text(cypher_of(graph, " ".join(words)))
            return
        answer = search(graph, " ".join(words), most=most, facets=facets, **checked)
        out.written_report(report, answer.report())
        show(answer, out)
        for name, counts in answer.facets.items():
            out.say(f"{name}: " + ", ".join(f"{count['value']} {count['trials']:,}" for count in counts))


@click.command(name="cypher", epilog="Example: trialgraph cypher 'MATCH (t:Trial) RETURN count(t) AS trials'")
@click.argument("query", required=False)
@click.option("-f", "file", type=TextFile(), metavar="FILE", help="Read the query from FILE.")
@click.option("-P", "values", multiple=True, metavar="KEY=VALUE", help="A parameter: a number, true, JSON, or text.")
@click.option("--timeout", type=click.FloatRange(min=0, min_open=True), default=QUERY_SECONDS, show_default=True)
@click.option("--rows", "rows", type=click.IntRange(min=1), default=QUERY_ROWS, show_default=True, help="At most.")
@click.option("--bytes", "bytes", type=click.IntRange(min=1), default=QUERY_BYTES, show_default=True, help="At most.")
@store_option
@row_options
def cypher_command(
    query: str | None,
    file: str | None,
    values: tuple[str, ...],
    address: str | None,
    out: Output,
    **limits: Any,
) -> None:
    """Run Cypher that only reads: given as text, from a file (-f), or from standard input (-)."""
    from trialgraph.ask.cypher import run

    if (query is None) == (file is None):
        raise UsageError("give a query, or -f FILE, or - for standard input; one of them")
    text = file if file is not None else stdin_text() if query == "-" else str(query)
    params = dict(run.parameter(value) for value in values)
    with opened(address) as graph:
        show(run.run(graph, text, params, **limits), out)


@click.command(name="trial", epilog="Example: trialgraph trial NCT04324411")
@click.argument("trial", metavar="ID")
@store_option
@output_options
def trial_command(trial: str, address: str | None, out: Output) -> None:
    """Show everything held of one trial: its facts, what they were understood as, and the records behind them."""
    from trialgraph.ask.questions.trial import sheet

    with opened(address) as graph:
        out.report(sheet(graph, trial))


@click.command(name="why", epilog="Example: trialgraph why NCT04324411 sirolimus")
@click.argument("one", metavar="A")
@click.argument("other", metavar="B")
@store_option
@row_options
def why_command(one: str, other: str, address: str | None, out: Output) -> None:
    """Show the evidence of a link between a trial and another, a drug, a condition or an organisation."""
    from trialgraph.ask.questions.why import why

    with opened(address) as graph:
        show_evidence(why(graph, one, other), out)


@click.command(name="changes", epilog="Example: trialgraph changes --since 2024-01 --drug sirolimus")
@click.option("--since", metavar="DATE", help="Seen on or after: 2024, 2024-03 or 2024-03-09.")
@click.option("--drug", metavar="NAME", help="In trials of this drug.")
@click.option("--condition", metavar="NAME", help="In trials of this condition, or one below it.")
@click.option("--sponsor", metavar="NAME", help="In trials of this organisation and those it owns.")
@click.option("--id", "trial", metavar="ID", help="In this trial.")
@click.option("--field", metavar="FIELD", help="Only this field, such as overall_status.")
@click.option("--most", type=click.IntRange(min=1), default=1000, show_default=True, help="How many to show.")
@store_option
@row_options
def changes_command(trial: str | None, address: str | None, out: Output, **options: Any) -> None:
    """Show what changed in the trials' records, and when."""
    from trialgraph.ask.names import resolve
    from trialgraph.ask.questions import named

    subjects = [(kind, name) for kind in ("drug", "condition", "sponsor") if (name := options.pop(kind))]
    if len(subjects) + (trial is not None) > 1:
        raise UsageError("give one of --drug, --condition, --sponsor and --id")
    with opened(address) as graph:
        about = None
        for kind, name in subjects:
            understood = resolve.resolve(kind, name, graph)
            out.say(resolve.sentence(understood))
            about = understood.id
        answer = named.ask(graph, "what-changed", about=about, trial=trial, **options)
        show_by_options(answer, out)


@click.command(name="landscape", epilog="Example: trialgraph landscape sirolimus -o sirolimus.html")
@click.argument("subject", metavar="NAME")
@click.argument("values", nargs=-1, metavar="[KEY=VALUE]...")
@click.option(
    "-o",
    "path",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="An .html page with everything in it, a .png or .svg picture, or a folder for the frames as CSV.",
)
@store_option
def landscape_command(subject: str, values: tuple[str, ...], path: Path | None, address: str | None) -> None:
    """Draw the landscape of a drug, class, condition, sponsor or trial into one file that needs no network.

    Or of the trials that answer a question: give its name and its parameters, as with `ask`.
    """
    from trialgraph.ask.landscape import landscape

    if not any("=" in value for value in values):  # a name of several words, typed without quotes
        subject, values = " ".join((subject, *values)), ()
    with opened(address) as graph:
        notes = landscape.draw(graph, subject, path, home=settings().home, params=given(subject, values))
    for sentence in notes:
        click.echo(sentence, err=True)
