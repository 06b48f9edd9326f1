"""Commands that make graphs: build, load, update, clear, export, doctor, config, demo."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from trialgraph.cli.output import Output, output_options, settings
from trialgraph.errors import UsageError

if TYPE_CHECKING:
    from trialgraph.build.report import Built
    from trialgraph.config import Settings
    from trialgraph.stores.store import Loaded, Store


@click.command(name="build", epilog="Example: trialgraph build")
@click.option("--no-load", is_flag=True, help="Stop at the snapshot.")
@click.option("--accept-loss", is_flag=True, help="Also where properties are far emptier than before.")
@click.option("--workers", type=click.IntRange(min=1), default=None, help="Processors to use (all by default).")
@output_options
def build_command(no_load: bool, accept_loss: bool, workers: int | None, out: Output) -> None:
    """Turn the archive into the snapshot, and load that into the embedded graph.

    What was there before stays in use until the new is whole.
    """
    chosen = settings()
    built, loaded = _build(chosen, out, refit=True, load=not no_load, accept_loss=accept_loss, workers=workers)
    out.report(built.report(), _built_sentence(built, loaded, chosen))


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
    from trialgraph.locks import read_lock
    from trialgraph.snapshot.snapshot import Snapshot
    from trialgraph.stores import load

    chosen = settings()
    store = _target(chosen, to, user, database)
    try:
        with read_lock(chosen.lock), out.progress("Loading") as progress:
            snapshot = Snapshot.open(chosen.snapshot)
            loaded = store.load(snapshot, progress, full=full)
        out.report(load.report(loaded), load.sentence(loaded, store.name))
    finally:
        store.close()


@click.command(name="update", epilog="Example: trialgraph update")
@click.option("--to", metavar="ADDRESS", help="Load a Neo4j too: bolt://..., or neo4j for TRIALGRAPH_NEO4J_URI.")
@click.option("--pace", type=click.FloatRange(min=0), metavar="SECONDS", help="Between two requests.")
@click.option("--no-crawl", is_flag=True, help="Only build and load what the archive holds.")
@output_options
def update_command(to: str | None, pace: float | None, no_crawl: bool, out: Output) -> None:
    """Crawl what changed, build, and load the difference.

    Similarity's fitted model is used as it is, so that only what changed moves; `trialgraph build` fits it anew.
    """
    from trialgraph.locks import read_lock
    from trialgraph.pipeline import refresh
    from trialgraph.snapshot.snapshot import Snapshot
    from trialgraph.stores import load

    chosen = settings()
    crawled: dict[str, int] = {}
    began = time.perf_counter()
    if not no_crawl:
        with out.progress("Crawling") as progress:
            crawled = refresh.refresh(chosen, progress=progress, say=out.say, pace=pace)
    crawl_took = time.perf_counter() - began
    refit = not (chosen.model / "model.msgpack").is_file()
    built, loaded = _build(chosen, out, refit=refit, load=True)
    report: dict[str, Any] = {
        "crawl": crawled,
        "build": built.report(),
        "load": load.report(loaded) if loaded else None,
        "cost": _cost(built, loaded, chosen) | {"crawl_seconds": round(crawl_took, 2)},
    }
    if to is not None:
        store = _target(chosen, to, None, None)
        try:
            with read_lock(chosen.lock), out.progress("Loading") as progress:
                report["load_to"] = load.report(store.load(Snapshot.open(chosen.snapshot), progress))
        finally:
            store.close()
    out.report(report, _updated_sentence(built, report["cost"]) + _built_sentence(built, loaded, chosen))


@click.command(name="clear", epilog="Example: trialgraph clear --to bolt://localhost:7687 --yes")
@click.option("--to", metavar="ADDRESS", help="The Neo4j (else TRIALGRAPH_NEO4J_URI).")
@click.option("--user", metavar="NAME", help="User of the Neo4j.")
@click.option("--database", metavar="NAME", help="Database of the Neo4j.")
@click.option("--yes", is_flag=True, help="Do it; without it the nodes are only counted.")
@output_options
def clear_command(to: str | None, user: str | None, database: str | None, yes: bool, out: Output) -> None:
    """Remove our nodes and relationships from a Neo4j; foreign nodes stay."""
    from trialgraph.stores.neo4j.store import Neo4jStore

    chosen = settings()
    store = _target(chosen, to or "neo4j", user, database)
    try:
        if not isinstance(store, Neo4jStore):
            raise UsageError(f"{store.name} is a folder; remove it if you no longer want it")
        counts = store.clear() if yes else store.counts()
        held = {name: count for name, count in counts.items() if count}
        out.report(held, "Removed." if yes else "Nothing was removed; --yes removes these.")
    finally:
        store.close()


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
    from trialgraph.locks import read_lock
    from trialgraph.snapshot import export
    from trialgraph.snapshot.snapshot import Snapshot
    from trialgraph.stores.neo4j import bulk

    if len(words) > 2:
        raise UsageError("give a form and a target, such as: trialgraph export csv tables/")
    target = Path(words[-1])
    form = export.form_of(target, words[0] if len(words) == 2 else None)
    chosen = settings()
    with read_lock(chosen.lock):
        snapshot = Snapshot.open(chosen.snapshot)
        if form == "neo4j-import":
            rows = bulk.write(snapshot, target)
        else:
            rows = export.write(snapshot, target, form, labels=labels, relationships=kinds, raw=raw)
    if form == "neo4j-import":
        out.say(f"Stop the server, run {target / 'import.sh'}, start it, then: trialgraph load --to bolt://...")
        if run_import:
            bulk.run(target)
    out.report({"form": form, "rows": rows, "target": str(target)}, export.source_of(snapshot))


@click.command(name="doctor", epilog="Example: trialgraph doctor")
@output_options
def doctor_command(out: Output) -> None:
    """Check the installation, the home and what lies in it, and the Neo4j if one is set."""
    from trialgraph.pipeline.doctor import checks

    found = list(checks(settings()))
    out.rows(["check", "state", "found"], found)
    if any(row["state"] == "failed" for row in found):
        click.get_current_context().exit(1)


@click.command(name="config", epilog="Example: trialgraph config")
@output_options
def config_command(out: Output) -> None:
    """Show each setting, its value, and where that comes from; a password is never shown."""
    import os

    from trialgraph.config import url_setting
    from trialgraph.pipeline.settings import variables
    from trialgraph.stores.open import PASSWORD

    chosen = settings()
    rows: list[dict[str, Any]] = [{"setting": "home", "value": str(chosen.home), "from": chosen.sources["home"]}]
    urls = {url_setting(name): url for name, url in chosen.registry_urls.items()}
    for name, variable in variables().items():
        value = _without_password(urls.get(name) or getattr(chosen, name, None))
        rows.append({"setting": name, "value": value, "from": chosen.sources.get(name, f"default (set {variable})")})
    is_set = bool(os.environ.get(PASSWORD))
    rows.append(
        {
            "setting": "neo4j_password",
            "value": "set, not shown" if is_set else None,
            "from": PASSWORD if is_set else f"default (set {PASSWORD})",
        }
    )
    out.rows(["setting", "value", "from"], rows)


@click.command(name="demo", epilog="Example: trialgraph demo")
@output_options
def demo_command(out: Output) -> None:
    """Do all of it, offline, on the sample: import, build, load, ask, and draw a page to open."""
    from trialgraph.cli.demo import demo

    demo(settings(), out)


def _build(
    chosen: Settings,
    out: Output,
    *,
    refit: bool,
    load: bool,
    accept_loss: bool = False,
    workers: int | None = None,
) -> tuple[Built, Loaded | None]:
    """Build the snapshot of a home and, if wanted, load its embedded graph."""
    import os

    from trialgraph.build import cache
    from trialgraph.build.memory import release_memory
    from trialgraph.build.report import BuildPlan
    from trialgraph.build.stages import make
    from trialgraph.locks import write_lock

    with write_lock(chosen.lock, "trialgraph build"):
        with out.progress("Building") as progress:
            built = make(
                BuildPlan(
                    chosen.archive,
                    chosen.snapshot,
                    chosen.model,
                    corrections=chosen.corrections,
                    refit=refit,
                    accept_loss=accept_loss,
                    workers=workers or os.cpu_count() or 1,
                    progress=progress,
                )
            )
        for warning in built.warnings:
            out.say(f"Note: {warning}")
        if not load:
            return built, None
        release_memory()
        store = _target(chosen, None, None, None)
        try:
            with out.progress("Loading") as progress, built.timed("load"):
                loaded = store.load(built.snapshot, progress)
        finally:
            store.close()
        if built.rebuilt.reason is not None and loaded.whole:
            cache.note_cost(chosen.kept, built.seconds)
        return built, loaded


def _cost(built: Built, loaded: Loaded | None, chosen: Settings) -> dict[str, Any]:
    """Return what an update made anew, and what share of the last whole build's time it took."""
    from trialgraph.build import cache

    took, whole = sum(built.seconds.values()), sum(cache.cost(chosen.kept).values())
    return {
        "seconds": round(took, 2),
        "whole_build_seconds": round(whole, 2) or None,
        "share": round(took / whole, 4) if whole else None,
        "graph_loaded": "whole" if loaded and loaded.whole else "the difference",
    }


def _updated_sentence(built: Built, cost: dict[str, Any]) -> str:
    made = built.rebuilt
    if made.reason is not None:
        return f"A whole build: {made.reason}. "
    told = f"{made.trials:,} of {made.trials_total:,} trials read again, {made.vectors:,} compared with all others. "
    return told + (f"It took {cost['share']:.0%} of a whole build's time. " if cost["share"] else "")


def _built_sentence(built: Built, loaded: Loaded | None, chosen: Settings) -> str:
    from trialgraph.stores import load

    aside = f", {len(built.set_aside):,} records set aside" if built.set_aside else ""
    took = sum(built.seconds.values())
    first = f"Built {built.trials:,} trials{aside} in {took:,.1f} s."
    if loaded is None:
        return f"{first} Next: trialgraph load"
    return f"{first} {load.sentence(loaded, f'the graph in {chosen.home}')} Next: trialgraph ask"


def _without_password(value: str | None) -> str | None:
    """Return a setting as it may be shown: of an address that names user and password, neither."""
    if value is None or "://" not in value:
        return value
    scheme, _, rest = value.partition("://")
    place, slash, path = rest.partition("/")
    return f"{scheme}://{'***@' if '@' in place else ''}{place.rpartition('@')[2]}{slash}{path}"


def _target(chosen: Settings, to: str | None, user: str | None, database: str | None) -> Store:
    from trialgraph.stores.open import open_target

    return open_target(chosen, to, user=user, database=database, prompt=_prompt())


def _prompt() -> Callable[[], str] | None:
    """Return how to ask for a password where somebody is there to answer."""
    if not sys.stdin.isatty():
        return None
    return lambda: str(click.prompt("Password of the Neo4j", hide_input=True, err=True))
