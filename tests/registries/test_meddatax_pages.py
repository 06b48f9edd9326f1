"""The mirror's pages: robots.txt, its list of related trials, and pages that are none."""

from __future__ import annotations

import time

import pytest

from tests.fault_server import Asked, FaultServer, Reply
from trialgraph.archive.crawl import crawl
from trialgraph.archive.store import Archive
from trialgraph.errors import Refused, RegistryError
from trialgraph.registries.http import Politeness
from trialgraph.registries.meddatax import registry as meddatax
from trialgraph.registries.registry import Selection

QUICK = Politeness(between=0.0, tries=3, first_wait=0.01, jitter=0.0)


def nct(number: int) -> str:
    return f"NCT{number:08d}"


def page(number: int, related: tuple[int, ...] = ()) -> bytes:
    listed = "".join(
        f'<a href="/clinical-trials/{nct(n)}"><h3>Trial {n}</h3><p><span>{nct(n)}</span> <span>COMPLETED</span>'
        " <span>PHASE2</span></p></a>"
        for n in related
    )
    return (
        f"<!doctype html><html><body><h1>Trial {number}</h1><p>NCT ID: {nct(number)}</p><p>Last Updated: 2026-01-31</p>"
        "<section><h2>Basic Information</h2><dl><dt>Recruitment Status</dt><dd>COMPLETED</dd></dl></section>"
        f"<section><h2>More Related Trials</h2>{listed}</section></body></html>"
    ).encode()


class Mirror:
    """A site where each trial lists some others."""

    def __init__(self, lists: dict[int, tuple[int, ...]], robots: str = "User-agent: *\nDisallow: /search\n") -> None:
        self.lists = lists
        self.robots = robots

    def __call__(self, asked: Asked, before: int) -> Reply:
        if asked.path == "/robots.txt":
            return Reply(self.robots.encode(), kind="text/plain") if self.robots else Reply(b"", 404)
        number = int(asked.path.removeprefix("/clinical-trials/NCT"))
        if number not in self.lists:
            return Reply(b"<html><body>Trial not found</body></html>", 404, "text/html")
        return Reply(page(number, self.lists[number]), kind="text/html", packed=True)


def run(tmp_path, answer, *ids: int, related: int = 0, polite: Politeness = QUICK):
    with FaultServer(answer) as server:
        want = Selection(ids=tuple(nct(n) for n in ids), related=related)
        path = tmp_path / "archive.sqlite"
        result = crawl(path, meddatax.REGISTRY, want, base=server.url, command="c", politeness=polite)
    with Archive.open(path) as archive:
        return result, [int(record.id[3:]) for record, _, _ in archive.newest()], server


@pytest.mark.parametrize(
    "address", ["https://x.org", "https://x.org/clinical-trials", "https://x.org/clinical-trials/"]
)
def test_the_address_may_be_given_with_or_without_the_folder(address):
    assert meddatax.base_of(address) == "https://x.org"


@pytest.mark.parametrize(("steps", "expected"), [(0, [1]), (1, [1, 2, 3]), (2, [1, 2, 3, 4]), (9, [1, 2, 3, 4, 5])])
def test_related_trials_are_followed_so_many_steps_and_each_page_is_fetched_once(tmp_path, steps, expected):
    mirror = Mirror({1: (2, 3), 2: (1, 4), 3: (1, 2), 4: (5, 1), 5: ()})
    result, held, server = run(tmp_path, mirror, 1, related=steps)
    assert held == expected
    assert result.report()["kept"] == result.announced == len(expected)
    assert len(server.paths()) == len(set(server.paths())) == 1 + len(expected)


def test_a_page_keeps_its_own_date(tmp_path):
    run(tmp_path, Mirror({1: ()}), 1)
    with Archive.open(tmp_path / "archive.sqlite") as archive:
        ((record, _, _),) = archive.newest()
    assert (record.dated, record.body) == ("2026-01-31", page(1))


def test_a_missing_page_that_was_asked_for_is_named_and_one_from_a_list_only_told(tmp_path):
    result, held, _ = run(tmp_path, Mirror({1: (2, 9), 2: ()}), 1, 8, related=1)
    assert held == [1, 2]
    assert [(gone.id, gone.requested) for gone in result.missing] == [(nct(8), True), (nct(9), False)]
    assert result.whole


def test_a_crawl_goes_on_after_the_page_it_stopped_at(tmp_path):
    broken = True
    mirror = Mirror({1: (2, 3), 2: (), 3: ()})

    def answer(asked, before):
        return Reply(b"", 503) if broken and asked.path.endswith("3") else mirror(asked, before)

    with FaultServer(answer) as server:
        how = {"base": server.url, "command": "c", "politeness": QUICK}
        want, path = Selection(ids=(nct(1),), related=1), tmp_path / "archive.sqlite"
        with pytest.raises(RegistryError):
            crawl(path, meddatax.REGISTRY, want, **how)
        broken = False
        assert crawl(path, meddatax.REGISTRY, want, **how).counts.kept == 3
        assert sum(path.endswith(("1", "2")) for path in server.paths()) == 2


def test_robots_txt_is_obeyed(tmp_path):
    mirror = Mirror({1: ()}, robots="User-agent: *\nDisallow: /clinical-trials/\n")
    with pytest.raises(Refused, match=r"robots\.txt asks crawlers not to read"):
        run(tmp_path, mirror, 1)


def test_robots_txt_may_speak_to_us_by_name(tmp_path):
    mirror = Mirror({1: ()}, robots="User-agent: *\nAllow: /\n\nUser-agent: trialgraph\nDisallow: /\n")
    with pytest.raises(Refused):
        run(tmp_path, mirror, 1)


def test_the_delay_that_robots_txt_asks_for_is_kept(tmp_path):
    mirror = Mirror({1: (2, 3), 2: (), 3: ()}, robots="User-agent: *\nCrawl-delay: 0.2\n")
    began = time.monotonic()
    run(tmp_path, mirror, 1, related=1)
    assert time.monotonic() - began >= 2 * 0.2


def test_without_a_robots_txt_everything_may_be_read(tmp_path):
    assert run(tmp_path, Mirror({1: ()}, robots=""), 1)[1] == [1]


def test_a_maintenance_page_is_asked_for_again_and_never_kept(tmp_path):
    mirror = Mirror({1: ()})

    def answer(asked, before):
        back_soon = Reply(b"<html><body>We will be back soon</body></html>", kind="text/html")
        return back_soon if before == 1 else mirror(asked, before)

    _, held, server = run(tmp_path, answer, 1)
    assert held == [1]
    assert len(server.asked) == 3


def test_a_page_cut_before_its_closing_part_is_never_kept(tmp_path):
    mirror = Mirror({1: ()})
    with FaultServer(lambda asked, n: mirror(asked, n) if "robots" in asked.path else Reply(page(1)[:-8])) as server:
        path = tmp_path / "archive.sqlite"
        want = Selection(ids=(nct(1),))
        with pytest.raises(RegistryError, match="HTML without its closing part, 3 times"):
            crawl(path, meddatax.REGISTRY, want, base=server.url, command="c", politeness=QUICK)
    with Archive.open(path) as archive:
        assert list(archive.newest()) == []


def test_a_page_that_names_the_trial_but_is_no_trial_page_is_set_aside_with_the_reason(tmp_path):
    def answer(asked, before):
        return Reply(b"" if "robots" in asked.path else f"<html><p>{nct(1)}</p></html>".encode(), kind="text/html")

    result, held, _ = run(tmp_path, answer, 1)
    assert (held, result.counts.set_aside) == ([], 1)
    with Archive.open(tmp_path / "archive.sqlite") as archive:
        (odd,) = archive.set_aside()
    assert odd.record_id == nct(1)
    assert odd.why
