"""ClinicalTrials.gov's pages, ids and tokens, against a registry of made-up studies on loopback."""

from __future__ import annotations

import json

import pytest

from tests.fault_server import FaultServer, Reply, Studies, packed_json, registry, study
from trialgraph.errors import Changed, UsageError
from trialgraph.registries.ctgov import registry as ctgov
from trialgraph.registries.http import Getter, Politeness
from trialgraph.registries.registry import Missing, Selection

QUICK = Politeness(between=0.0, first_wait=0.01, jitter=0.0)
ALL = Selection(all=True)
TEN = [study(n) for n in range(1, 11)]
IDS = [f"NCT{n:08d}" for n in range(1, 11)]


def crawl(server: FaultServer, want: Selection = ALL, cursor: str | None = None, polite: Politeness = QUICK):
    base = ctgov.base_of(server.url)
    with Getter(base, politeness=polite) as http:
        return list(ctgov.pages(http, base, want, cursor))


def ids(pages) -> list[str]:
    return [record.id for page in pages for record in page.records]


def asked_for(server: FaultServer) -> list[dict[str, str]]:
    return [asked.params for asked in server.asked if asked.path == "/api/v2/studies"]


@pytest.mark.parametrize(
    "address", ["https://x.org", "https://x.org/", "https://x.org/api/v2", "https://x.org/api/v2/"]
)
def test_the_address_may_be_given_with_or_without_the_path(address):
    assert ctgov.base_of(address) == "https://x.org/api/v2"


@pytest.mark.parametrize("page", [3, 4, 5, 10, 11])
def test_every_page_is_read_also_when_the_last_one_is_full(page):
    with registry(TEN, page=page) as server:
        pages = crawl(server)
    assert ids(pages) == IDS
    assert pages[0].announced == 10
    assert [page.cursor is None for page in pages] == [False] * (len(pages) - 1) + [True]


def test_the_total_is_asked_for_once_and_every_page_repeats_the_question():
    with registry(TEN, page=4) as server:
        crawl(server, Selection(query="a", condition="b", intervention="c", sponsor="d", since="2025-01-01"))
        first, *later = asked_for(server)
    question = {
        "query.term": "a",
        "query.cond": "b",
        "query.intr": "c",
        "query.spons": "d",
        "filter.advanced": "AREA[LastUpdatePostDate]RANGE[2025-01-01,MAX]",
        "pageSize": "1000",
    }
    assert first == question | {"countTotal": "true"}
    assert later == [question | {"pageToken": "p4"}, question | {"pageToken": "p8"}]


def test_the_bytes_of_a_study_are_kept_as_they_came():
    odd = b'{ "protocolSection" : {"identificationModule":{"nctId":"NCT00000001","x":1.50,"y":"\\u00e9"}} }'
    with FaultServer(
        lambda asked, _: Reply(b'{"studies":[' + odd + b" ]}" if "studies" in asked.path else b"{}")
    ) as server:
        ((record,),) = [page.records for page in crawl(server)]
    assert record.body == odd
    assert record.dated is None
    assert record.url == f"{server.url}/api/v2/studies/NCT00000001"


def test_a_crawl_goes_on_from_any_cursor():
    with registry(TEN, page=3) as server:
        pages = crawl(server)
        for at, page in enumerate(pages[:-1]):
            assert ids(crawl(server, ALL, page.cursor)) == ids(pages[at + 1 :])


def test_a_limit_ends_the_crawl_there():
    with registry(TEN, page=3) as server:
        pages = crawl(server, Selection(all=True, limit=5))
    assert ids(pages) == IDS[:5]
    assert pages[0].announced == 5


def test_an_empty_page_with_a_token_is_followed():
    def fault(asked, before, reply):
        if asked.params.get("pageToken") == "p3":
            return Reply(packed_json({"studies": [], "nextPageToken": "p3b"}))
        if asked.params.get("pageToken") == "p3b":
            asked.params["pageToken"] = "p3"
            return Studies(TEN).right(asked)
        return reply

    with FaultServer(lambda asked, n: fault(asked, n, Reply()) if "b" in asked.params.get("pageToken", "") else fault(
        asked, n, Studies(TEN)(asked, n))) as server:  # fmt: skip
        assert ids(crawl(server)) == IDS


def test_empty_pages_without_end_are_noticed():
    def endless(asked, before):
        return Reply(packed_json({"studies": [], "nextPageToken": f"t{before}"}))

    with FaultServer(endless) as server, pytest.raises(Changed, match="empty pages in a row"):
        crawl(server)


def test_a_token_that_leads_to_its_own_page_is_noticed_and_that_page_not_passed_on():
    def fault(asked, before, reply):
        if asked.params.get("pageToken") == "p6":
            answer = json.loads(reply.body)
            reply.body = packed_json(answer | {"nextPageToken": "p6"})
        return reply

    with registry(TEN, page=3, fault=fault) as server:
        got = []
        with Getter(server.url, politeness=QUICK) as http, pytest.raises(Changed, match="one we have had"):
            got.extend(page for page in ctgov.pages(http, ctgov.base_of(server.url), ALL))
    assert ids(got) == IDS[:6]
    assert json.loads(got[-1].cursor)["token"] == "p6"


def test_a_circle_of_tokens_is_noticed():
    def circle(asked, before):
        to = {"a": "b", "b": "c", "c": "a"}[asked.params.get("pageToken", "c")]
        return Reply(packed_json({"studies": [study(before)], "nextPageToken": to}))

    with FaultServer(circle) as server, pytest.raises(Changed, match="one we have had"):
        crawl(server)
    assert len(server.asked) <= 6


def test_a_question_the_registry_does_not_take_is_a_wrong_use():
    def fault(asked, before, reply):
        return Reply(b"Invalid query: ((", 400, "text/plain") if asked.path.endswith("studies") else reply

    with registry(TEN, fault=fault) as server, pytest.raises(UsageError, match=r"does not take this.*Invalid query"):
        crawl(server, Selection(query="(("))


def test_a_cursor_that_the_registry_has_forgotten_is_told_with_the_way_out():
    def fault(asked, before, reply):
        return Reply(b"Invalid pageToken", 400, "text/plain") if "pageToken" in asked.params else reply

    with registry(TEN, fault=fault) as server, pytest.raises(Changed, match="--restart begins anew"):
        crawl(server)


@pytest.mark.parametrize(
    "body", [b"{}", b"[]", b'{"studies":3}', b'{"studies":{}}', b'{"studies":[],"totalCount":"x"}']
)
def test_an_answer_of_another_shape_is_a_change_and_no_end(body):
    def answer(asked, before):
        return Reply(body if asked.path.endswith("studies") else b"{}")

    with FaultServer(answer) as server, pytest.raises(Changed, match="shape"):
        crawl(server)


def test_a_record_without_a_usable_id_is_set_aside_with_its_bytes_and_the_page_goes_on():
    bad = [{}, {"protocolSection": {}}, study(3) | {"protocolSection": {"identificationModule": {"nctId": 7}}}, 5]
    bad.append({"protocolSection": {"identificationModule": {"nctId": "ISRCTN1"}}})
    with registry([study(1), *bad, study(2)], page=50) as server:
        (page,) = crawl(server)
    assert ids([page]) == IDS[:2]
    assert [json.loads(odd.body) for odd in page.set_aside] == bad
    assert all(odd.why.startswith("no usable id") for odd in page.set_aside)


def test_data_that_moves_while_it_is_read_gets_a_second_short_pass():
    moved = [study(1, updated="2026-03-05"), *TEN[1:], study(11, updated="2026-03-06")]

    def answer(asked, before):
        return (first if before < 4 else second)(asked, before)

    first = Studies(TEN, page=5, stamps=["2026-03-05T09:00:00"])
    second = Studies(moved, page=5, stamps=["2026-03-06T09:00:00"])
    with FaultServer(answer) as server:
        pages = crawl(server)
        again = asked_for(server)[-2]
        count = asked_for(server)[-1]
    assert ids(pages) == [*IDS, "NCT00000001", "NCT00000011"]
    assert again["filter.advanced"] == "AREA[LastUpdatePostDate]RANGE[2026-03-04,MAX]"
    assert "countTotal" not in again
    assert (count["countTotal"], count["pageSize"], count["fields"]) == ("true", "1", "NCTId")
    assert pages[-1].announced == 11
    assert [page.data_timestamp for page in (pages[0], pages[-1])] == ["2026-03-05T09:00:00", "2026-03-06T09:00:00"]


def test_data_that_never_stands_still_does_not_keep_us_for_ever():
    stamps = [f"2026-03-{day:02d}T09:00:00" for day in range(1, 29)]
    with registry(TEN, page=50, stamps=stamps) as server:
        crawl(server)
        assert len(asked_for(server)) == 1 + 3 + 1  # the pass, three more, the count


def test_an_answer_too_large_is_asked_for_in_smaller_pages():
    large = [study(n, title="x" * 2000) for n in range(1, 101)]
    with registry(large, page=1000) as server:
        pages = crawl(server, polite=Politeness(between=0.0, most_bytes=60_000))
        sizes = [asked["pageSize"] for asked in asked_for(server)]
    assert len(ids(pages)) == 100
    assert sizes == ["1000", "250", "62", "25", "25", "25", "25", "25"]


# --- ids --------------------------------------------------------------------------------------------------------------


def test_ids_are_asked_for_in_batches():
    many = [study(n) for n in range(1, 251)]
    wanted = tuple(f"NCT{n:08d}" for n in range(250, 0, -1))
    with registry(many, page=1000) as server:
        pages = crawl(server, Selection(ids=wanted))
        assert [len(asked["filter.ids"].split(",")) for asked in asked_for(server)] == [100, 100, 50]
    assert sorted(ids(pages)) == sorted(wanted)
    assert [page.announced for page in pages] == [250] * 3


def test_one_bad_id_is_refused_by_name_and_the_others_come():
    with registry(TEN, page=1000) as server:
        (page,) = crawl(server, Selection(ids=("NCT00000003", "NCT123", "NCT99999999", "NCT00000004")))
        assert asked_for(server)[0]["filter.ids"] == "NCT00000003,NCT99999999,NCT00000004"
    assert ids([page]) == ["NCT00000003", "NCT00000004"]
    assert page.missing == (
        Missing(id="NCT123", why="is not an NCT number (NCT and eight digits)"),
        Missing(id="NCT99999999", why="is not in the registry"),
    )


def test_an_id_that_fails_its_whole_batch_is_found_and_the_others_come():
    def fault(asked, before, reply):
        refused = "NCT00000007" in asked.params.get("filter.ids", "") or asked.path.endswith("NCT00000007")
        return Reply(b"Invalid id", 400, "text/plain") if refused else reply

    with registry(TEN, page=1000, fault=fault) as server:
        (page,) = crawl(server, Selection(ids=tuple(IDS)))
    assert ids([page]) == IDS[:6] + IDS[7:]
    assert page.missing == (Missing(id="NCT00000007", why="was refused: Invalid id"),)


@pytest.mark.parametrize("in_batches", [True, False])
def test_a_former_id_gives_the_study_under_its_id_of_today(in_batches):
    renamed = study(5, aliases=("NCT00000099",))

    def fault(asked, before, reply):
        if in_batches and asked.params.get("filter.ids") == "NCT00000099":
            return Reply(packed_json({"studies": [renamed]}))
        return reply

    with registry([renamed], page=1000, fault=fault) as server:
        (page,) = crawl(server, Selection(ids=("NCT00000099",)))
        assert ("/api/v2/studies/NCT00000099" in server.paths()) is not in_batches
    assert ids([page]) == ["NCT00000005"]
    assert page.missing == ()


def test_a_crawl_of_ids_goes_on_from_its_cursor():
    many = [study(n) for n in range(1, 151)]
    want = Selection(ids=tuple(f"NCT{n:08d}" for n in range(1, 151)))
    with registry(many, page=1000) as server:
        first, second = crawl(server, want)
        assert ids(crawl(server, want, first.cursor)) == ids([second])
