"""A registry that exists in a test only: everything the project has to know of one stands in this module."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator

from trialgraph.errors import RecordError
from trialgraph.model import Intervention, PartialDate, Party, RawRecord, Trial
from trialgraph.registries.http import Getter, whole_json
from trialgraph.registries.registry import Expectations, Page, Registry, Sample, Selection

NAME = "brazil"


def record_of(body: bytes, when: dt.datetime) -> RawRecord:
    record = json.loads(body)
    if "rbr" not in record:
        raise RecordError("a record", "the record has no RBR number", "rbr")
    url = f"https://registry.example/rg/{record['rbr']}"
    return RawRecord(registry=NAME, id=record["rbr"], url=url, fetched_at=when, body=body, dated=record["updated"])


def recognises(sample: Sample) -> bool:
    return sample.text("rbr") is not None


def pages(http: Getter, base: str, want: Selection, cursor: str | None = None) -> Iterator[Page]:
    number = int(cursor or 1)
    while True:
        answer = json.loads(http.get(f"{base}/list/{number}", check=whole_json).body)
        records = tuple(record_of(json.dumps(r).encode(), dt.datetime.now(dt.UTC)) for r in answer["trials"])
        number += 1
        more = number <= answer["pages"]
        yield Page(records=records, announced=answer["total"], cursor=str(number) if more else None)
        if not more:
            return


def parse(raw: RawRecord) -> Trial:
    record = json.loads(raw.body)
    return Trial(
        id=raw.id,
        registry=NAME,
        brief_title=record["title"],
        conditions=tuple(record["conditions"]),
        study_type="INTERVENTIONAL",
        overall_status="RECRUITING",
        start_date=PartialDate(text="2024-02"),
        interventions=(Intervention(name=record["drug"], type="DRUG"),),
        lead_sponsor=Party(name="Universidade Exemplar", role="LEAD_SPONSOR"),
    )


REGISTRY = Registry(
    name=NAME,
    title="Brazilian Registry (made up)",
    url="https://registry.example",
    licence="public domain",
    attribution="Registro Exemplar",
    id_pattern=r"RBR-[0-9A-Z]{6}",
    parse=parse,
    parser_version="brazil-1",
    rank=0,
    record_of=record_of,
    recognises=recognises,
    pages=pages,
    selects=frozenset({"all", "ids"}),
    seconds_between=0.0,
    expected=Expectations(records=(1, 10), filled={"brief_title": 1.0}),
)
