"""ClinicalTrials.gov, API v2: paging, ids, and how fresh its data is.  Its words are read in `ctgov_read`."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

import msgspec

from trialgraph.errors import Changed, RecordError, UsageError
from trialgraph.model import RawRecord, SetAside, Trial
from trialgraph.registries.reading.boundary import parsing
from trialgraph.registries.registry import Expectations, Missing, Page, Registry, Sample, Selection

if TYPE_CHECKING:
    from trialgraph.registries.http import Getter

NAME = "ctgov"
API = "https://clinicaltrials.gov/api/v2"

_SECONDS_BETWEEN: Final = 1.0  # the registry's robots.txt says Crawl-delay: 1
_PAGE_SIZE: Final = 1000  # the most the API gives; larger values are coerced to it
_IDS_AT_ONCE: Final = 100  # in one filter.ids: 1.2 kB of address, well below what servers accept
_SMALLEST_PAGE: Final = 25  # an answer above MOST_BYTES is asked for again in smaller pages, down to this
_EMPTY_PAGES: Final = 5  # an empty page may have a successor; more in a row is a loop
_PASSES: Final = 3  # over what changed while we read; data that keeps moving is left for the next crawl


class _Answer(msgspec.Struct, rename="camel"):
    studies: list[msgspec.Raw]
    next_page_token: str | None = None
    total_count: int | None = None


class _Version(msgspec.Struct, rename="camel"):
    data_timestamp: str | None = None


class _Date(msgspec.Struct):
    date: str | None = None


class _Identification(msgspec.Struct, rename="camel"):
    nct_id: str
    nct_id_aliases: tuple[str, ...] = ()


class _Status(msgspec.Struct, rename="camel"):
    last_update_post_date_struct: _Date | None = None


class _Protocol(msgspec.Struct, rename="camel"):
    identification_module: _Identification
    status_module: _Status | None = None


class _Head(msgspec.Struct, rename="camel"):
    """As much of a study as it takes to file it."""

    protocol_section: _Protocol


class _Place(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where a crawl stands: what its cursor says."""

    token: str | None = None
    stamp: str | None = None  # the registry's data timestamp when this pass began
    again: str | None = None  # a further pass: what changed since that day
    passes: int = 0
    size: int = _PAGE_SIZE
    got: int = 0
    at: int = 0  # of a list of ids


_ANSWER = msgspec.json.Decoder(_Answer)
_HEAD = msgspec.json.Decoder(_Head)
_FORMER_XML = re.compile(rb"<clinical_study\b")
_TABLE = re.compile(rb"\s*(?:\xef\xbb\xbf)?\"?NCT Number\"?,")


def base_of(address: str) -> str:
    """Return the API's address for an address with or without /api/v2."""
    address = address.rstrip("/")
    return address if address.endswith("/api/v2") else address + "/api/v2"


def record_of(body: bytes, when: dt.datetime) -> RawRecord:
    """Return one study of a file as a record.  Raises RecordError where it has no usable id."""
    from trialgraph.registries.ctgov.read import dated

    try:
        record = _record(body, API, when)
    except (msgspec.DecodeError, ValueError) as problem:
        raise RecordError("a study", f"it has no usable number: {problem}") from None
    with parsing(record.id):
        return record if record.dated else msgspec.structs.replace(record, dated=dated(body))


def recognises(sample: Sample) -> bool:
    """Tell whether a JSON object is a study."""
    return "protocolSection" in sample.keys


def unusable(sample: Sample) -> str | None:
    """Return why a download of the registry's is in no form that we read."""
    if {"FullStudiesResponse", "FullStudy"} & sample.keys.keys():
        return "it is in the format of ClinicalTrials.gov's former API; download the study again as JSON"
    if sample.medium == "other" and _FORMER_XML.search(sample.body):
        return "it is ClinicalTrials.gov's former XML; download the study as JSON"
    if sample.medium == "other" and _TABLE.match(sample.body):
        return "it is a table (CSV), which leaves most fields out; download JSON"
    return None


def records_in(sample: Sample) -> Iterator[bytes] | None:
    """Return the studies of a saved API page, or the one of a dated version; None for an object that wraps none.

    Raises msgspec.ValidationError where `studies` is no list.
    """
    if "studies" in sample.keys:
        return map(bytes, msgspec.json.decode(sample.keys["studies"], type=list[msgspec.Raw] | None) or ())
    return iter((bytes(sample.keys["study"]),)) if "study" in sample.keys else None


def _record(body: bytes, base: str, when: dt.datetime) -> RawRecord:
    """Return one study's bytes as a record.  Raises msgspec.DecodeError or ValueError where it has no usable id."""
    head = _HEAD.decode(body).protocol_section
    known_as = REGISTRY.normal_id(head.identification_module.nct_id)
    if known_as is None:
        raise ValueError(f"{head.identification_module.nct_id[:40]!r} is not an NCT number")
    posted = head.status_module and head.status_module.last_update_post_date_struct
    return RawRecord(
        registry=NAME,
        id=known_as,
        url=f"{base}/studies/{known_as}",
        fetched_at=when,
        body=body,
        dated=(posted.date or None) if posted else None,
    )


def pages(http: Getter, base: str, want: Selection, cursor: str | None = None) -> Iterator[Page]:
    """Yield every page from `cursor` on.

    A last page that happens to be full still carries a token, which leads to an empty page without one; an empty page
    in the middle may carry a token and is followed.  When the data moved while we read, one more pass reads what
    changed meanwhile.  Raises UsageError for a query the registry does not take, Changed for tokens that lead nowhere.
    """
    place = msgspec.json.decode(cursor, type=_Place) if cursor else _Place(stamp=_timestamp(http, base))
    if want.ids:
        yield from _pages_of_ids(http, base, want.ids, place)
        return
    tokens = {place.token}
    empty = 0
    while True:
        first = place.token is None and place.again is None
        place, answer = _ask(http, base, want, place)
        records, set_aside = _filed(answer.studies, base)
        token = answer.next_page_token
        if token is not None and token in tokens:
            raise Changed("ctgov: the next page is one we have had; nothing is lost, run the same command again")
        tokens.add(token)
        empty = 0 if answer.studies else empty + 1
        if empty > _EMPTY_PAGES and token is not None:
            raise Changed(f"ctgov: {empty} empty pages in a row; nothing is lost, run the same command again later")
        got = place.got + len(answer.studies)
        announced = answer.total_count if first else None
        if want.limit is not None:
            announced = None if announced is None else min(announced, want.limit)
            token = None if got >= want.limit else token
        stamp = place.stamp
        if token is not None:
            place = msgspec.structs.replace(place, token=token, got=got)
        else:
            stamp = _timestamp(http, base)
            if stamp == place.stamp or place.passes >= _PASSES or want.limit is not None:
                if place.passes:
                    announced = _count(http, base, want)
                yield Page(records=records, set_aside=set_aside, announced=announced, data_timestamp=stamp)
                return
            tokens, since = {None}, _day_before(place.stamp)
            place = _Place(stamp=stamp, again=since, passes=place.passes + 1, size=place.size)
        yield Page(
            records=records,
            set_aside=set_aside,
            cursor=_written(place),
            announced=announced,
            data_timestamp=place.stamp,
        )


def _written(place: _Place) -> str:
    return msgspec.json.encode(place).decode()


def _day_before(stamp: str | None) -> str:
    """Return the day before a data timestamp: with one day of overlap nothing falls between two passes."""
    day = dt.date.fromisoformat(stamp[:10]) if stamp else dt.datetime.now(dt.UTC).date()
    return (day - dt.timedelta(days=1)).isoformat()


def _parameters(want: Selection, again: str | None = None) -> dict[str, str]:
    """Return the parameters that say which studies."""
    named = {
        "query.term": want.query,
        "query.cond": want.condition,
        "query.intr": want.intervention,
        "query.spons": want.sponsor,
    }
    found = {name: value for name, value in named.items() if value}
    since = max(filter(None, (want.since, again)), default=None)
    if since:
        found["filter.advanced"] = f"AREA[LastUpdatePostDate]RANGE[{since},MAX]"
    return found


def _ask(http: Getter, base: str, want: Selection, place: _Place) -> tuple[_Place, _Answer]:
    """Return the page at `place`; where it is too large to take, a smaller one from the same token."""
    from trialgraph.registries.http import TooMuch, said, whole_json

    while True:
        size = place.size if want.limit is None else max(1, min(place.size, want.limit - place.got))
        params = _parameters(want, place.again) | {"pageSize": str(size)}
        if place.token is not None:
            params["pageToken"] = place.token
        elif place.again is None:
            params["countTotal"] = "true"
        try:
            answer = http.get(f"{base}/studies", params, check=whole_json, accept=frozenset({400}))
        except TooMuch:
            if place.size <= _SMALLEST_PAGE:
                raise
            place = msgspec.structs.replace(place, size=max(place.size // 4, _SMALLEST_PAGE))
            continue
        if answer.status == 400:
            why = said(answer.body)
            if place.token is not None:
                raise Changed(
                    f"ctgov no longer knows where we stood ({why}); the same command with --restart begins anew"
                )
            raise UsageError(f"ctgov does not take this question: {why}")
        return place, _decoded(answer.body)


def _decoded(body: bytes) -> _Answer:
    try:
        return _ANSWER.decode(body)
    except msgspec.DecodeError as problem:
        raise Changed(f"ctgov: the answer has not the shape we know: {problem}") from problem


def _filed(studies: Sequence[msgspec.Raw], base: str) -> tuple[tuple[RawRecord, ...], tuple[SetAside, ...]]:
    """Return a page's studies as records, and apart those that do not say which study they are."""
    now = dt.datetime.now(dt.UTC)
    records, set_aside = [], []
    for study in studies:
        body = bytes(study)
        try:
            records.append(_record(body, base, now))
        except (msgspec.DecodeError, ValueError) as problem:
            set_aside.append(SetAside(record_id="?", source=NAME, why=f"no usable id: {problem}", body=body))
    return tuple(records), tuple(set_aside)


def _timestamp(http: Getter, base: str) -> str | None:
    from trialgraph.registries.http import whole_json

    body = http.get(f"{base}/version", check=whole_json).body
    try:
        return msgspec.json.decode(body, type=_Version).data_timestamp
    except msgspec.DecodeError as problem:
        raise Changed(f"ctgov: /version has not the shape we know: {problem}") from problem


def _count(http: Getter, base: str, want: Selection) -> int | None:
    """Return how many studies the registry announces now."""
    from trialgraph.registries.http import whole_json

    params = _parameters(want) | {"pageSize": "1", "countTotal": "true", "fields": "NCTId"}
    return _decoded(http.get(f"{base}/studies", params, check=whole_json).body).total_count


def _pages_of_ids(http: Getter, base: str, ids: Sequence[str], place: _Place) -> Iterator[Page]:
    """Yield the studies of some ids, a batch a page; every id either gives a record or is named as missing."""
    step = _IDS_AT_ONCE
    for at in range(place.at, len(ids), step):
        params = ids[at : at + step]
        valid = [known_as for given in params if (known_as := REGISTRY.normal_id(given))]
        missing = [
            Missing(id=given, why="is not an NCT number (NCT and eight digits)")
            for given in params
            if REGISTRY.normal_id(given) is None
        ]
        records, set_aside, answered = _batch(http, base, valid)
        for known_as in valid:
            if known_as not in answered:
                found = _one(http, base, known_as)
                if isinstance(found, Missing):
                    missing.append(found)
                else:
                    records.append(found)
        last = at + step >= len(ids)
        yield Page(
            records=tuple(records),
            set_aside=tuple(set_aside),
            missing=tuple(missing),
            cursor=None if last else _written(msgspec.structs.replace(place, at=at + step)),
            announced=len(ids),
            data_timestamp=place.stamp,
        )


def _batch(http: Getter, base: str, ids: Sequence[str]) -> tuple[list[RawRecord], list[SetAside], set[str]]:
    """Return the studies of one batch and the ids they answer, former ids among them.

    One id that the registry does not take fails the whole batch: then the halves are asked for.
    """
    from trialgraph.registries.http import TooMuch, whole_json

    if not ids:
        return [], [], set()
    params = {"filter.ids": ",".join(ids), "pageSize": str(_PAGE_SIZE)}
    try:
        answer = http.get(f"{base}/studies", params, check=whole_json, accept=frozenset({400}))
    except TooMuch:
        if len(ids) == 1:
            raise
    else:
        if answer.status == 200:
            studies = _decoded(answer.body).studies
            records, set_aside = _filed(studies, base)
            return list(records), list(set_aside), {name for record in records for name in _names(record)}
        if len(ids) == 1:
            return [], [], set()  # asked for by itself next, which tells why
    half = len(ids) // 2
    (a, b, c), (x, y, z) = _batch(http, base, ids[:half]), _batch(http, base, ids[half:])
    return a + x, b + y, c | z


def _names(record: RawRecord) -> tuple[str, ...]:
    """Return the id of a record and its former ones."""
    return (record.id, *_HEAD.decode(record.body).protocol_section.identification_module.nct_id_aliases)


def _one(http: Getter, base: str, known_as: str) -> RawRecord | Missing:
    """Return the study of one id, following the redirect of a former one, or why there is none."""
    from trialgraph.registries.http import said, whole_json

    answer = http.get(f"{base}/studies/{known_as}", check=whole_json, accept=frozenset({400, 404}))
    if answer.status == 404:
        return Missing(id=known_as, why="is not in the registry")
    if answer.status == 400:
        return Missing(id=known_as, why=f"was refused: {said(answer.body)}")
    try:
        return _record(answer.body, base, dt.datetime.now(dt.UTC))
    except (msgspec.DecodeError, ValueError) as problem:
        return Missing(id=known_as, why=f"gave an answer without a usable id: {problem}")


def _parse(raw: RawRecord) -> Trial:
    from trialgraph.registries.ctgov import read as ctgov_read

    return ctgov_read.parse(raw)


REGISTRY = Registry(
    name=NAME,
    title="ClinicalTrials.gov",
    url=API,
    licence="public data of the U.S. National Library of Medicine; attribution asked for",
    attribution="ClinicalTrials.gov, U.S. National Library of Medicine",
    id_pattern=r"NCT\d{8}",
    rank=0,
    parse=_parse,
    parser_version="ctgov-1",
    record_of=record_of,
    recognises=recognises,
    unusable=unusable,
    records_in=records_in,
    pages=pages,
    selects=frozenset({"query", "condition", "intervention", "sponsor", "since", "ids", "all", "limit"}),
    hosts=frozenset({"clinicaltrials.gov", "www.clinicaltrials.gov"}),
    seconds_between=_SECONDS_BETWEEN,
    base=base_of,
    # 550,000 studies in 2025; the shares are those of 2,314 real records, a little less
    expected=Expectations(
        records=(500_000, 900_000),
        filled={
            "brief_title": 0.99,
            "conditions": 0.98,
            "overall_status": 0.99,
            "lead_sponsor": 0.98,
            "study_type": 0.99,
            "last_update_post_date": 0.99,
        },
    ),
)
