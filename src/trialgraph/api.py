"""The public Python API: open a home, ask it, get frames."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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


class Graph:
    """A graph that answers.  Get one from `open`; use it in a `with`, or `close` it when done."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self.settings = settings
        self.store = store
        self._tables: Frames | None = None

    def questions(self) -> dict[str, Question]:
        """Return the named questions by name: title, how to read the answer, parameters, columns."""
        from trialgraph.ask.questions import named as questions

        return questions.find()

    def ask(self, question: str, /, **params: Any) -> Answer:
        """Return the answer to a named question; names of drugs, conditions and sponsors may be any they go by.

        Raises UsageError for an unknown question, parameter or name, with the nearest that exist.
        """
        from trialgraph.ask.questions import named as questions

        return questions.ask(self.store, question, **params)

    def frames_answer(self, question: str, /, **params: Any) -> Answer:
        """Return the answer to a named question from the snapshot's tables, by polars: the rows that `ask` gives.

        The store only helps to understand names.  Tables stay in memory once read, until a build replaces them.
        """
        from trialgraph.ask.questions import named as questions
        from trialgraph.stores.columns.joins import Frames

        held = self.snapshot
        if self._tables is None or self._tables.manifest != held.manifest:
            self._tables = Frames(held)
        return questions.ask_frames(self.store, self._tables, question, **params)

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
        from trialgraph.ask.cypher import run as cypher

        return cypher.run(self.store, query, params, timeout=timeout, rows=rows, bytes=bytes)

    def trial(self, trial_id: str) -> dict[str, Any]:
        """Return everything held of one trial: its facts, then what hangs on it, section by section."""
        from trialgraph.ask.questions.trial import sheet

        return sheet(self.store, trial_id)

    def related(self, trial_id: str, most: int = 10, **filters: Any) -> Answer:
        """Return the trials most like one, and what makes them alike.

        Filters are phase, status, country, since, same_drug and not_same_sponsor; all trials that fit are searched.
        """
        from trialgraph.ask.questions.related import related

        return related(self.settings, self.store, trial_id, most=most, **filters)

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
        from trialgraph.snapshot.snapshot import Snapshot

        return Snapshot.open(self.settings.snapshot)

    def frames(self, names: Sequence[str] | None = None) -> dict[str, pl.DataFrame]:
        """Return the snapshot's tables as polars frames: labels and relationship types, all or those named."""
        import polars as pl

        from trialgraph import schema

        known = [*schema.LABEL, *schema.RELATIONSHIP]
        for name in names or ():
            if name not in known:
                raise UsageError(f"there is no table {name!r}; there are {', '.join(known)}")
        held = self.snapshot
        return {name: pl.DataFrame(pl.from_arrow(held.table(name))) for name in names or known}

    def networkx(
        self, labels: Sequence[str] | None = None, relationships: Sequence[str] | None = None
    ) -> nx.MultiDiGraph[str]:
        """Return the snapshot, or some labels and relationship types of it, as a NetworkX graph.

        A node is named label:key ("Trial:NCT04324411") and has `label`, `key` and its properties; an edge has `type`
        and its properties.  Relationships whose ends are not among the labels are left out; null properties too.
        """
        from trialgraph.snapshot.networkx_view import network

        return network(self.snapshot, labels or (), relationships or ())

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


def open(home: str | Path | None = None, *, store: str | None = None) -> Graph:  # noqa: A001 - read as trialgraph.open
    """Return the graph of a home (else of TRIALGRAPH_HOME, else of the user's data folder).

    `store` asks another graph than the home's embedded one: an address such as bolt://..., or "neo4j" for the one that
    TRIALGRAPH_NEO4J_URI names; the password is read from TRIALGRAPH_NEO4J_PASSWORD.
    Raises UsageError where there is no graph, StoreError where the server fails.
    """
    from trialgraph.pipeline import settings as settings_of_run
    from trialgraph.stores.open import open_graph

    settings = settings_of_run.read(str(home) if home is not None else None)
    return Graph(settings, open_graph(settings, store))
