"""Commands that fill the archive and tell what is in it: crawl, import, status, registries."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from trialgraph.cli.output import Output, output_options, settings
from trialgraph.errors import UsageError


def _day(ctx: click.Context, option: click.Parameter, value: str | None) -> str | None:
    import datetime as dt

    if value is None:
        return None
    try:
        return dt.date.fromisoformat(value).isoformat()
    except ValueError:
        raise click.BadParameter(f"{value!r} is not a date such as 2026-01-31", ctx, option) from None


@click.command(name="crawl", epilog="Example: trialgraph crawl ctgov --query sirolimus")
@click.argument("registry", required=False)
@click.option("--query", metavar="WORDS", help="Words anywhere in the record.")
@click.option("--condition", metavar="WORDS", help="A condition or disease.")
@click.option("--intervention", metavar="WORDS", help="A drug, device or other intervention.")
@click.option("--sponsor", metavar="WORDS", help="A sponsor or collaborator.")
@click.option("--id", "ids", multiple=True, metavar="ID", help="One record; may be given many times.")
@click.option("--since", callback=_day, metavar="DATE", help="Only what was updated on DATE or later.")
@click.option("--all", "all", is_flag=True, help="All of the registry.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="No more than N records.")
@click.option("--related", type=click.IntRange(min=0), default=0, metavar="N", help="Follow related trials, N steps.")
@click.option("--restart", is_flag=True, help="Begin anew instead of going on where this crawl stopped.")
@click.option(
    "--repair", "damaged", is_flag=True, help="Fetch again the records whose bytes in the archive are damaged."
)
@click.option("--base-url", metavar="URL", help="Another address of the registry, such as a server on loopback.")
@click.option("--pace", type=click.FloatRange(min=0), metavar="SECONDS", help="Between two requests.")
@output_options
def crawl_command(
    registry: str | None,
    restart: bool,
    damaged: bool,
    base_url: str | None,
    pace: float | None,
    out: Output,
    **selected: Any,
) -> None:
    """Copy a registry's records into the archive.

    Stop it whenever you like; the same command goes on where it stopped.
    """
    from trialgraph.pipeline.crawl import Request, crawl
    from trialgraph.pipeline.repair import repair

    request = Request(base_url=base_url, pace=pace, restart=restart)
    if damaged:
        repaired = repair(settings(), registry, request, watch=out)
        _say_all(repaired.notes(), out)
        out.report(repaired.report(), repaired.sentence())
        repaired.check()
        return
    if registry is None:
        raise UsageError("which registry? `trialgraph registries` lists them")
    run = crawl(settings(), registry, selected, request, watch=out)
    out.report(run.report(), run.sentence())
    _say_all(run.notes(), out)
    run.check()


def _say_all(sentences: list[str], out: Output) -> None:
    for sentence in sentences:
        out.say(sentence)


@click.command(name="import", epilog="Example: trialgraph import ctg-studies.json downloads/")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path), metavar="FILE...")
@output_options
def import_command(files: tuple[Path, ...], out: Output) -> None:
    """Take records that you downloaded yourself into the archive.

    A study as JSON, a saved API page, JSON lines (also .gz), a folder, or a ZIP download; versions in any order.
    """
    from trialgraph.pipeline.import_files import import_files

    run = import_files(settings(), files, watch=out)
    _say_all(run.notes(), out)
    out.report(run.report(), run.sentence())
    run.check()


@click.command(name="status", epilog="Example: trialgraph status")
@output_options
def status_command(out: Output) -> None:
    """What is held, how fresh, and what is unfinished."""
    import msgspec

    from trialgraph.pipeline.status import COLUMNS, status

    current = status(settings())
    if out.form == "json":
        out.report(msgspec.structs.asdict(current))
        return
    out.rows(COLUMNS, current.registries, notes=current.notes())


@click.command(name="registries", epilog="Example: trialgraph registries --md")
@output_options
def registries_command(out: Output) -> None:
    """List the registries that can be read, and how their records come in."""
    from trialgraph.pipeline.selection import REGISTRY_COLUMNS, registry_rows

    out.rows(REGISTRY_COLUMNS, registry_rows())
