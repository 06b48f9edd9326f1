"""The public Python API: fill, build and load a home; open it, ask it, get frames.

Nothing here prints: progress and sentences go to the callbacks that are given.  Every error is a TrialgraphError.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from trialgraph.ask.answers import Answer
from trialgraph.errors import UsageError
from trialgraph.limits import QUERY_BYTES, QUERY_ROWS, QUERY_SECONDS

if TYPE_CHECKING:
    import networkx as nx
    import polars as pl

    from trialgraph.ask.landscape.landscape import Landscape
    from trialgraph.ask.questions.named import Question
    from trialgraph.config import Settings
    from trialgraph.snapshot.snapshot import Snapshot
    from trialgraph.stores.columns.joins import Frames
    from trialgraph.stores.store import Store

Home = str | Path | None  # None: TRIALGRAPH_HOME, else the user's data folder
OnProgress = Callable[[str, int, int | None], None]  # stage, done, total (None: unknown)
OnMessage = Callable[[str], None]


class Graph:
    """A graph that answers.  Get one from `open`; use it in a `with`, or `close` it when done."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self.settings = settings
        self.store = store
        self._tables: Frames | None = None

    def questions(self) -> dict[str, Question]:
        """Return the named questions by name: title, how to read the answer, parameters, columns."""
        from trialgraph.ask.questions import named

        return named.find()

    def ask(self, question: str, /, **params: Any) -> Answer:
        """Return the answer to a named question; names of drugs, conditions and sponsors may be any they go by.

        Raises UsageError for an unknown question, parameter or name, with the nearest that exist.
        """
        from trialgraph.ask.questions import named

        return named.ask(self.store, question, **params)

    def frames_answer(self, question: str, /, **params: Any) -> Answer:
        """Return the answer to a named question from the snapshot's tables, by polars: the rows that `ask` gives.

        The store only helps to understand names.  Tables stay in memory once read, until a build replaces them.
        """
        from trialgraph.ask.questions import named
        from trialgraph.pipeline.tables import column_store

        self._tables = column_store(self.settings, self._tables)
        return named.ask_frames(self.store, self._tables, question, **params)

    def cypher(
        self,
        query: str,
        params: Mapping[str, Any] | None = None,
        *,
        timeout: float = QUERY_SECONDS,
        rows: int = QUERY_ROWS,
        bytes: int = QUERY_BYTES,  # noqa: A002 - as the command calls it
    ) -> Answer:
        """Return the answer to Cypher that only reads, within limits of seconds, rows and bytes."""
        from trialgraph.ask.cypher import run

        return run.run(self.store, query, params, timeout=timeout, rows=rows, bytes=bytes)

    def trial(self, trial_id: str) -> dict[str, Any]:
        """Return a trial's facts by name, and its related rows by section.  Raises UsageError for an unknown id."""
        from trialgraph.ask.questions.trial import sheet

        return sheet(self.store, trial_id)

    def related(
        self, trial_id: str | None = None, most: int = 10, *, text: str | None = None, **filters: Any
    ) -> Answer:
        """Return the trials most like one, or most like a text, and what makes them alike.

        Filters, for a trial only, are phase, status, country, since, same_drug and not_same_sponsor; all trials that
        fit are searched.  The first line of a text counts as its title.  Rows hold trial_id, title, phases, status,
        score (0 to 1) and because.  Raises UsageError unless either a trial or a text is given.
        """
        from trialgraph.ask.questions.related import related
        from trialgraph.ask.search.texts import like_text

        if text is None and trial_id is not None:
            return related(self.settings, self.store, trial_id, most=most, **filters)
        if text is None or trial_id is not None:
            raise UsageError("give a trial id, such as NCT04324411, or text=...; not both")
        if filters:
            raise UsageError(f"with text=... there are no filters; leave {', '.join(filters)} out")
        return like_text(self.settings, self.store, text, most=most)

    def link(self, text: str, kind: str | None = None) -> Answer:
        """Return what a text is understood as, with this home's corrections; see `trialgraph.link`."""
        return _link(self.settings, text, kind)

    def compare(self, one: str, other: str) -> Answer:
        """Return two trials side by side: what both have, and what each has alone."""
        from trialgraph.ask.questions.compare import compare

        return compare(self.store, one, other)

    def why(self, one: str, other: str) -> Answer:
        """Return the evidence of every link between a trial and another trial, drug, condition or organisation."""
        from trialgraph.ask.questions.why import why

        return why(self.store, one, other)

    def search(self, words: str, **filters: Any) -> Answer:
        """Return the trials that fit some words; filters are phase, status, since, until, country and most."""
        from trialgraph.ask.search.words import search

        return search(self.store, words, **filters)

    def landscape(self, subject: str, **params: Any) -> Landscape:
        """Return the landscape of a drug, class, condition or sponsor: frames, pictures, and a page to save.

        With a trial's id: of its neighbourhood; with a question's name and parameters: of the trials of its answer.
        """
        from trialgraph.ask.landscape import landscape

        return landscape.of(self.store, subject, **params)

    @property
    def snapshot(self) -> Snapshot:
        """Return the snapshot in the home: the graph as tables."""
        from trialgraph.pipeline.tables import snapshot

        return snapshot(self.settings)

    def frames(self, names: Sequence[str] | None = None) -> dict[str, pl.DataFrame]:
        """Return the snapshot's tables as polars frames: labels and relationship types, all or those named."""
        from trialgraph.pipeline.tables import frames

        return frames(self.settings, names)

    def networkx(
        self, labels: Sequence[str] | None = None, relationships: Sequence[str] | None = None
    ) -> nx.MultiDiGraph[str]:
        """Return the snapshot, or some labels and relationship types of it, as a NetworkX graph.

        A node is named label:key ("Trial:NCT04324411") and has `label`, `key` and its properties; an edge has `type`
        and its properties.  Relationships whose ends are not among the labels are left out; null properties too.
        """
        from trialgraph.pipeline.tables import networkx

        return networkx(self.settings, labels or (), relationships or ())

    def close(self) -> None:
        """Close the store."""
        self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __iter__(self) -> Iterator[str]:
        """Yield the names of the questions."""
        return iter(self.questions())

    def __repr__(self) -> str:
        return f"<trialgraph.Graph: {self.store.name}>"


def open(home: Home = None, *, store: str | None = None) -> Graph:  # noqa: A001 - read as trialgraph.open
    """Return the graph of a home (else of TRIALGRAPH_HOME, else of the user's data folder).

    `store` asks another graph than the home's embedded one: an address such as bolt://..., or "neo4j" for the one that
    TRIALGRAPH_NEO4J_URI names; the password is read from TRIALGRAPH_NEO4J_PASSWORD.
    Raises UsageError where there is no graph, StoreError where the server fails.
    """
    from trialgraph.pipeline.home import open_graph

    settings = _settings(home)
    return Graph(settings, open_graph(settings, store))


def crawl(
    registry: str,
    *,
    home: Home = None,
    base_url: str | None = None,
    pace: float | None = None,
    restart: bool = False,
    on_progress: OnProgress | None = None,
    on_message: OnMessage | None = None,
    **selection: Any,
) -> dict[str, int | None]:
    """Copy a registry's records into a home's archive; the same call goes on where it stopped.

    `selection` says which: query, condition, intervention, sponsor, since (an ISO date), ids (a sequence), all=True,
    limit (a number of records), related (steps to follow what a page lists as related); registries differ in what
    they take.  `pace` is in seconds between two requests, the registry's own by default.
    Returns {"announced", "kept", "new", "changed", "unchanged", "set_aside"}, numbers of records; announced is None
    where the registry does not say.  Raises UsageError for a selection that the registry does not take or ids that it
    does not know, RegistryError where it fails, Unfinished where fewer records came than were announced, Busy while
    another process writes to the archive; what came is kept.

        trialgraph.crawl("ctgov", query="sirolimus", home="my-home")
        trialgraph.crawl("ctgov", ids=["NCT04324411"], home="my-home", on_message=print)
    """
    from trialgraph.pipeline import crawl as crawls
    from trialgraph.pipeline.watch import Callbacks

    request = crawls.Request(base_url=base_url, pace=pace, restart=restart)
    watch = Callbacks(on_progress, on_message)
    run = crawls.crawl(_settings(home), registry, selection, request, watch=watch)
    for note in run.notes():
        watch.say(note)
    run.check()
    return run.report()


def import_files(
    files: Sequence[str | Path],
    *,
    home: Home = None,
    on_progress: OnProgress | None = None,
    on_message: OnMessage | None = None,
) -> dict[str, int | None]:
    """Take records that were downloaded by hand into a home's archive: JSON, JSON lines (.gz), folders, ZIP archives.

    Returns what `crawl` returns.  Raises UsageError where no record is found, Busy while another process writes to
    the archive.

        trialgraph.import_files(["ctg-studies.json"], home="my-home")
    """
    from trialgraph.pipeline import import_files as imports
    from trialgraph.pipeline.watch import Callbacks

    watch = Callbacks(on_progress, on_message)
    run = imports.import_files(_settings(home), [Path(file) for file in files], watch=watch)
    for note in run.notes():
        watch.say(note)
    run.check()
    return run.report()


def build(
    home: Home = None,
    *,
    load: bool = True,
    accept_loss: bool = False,
    workers: int | None = None,
    on_progress: OnProgress | None = None,
    on_message: OnMessage | None = None,
) -> dict[str, Any]:
    """Turn a home's archive into its snapshot and, with `load`, bring the embedded graph up to it.

    `workers` is the number of processors, all by default.  Returns {"trials", "set_aside", "tables": {name: rows},
    "seconds": {stage: s}, "rebuilt", "peak_mb"}.  Raises BuildError, and leaves the old snapshot, where too many
    records cannot be read or where much was lost (which `accept_loss` allows); Busy while another process uses the
    home.  With more than one worker, call it under `if __name__ == "__main__":` in a script.

        trialgraph.build("my-home")["trials"]
    """
    from trialgraph.pipeline import build as builds
    from trialgraph.pipeline.watch import Callbacks

    watch = Callbacks(on_progress, on_message)
    return builds.build(_settings(home), load=load, accept_loss=accept_loss, workers=workers, watch=watch).report()


def load(
    home: Home = None,
    *,
    to: str | None = None,
    user: str | None = None,
    database: str | None = None,
    full: bool = False,
    on_progress: OnProgress | None = None,
) -> dict[str, Any]:
    """Load a home's snapshot into a Neo4j, or into the embedded graph again; only the difference is written.

    `to` is an address (bolt://..., neo4j+s://...) or "neo4j" for the one in the settings; the password is read from
    TRIALGRAPH_NEO4J_PASSWORD or the file that the settings name.  `full` compares every row.
    Returns {"nodes": {"added", "changed", "removed"}, "relationships": {the same}, "reconciled": True}.
    Raises UsageError without a snapshot, StoreError where the store fails, Busy while a build replaces the snapshot.

        trialgraph.load("my-home", to="bolt://localhost:7687")
    """
    from trialgraph.pipeline import load as loads
    from trialgraph.pipeline.home import Target
    from trialgraph.pipeline.watch import Callbacks

    target = Target(to=to, user=user, database=database)
    return loads.load(_settings(home), target, full=full, watch=Callbacks(on_progress)).report()


def update(
    home: Home = None,
    *,
    crawl: bool = True,
    to: str | None = None,
    pace: float | None = None,
    on_progress: OnProgress | None = None,
    on_message: OnMessage | None = None,
) -> dict[str, Any]:
    """Crawl what changed since every complete crawl, build, and load the difference; `to` is a Neo4j to load too.

    The similarity model of the last build is used as it is; `build` fits it again.  Returns {"crawl", "build",
    "load", "cost"} and, with `to`, "load_to": what `crawl`, `build` and `load` return, and the seconds beside those
    of the last whole build.  Raises what those raise, ArchiveError without an archive,
    and UsageError where nothing was ever crawled completely.

        trialgraph.update("my-home", on_message=print)
    """
    from trialgraph.pipeline import update as updates
    from trialgraph.pipeline.home import Target
    from trialgraph.pipeline.watch import Callbacks

    target = None if to is None else Target(to=to)
    watch = Callbacks(on_progress, on_message)
    return updates.update(_settings(home), crawl_first=crawl, target=target, pace=pace, watch=watch).report()


def link(text: str, kind: str | None = None, *, home: Home = None) -> Answer:
    """Return what a text is understood as: a row for each drug, condition, device, procedure or organisation named.

    `kind` is drug, condition, procedure (with devices) or organization; without it every kind is looked for.  Rows
    hold kind, span (the words), place (where they begin, in characters), id, name and, where they apply, parent,
    alias, vocabulary, method, confidence (0 to 1), broader, dose, frequency.  The home's corrections.txt applies; the
    home need not exist.  Raises UsageError for another kind.

    >>> [(row["id"], row["dose"]) for row in link("Rapamune 1 mg", "drug")]
    [('MESH:D020123', '1 mg')]
    """
    return _link(_settings(home), text, kind)


def _link(settings: Settings, text: str, kind: str | None) -> Answer:
    from trialgraph.pipeline import link as links

    understood = links.link(settings, text, kind)
    return Answer(columns=understood.columns, rows=understood.rows, notes=tuple(understood.notes))


def _settings(home: Home) -> Settings:
    from trialgraph.pipeline.settings import read

    return read(str(home) if home is not None else None)
