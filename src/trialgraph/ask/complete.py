"""What a person may be about to type: keywords, functions, the schema's names, questions, names in the graph."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from trialgraph.ask.cypher import guard
from trialgraph.ask.cypher.run import run_trusted
from trialgraph.ask.questions import named as questions
from trialgraph.ask.show import render

if TYPE_CHECKING:
    from trialgraph.stores.store import Store

COMMANDS: Final = (
    "ask",
    "explain",
    "export",
    "format",
    "help",
    "param",
    "quit",
    "related",
    "schema",
    "search",
    "trial",
    "why",
)
_NAMES: Final = {
    "drug": """
MATCH (n:Drug)<-[:TESTS]-(t:Trial)
RETURN n.name AS name, count(DISTINCT t) AS n ORDER BY n DESC, name
""",
    "condition": """
MATCH (n:Condition)<-[:STUDIES]-(t:Trial)
RETURN n.name AS name, count(DISTINCT t) AS n ORDER BY n DESC, name
""",
    "sponsor": """
MATCH (n:Organization)-[:SPONSORS]->(t:Trial)
RETURN n.name AS name, count(DISTINCT t) AS n ORDER BY n DESC, name
""",
    "class": """
MATCH (n:DrugClass)<-[:IN_CLASS]-(d:Drug)
RETURN n.name AS name, count(d) AS n ORDER BY n DESC, name
""",
    "country": "MATCH (n:Country) RETURN n.name AS name, 0 AS n ORDER BY name",
}
_VALUE: Final = re.compile(r"""(?P<key>[a-z_]+)=(?:(?P<quote>["'])(?P<begun>[^"']*)|(?P<bare>[^\s"']*))$""")


class Words:
    """Completes what is written before the cursor; names of the graph are read once, when first needed."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._held = functools.cache(self._read)

    def after(self, text: str) -> Iterator[tuple[str, int, str]]:
        """Yield (completion, how many characters before the cursor it replaces, what it is)."""
        if text.startswith(":"):
            yield from self._command(text)
            return
        if quoted := re.search(r"(?:name|brief_title)\s*(?::|=|CONTAINS|STARTS WITH)\s*(['\"])([^'\"]{2,})$", text):
            quote = quoted[1]
            for kind in ("drug", "condition", "sponsor", "class"):
                for name, back, what in _begun(quoted[2], self._held(kind), kind):
                    yield name.replace(quote, f"\\{quote}") + quote, back, what
            return
        begun = re.search(r"\w*$", text)
        word = begun[0] if begun else ""
        before = text[: len(text) - len(word)]
        yield from _begun(word, *_fitting(before))

    def _command(self, text: str) -> Iterator[tuple[str, int, str]]:
        name, space, rest = text[1:].partition(" ")
        if not space:
            yield from _begun(name, COMMANDS, "command")
            return
        if name == "schema":
            from trialgraph import schema

            yield from _begun(rest.strip(), [*schema.LABEL, *schema.RELATIONSHIP], "schema")
        elif name == "format":
            yield from _begun(rest.strip(), ("table", *render.FORMS[1:-1]), "form")
        elif name == "ask":
            question, space, rest = rest.partition(" ")
            if not space:
                yield from _begun(question, questions.find(), "question")
                return
            yield from self._parameter(question, rest)

    def _parameter(self, name: str, rest: str) -> Iterator[tuple[str, int, str]]:
        question = questions.find().get(name)
        if question is None:
            return
        if value := _VALUE.search(rest):
            parameter = next((p for p in question.parameters if p.name == value["key"]), None)
            kind = parameter.kind if parameter else ""
            quote, begun = value["quote"] or "", value["begun"] or value["bare"] or ""
            close = quote or '"'
            for found in self._values(kind):
                if found.casefold().startswith(begun.casefold()):
                    shown = found if found.replace("_", "").isalnum() and not quote else f"{close}{found}{close}"
                    yield shown, len(begun) + len(quote), kind
            return
        begun = rest.rsplit(" ", 1)[-1]
        yield from _begun(begun, [f"{p.name}=" for p in question.parameters], "parameter")

    def _values(self, kind: str) -> Iterable[str]:
        if kind == "drug":
            return [*self._held("drug"), *self._held("class")]
        if kind == "subject":
            return [name for each in ("drug", "condition", "sponsor", "class") for name in self._held(each)]
        if kind in _NAMES:
            return self._held(kind)
        return {"status": questions.STATUSES, "phase": questions.PHASES}.get(kind, ())

    def _read(self, kind: str) -> tuple[str, ...]:
        return tuple(row["name"] for row in run_trusted(self._store, _NAMES[kind], {}).rows if row["name"])


def _fitting(before: str) -> tuple[list[str], str]:
    """Return what may follow: a label after (x:, a type after [x:, a property after a dot, else words of Cypher."""
    from trialgraph import schema

    if re.search(r"\[\s*\w*\s*:[\w|:&]*$", before):
        return [*schema.RELATIONSHIP], "relationship type"
    if re.search(r"[(\w]\s*:[\w|:&]*$", before) and before.rstrip().endswith((":", "|", "&")):
        return [*schema.LABEL], "label"
    if before.endswith(".") or re.search(r"\(\s*\w*\s*:\w+\s*\{\s*$", before):
        label = _label_of(before)
        if label in schema.LABEL:
            return [p.name for p in schema.LABEL[label].properties], "property"
        every = [p.name for one in schema.LABELS for p in one.properties]
        every += [p.name for kind in schema.RELATIONSHIPS for p in kind.properties]
        return list(dict.fromkeys(every)), "property"
    return [*sorted(guard.KEYWORDS), *(f"{name}(" for name in guard.FUNCTIONS)], "Cypher"


def _label_of(before: str) -> str:
    """Return the label that the query gives to the variable before a dot, or to the map just opened."""
    if opened := re.search(r"\(\s*\w*\s*:(\w+)\s*\{\s*$", before):
        return opened[1]
    variable = re.search(r"(\w+)\.$", before)
    named = re.search(rf"\(\s*{variable[1]}\s*:(\w+)", before) if variable else None
    return named[1] if named else ""


def _begun(begun: str, words: Iterable[str], what: str) -> Iterator[tuple[str, int, str]]:
    folded = begun.casefold()
    for word in words:
        if word.casefold().startswith(folded):
            yield word, len(begun), what
