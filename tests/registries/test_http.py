"""One polite way to ask for bytes, against a server that misbehaves in every way we know."""

from __future__ import annotations

import datetime as dt
import email.utils
import gzip
import itertools
import json
import random
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import time

import pytest

from tests.fault_server import FaultServer, Reply
from trialgraph.errors import Changed, Refused, RegistryError, UsageError
from trialgraph.registries.http import (
    BadAnswer,
    Getter,
    Politeness,
    TooMuch,
    retry_after,
    user_agent,
    whole_html,
    whole_json,
)

QUICK = Politeness(between=0.0, first_wait=0.01, jitter=0.0)
ONCE = Politeness(between=0.0, tries=1)
GOOD = Reply(b'{"good":1}')


def get(server: FaultServer, polite: Politeness = QUICK, check=whole_json, path: str = "/", **more) -> bytes:
    with Getter(server.url, politeness=polite) as http:
        return http.get(server.url + path, check=check, **more).body


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_a_status_that_means_later_is_tried_again(status):
    with FaultServer([Reply(b"later", status, "text/plain"), GOOD]) as server:
        assert get(server) == GOOD.body
        assert len(server.asked) == 2


def test_after_five_tries_it_gives_up_and_the_exit_code_says_run_it_again():
    with FaultServer([Reply(b"", 503)]) as server:
        with pytest.raises(RegistryError, match=r"it answered 503, 5 times; run it again later") as failure:
            get(server)
        assert len(server.asked) == 5
        assert failure.value.exit_code == 3


def test_the_waits_between_tries_double():
    with FaultServer([Reply(b"", 503)]) as server:
        with pytest.raises(RegistryError):
            get(server, Politeness(between=0.0, first_wait=0.05, jitter=0.0))
        at = [asked.at for asked in server.asked]
    waits = [later - earlier for earlier, later in itertools.pairwise(at)]
    assert all(wait >= least for wait, least in zip(waits, (0.05, 0.1, 0.2, 0.4), strict=True)), waits


def test_a_server_that_is_down_is_tried_again():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        said = []
        with Getter(url, politeness=QUICK, say=said.append) as http, pytest.raises(RegistryError, match="5 times"):
            http.get(url)
    assert len(said) == 4


@pytest.mark.parametrize("status", [401, 403, 451])
def test_a_status_that_means_stop_is_never_asked_again(status):
    with FaultServer([Reply(b"no", status, "text/plain"), GOOD]) as server:
        with pytest.raises(Refused, match=rf"answered {status}, which means stop: no"):
            get(server)
        assert len(server.asked) == 1


@pytest.mark.parametrize(("status", "text"), [(400, b"Invalid prefix"), (404, b"not found"), (500, b"unknown field X")])
def test_an_answer_that_says_we_asked_wrongly_is_not_tried_again(status, text):
    with FaultServer([Reply(text, status, "text/plain"), GOOD]) as server:
        with pytest.raises(Changed, match=text.decode()):
            get(server)
        assert len(server.asked) == 1


def test_a_retry_after_in_seconds_is_waited_for():
    with FaultServer([Reply(b"", 429, headers={"Retry-After": "1"}), GOOD]) as server:
        began = time.monotonic()
        assert get(server) == GOOD.body
        assert time.monotonic() - began >= 1


def test_a_retry_after_as_a_date_is_waited_for():
    then = time.time()
    when = email.utils.formatdate(then + 2, usegmt=True)
    with FaultServer([Reply(b"", 503, headers={"Retry-After": when}), GOOD]) as server:
        assert get(server) == GOOD.body
        assert time.time() >= int(then) + 2


@pytest.mark.parametrize(
    "told", ["901", email.utils.formatdate(time.time() + 100_000, usegmt=True)], ids=["seconds", "date"]
)
def test_a_retry_after_of_more_than_a_quarter_of_an_hour_stops_and_says_when_to_come_back(told):
    with FaultServer([Reply(b"", 429, headers={"Retry-After": told}), GOOD]) as server:
        with pytest.raises(RegistryError, match=r"come back after \d{4}-\d\d-\d\d \d\d:\d\d") as failure:
            get(server)
        assert len(server.asked) == 1
        assert failure.value.exit_code == 3


def test_every_form_of_retry_after_is_understood():
    now = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    assert retry_after("120", now) == 120
    assert retry_after("0", now) == 0
    assert retry_after("Thu, 01 Jan 2026 00:01:00 GMT", now) == 60
    assert retry_after("Thursday, 01-Jan-26 00:01:00 GMT", now) == 60
    assert retry_after("Thu Jan  1 00:01:00 2026", now) == 60
    assert retry_after("Wed, 31 Dec 2025 00:01:00 GMT", now) == 0
    for nonsense in (None, "", "soon", "-5", "1.5", "9" * 40):
        assert retry_after(nonsense, now) is None


@pytest.mark.parametrize(
    "bad",
    [
        Reply(b""),
        Reply(b"<html><body>We will be back</body></html>", kind="text/html"),
        Reply(b'{"good":1}}'),
        Reply(b'{"good":'),
        Reply(b'{"good":1}', packed=True, cut_packed=12),
        Reply(b'{"good":1}', packed=True, cut_packed=0),
        Reply(b"not gzip at all", headers={"Content-Encoding": "gzip"}),
        Reply(b'{"good":1}', headers={"Content-Encoding": "br"}),
        Reply(b'{"good":1}', cut=4),
        Reply(b'{"good":1}', chunked=True, cut=9),
        Reply(b'{"good":1}', length=False, cut=4),
    ],
    ids=[
        "empty",
        "html",
        "garbage",
        "half",
        "half-gzip",
        "no-gzip",
        "false-gzip",
        "foreign-packing",
        "cut",
        "chunk-cut",
        "closed",
    ],
)
def test_a_bad_answer_is_asked_for_again_and_never_returned(bad):
    with FaultServer([bad, GOOD]) as server:
        assert get(server) == GOOD.body
        assert len(server.asked) == 2


def test_an_answer_that_stays_bad_is_named():
    with (
        FaultServer([Reply(b"<html></html>")]) as server,
        pytest.raises(BadAnswer, match="HTML instead of JSON, 5 times"),
    ):
        get(server)


@pytest.mark.parametrize("how", ["plain", "closed", "gzip", "chunked", "chunked gzip"])
def test_an_answer_cut_anywhere_is_never_taken_for_whole(how):
    rng = random.Random(how)
    body = json.dumps({"studies": [{"id": n, "text": "x" * rng.randrange(60)} for n in range(60)]}).encode()
    size = len(gzip.compress(body, 1)) if "gzip" in how else len(body)
    points = sorted({0, 1, size - 1, *(rng.randrange(size) for _ in range(200))})

    def reply(asked, before):
        point = points[before]
        if how == "gzip":  # a whole HTTP answer that holds a part of a gzip stream
            return Reply(body, packed=True, cut_packed=point)
        return Reply(body, packed="gzip" in how, chunked="chunked" in how, length=how != "closed", cut=point)

    with FaultServer(reply) as server, Getter(server.url, politeness=ONCE) as http:
        for _ in points:
            with pytest.raises(RegistryError):
                http.get(server.url, check=whole_json)
        assert len(server.asked) == len(points)


@pytest.mark.parametrize("ending", [b"", b"\n", b" <!-- made by a machine -->\n", b"<!-- a --> <!-- b -->"])
def test_html_is_whole_when_it_has_its_closing_part(ending):
    page = b"<!doctype html><html><body><p>NCT00000001</p></body></HTML>"
    whole_html(page + ending)
    for cut in range(len(page)):
        with pytest.raises(BadAnswer):
            whole_html(page[:cut])


@pytest.mark.parametrize("reply", [Reply(b"x" * 500, drip=0.02), Reply(b"{}", drip_headers=0.05)], ids=["body", "head"])
def test_a_slow_drip_ends_at_the_deadline(reply):
    polite = Politeness(between=0.0, tries=1, most_seconds=0.4)
    with FaultServer([reply]) as server:
        began = time.monotonic()
        with pytest.raises(RegistryError, match="the whole answer took longer than"):  # undisturbed it would be whole
            get(server, polite)
        assert time.monotonic() - began > 0.3


def test_the_answer_after_a_slow_drip_is_taken():
    polite = Politeness(between=0.0, first_wait=0.01, jitter=0.0, most_seconds=0.3)
    with FaultServer([Reply(b"x" * 500, drip=0.02), GOOD]) as server:
        assert get(server, polite) == GOOD.body


BOMB = """
import resource, sys
from trialgraph.registries.http import Getter, Politeness, TooMuch
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
before = peak()
with Getter(sys.argv[1], politeness=Politeness(between=0, most_bytes=8 << 20)) as http:
    try:
        http.get(sys.argv[1])
    except TooMuch as problem:
        print(problem)
print(peak() - before)
"""


def test_a_gzip_bomb_is_refused_in_bounded_memory():
    bomb = gzip.compress(bytes(300 << 20), 9)
    assert len(bomb) < 400_000
    with FaultServer([Reply(bomb, headers={"Content-Encoding": "gzip"})]) as server:
        said = subprocess.run([sys.executable, "-c", BOMB, server.url], capture_output=True, text=True, check=True)
        assert len(server.asked) == 1  # the same again would be as large
    sentence, grown = said.stdout.splitlines()
    assert sentence == "127.0.0.1: more than 8 MiB in one answer"
    assert float(grown) < 40


def test_a_gzip_stream_of_several_members_is_unpacked_whole():
    body = gzip.compress(b'{"good"') + gzip.compress(b":1}")
    with FaultServer([Reply(body, headers={"Content-Encoding": "gzip"})]) as server:
        assert get(server) == GOOD.body


def test_a_plain_answer_above_the_cap_is_refused():
    with FaultServer([Reply(b"x" * 3000)]) as server, pytest.raises(TooMuch):
        get(server, Politeness(between=0.0, most_bytes=2999))


def test_a_redirect_within_the_registry_is_followed():
    with FaultServer([Reply(b"", 301, headers={"Location": "/there"}), GOOD]) as server:
        assert get(server) == GOOD.body
        assert server.paths() == ["/", "/there"]


def test_a_redirect_to_another_host_is_refused_and_not_followed():
    with FaultServer([GOOD]) as other, FaultServer([Reply(b"", 302, headers={"Location": other.url})]) as server:
        with pytest.raises(Refused, match="not the registry's own host"):
            get(server)
        assert other.asked == []
        assert len(server.asked) == 1


def test_a_circle_of_redirects_ends():
    with FaultServer([Reply(b"", 302, headers={"Location": "/again"})]) as server:
        with pytest.raises(RegistryError, match="redirects"):
            get(server)
        assert len(server.asked) == 6


def test_requests_keep_the_pace_also_through_redirects_and_tries():
    replies = [Reply(b"", 302, headers={"Location": "/a"}), Reply(b"", 503), GOOD]
    with FaultServer(replies) as server:
        began = time.monotonic()
        get(server, Politeness(between=0.15, first_wait=0.001, jitter=0.0))
        assert time.monotonic() - began >= 2 * 0.15  # what we took can only be longer, whatever the machine does
        assert len(server.asked) == 3


def test_there_is_never_more_than_one_request_at_a_time_and_threads_share_the_pace():
    polite, began = Politeness(between=0.05), time.monotonic()
    with FaultServer([Reply(b"{}", wait=0.03)]) as server, Getter(server.url, politeness=polite) as http:
        threads = [threading.Thread(target=http.get, args=(server.url,)) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(server.asked) == 6
        assert server.most_at_once == 1
        assert time.monotonic() - began >= 5 * 0.05


def test_we_say_who_we_are_in_http_1_1():
    with FaultServer([GOOD]) as server:
        with Getter(server.url, contact="someone@example.org") as http:
            http.get(server.url)
        (asked,) = server.asked
    assert asked.headers["User-Agent"].startswith("trialgraph/")
    assert asked.headers["User-Agent"].endswith("(someone@example.org)")
    assert asked.version == "HTTP/1.1"
    assert asked.headers["Accept-Encoding"] == "gzip"


@pytest.mark.parametrize("contact", ["a\nb", "jürgen", "a\x00"])
def test_a_contact_that_does_not_fit_into_a_header_is_refused(contact):
    with pytest.raises(UsageError, match="TRIALGRAPH_CONTACT"):
        user_agent(contact)


@pytest.mark.parametrize(
    "address", ["http://clinicaltrials.gov", "https://me:secret@example.org", "ftp://x", "nonsense"]
)
def test_an_address_that_is_unsafe_or_none_is_refused(address):
    with pytest.raises(UsageError) as failure:
        Getter(address)
    assert "secret" not in str(failure.value)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl to make a certificate")
def test_a_certificate_nobody_vouches_for_is_refused(tmp_path):
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    subprocess.run(
        f"openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=localhost -keyout {key} -out {certificate}",
        shell=True, capture_output=True, check=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with FaultServer([GOOD]) as server:
        server._server.socket = context.wrap_socket(server._server.socket, server_side=True)
        url = f"https://localhost:{server.port}"
        with Getter(url, politeness=QUICK) as http, pytest.raises(UsageError, match="certificate is not trusted"):
            http.get(url)
        assert server.asked == []


def test_what_a_server_says_cannot_move_the_cursor_of_a_terminal():
    rude = Reply(b"\x1b[2Jno\nsecond line", 403, "text/plain")
    with FaultServer([rude]) as server, pytest.raises(Refused) as failure:
        get(server)
    assert str(failure.value).endswith("which means stop: [2Jno")
