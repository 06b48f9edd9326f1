"""Commands that make graphs: build, load, update, clear, export, doctor, config, demo."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from trialgraph.cli.output import Output, output_options, settings
from trialgraph.cli.streams import is_terminal
from trialgraph.errors import UsageError

if TYPE_CHECKING:
    from trialgraph.pipeline.home import Target


@click.command(name="build", epilog="Example: trialgraph build")
@click.option("--no-load", is_flag=True, help="Stop at the snapshot.")
@click.option("--accept-loss", is_flag=True, help="Also where properties are far emptier than before.")
@click.option("--workers", type=click.IntRange(min=1), default=None, help="Processors to use (all by default).")
@output_options
def build_command(no_load: bool, accept_loss: bool, workers: int | None, out: Output) -> None:
    """Turn the archive into the snapshot, and load that into the embedded graph.

    What was there before stays in use until the new is whole.
    """
    from trialgraph.pipeline.build import build

    run = build(settings(), load=not no_load, accept_loss=accept_loss, workers=workers, watch=out)
    out.report(run.report(), run.sentence())


@click.command(name="load", epilog="Example: trialgraph load --to bolt://localhost:7687")
@click.option("--to", metavar="ADDRESS", help="bolt://..., neo4j+s://..., or neo4j for TRIALGRAPH_NEO4J_URI.")
@click.option("--user", metavar="NAME", help="User of the Neo4j (else TRIALGRAPH_NEO4J_USER, else neo4j).")
@click.option("--database", metavar="NAME", help="Database of the Neo4j (else TRIALGRAPH_NEO4J_DATABASE).")
@click.option("--full", is_flag=True, help="Compare every row, even where the snapshot seems to be loaded.")
@output_options
def load_command(to: str | None, user: str | None, database: str | None, full: bool, out: Output) -> None:
    """Load the snapshot into a Neo4j, or into the embedded graph again.

    Only the difference is written.  The password comes from TRIALGRAPH_NEO4J_PASSWORD, a file or a prompt.
    """
    from trialgraph.pipeline.load import load

    run = load(settings(), _target(to, user, database), full=full, watch=out)
    out.report(run.report(), run.sentence())


@click.command(name="update", epilog="Example: trialgraph update")
@click.option("--to", metavar="ADDRESS", help="Load a Neo4j too: bolt://..., or neo4j for TRIALGRAPH_NEO4J_URI.")
@click.option("--pace", type=click.FloatRange(min=0), metavar="SECONDS", help="Between two requests.")
@click.option("--no-crawl", is_flag=True, help="Only build and load what the archive holds.")
@output_options
def update_command(to: str | None, pace: float | None, no_crawl: bool, out: Output) -> None:
    """Crawl what changed, build, and load the difference.

    Similarity's fitted model is used as it is, so that only what changed moves; `trialgraph build` fits it anew.
    """
    from trialgraph.pipeline.update import update

    target = None if to is None else _target(to)
    run = update(settings(), crawl_first=not no_crawl, target=target, pace=pace, watch=out)
    out.report(run.report(), run.sentence())


@click.command(name="clear", epilog="Example: trialgraph clear --to bolt://localhost:7687 --yes")
@click.option("--to", metavar="ADDRESS", help="The Neo4j (else TRIALGRAPH_NEO4J_URI).")
@click.option("--user", metavar="NAME", help="User of the Neo4j.")
@click.option("--database", metavar="NAME", help="Database of the Neo4j.")
@click.option("--yes", is_flag=True, help="Do it; without it the nodes are only counted.")
@output_options
def clear_command(to: str | None, user: str | None, database: str | None, yes: bool, out: Output) -> None:
    """Remove our nodes and relationships from a Neo4j; foreign nodes stay."""
    from trialgraph.pipeline.load import clear

    counts = clear(settings(), _target(to or "neo4j", user, database), remove=yes)
    out.report(counts, "Removed." if yes else "Nothing was removed; --yes removes these.")


@click.command(name="export", epilog="Example: trialgraph export graph.graphml")
@click.argument("words", nargs=-1, required=True, metavar="[FORM] TARGET")
@click.option("--label", "labels", multiple=True, metavar="LABEL", help="Only this label; may be given many times.")
@click.option("--relationship", "kinds", multiple=True, metavar="TYPE", help="Only this relationship type.")
@click.option("--raw", is_flag=True, help="CSV: leave what a spreadsheet would run as a formula as it is.")
@click.option("--run", "run_import", is_flag=True, help="neo4j-import: run the importer (the server must be stopped).")
@output_options
def export_command(
    words: tuple[str, ...], labels: tuple[str, ...], kinds: tuple[str, ...], raw: bool, run_import: bool, out: Output
) -> None:
    """Write the graph for other programs.

    FORM is graphml, json (node-link), jsonld, csv, parquet or neo4j-import; without it TARGET's name decides: a
    name without an ending is a folder of CSV files.
    """
    from trialgraph.pipeline.export import export, run_importer

    if len(words) > 2:
        raise UsageError("give a form and a target, such as: trialgraph export csv tables/")
    form = words[0] if len(words) == 2 else None
    run = export(settings(), Path(words[-1]), form, labels=labels, relationships=kinds, raw=raw)
    if run.next_step:
        out.say(run.next_step)
    if run_import:
        run_importer(run)
    out.report(run.report(), run.source)


@click.command(name="doctor", epilog="Example: trialgraph doctor")
@output_options
def doctor_command(out: Output) -> None:
    """Check the installation, the home and what lies in it, and the Neo4j if one is set."""
    from trialgraph.pipeline.doctor import checks

    rows = list(checks(settings()))
    out.rows(["check", "state", "found"], rows)
    if any(row["state"] == "failed" for row in rows):
        click.get_current_context().exit(1)


@click.command(name="config", epilog="Example: trialgraph config")
@output_options
def config_command(out: Output) -> None:
    """Show each setting, its value, and where that comes from; a password is never shown."""
    from trialgraph.pipeline.home import setting_rows

    out.rows(["setting", "value", "from"], setting_rows(settings()))


@click.command(name="demo", epilog="Example: trialgraph demo")
@output_options
def demo_command(out: Output) -> None:
    """Do all of it, offline, on the sample: import, build, load, ask, and draw a page to open."""
    from trialgraph.cli.demo import demo

    demo(settings(), out)


def _target(to: str | None, user: str | None = None, database: str | None = None) -> Target:
    from trialgraph.pipeline.home import Target

    return Target(to=to, user=user, database=database, prompt=_prompt())


def _prompt() -> Callable[[], str] | None:
    """Return how to ask for a password where somebody is there to answer."""
    if not is_terminal(sys.stdin):
        return None
    return lambda: str(click.prompt("Password of the Neo4j", hide_input=True, err=True))
