"""Drives one registry into the archive: resumable, counted, polite."""

from __future__ import annotations

import contextlib
import datetime as dt
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from trialgraph import limits
from trialgraph.archive.accounts import Counts
from trialgraph.archive.repair import check, replace_damaged
from trialgraph.archive.store import Archive
from trialgraph.errors import ArchiveError, Changed, TrialgraphError
from trialgraph.model import RawRecord, SetAside
from trialgraph.registries.reading.boundary import reason
from trialgraph.registries.registry import Missing, Page, Registry, Selection

if TYPE_CHECKING:
    from trialgraph.registries.http import Politeness

Progress = Callable[[int, int | None], None]
Say = Callable[[str], None]


def _silent(*_: object) -> None:
    """Say nothing."""


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """How a crawl or an import ended."""

    announced: int | None
    counts: Counts
    missing: tuple[Missing, ...] = ()
    set_aside: tuple[SetAside, ...] = ()  # those of this run
    repeated: int = 0  # records that came on more than one page
    not_seen: int = 0  # held, and no longer listed by the registry
    requests: int = 0
    seconds: float = 0.0
    whole: bool = True

    @property
    def short(self) -> int:
        """Return how many records were announced and never came."""
        return 0 if self.whole or self.announced is None else self.announced - self.counts.kept - self.counts.set_aside

    def report(self) -> dict[str, int | None]:
        """Return the figures under the names that others read."""
        counts = self.counts
        return {
            "announced": self.announced,
            "kept": counts.kept,
            "new": counts.new,
            "changed": counts.changed,
            "unchanged": counts.unchanged,
            "set_aside": counts.set_aside,
        }


def crawl(
    path: Path,
    registry: Registry,
    want: Selection,
    *,
    command: str,
    base: str | None = None,
    pace: float | None = None,
    politeness: Politeness | None = None,
    contact: str | None = None,
    restart: bool = False,
    progress: Progress = _silent,
    say: Say = _silent,
) -> Result:
    """Copy what is wanted of a registry into the archive at `path`, going on where the same crawl stopped.

    `base` is another address of the registry, `pace` the seconds between two requests.  Raises RegistryError with the
    place kept, Busy when another process writes to the archive, and whatever interrupts it.
    """
    from trialgraph.registries.http import Getter

    assert registry.pages is not None
    began = time.monotonic()
    base = registry.base(base or registry.url)
    polite = politeness or _politeness(registry, base, pace)
    with (
        Getter(base, hosts=registry.hosts, politeness=polite, contact=contact, say=say) as http,
        Archive.open(path, write=True) as archive,
        archive.lock(command),
    ):
        known = archive.begin(registry.name, base, want.key, command, restart=restart)
        if known.cursor is not None:
            say(
                f"Going on with the crawl of {known.began_at[:16]}, "
                f"after {archive.counts_of(known.crawl).kept:,} records."
            )
        set_aside: list[SetAside] = []
        with _run(archive, "crawl", command, known.crawl) as run:
            for page in answers(registry, registry.pages(http, base, want, known.cursor)):
                archive.save(known.crawl, run, page)
                set_aside += page.set_aside
                known = archive.crawl(known.crawl)
                progress(archive.counts_of(known.crawl).kept, known.announced)
        return Result(
            announced=known.announced,
            counts=archive.counts_of(known.crawl),
            missing=tuple(archive.missing(known.crawl)),
            set_aside=tuple(set_aside),
            repeated=known.repeated,
            not_seen=sum(row["not_seen"] for row in archive.registry_summary() if row["registry"] == registry.name),
            requests=http.requests,
            seconds=time.monotonic() - began,
            whole=known.state == "done",
        )


def _politeness(registry: Registry, base: str, pace: float | None) -> Politeness:
    from trialgraph.registries.http import Politeness, is_loopback

    usual = 0.0 if is_loopback(base) else registry.seconds_between
    return Politeness(between=usual if pace is None else pace)


@contextlib.contextmanager
def _run(archive: Archive, kind: str, command: str, crawl: int | None = None) -> Iterator[int]:
    """Note in the archive that something runs, and how it ended."""
    run = archive.start_run(kind, command, crawl)
    try:
        yield run
    except BaseException as problem:
        outcome = str(problem) if isinstance(problem, TrialgraphError) else type(problem).__name__
        with contextlib.suppress(
            ArchiveError
        ):  # a full disk takes no note either; the first failure is the one to tell
            archive.end_run(run, outcome)
        raise
    archive.end_run(run, "done")


def keep_files(
    path: Path, items: Iterable[RawRecord | SetAside], *, command: str, progress: Progress = _silent
) -> Result:
    """Take records that came as files into the archive at `path`, a batch a transaction."""
    began = time.monotonic()
    new = changed = unchanged = 0
    set_aside: list[SetAside] = []
    done = 0
    with Archive.open(path, write=True) as archive, archive.lock(command), _run(archive, "import", command) as run:
        source = iter(items)
        while batch := list(_some(source)):
            apart = [item for item in batch if isinstance(item, SetAside)]
            counts = archive.take(run, (item for item in batch if isinstance(item, RawRecord)), apart)
            new, changed, unchanged = new + counts.new, changed + counts.changed, unchanged + counts.unchanged
            set_aside += apart
            done += len(batch)
            progress(done, None)
    counts = Counts(new=new, changed=changed, unchanged=unchanged, set_aside=len(set_aside))
    return Result(announced=done, counts=counts, set_aside=tuple(set_aside), seconds=time.monotonic() - began)


def _some(items: Iterator[RawRecord | SetAside]) -> Iterator[RawRecord | SetAside]:
    """Yield a transaction's worth: so many records, or so many bytes."""
    batch_bytes = 0
    for at, item in enumerate(items, 1):
        yield item
        batch_bytes += len(item.body or b"")
        if at >= limits.IMPORT_BATCH or batch_bytes > limits.MOST_BYTES:
            return


def repair(
    path: Path,
    registries: dict[str, Registry],
    *,
    command: str,
    bases: dict[str, str],
    contact: str | None = None,
    pace: float | None = None,
    say: Say = _silent,
) -> Result:
    """Fetch again every record whose bytes are damaged.  What is still damaged then is the result's `set_aside`."""
    from trialgraph.registries.http import Getter

    began = time.monotonic()
    records: list[RawRecord] = []  # all that is damaged, which is little
    missing: list[Missing] = []
    requests = 0
    with Archive.open(path, write=True) as archive, archive.lock(command):
        damaged = sorted({(set_aside.source, set_aside.record_id) for set_aside in check(archive)})
        with _run(archive, "repair", command) as run:
            for name in sorted({source for source, _ in damaged} & registries.keys()):
                registry = registries[name]
                ids = tuple(known_as for source, known_as in damaged if source == name)
                if registry.pages is None:
                    why = "cannot be fetched; import its file again"
                    missing += [Missing(id=known_as, why=why) for known_as in ids]
                    continue
                base = registry.base(bases.get(name) or registry.url)
                polite = _politeness(registry, base, pace)
                with Getter(base, hosts=registry.hosts, politeness=polite, contact=contact, say=say) as http:
                    for page in answers(registry, registry.pages(http, base, Selection(ids=ids), None)):
                        records += page.records
                        missing += page.missing
                    requests += http.requests
            counts = replace_damaged(archive, run, records) if damaged else Counts()
        still = tuple(check(archive)) if damaged else ()
    return Result(
        announced=len(damaged),
        counts=msgspec.structs.replace(counts, set_aside=len(still)),
        missing=tuple(missing),
        set_aside=still,
        requests=requests,
        seconds=time.monotonic() - began,
        whole=not still,
    )


class Update(msgspec.Struct, frozen=True, kw_only=True):
    """A crawl that brings earlier, complete ones up to date."""

    registry: str
    base: str
    selection: Selection


def updates(archive: Archive) -> list[Update]:
    """Return what to crawl so that everything crawled completely is current: what changed since, with a day of overlap.

    Where all of a registry was crawled once, that is one crawl; else one for each question.  Ids, and a registry that
    does not say when a record changed, are crawled again as they were.
    """
    found: dict[tuple[str, str], Update] = {}
    whole: set[str] = set()
    for done in archive.crawls(state="done"):  # the latest first
        want = msgspec.json.decode(done.selection, type=Selection)
        if want.limit is not None:
            continue
        if want == Selection(all=True):
            whole.add(done.registry)
        root = msgspec.structs.replace(want, since=None)
        if not want.ids and done.data_timestamp_began:
            began = dt.date.fromisoformat(done.data_timestamp_began[:10])
            want = msgspec.structs.replace(root, since=(began - dt.timedelta(days=1)).isoformat())
        update = Update(registry=done.registry, base=done.base, selection=want)
        found.setdefault((done.registry, root.key), update)
    return [
        update for (registry, _), update in reversed(found.items()) if registry not in whole or update.selection.all
    ]


def answers(registry: Registry, pages: Iterable[Page]) -> Iterator[Page]:
    """Yield a registry's pages; whatever reading an answer raises says that the registry's answer has changed."""
    try:
        yield from pages
    except (TrialgraphError, OSError, MemoryError):
        raise
    except Exception as problem:
        raise Changed(f"{registry.name}: an answer that cannot be understood ({reason(problem)})") from problem
