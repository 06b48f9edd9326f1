"""The named questions: one file each in queries/, its header read, its parameters checked, its rows explained."""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Callable, Mapping
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from trialgraph.ask.answers import Answer
from trialgraph.ask.cypher.run import run_trusted
from trialgraph.ask.names import classes, conditions, regimens, trials
from trialgraph.ask.names import resolve as names
from trialgraph.ask.questions.because import because
from trialgraph.errors import UsageError
from trialgraph.limits import QUESTION_SECONDS
from trialgraph.meanings import Resolution
from trialgraph.spelling import nearest_names

if TYPE_CHECKING:
    from trialgraph.stores.columns.joins import Frames
    from trialgraph.stores.store import Store

NAMED: Final = (
    "drug",
    "class",
    "condition",
    "sponsor",
    "country",
    "subject",
    "regimen",
    "trial",
)  # understood by the vocabularies
KINDS: Final = (*NAMED, "trial", "text", "int", "float", "date", "phase", "status")
REQUIRED: Final = "required"
PHASES: Final = ("EARLY_PHASE1", "PHASE1", "PHASE2", "PHASE3", "PHASE4", "NA")
STATUSES: Final = (
    "ACTIVE_NOT_RECRUITING",
    "COMPLETED",
    "ENROLLING_BY_INVITATION",
    "NOT_YET_RECRUITING",
    "RECRUITING",
    "SUSPENDED",
    "TERMINATED",
    "UNKNOWN",
    "WITHDRAWN",
)
_PARAMETER = re.compile(r"\$(?P<name>[a-z_]+) +(?P<kind>[a-z]+)(?: *= *(?P<default>\S+))?  +(?P<doc>.+)")
_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")


class Parameter(msgspec.Struct, frozen=True, kw_only=True):
    """One parameter of a question.  A default of "today" is the day of asking."""

    name: str
    kind: str
    default: Any
    doc: str


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """One question: what it asks, how to read its answer, what it wants, and its Cypher."""

    name: str
    title: str
    reading: str
    parameters: tuple[Parameter, ...]
    columns: tuple[str, ...]
    needs: str | None  # "ChangeEvent: why there may be none": a label without which there is no answer
    cypher: str


def folder() -> Path:
    """Return the folder of the question files: in the installed package, else in the checkout."""
    packaged = Path(str(resources.files("trialgraph"))) / "_data" / "queries"
    return packaged if packaged.is_dir() else Path(__file__).resolve().parents[4] / "queries"


@functools.cache
def find() -> dict[str, Question]:
    """Return the questions by name, in alphabetical order."""
    return {path.stem: parse(path.stem, path.read_text("utf-8")) for path in sorted(folder().glob("*.cypher"))}


def parse(name: str, content: str) -> Question:
    """Return a question read from its file.

    The header is the comment at its top: a title, a line `Read:` (how to read the answer), one line a parameter
    (`$name kind = default  what it is`), `-> columns`, and `Needs: Label: why it may be absent` where that holds.
    Raises ValueError for a header that says less.
    """
    header: list[str] = []
    for line in content.splitlines():
        if not line.startswith("//"):
            break
        part = line[2:]
        if part.startswith("   ") and header:  # three blanks: the sentence goes on
            header[-1] += " " + part.strip()
        else:
            header.append(part.strip())
    title, reading = "", ""
    needs: str | None = None
    columns: tuple[str, ...] = ()
    parameters: list[Parameter] = []
    for line in header:
        if line.startswith("$"):
            match = _PARAMETER.fullmatch(line)
            if match is None or match["kind"] not in KINDS:
                raise ValueError(f"queries/{name}.cypher: cannot read the parameter line {line!r}")
            default = match["default"] or REQUIRED
            parameters.append(
                Parameter(name=match["name"], kind=match["kind"], default=_default(default), doc=match["doc"].strip())
            )
        elif line.startswith("->"):
            columns = tuple(part.strip() for part in line[2:].split(","))
        elif line.startswith("Read:"):
            reading = line[5:].strip()
        elif line.startswith("Needs:"):
            needs = line[6:].strip()
        elif line and not title:
            title = line
    if not (title and reading and columns):
        raise ValueError(f"queries/{name}.cypher: the header lacks a title, a line 'Read:' or a line '->'")
    return Question(
        name=name,
        title=title,
        reading=reading,
        parameters=tuple(parameters),
        columns=columns,
        needs=needs,
        cypher=content,
    )


def get(name: str) -> Question:
    """Return one question.  Raises UsageError with the nearest names."""
    known = find()
    if name in known:
        return known[name]
    nearest = nearest_names(name, known)
    hint = f"; did you mean {' or '.join(nearest)}?" if nearest else "; 'trialgraph ask' lists them"
    raise UsageError(f"there is no question {name!r}{hint}")


def ask(graph: Store, name: str, **params: Any) -> Answer:
    """Return the answer to a named question.

    Names of drugs, classes, conditions, sponsors and countries are understood by the vocabularies, and the notes say
    as what.  Raises UsageError for an unknown question, parameter or name, and StoreError where the store fails.
    """

    def asked(question: Question, values: Mapping[str, Any]) -> list[dict[str, Any]]:
        return run_trusted(graph, question.cypher, values, timeout=QUESTION_SECONDS).rows

    return _answer(graph, get(name), params, asked)


def ask_frames(graph: Store, tables: Frames, name: str, **params: Any) -> Answer:
    """Return the answer to a named question from a snapshot's tables; the store only helps to understand names."""
    from trialgraph.stores.columns.answers import ANSWERS

    def asked(question: Question, values: Mapping[str, Any]) -> list[dict[str, Any]]:
        found = ANSWERS[name](tables, values)
        return found.select(question.columns).head(values.get("most", found.height)).to_dicts()

    return _answer(graph, get(name), params, asked)


def _answer(
    graph: Store,
    question: Question,
    params: Mapping[str, Any],
    asked: Callable[[Question, Mapping[str, Any]], list[dict[str, Any]]],
) -> Answer:
    values, understood = check(question, params, graph)
    most: Any = values.get("most")
    if isinstance(most, int):
        if most < 1:
            raise UsageError(f"most={most} shows nothing; 1 is the least")
        values["most"] = most + 1  # one more than shown tells whether there is more
    # Nodes are counted at once, relationships are not: those only where there is no row.
    missing = _missing(question, graph) if (question.needs or "").startswith("ChangeEvent") else []
    rows = [] if missing else asked(question, values)
    notes = [names.sentence(one) for one in understood if one.kind != "trial" or one.given != one.id]
    notes += _beside(understood, graph)
    if not rows:
        notes += missing or _missing(question, graph) or _why_nothing(question, understood, graph)
    cut = isinstance(most, int) and len(rows) > most
    if cut:
        shown = "first row" if most == 1 else f"first {most} rows"
        notes.append(f"the {shown}; most={most * 10} shows more")
    return Answer(
        columns=question.columns,
        rows=[_shown(question, row) for row in rows[: most if cut else None]],
        notes=tuple(notes),
        understood=tuple(understood),
        cut=cut,
        title=question.title,
    )


def _beside(understood: list[Resolution], graph: Store) -> list[str]:
    """Return sentences that say what lies beside a condition in meaning, and what its trials were not narrowed by."""
    known = [one for one in understood if one.kind == "condition"]
    notes = [note(one, graph) for one in known for note in (conditions.neighbours_note, conditions.not_narrowed_note)]
    return [note for note in notes if note is not None]


def _shown(question: Question, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row's columns; what makes two trials alike comes as properties and is shown in words."""
    shown = {column: row.get(column) for column in question.columns}
    return shown | {"because": because(shown["because"])} if "because" in shown else shown


def check(question: Question, params: Mapping[str, Any], store: Store) -> tuple[dict[str, Any], list[Resolution]]:
    """Return the values to ask with, all parameters filled, and what names were understood as."""
    known = {parameter.name: parameter for parameter in question.parameters}
    for name in params:
        if name not in known:
            nearest = nearest_names(name, known)
            hint = f"did you mean {nearest[0]}?" if nearest else f"it has {', '.join(known) or 'none'}"
            raise UsageError(f"{question.name} has no parameter {name!r}; {hint}")
    values: dict[str, Any] = {}
    understood: list[Resolution] = []
    for parameter in question.parameters:
        given = params.get(parameter.name)
        if given is None or (isinstance(given, str) and not given.strip()):
            if parameter.default == REQUIRED:
                raise UsageError(f"{question.name} needs {parameter.name}=...: {parameter.doc}")
            values[parameter.name] = (
                dt.datetime.now(dt.UTC).date().isoformat() if parameter.default == "today" else parameter.default
            )
        elif parameter.kind in NAMED:
            resolution = _resolved(parameter.kind, str(given), store)
            understood.append(resolution)
            # A class is asked for by its drugs, a condition by all its nodes, sponsors by their family.
            several = parameter.kind in {"drug", "class", "subject", "sponsor", "condition"}
            values[parameter.name] = classes.ids(resolution) if several else resolution.id
            if parameter.kind == "regimen":  # by its drugs, all of them
                values[parameter.name] = list(resolution.ids)
        else:
            values[parameter.name] = value_of(parameter, given)
    return values, understood


def _resolved(kind: str, given: str, store: Store) -> Resolution:
    own = {"trial": trials.resolve, "regimen": regimens.resolve}
    return own[kind](given, store) if kind in own else names.resolve(kind, given, store)


def value_of(parameter: Parameter, given: Any) -> Any:
    """Return a given value in the parameter's type.  Raises UsageError with what would do."""
    text = str(given).strip()
    match parameter.kind:
        case "int" | "float":
            try:
                return int(text) if parameter.kind == "int" else float(text)
            except ValueError:
                raise UsageError(f"{parameter.name}={text!r} is no number") from None
        case "trial":
            return text
        case "date":
            if not _DATE.fullmatch(text):
                raise UsageError(f"{parameter.name}={text!r} is no date; write 2024, 2024-03 or 2024-03-09")
            try:
                return dt.date.fromisoformat((text + "-01-01")[:10]).isoformat()
            except ValueError:
                raise UsageError(f"{parameter.name}={text!r} is no day of the calendar") from None
        case "phase":
            bare = text.upper().replace(" ", "").replace("PHASE", "")
            written = "EARLY_PHASE1" if bare.startswith("EARLY") else f"PHASE{bare}" if bare.isdigit() else bare
            return _one_of(parameter, written.replace("N/A", "NA"), PHASES)
        case "status":
            return _one_of(parameter, re.sub(r"[\s,\-]+", "_", text.upper()), STATUSES)
    return text


def _one_of(parameter: Parameter, value: str, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise UsageError(f"{parameter.name}={value!r} is none of {', '.join(allowed)}")
    return value


def _default(text: str) -> Any:
    if text == "null":
        return None
    if re.fullmatch(r"-?\d+", text):
        return int(text)
    if re.fullmatch(r"-?\d+\.\d+", text):
        return float(text)
    return text


# A label cannot be a parameter, so each that a question may need has its own literal statement.
_COUNTS: Final = {
    "ChangeEvent": "MATCH (n:ChangeEvent) RETURN count(n) AS n",
    "LISTED_AS_RELATED": "MATCH ()-[r:LISTED_AS_RELATED]->() RETURN count(r) AS n",
    "SAME_STUDY_AS": "MATCH ()-[r:SAME_STUDY_AS]->() RETURN count(r) AS n",
}


def _missing(question: Question, store: Store) -> list[str]:
    """Return a sentence where nothing is loaded of what a question cannot do without."""
    if not question.needs:
        return []
    label, _, why = question.needs.partition(":")
    if run_trusted(store, _COUNTS[label.strip()], {}).rows[0]["n"]:
        return []
    return [f"this cannot be answered from what is loaded: {why.strip()}"]


def _why_nothing(question: Question, understood: list[Resolution], store: Store) -> list[str]:
    """Return sentences that say why an answer is empty, where that can be told."""
    notes = [
        f"this graph holds nothing of {one.name}"
        for one in understood
        if one.kind != "trial" and not names.is_held(one, store)
    ]
    return notes or ["nothing in this graph fits"]


def usage(question: Question) -> str:
    """Return a question's parameters as one would type them: drug=... [phase=...]."""
    return " ".join(f"{p.name}=..." if p.default == REQUIRED else f"[{p.name}=...]" for p in question.parameters)


def described(question: Question) -> dict[str, Any]:
    """Return a question's own description: what it asks, how to read it, its parameters, its Cypher."""
    return {
        "question": question.title,
        "reading": question.reading,
        "usage": f"trialgraph ask {question.name} {usage(question)}".strip(),
        "parameters": {
            p.name: f"{p.kind}, {'required' if p.default == REQUIRED else f'default {p.default}'}: {p.doc}"
            for p in question.parameters
        },
        "columns": list(question.columns),
        "cypher": question.cypher,
    }
