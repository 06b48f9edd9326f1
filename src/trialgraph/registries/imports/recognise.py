"""Whose records a file holds, by its content: each registry recognises its own."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

import msgspec

from trialgraph.errors import RecordError
from trialgraph.model import RawRecord
from trialgraph.registries.catalogue import known
from trialgraph.registries.reading.boundary import reason
from trialgraph.registries.registry import Registry, Sample

_BOM = b"\xef\xbb\xbf"
_HTML = re.compile(rb"<(?:!doctype html|html|!--|\?xml[^>]*>\s*<!doctype html|head|body)", re.IGNORECASE)
_END_OF_HTML = re.compile(rb"</html\s*>(?:\s|<!--.*?-->)*\Z", re.IGNORECASE | re.DOTALL)
_PIPED_TABLE = re.compile(rb"[^\n]*\bnct_id\b[^\n|]*\||[^\n]*\|\s*nct_id\b", re.IGNORECASE)
_OBJECT = msgspec.json.Decoder(dict[str, msgspec.Raw])


class Unusable(Exception):
    """These bytes are no record that we can read; the text says why."""

    def __init__(self, why: str, body: bytes) -> None:
        super().__init__(why)
        self.body = body


class FileKind(msgspec.Struct, frozen=True):
    """What a file is.  `registry` is known where the file tells it, not each of its records."""

    medium: str  # as of Sample
    registry: Registry | None = None


def kind_of(head: bytes) -> FileKind:
    """Return what a file is from its first bytes.  Raises Unusable where it cannot be read."""
    text = head.removeprefix(_BOM).lstrip()
    if text[:1] in (b"[", b"{"):
        return FileKind("json")
    if _HTML.match(text):
        return FileKind("html")
    if text.startswith(b"%PDF"):
        raise Unusable("it is a PDF document; download the record in the registry's own form", head)
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise Unusable("it is UTF-16 text; save it as UTF-8", head)
    registry = _registry_of(Sample(medium="other", body=head))
    if registry is None:
        why = "it is empty" if not text else _other_form(text)
        raise Unusable(why, head)
    return FileKind("other", registry)


def _other_form(text: bytes) -> str:
    """Return what a file is that no registry recognises, and what to download instead."""
    if _PIPED_TABLE.match(text):
        return "it is a table of AACT (pipe-separated); download the studies as JSON from ClinicalTrials.gov instead"
    return "it is neither JSON, nor a saved page, nor an export of a registry we know"


def records(kind: FileKind, body: bytes, when: dt.datetime) -> Iterator[RawRecord | Unusable]:
    """Yield the records that one piece of a file holds, and what in it is none with the reason."""
    try:
        if kind.medium == "json":
            yield from _of_json(body, when)
        elif kind.medium == "html":
            yield _of_page(body, when)
        elif kind.registry is not None:
            yield _filed(kind.registry, body, when)
    except (Unusable, MemoryError) as problem:
        if isinstance(problem, MemoryError):
            raise
        yield problem
    except Exception as problem:  # noqa: BLE001 - whatever parsing meets concerns these bytes alone
        yield Unusable(f"it cannot be understood ({reason(problem)})", body)


def _of_json(body: bytes, when: dt.datetime) -> Iterator[RawRecord | Unusable]:
    try:
        sample = Sample(medium="json", body=body, keys=_OBJECT.decode(body))
        wrapped = _wrapped_in(sample)
    except msgspec.ValidationError as problem:
        raise Unusable(f"it is no study: {problem}", body) from None
    except (msgspec.DecodeError, RecursionError) as problem:
        raise Unusable(f"it is no whole JSON text: {problem}", body) from None
    if wrapped is not None:
        for inner in wrapped:
            yield from records(FileKind("json"), inner, when)
        return
    registry = _registry_of(sample)
    if registry is None:
        raise Unusable("it is a JSON object, but no study of a registry that we know", body)
    yield _filed(registry, body, when)


def _wrapped_in(sample: Sample) -> Iterator[bytes] | None:
    for registry in known().values():
        if registry.records_in is not None and (wrapped := registry.records_in(sample)) is not None:
            return wrapped
    return None


def _of_page(body: bytes, when: dt.datetime) -> RawRecord:
    if not _END_OF_HTML.search(body[-4096:]):
        raise Unusable("the page is cut off: its closing part is missing", body)
    registry = _registry_of(Sample(medium="html", body=body))
    if registry is None:
        raise Unusable("it is no trial page of a registry that we know", body)
    return _filed(registry, body, when)


def _registry_of(sample: Sample) -> Registry | None:
    """Return the first registry that recognises this.  Raises Unusable where one knows that it cannot be read."""
    for registry in known().values():
        if registry.recognises is not None and registry.recognises(sample):
            return registry
    for registry in known().values():
        if registry.unusable is not None and (why := registry.unusable(sample)) is not None:
            raise Unusable(why, sample.body)
    return None


def _filed(registry: Registry, body: bytes, when: dt.datetime) -> RawRecord:
    """Return a record filed under the id it holds."""
    if registry.record_of is None:
        raise Unusable(f"{registry.name} has no records that come as files", body)
    try:
        return registry.record_of(body, when)
    except RecordError as problem:
        raise Unusable(problem.why, body) from None
