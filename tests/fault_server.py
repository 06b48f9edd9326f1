"""A small HTTP server on loopback that answers as it is told, also badly; and a registry of made-up studies on it."""

from __future__ import annotations

import gzip
import json
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


@dataclass
class Reply:
    """One answer and what is wrong with it."""

    body: bytes = b"{}"
    status: int = 200
    kind: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    packed: bool = False  # gzip
    chunked: bool = False
    length: bool = True  # say Content-Length; without it the end of the connection is the end of the body
    cut: int | None = None  # so many bytes of the body, then the connection is closed
    cut_packed: int | None = None  # so many bytes of the gzip stream, told as if they were all of it
    drip: float = 0.0  # seconds between bytes of the body
    drip_headers: float = 0.0  # seconds between bytes of the headers
    wait: float = 0.0  # seconds before anything


@dataclass
class Asked:
    """One request as it came in."""

    path: str
    params: dict[str, str]
    headers: dict[str, str]
    at: float
    version: str


Answer = Callable[[Asked, int], Reply]  # the request and how many there were before it


class FaultServer:
    """Answers from a list or by a function; `asked` is what it was asked, `most_at_once` how many at a time."""

    def __init__(self, answer: Answer | Iterable[Reply]) -> None:
        if not callable(answer):
            replies = list(answer)

            def from_list(asked: Asked, before: int) -> Reply:
                return replies[min(before, len(replies) - 1)]

            answer = from_list
        self.answer: Answer = answer
        self.asked: list[Asked] = []
        self.most_at_once = 0
        self._now = 0
        self._lock = threading.Lock()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def log_message(self, *_: object) -> None:
                pass

            def do_GET(self) -> None:
                outer.serve(self)

        class Server(ThreadingHTTPServer):
            def handle_error(self, *_: object) -> None:
                pass  # a client that hangs up, or is killed, is what the tests are about

        self._server = Server(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_port
        self.url = f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> FaultServer:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def serve(self, handler: BaseHTTPRequestHandler) -> None:
        url = urlsplit(handler.path)
        params = {name: values[0] for name, values in parse_qs(url.query).items()}
        asked = Asked(url.path, params, dict(handler.headers), time.monotonic(), handler.request_version)
        with self._lock:
            before = len(self.asked)
            self.asked.append(asked)
            self._now += 1
            self.most_at_once = max(self.most_at_once, self._now)
        try:
            with suppress(BrokenPipeError, ConnectionResetError):
                send(handler, self.answer(asked, before))
        finally:
            with self._lock:
                self._now -= 1

    def paths(self) -> list[str]:
        return [asked.path for asked in self.asked]


def send(handler: BaseHTTPRequestHandler, reply: Reply) -> None:
    time.sleep(reply.wait)
    body = gzip.compress(reply.body, 1) if reply.packed else reply.body
    if reply.cut_packed is not None:
        body = body[: reply.cut_packed]
    lines = [f"HTTP/1.1 {reply.status} Word", f"Content-Type: {reply.kind}"]
    lines += [f"{name}: {value}" for name, value in reply.headers.items()]
    if reply.packed:
        lines.append("Content-Encoding: gzip")
    if reply.chunked:
        lines.append("Transfer-Encoding: chunked")
        step = max(1, len(body) // 7)
        parts = [body[at : at + step] for at in range(0, len(body), step)]
        body = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"
    elif reply.length:
        lines.append(f"Content-Length: {len(body)}")
    else:
        lines.append("Connection: close")
        handler.close_connection = True
    head = ("\r\n".join(lines) + "\r\n\r\n").encode()
    dripped(handler, head, reply.drip_headers)
    if reply.cut is not None:
        body = body[: reply.cut]
        handler.close_connection = True
    dripped(handler, body, reply.drip)


def dripped(handler: BaseHTTPRequestHandler, data: bytes, seconds: float) -> None:
    if not seconds:
        handler.wfile.write(data)
        return
    for at in range(len(data)):
        handler.wfile.write(data[at : at + 1])
        handler.wfile.flush()
        time.sleep(seconds)


# --- a registry of made-up studies ------------------------------------------------------------------------------------


def study(number: int, *, updated: str = "2026-01-01", title: str = "A made-up study", aliases: tuple[str, ...] = ()):
    """Return one study in the API's shape."""
    identification = {"nctId": f"NCT{number:08d}", "briefTitle": f"{title} {number}"}
    if aliases:
        identification["nctIdAliases"] = list(aliases)
    return {
        "protocolSection": {
            "identificationModule": identification,
            "statusModule": {"overallStatus": "COMPLETED", "lastUpdatePostDateStruct": {"date": updated}},
        }
    }


def packed_json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


class Studies:
    """The API of a registry that holds some studies, a few a page.

    `fault` may turn any answer into another: it gets the request, how many there were before, and the right reply.
    """

    def __init__(
        self,
        studies: list[dict],
        *,
        page: int = 3,
        stamps: Iterable[str] = ("2026-01-02T00:00:00",),
        announce: int | None = None,
        fault: Callable[[Asked, int, Reply], Reply] | None = None,
        wait: float = 0.0,
    ) -> None:
        self.studies = studies
        self.page = page
        self.stamps = list(stamps)
        self.announce = announce
        self.fault = fault
        self.wait = wait
        self._stamped = 0

    def __call__(self, asked: Asked, before: int) -> Reply:
        reply = self.right(asked)
        reply.wait = self.wait
        return self.fault(asked, before, reply) if self.fault else reply

    def right(self, asked: Asked) -> Reply:
        path = asked.path.removeprefix("/api/v2")
        if path == "/version":
            stamp = self.stamps[min(self._stamped, len(self.stamps) - 1)]
            self._stamped += 1
            return Reply(packed_json({"apiVersion": "2", "dataTimestamp": stamp}))
        if path.startswith("/studies/"):
            return self.one(path.removeprefix("/studies/"))
        return self.some(asked.params)

    def one(self, wanted: str) -> Reply:
        for entry in self.studies:
            module = entry["protocolSection"]["identificationModule"]
            if module["nctId"] == wanted:
                return Reply(packed_json(entry))
            if wanted in module.get("nctIdAliases", ()):
                return Reply(b"", 301, headers={"Location": f"/api/v2/studies/{module['nctId']}"})
        return Reply(f"NCT number {wanted} not found".encode(), 404, "text/plain")

    def some(self, params: dict[str, str]) -> Reply:
        picked = self.studies
        if "filter.ids" in params:
            wanted = params["filter.ids"].split(",")
            picked = [s for s in picked if s["protocolSection"]["identificationModule"]["nctId"] in wanted]
        if "filter.advanced" in params:
            since = params["filter.advanced"].split("RANGE[")[1].split(",")[0]
            status = [(s, s["protocolSection"]["statusModule"]["lastUpdatePostDateStruct"]["date"]) for s in picked]
            picked = [s for s, date in status if date >= since]
        start = int(params.get("pageToken", "p0")[1:])
        size = min(int(params.get("pageSize", "10")), self.page)
        part = picked[start : start + size]
        answer: dict[str, object] = {"studies": part}
        if len(part) == size:
            answer["nextPageToken"] = f"p{start + size}"
        if params.get("countTotal") == "true" and not start:
            answer["totalCount"] = len(picked) if self.announce is None else self.announce
        return Reply(packed_json(answer), packed=True)


@contextmanager
def registry(studies: list[dict], **how) -> Iterator[FaultServer]:
    """Run a registry of some studies."""
    with FaultServer(Studies(studies, **how)) as server:
        yield server
