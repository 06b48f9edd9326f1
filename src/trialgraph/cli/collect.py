"""Commands that fill the archive and tell what is in it: crawl, import, status, registries."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from trialgraph.cli.output import Output, output_options, settings
from trialgraph.errors import Changed, RegistryError, Unfinished, UsageError

if TYPE_CHECKING:
    from trialgraph.archive.crawl import Result
    from trialgraph.config import Settings
    from trialgraph.registries.registry import Registry, Selection

# flags of crawl -> fields of a Selection
_SELECTORS = {
    "--query": "query",
    "--condition": "condition",
    "--intervention": "intervention",
    "--sponsor": "sponsor",
    "--since": "since",
    "--id": "ids",
    "--all": "all",
    "--limit": "limit",
    "--related": "related",
}


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
@click.option("--all", "everything", is_flag=True, help="All of the registry.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="No more than N records.")
@click.option("--related", type=click.IntRange(min=0), default=0, metavar="N", help="Follow related trials, N steps.")
@click.option("--restart", is_flag=True, help="Begin anew instead of going on where this crawl stopped.")
@click.option("--repair", is_flag=True, help="Fetch again the records whose bytes in the archive are damaged.")
@click.option("--base-url", metavar="URL", help="Another address of the registry, such as a server on loopback.")
@click.option("--pace", type=click.FloatRange(min=0), metavar="SECONDS", help="Between two requests.")
@output_options
def crawl_command(
    registry: str | None,
    query: str | None,
    condition: str | None,
    intervention: str | None,
    sponsor: str | None,
    ids: tuple[str, ...],
    since: str | None,
    everything: bool,
    limit: int | None,
    related: int,
    restart: bool,
    repair: bool,
    base_url: str | None,
    pace: float | None,
    out: Output,
) -> None:
    """Copy a registry's records into the archive.

    Stop it whenever you like; the same command goes on where it stopped.
    """
    from trialgraph.archive.crawl import crawl
    from trialgraph.registries.catalogue import named
    from trialgraph.registries.registry import Selection

    chosen = settings()
    if repair:
        _repair(registry, chosen, base_url, pace, out)
        return
    if registry is None:
        raise UsageError("which registry? `trialgraph registries` lists them")
    source = named(registry)
    want = Selection(
        query=query,
        condition=condition,
        intervention=intervention,
        sponsor=sponsor,
        since=since,
        ids=tuple(dict.fromkeys(source.normal_id(given) or given.strip() for given in ids)),
        all=everything,
        limit=limit,
        related=related,
    )
    _check(source, want)
    base = base_url or chosen.registry_urls.get(source.name)
    command = _command(registry, want, base_url, pace)
    try:
        with out.progress(f"Crawling {source.name}") as progress:
            result = crawl(
                chosen.archive,
                source,
                want,
                command=command,
                base=base,
                pace=pace,
                contact=chosen.contact,
                restart=restart,
                progress=progress,
                say=out.say,
            )
    except KeyboardInterrupt:
        out.say(f"Stopped; {_standing(chosen, source, want, base)} Go on with: {command}")
        raise
    except RegistryError as problem:
        raise type(problem)(f"{problem}\n{_standing(chosen, source, want, base)} Go on with: {command}") from problem
    out.report(result.report(), _closing(result, want))
    _complain(source, result)


def _check(source: Registry, want: Selection) -> None:
    """Raise UsageError for a selection that is empty, contradicts itself, or that the registry does not take."""
    default = type(want)()
    given = [flag for flag, field in _SELECTORS.items() if getattr(want, field) != getattr(default, field)]
    if source.pages is None:
        raise UsageError(f"{source.name} cannot be crawled; download its records and use `trialgraph import FILE`")
    offered = [flag for flag, field in _SELECTORS.items() if field in source.selects]
    if want.is_empty:
        raise UsageError(f"nothing is selected; {source.name} takes {', '.join(offered)}")
    foreign = [flag for flag in given if flag not in offered]
    if foreign:
        raise UsageError(f"{source.name} does not take {', '.join(foreign)}; it takes {', '.join(offered)}")
    narrowed = [flag for flag in given if flag not in ("--all", "--since", "--limit")]
    if want.all and narrowed:
        raise UsageError(f"--all means everything; leave it or {', '.join(narrowed)} out")
    beside = [flag for flag in given if flag not in ("--id", "--related")]
    if want.ids and beside:
        raise UsageError(f"--id names the records themselves; leave it or {', '.join(beside)} out")


def _command(registry: str, want: Selection, base_url: str | None, pace: float | None) -> str:
    """Return the command that goes on with a crawl, for a person to paste."""
    home = click.get_current_context().find_root().obj
    words = ["trialgraph", *(["--home", str(home)] if home else []), "crawl", registry]
    for flag, field in _SELECTORS.items():
        value = getattr(want, field)
        if field == "ids":
            words += [word for known_as in value for word in ("--id", known_as)]
        elif value is True:
            words.append(flag)
        elif value:
            words += [flag, str(value)]
    words += ["--base-url", base_url] if base_url else []
    words += ["--pace", f"{pace:g}"] if pace is not None else []
    return shlex.join(words)


def _standing(chosen: Settings, source: Registry, want: Selection, base: str | None) -> str:
    """Return how far the unfinished crawl of a selection has come, as a sentence."""
    from trialgraph.archive.store import Archive

    if not chosen.archive.is_file():
        return "Nothing is kept yet."
    with Archive.open(chosen.archive) as archive:
        for known in archive.crawls(state="open", registry=source.name):
            if known.selection == want.key and known.base == source.base(base or source.url):
                total = "" if known.announced is None else f" of {known.announced:,}"
                return f"{archive.seen(known.crawl).kept:,}{total} records are kept."
    return "Nothing is kept of this crawl yet."


def _closing(result: Result, want: Selection | None = None) -> str:
    counts = result.counts
    total = "" if result.announced is None else f" of {result.announced:,}"
    said = (
        f"Kept {counts.kept:,}{total}: {counts.new:,} new, {counts.changed:,} changed, "
        f"{counts.unchanged:,} unchanged; {counts.set_aside:,} set aside. Took {result.seconds:,.1f} s."
    )
    if want is not None and result.announced is None:
        said += " The registry did not say how many there are, so nothing could be checked against that."
    if want is not None and want.all and result.not_seen:
        said += f" {result.not_seen:,} held records are no longer listed by the registry; they stay, and are marked."
    if want is not None and result.announced is not None and counts.kept > result.announced:
        said += " More came than were announced: the registry grew meanwhile."
    return f"{said} Next: trialgraph build" if counts.kept else said


def _complain(source: Registry, result: Result) -> None:
    """Raise what an ended crawl must not hide: records that never came, ids that gave none."""
    quiet = [gone for gone in result.missing if not gone.asked]
    for gone in quiet:
        click.echo(f"{gone.id}, listed as related, {gone.why}.", err=True)
    for odd in result.set_aside[:5]:
        click.echo(f"Set aside: {odd.record_id}: {odd.why}", err=True)
    refused = [f"{gone.id} {gone.why}" for gone in result.missing if gone.asked]
    if refused:
        others = f" ({result.counts.kept:,} kept)" if result.counts.kept else ""
        raise UsageError("; ".join(refused) + others)
    if result.set_aside and not result.counts.kept:
        raise Changed(f"nothing that {source.name} sent is a record we can read; it is kept, set aside, in the archive")
    if not result.whole:
        twice = f" {result.repeated:,} came twice: its order moved while we read." if result.repeated else ""
        announced = result.announced or 0
        raise Unfinished(
            f"{source.name} announced {announced:,} records and gave {announced - result.short:,}: "
            f"{result.short:,} are missing.{twice} What came is kept; "
            "run the same command again, or in smaller parts with --since or --query"
        )


def _repair(registry: str | None, chosen: Settings, base_url: str | None, pace: float | None, out: Output) -> None:
    """Mend the whole archive; `base_url` is the address of the one registry that is named."""
    from trialgraph.archive.crawl import repair
    from trialgraph.errors import ArchiveError
    from trialgraph.registries.catalogue import known, named

    if base_url and registry is None:
        raise UsageError("--base-url with --repair needs the registry's name: trialgraph crawl NAME --repair")
    sources = known()
    bases = dict(chosen.registry_urls)
    if registry is not None and base_url:
        bases[named(registry).name] = base_url
    result = repair(
        chosen.archive,
        sources,
        command="trialgraph crawl --repair",
        bases=bases,
        contact=chosen.contact,
        pace=pace,
        say=out.say,
    )
    sentence = (
        f"{result.announced:,} damaged, {result.counts.kept:,} fetched again, {len(result.set_aside):,} still damaged."
    )
    for gone in result.missing:
        out.say(f"{gone.id} {gone.why}.")
    out.report(result.report(), sentence)
    if result.set_aside:
        names = ", ".join(f"{odd.source}:{odd.record_id}" for odd in result.set_aside[:5])
        raise ArchiveError(f"{chosen.archive}: still damaged: {names}")


@click.command(name="import", epilog="Example: trialgraph import ctg-studies.json downloads/")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path), metavar="FILE...")
@output_options
def import_command(files: tuple[Path, ...], out: Output) -> None:
    """Take records that you downloaded yourself into the archive.

    A study as JSON, a saved API page, JSON lines (also .gz), a folder, or a ZIP download; versions in any order.
    """
    from trialgraph.archive.crawl import keep_files
    from trialgraph.registries.imports.files import read

    command = shlex.join(["trialgraph", "import", *map(str, files)])
    with out.progress("Importing") as progress:
        result = keep_files(settings().archive, read(files), command=command, progress=progress)
    for odd in result.set_aside[:5]:
        out.say(f"Set aside: {odd.record_id}: {odd.why}")
    if len(result.set_aside) > 5:
        out.say(f"... and {len(result.set_aside) - 5:,} more; `trialgraph status` counts them")
    out.report(result.report(), _closing(result))
    if not result.counts.kept:
        raise UsageError("no record was found in what you gave; `trialgraph import --help` says what is understood")


@click.command(name="status", epilog="Example: trialgraph status")
@output_options
def status_command(out: Output) -> None:
    """What is held, how fresh, and what is unfinished."""
    from trialgraph.archive.store import Archive

    chosen = settings()
    with Archive.open(chosen.archive) as archive:
        held = archive.held()
        unfinished = [
            {
                "registry": known.registry,
                "began_at": known.began_at,
                "kept": archive.seen(known.crawl).kept,
                "announced": known.announced,
                "command": known.command,
            }
            for known in archive.crawls(state="open")
        ]
        set_aside = sum(1 for _ in archive.set_aside())
        runs = archive.runs(5)
    built = _built(chosen)
    if out.form == "json":
        whole = {"home": str(chosen.home), "registries": held, "unfinished": unfinished, "set_aside": set_aside}
        out.report(whole | {"runs": runs, "snapshot": built})
        return
    notes = [f"Home: {chosen.home}"]
    for crawl in unfinished:
        total = "" if crawl["announced"] is None else f" of {crawl['announced']:,}"
        notes.append(f"Unfinished since {crawl['began_at']}: {crawl['kept']:,}{total} kept. Go on: {crawl['command']}")
    if set_aside:
        notes.append(f"{set_aside:,} records without a usable id are set aside in the archive")
    if built is None:
        notes.append("No snapshot yet: trialgraph build")
    else:
        later = any(run["began_at"] > built["written_at"] and run["new"] + run["changed"] for run in runs)
        news = "; records came since, so build again: trialgraph build" if later else ""
        notes.append(
            f"Snapshot of {built['written_at']}: {built['trials']:,} trials, {built['set_aside']:,} set aside{news}"
        )
        notes += built["advice"]
    out.rows(["registry", "records", "versions", "not_seen", "last_seen", "data_timestamp"], held, notes=notes)


def _built(chosen: Settings) -> dict[str, Any] | None:
    """Return what the last build left, or None."""
    import datetime as dt
    import json

    from trialgraph.snapshot.snapshot import new_words

    path = chosen.snapshot / "manifest.json"
    try:
        manifest = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    written = dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC).isoformat("T", "seconds")
    rows = {name: facts.get("rows") for name, facts in manifest.get("tables", {}).items()}
    figures = {"trials": manifest.get("trials", 0), "set_aside": len(manifest.get("set_aside", ()))}
    return {"written_at": written, **figures, "tables": rows, "advice": new_words(manifest)}


@click.command(name="registries", epilog="Example: trialgraph registries --md")
@output_options
def registries_command(out: Output) -> None:
    """List the registries that can be read, and how their records come in."""
    from trialgraph.registries.catalogue import known
    from trialgraph.registries.describe import how_it_comes

    rows = [
        {
            "name": source.name,
            "title": source.title,
            "ids": source.id_pattern,
            "how": how_it_comes(source),
            "select": " ".join(flag for flag, field in _SELECTORS.items() if field in source.selects),
            "url": source.url,
            "licence": source.licence,
        }
        for source in known().values()
    ]
    out.rows(["name", "title", "ids", "how", "select", "url", "licence"], rows)
