"""Measures links against labelled files, over the trials of an archive."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from trialgraph.errors import UsageError
from trialgraph.evaluate.link_scores import Report, Row, kind_of, score
from trialgraph.files.atomic import write_text
from trialgraph.model import ConditionLink, DrugLink, OrganizationLink, Trial

KINDS = ("drugs", "conditions", "organizations")


def read_labels(path: Path) -> tuple[str, list[Row]]:
    """Return the kind of a labelled file (JSON lines, or tab-separated pairs of organisations) and its rows."""
    try:
        text = path.read_text("utf-8-sig")
        rows: list[Row]
        if path.suffix == ".tsv":
            rows = list(csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))
        else:
            rows = [json.loads(line) for line in text.splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError) as problem:
        raise UsageError(f"{path}: cannot be read ({problem})") from problem
    except json.JSONDecodeError as problem:
        raise UsageError(f"{path}: a line is not JSON ({problem}); docs/linking.md shows the form") from problem
    if not rows:
        raise UsageError(f"{path}: holds no labelled rows")
    kind = kind_of(rows[0])
    wanted = {
        "drugs": {"nct_id", "intervention_index", "expected"},
        "conditions": {"nct_id", "raw", "expected_mesh"},
        "organizations": {"a", "b", "same"},
    }[kind]
    for number, row in enumerate(rows, 1):
        if not wanted <= row.keys():
            missing = ", ".join(sorted(wanted - row.keys()))
            raise UsageError(f"{path}: row {number} lacks {missing}; docs/linking.md shows the form")
    return kind, rows


def trials_wanted(kind: str, labels: Iterable[Row]) -> set[str]:
    """Return the ids of the trials that labelled rows are about; organisations need none."""
    return set() if kind == "organizations" else {row["nct_id"] for row in labels}


def predictions(
    kind: str,
    labels: Sequence[Row],
    trials: Iterable[Trial],
    *,
    drugs: Callable[[Trial], Collection[DrugLink]],
    conditions: Callable[[Trial], Collection[ConditionLink]],
    organization: Callable[[str], OrganizationLink],
) -> Iterator[dict[str, Any]]:
    """Yield the links in the form that labelled sets are scored in, one row an entry, string or name of the labels."""
    if kind == "organizations":
        for name in dict.fromkeys(name for row in labels for name in (row["a"], row["b"])):
            link = organization(name)
            yield {"name": name, "id": link.organization_id, "parent": link.parent_id}
        return
    for trial in trials:
        mine = [row for row in labels if row["nct_id"] == trial.id or row["nct_id"] in trial.aliases]
        if kind == "drugs":
            found = drugs(trial)
            for row in mine:
                at = row["intervention_index"]
                if at < len(trial.interventions):
                    named = [{"id": link.concept_id, "name": link.name} for link in found if link.intervention == at]
                    yield {"nct_id": row["nct_id"], "intervention_index": at, "drugs": named}
        else:
            linked = conditions(trial)
            for row in mine:
                places = {n for n, raw in enumerate(trial.conditions) if raw == row["raw"]}
                if places:
                    ids = dict.fromkeys(link.concept_id for link in linked if link.condition in places)
                    # labels hold headings: a condition that has none is no answer, neither right nor wrong
                    headings = [i.removeprefix("MESH:") for i in ids if i.startswith("MESH:")]
                    yield {"nct_id": row["nct_id"], "raw": row["raw"], "ids": headings}


def measure(
    kind: str, labels: Sequence[Row], predicted: Sequence[Row], *, where_held: bool = True
) -> tuple[Report, list[Row]]:
    """Return the figures and the misses; with `where_held`, rows about trials that the home lacks do not count."""
    if where_held and kind != "organizations":
        field = "intervention_index" if kind == "drugs" else "raw"
        predicted_keys = {(row["nct_id"], row[field]) for row in predicted}
        counted = [row for row in labels if (row["nct_id"], row[field]) in predicted_keys]
        report, misses = score(kind, counted, predicted)
        return {"labelled": len(labels), "not_held": len(labels) - len(counted), **report}, misses
    return score(kind, labels, predicted)


def write(rows: Iterable[Row], path: Path) -> int:
    """Write rows as JSON lines, whole or not at all; returns how many."""
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    write_text(path, "".join(line + "\n" for line in lines))
    return len(lines)
