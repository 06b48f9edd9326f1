"""A home of two dozen real-shaped studies, and how to look at all that lies in one."""

from __future__ import annotations

import contextlib
import copy
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from trialgraph import schema
from trialgraph.cli import main as command_line
from trialgraph.snapshot.snapshot import Snapshot
from trialgraph.stores.store import Store

SAMPLE = Path(__file__).resolve().parents[2] / "data" / "sample" / "studies.jsonl"


@dataclass
class Said:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str

    @property
    def report(self) -> dict[str, Any]:
        return json.loads(self.out)


def type_in(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str] | None, home: Path, *words: str
) -> Said:
    """Run a command line in this process, where the vocabularies are read once for all tests."""
    monkeypatch.setattr("sys.argv", ["trialgraph", "--home", str(home), *words])
    out, err = io.StringIO(), io.StringIO()
    if capsys is not None:
        capsys.readouterr()
        with pytest.raises(SystemExit) as end:
            command_line.main()
        said = capsys.readouterr()
        return Said(end.value.code, said.out, said.err)
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), pytest.raises(SystemExit) as end:
        command_line.main()
    return Said(end.value.code, out.getvalue(), err.getvalue())


def sample_studies(most: int = 24) -> list[dict]:
    """Return the first studies of the sample."""
    with SAMPLE.open(encoding="utf-8") as lines:
        return [json.loads(line) for line, _ in zip(lines, range(most), strict=False)]


def changed(study: dict, date: str, **fields: Any) -> dict:
    """Return a study as it stands after an update: another status, and what else is given by module."""
    new = copy.deepcopy(study)
    protocol = new["protocolSection"]
    protocol["statusModule"]["lastUpdatePostDateStruct"] = {"date": date, "type": "ACTUAL"}
    protocol["statusModule"]["lastUpdateSubmitDate"] = date
    for module, facts in fields.items():
        protocol.setdefault(module, {}).update(facts)
    return new


def id_of(study: dict) -> str:
    return study["protocolSection"]["identificationModule"]["nctId"]


def content(folder: Path) -> dict[str, bytes]:
    """Return every file under a folder, byte for byte."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def dump(store: Store) -> dict[str, list[str]]:
    """Return all that a store holds of ours, in an order of its own: what a question could see."""
    told = {}
    for label in schema.LABELS:
        rows = store.query(f"MATCH (n:{label.name}) RETURN properties(n) AS p", rows=10**6).rows
        told[label.name] = sorted(json.dumps(row["p"], sort_keys=True) for row in rows)
    for kind in schema.RELATIONSHIPS:
        a, b = schema.LABEL[kind.source].key, schema.LABEL[kind.target].key
        query = (
            f"MATCH (a:{kind.source})-[r:{kind.type}]->(b:{kind.target}) "
            f"RETURN a.{a} AS s, b.{b} AS t, properties(r) AS p"
        )
        found = store.query(query, rows=10**6).rows
        told[kind.type] = sorted(json.dumps([row["s"], row["t"], row["p"]], sort_keys=True) for row in found)
    return told


def expected(snapshot: Snapshot) -> dict[str, list[str]]:
    """Return what `dump` gives of a store that holds exactly this snapshot."""
    told: dict[str, list[str]] = {}
    for name in (*schema.LABEL, *schema.RELATIONSHIP):
        rows = [row for batch in snapshot.batches(name) for row in batch]
        if name in schema.RELATIONSHIP:
            rows = [[row.pop("source"), row.pop("target"), row] for row in rows]  # type: ignore[misc]
        told[name] = sorted(json.dumps(row, sort_keys=True) for row in rows)
    return told
