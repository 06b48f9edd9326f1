"""A mirror's trial pages (HTML): fetched as robots.txt allows, with what they list.  Read in `meddatax_read`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import msgspec

from trialgraph.errors import RecordError, Refused
from trialgraph.model import RawRecord, SetAside, Trial
from trialgraph.registries.registry import Expectations, Missing, Page, Registry, Sample, Selection

if TYPE_CHECKING:
    from protego import Protego

    from trialgraph.registries.http import Getter

NAME = "meddatax"
SITE = "https://meddatax.com"
FOLDER = "/clinical-trials"
_SECONDS_BETWEEN: Final = 1.0  # what the mirror's robots.txt asks for; a longer delay there wins


class _Step(msgspec.Struct, frozen=True, array_like=True):
    """A page still to fetch, and how many steps it is from one that was asked for."""

    id: str
    depth: int = 0


class _Place(msgspec.Struct, frozen=True):
    """Where a crawl stands: what its cursor says."""

    todo: tuple[_Step, ...]
    known: tuple[str, ...]  # every id fetched or to be fetched


def base_of(address: str) -> str:
    """Return the site's address for an address with or without /clinical-trials."""
    return address.rstrip("/").removesuffix(FOLDER)


def record_of(body: bytes, when: dt.datetime) -> RawRecord:
    """Return a saved page filed under its trial's number.  Raises RecordError where it is no trial's page."""
    page = RawRecord(registry=NAME, id="the page", url="", fetched_at=when, body=body)
    trial = _parse(page)
    return msgspec.structs.replace(_dated(page, trial), id=trial.id, url=f"{SITE}{FOLDER}/{trial.id}")


def recognises(sample: Sample) -> bool:
    """Tell whether a page has the section that every trial page of the site begins with."""
    return sample.medium == "html" and b"Basic Information" in sample.body


def _dated(page: RawRecord, trial: Trial) -> RawRecord:
    posted = trial.last_update_post_date
    return msgspec.structs.replace(page, dated=posted.text if posted else None)


def pages(http: Getter, base: str, want: Selection, cursor: str | None = None) -> Iterator[Page]:
    """Yield one page of the site at a time: those asked for, then `want.related` steps of what they list as related.

    Raises Refused where robots.txt does not allow a page that was asked for.
    """
    robots = _robots(http, base)
    place = msgspec.json.decode(cursor, type=_Place) if cursor else _begin(want)
    todo, known = list(place.todo), list(place.known)
    while todo:
        step = todo.pop(0)
        found = _fetch(http, base, step, robots)
        record = found if isinstance(found, RawRecord) else None
        unreadable: SetAside | None = None
        if record is not None:
            try:
                trial = _parse(record)
            except RecordError as problem:
                unreadable = SetAside(
                    record_id=step.id, source=NAME, why=problem.why, path=problem.path, body=record.body
                )
                record = None
            else:
                record = _dated(record, trial)
                if step.depth < want.related:
                    new = [x.id for x in trial.listed_related if x.id not in known and REGISTRY.normal_id(x.id)]
                    new = list(dict.fromkeys(new))
                    known += new
                    todo += [_Step(other, step.depth + 1) for other in new]
        yield Page(
            records=(record,) if record else (),
            set_aside=(unreadable,) if unreadable else (),
            missing=(found,) if isinstance(found, Missing) else (),
            cursor=msgspec.json.encode(_Place(tuple(todo), tuple(known))).decode() if todo else None,
            announced=len(known),
        )


def _begin(want: Selection) -> _Place:
    ids = tuple(dict.fromkeys(REGISTRY.normal_id(given) or given for given in want.ids))
    return _Place(tuple(_Step(known_as) for known_as in ids), ids)


def _robots(http: Getter, base: str) -> Protego:
    """Return what the site asks of crawlers; a longer delay than ours slows us down."""
    from protego import Protego

    answer = http.get(f"{base}/robots.txt", accept=frozenset({400, 404, 405, 410}))
    robots = Protego.parse(answer.body.decode("utf-8", "replace") if answer.status == 200 else "")
    http.slow_to(float(robots.crawl_delay(http.agent) or 0.0))
    return robots


def _fetch(http: Getter, base: str, step: _Step, robots: Protego) -> RawRecord | Missing:
    """Return one trial's page, or why there is none; a maintenance page names no trial and is tried again."""
    from trialgraph.registries.http import BadAnswer, whole_html

    requested = step.depth == 0
    if REGISTRY.normal_id(step.id) is None:
        return Missing(id=step.id, why="is not an NCT number (NCT and eight digits)", requested=requested)
    url = f"{base}{FOLDER}/{step.id}"
    if not robots.can_fetch(url, http.agent):
        if requested:
            raise Refused(f"{url}: the site's robots.txt asks crawlers not to read this page")
        return Missing(id=step.id, why="is not to be read, says robots.txt", requested=False)

    def about_the_trial(body: bytes) -> None:
        whole_html(body)
        if step.id.encode() not in body:
            raise BadAnswer(f"the answer is not the page of {step.id}")

    try:
        answer = http.get(url, check=about_the_trial, accept=frozenset({404, 410}))
    except BadAnswer as problem:
        if requested:
            raise
        return Missing(id=step.id, why=f"gave no trial page: {problem}", requested=False)
    if answer.status != 200:
        return Missing(id=step.id, why="is not on the site", requested=requested)
    return RawRecord(registry=NAME, id=step.id, url=url, fetched_at=dt.datetime.now(dt.UTC), body=answer.body)


def _parse(raw: RawRecord) -> Trial:
    from trialgraph.registries.meddatax import read as meddatax_read

    return meddatax_read.parse(raw)


REGISTRY = Registry(
    name=NAME,
    title="MedDataX (a mirror of ClinicalTrials.gov)",
    url=SITE,
    licence="facts of ClinicalTrials.gov; the site's own arrangement is not redistributed",
    attribution="MedDataX pages of ClinicalTrials.gov records",
    id_pattern=r"NCT\d{8}",
    rank=10,
    parse=_parse,
    parser_version="meddatax-1",
    record_of=record_of,
    recognises=recognises,
    pages=pages,
    selects=frozenset({"ids", "related"}),
    hosts=frozenset({"meddatax.com", "www.meddatax.com"}),
    seconds_between=_SECONDS_BETWEEN,
    obeys_robots=True,
    base=base_of,
    expected=Expectations(filled={"brief_title": 0.99, "conditions": 0.95, "overall_status": 0.95}),
)
