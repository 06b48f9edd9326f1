"""What a file or one of its records is, by its content, and the records it holds."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

import msgspec

from trialgraph.errors import RecordError
from trialgraph.model import RawRecord
from trialgraph.registries.catalogue import named

_JSON_OR_TEXT = re.compile(rb"\s*[\[{]")
_NOT_OURS = (
    (re.compile(rb"<clinical_study\b"), "it is ClinicalTrials.gov's former XML; download the study as JSON"),
    (
        re.compile(rb"\A\s*(?:\xef\xbb\xbf)?\"?NCT Number\"?,"),
        "it is a table (CSV), which leaves most fields out; download JSON",
    ),
    (re.compile(rb"\A%PDF"), "it is a PDF document; download the study as JSON"),
    (re.compile(rb"\A(?:\xff\xfe|\xfe\xff)"), "it is UTF-16 text; save it as UTF-8"),
)


class Unknown(Exception):
    """These bytes are no record that we know; the text says why."""

    def __init__(self, why: str, body: bytes) -> None:
        super().__init__(why)
        self.body = body


class _Object(msgspec.Struct):
    """The keys that tell one kind of record from another."""

    protocol_section: msgspec.Raw = msgspec.field(default=msgspec.Raw(), name="protocolSection")
    studies: list[msgspec.Raw] | None = None
    study: msgspec.Raw = msgspec.Raw()
    ctrname: str | None = None
    isrctn: str | None = None
    ct_number: str | None = msgspec.field(default=None, name="ctNumber")
    eudract_number: str | None = msgspec.field(default=None, name="a2_eudract_number")
    old_answer: msgspec.Raw = msgspec.field(default=msgspec.Raw(), name="FullStudiesResponse")
    old_study: msgspec.Raw = msgspec.field(default=msgspec.Raw(), name="FullStudy")


_OBJECT = msgspec.json.Decoder(_Object)


def kind_of(head: bytes) -> str:
    """Return json, ictrp or html from the beginning of a file, else a sentence that says why it cannot be used."""
    for pattern, why in _NOT_OURS:
        if pattern.search(head):
            return why
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if _JSON_OR_TEXT.match(text):
        return "json"
    if b"<Trials_downloaded_from_ICTRP" in head:
        return "ictrp"
    if re.match(rb"<(?:!doctype html|html|!--|\?xml[^>]*>\s*<!doctype html|head|body)", text, re.IGNORECASE):
        return "html"
    return "it is empty" if not text else "it is neither JSON nor a saved page nor a WHO export"


def records(kind: str, body: bytes, when: dt.datetime) -> Iterator[RawRecord | Unknown]:
    """Yield the records that one piece of a file holds, and what in it is none with the reason."""
    try:
        if kind == "json":
            yield from _json(body, when)
        elif kind == "ictrp":
            yield _checked("ictrp", body, when)
        else:
            yield _page(body, when)
    except Unknown as problem:
        yield problem


def _json(body: bytes, when: dt.datetime) -> Iterator[RawRecord | Unknown]:
    try:
        found = _OBJECT.decode(body)
    except msgspec.ValidationError as problem:
        raise Unknown(f"it is no study: {problem}", body) from None
    except (msgspec.DecodeError, RecursionError) as problem:
        raise Unknown(f"it is no whole JSON text: {problem}", body) from None
    if found.studies is not None:
        for study in found.studies:
            yield from records("json", bytes(study), when)
    elif bytes(found.study):  # a wrapper around one dated version
        yield from _json(bytes(found.study), when)
    elif bytes(found.protocol_section):
        yield _ctgov(body, when)
    elif found.ctrname == "CTIS" or found.ct_number is not None:
        yield _checked("ctis", body, when)
    elif found.ctrname == "EUCTR" or found.eudract_number is not None:
        yield _checked("euctr", body, when)
    elif found.ctrname == "ISRCTN" or found.isrctn is not None:
        yield _checked("isrctn", body, when)
    elif bytes(found.old_answer) or bytes(found.old_study):
        raise Unknown("it is in the format of ClinicalTrials.gov's former API; download the study again as JSON", body)
    else:
        raise Unknown("it is a JSON object, but no study of a registry that we know", body)


def _ctgov(body: bytes, when: dt.datetime) -> RawRecord:
    from trialgraph.registries.ctgov.read import dated
    from trialgraph.registries.ctgov.registry import record_of

    try:
        record = record_of(body, fetched_at=when)
    except (msgspec.DecodeError, ValueError) as problem:
        raise Unknown(f"it has no usable number: {problem}", body) from None
    return record if record.dated else msgspec.structs.replace(record, dated=dated(body))


def _checked(registry: str, body: bytes, when: dt.datetime) -> RawRecord:
    """Return a record filed under the id it holds."""
    record_of = named(registry).record_of
    assert record_of is not None
    try:
        record = record_of(body, when)
    except RecordError as problem:
        raise Unknown(problem.why, body) from None
    return record


def _page(body: bytes, when: dt.datetime) -> RawRecord:
    if not re.search(rb"</html\s*>(?:\s|<!--.*?-->)*\Z", body[-4096:], re.IGNORECASE | re.DOTALL):
        raise Unknown("the page is cut off: its closing part is missing", body)
    if b"EudraCT Number:" in body and b"Basic Information" not in body:
        return _checked("euctr", body, when)
    mirror = named("meddatax")
    record = RawRecord(registry="meddatax", id="the page", url="", fetched_at=when, body=body)
    try:
        trial = mirror.parse(record)
    except RecordError as problem:
        raise Unknown(problem.why, body) from None
    posted = trial.last_update_post_date
    return msgspec.structs.replace(
        record,
        id=trial.id,
        url=f"{mirror.url}/clinical-trials/{trial.id}",
        dated=posted.text if posted else None,
    )
