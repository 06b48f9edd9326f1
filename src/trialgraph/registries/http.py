"""One polite way to ask a registry for bytes: pace, tries, caps, a deadline, and only whole answers."""

from __future__ import annotations

import datetime as dt
import email.utils
import logging
import re
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import version
from types import TracebackType
from typing import Any
from urllib.parse import SplitResult, urlsplit

import httpx
import msgspec
import stamina

from trialgraph import limits, text
from trialgraph.errors import Changed, Refused, RegistryError, TrialgraphError, UsageError
from trialgraph.registries import outside
from trialgraph.registries.reading.boundary import reason

logging.getLogger("stamina").addHandler(logging.NullHandler())  # the person hears of waits from us

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_STOP = frozenset({401, 403, 451})
_AGAIN = frozenset({408, 425, 429})
_END_OF_HTML = re.compile(rb"</html>(\s|<!--.*?-->)*$", re.DOTALL | re.IGNORECASE)


_LONGEST_SHOWN = 10 * 365 * 86400.0  # seconds; a wait until the year 9999 has no date to come back on


class BadAnswer(RegistryError):
    """An answer that is no answer: cut off, empty, or a maintenance page; worth another try."""


class TooMuch(RegistryError):
    """An answer larger than the cap; the same again would be as large."""


class _Again(RegistryError):
    """A status that means "later"."""


class Politeness(msgspec.Struct, frozen=True, kw_only=True):
    """How we ask one host: every wait and cap, in seconds and bytes."""

    between: float = limits.SECONDS_BETWEEN
    tries: int = limits.TRIES
    first_wait: float = limits.FIRST_WAIT
    jitter: float = limits.WAIT_JITTER
    longest_retry_after: float = limits.LONGEST_RETRY_AFTER
    most_bytes: int = limits.MOST_BYTES
    most_seconds: float = limits.MOST_SECONDS
    connect_seconds: float = limits.CONNECT_SECONDS
    read_seconds: float = limits.READ_SECONDS


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """A whole answer, unpacked."""

    url: str
    status: int
    body: bytes


def whole_json(body: bytes) -> None:
    """Raise BadAnswer unless the bytes are one JSON value from beginning to end."""
    try:
        msgspec.json.decode(body, type=msgspec.Raw)
    except msgspec.DecodeError as problem:
        raise BadAnswer(_nonsense(body, f"not whole JSON ({problem})")) from problem


def whole_html(body: bytes) -> None:
    """Raise BadAnswer unless the bytes end as an HTML page ends."""
    if not _END_OF_HTML.search(body[-4096:]):
        raise BadAnswer(_nonsense(body, "HTML without its closing part"))


def _nonsense(body: bytes, why: str) -> str:
    if not body.strip():
        return "an empty answer"
    return "HTML instead of JSON" if "JSON" in why and body.lstrip()[:1] == b"<" else why


def said(body: bytes) -> str:
    """Return the first line of what a server says beside an error, fit for a terminal; '' for HTML."""
    words = (text.clean(body[:200].decode("utf-8", "replace")) or "").splitlines()
    return "" if not words or words[0].startswith("<") else words[0]


def is_loopback(url: str) -> bool:
    """Tell whether an address is on this machine, where there is nobody to be polite to."""
    return (urlsplit(url).hostname or "") in LOOPBACK


def user_agent(contact: str | None) -> str:
    """Return who we say we are.  Raises UsageError for a contact that does not fit into a header."""
    if contact and not (contact.isascii() and contact.isprintable()):
        raise UsageError("TRIALGRAPH_CONTACT must be plain printable ASCII, such as an e-mail address")
    name = f"trialgraph/{version('trialgraph')}"
    return f"{name} ({contact})" if contact else f"{name} (httpx/{httpx.__version__})"


class Getter:
    """Asks one registry: one request at a time, never faster than its pace, and returns whole answers only.

    `base` decides the pace's exception (loopback) and, with `hosts`, where a redirect may lead.  `say` hears of waits.
    """

    def __init__(
        self,
        base: str,
        *,
        hosts: frozenset[str] = frozenset(),
        politeness: Politeness | None = None,
        contact: str | None = None,
        say: Callable[[str], None] | None = None,
    ) -> None:
        parts = urlsplit(base)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise UsageError(f"{base!r} is no web address; give one such as https://clinicaltrials.gov/api/v2")
        if _port(parts) is None:
            raise UsageError(f"{base!r} has no usable port; give one from 1 to 65535, or none")
        if parts.username or parts.password:
            raise UsageError("a base address must not hold a user name or password")
        if parts.scheme == "http" and not is_loopback(base):
            raise UsageError(f"{base} is not encrypted; give an https address (http is for this machine only)")
        self.base = base
        self.polite = politeness or Politeness()
        self.agent = user_agent(contact)
        self.requests = 0
        self._say = say or (lambda sentence: None)
        self._origins = {_origin(base), *(("https", host, 443) for host in hosts)}
        self._earliest = 0.0  # on the monotonic clock: no request starts before
        self._one_at_a_time = threading.Lock()
        self._streams: list[Any] = []
        p = self.polite
        self._client = httpx.Client(
            headers={"User-Agent": self.agent, "Accept-Encoding": "gzip"},
            timeout=httpx.Timeout(p.read_seconds, connect=p.connect_seconds),
            limits=httpx.Limits(max_connections=1, max_keepalive_connections=1),
            follow_redirects=False,
            http1=True,
            http2=False,
            trust_env=False,  # what the environment says of the way out is read and checked by `outside`
            proxy=None if is_loopback(base) else outside.proxy_for(base),
            verify=True if is_loopback(base) else outside.certificates() or True,
        )

    def __enter__(self) -> Getter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def slow_to(self, seconds: float) -> None:
        """Leave at least so many seconds between requests from now on."""
        if seconds > self.polite.between:
            self.polite = msgspec.structs.replace(self.polite, between=seconds)

    def get(
        self,
        url: str,
        params: Mapping[str, str] | None = None,
        *,
        check: Callable[[bytes], None] | None = None,
        accept: frozenset[int] = frozenset(),
    ) -> Answer:
        """Return the whole answer, tried again where that may help.

        `check` raises BadAnswer for a body that is no answer.  Statuses in `accept` are returned, unchecked, instead
        of raised.  Raises Refused, TooMuch, Changed (asked wrongly), BadAnswer, or RegistryError after the last try.
        """
        with self._one_at_a_time:
            left = self.polite.tries
            for attempt in stamina.retry_context(
                on=(httpx.TransportError, BadAnswer, _Again),
                attempts=self.polite.tries,
                timeout=None,
                wait_initial=self.polite.first_wait,
                wait_max=self.polite.first_wait * 2**self.polite.tries,
                wait_exp_base=2,
                wait_jitter=self.polite.jitter,
            ):
                with attempt:
                    left -= 1
                    try:
                        return self._follow(url, params, check, accept)
                    except (httpx.TransportError, BadAnswer, _Again) as problem:
                        if (distrusted := outside.distrust(problem)) is not None:
                            raise _untrusted(url, distrusted) from problem
                        why = str(problem) or type(problem).__name__
                        if left:
                            self._say(f"{urlsplit(url).hostname}: {why}; trying again")
                            raise
                        raise self._give_up(url, problem, why) from problem
                    except (TrialgraphError, MemoryError):
                        raise
                    except Exception as problem:  # whatever a library makes of an answer, the answer is at fault
                        host = _origin(self.base)[1]
                        raise Changed(f"{host}: an answer that cannot be understood ({reason(problem)})") from problem
        raise AssertionError("a retry context ends by returning or raising")

    def _give_up(self, url: str, problem: Exception, why: str) -> RegistryError:
        kind = BadAnswer if isinstance(problem, BadAnswer) else RegistryError
        return kind(f"{_origin(url)[1]}: {why}, {self.polite.tries} times; run it again later")

    def _follow(
        self,
        url: str,
        params: Mapping[str, str] | None,
        check: Callable[[bytes], None] | None,
        accept: frozenset[int],
    ) -> Answer:
        """Ask, and follow redirects as far as the registry's own hosts."""
        target = httpx.URL(url, params=params) if params else httpx.URL(url)
        for _ in range(limits.MOST_REDIRECTS + 1):
            status, headers, body = self._ask(target)
            if status in (301, 302, 303, 307, 308):
                target = self._redirected(target, headers.get("location", ""))
                continue
            if status == 200:
                if check is not None:
                    check(body)
            elif status not in accept:
                raise self._unwanted(target, status, headers, body)
            return Answer(url=str(target), status=status, body=body)
        raise RegistryError(f"{target.host}: more than {limits.MOST_REDIRECTS} redirects from {url}")

    def _redirected(self, target: httpx.URL, location: str) -> httpx.URL:
        try:
            new = target.join(location)
            origin = _origin(str(new))
        except (httpx.InvalidURL, ValueError) as problem:
            raise Changed(f"{target.host}: a redirect to nowhere ({location[:80]!a})") from problem
        if not location or origin not in self._origins:
            raise Refused(f"{target.host} redirects to {new.scheme}://{new.host}, which is not the registry's own host")
        return new

    def _unwanted(self, url: httpx.URL, status: int, headers: httpx.Headers, body: bytes) -> RegistryError:
        """Return what a status other than 200 means."""
        words = said(body)
        word = f": {words}" if words else ""
        if status in _STOP:
            return Refused(f"{url.host} answered {status}, which means stop{word}")
        if status in _AGAIN or (status >= 500 and "unknown field" not in words.lower()):
            self._wait_as_told(url, status, headers.get("retry-after"))
            return _Again(f"it answered {status}")
        return Changed(f"{url.host} answered {status} to {url.path}{word}")

    def _wait_as_told(self, url: httpx.URL, status: int, header: str | None) -> None:
        seconds = retry_after(header, dt.datetime.now(dt.UTC))
        if seconds is None:
            return
        if seconds > self.polite.longest_retry_after:
            wait = dt.timedelta(seconds=min(seconds, _LONGEST_SHOWN))
            when = dt.datetime.now().astimezone() + wait
            raise RegistryError(
                f"{url.host} answered {status} and asks to wait {seconds / 60:,.0f} minutes; "
                f"come back after {when:%Y-%m-%d %H:%M %Z} and run the same command"
            )
        self._say(f"{url.host} asks to wait {seconds:.0f} s")
        self._earliest = max(self._earliest, time.monotonic() + seconds)

    def _ask(self, url: httpx.URL) -> tuple[int, httpx.Headers, bytes]:
        """Send one request when its time has come; return status, headers and the unpacked body."""
        time.sleep(max(0.0, self._earliest - time.monotonic()))
        self._earliest = time.monotonic() + self.polite.between
        self.requests += 1
        late = threading.Event()
        alarm = threading.Timer(self.polite.most_seconds, self._hang_up, (late,))
        alarm.daemon = True
        alarm.start()
        try:
            with self._client.stream("GET", url, extensions={"trace": self._watch}) as answer:
                body = unpacked(
                    answer.iter_raw(1 << 16), answer.headers.get("content-encoding", ""), self.polite.most_bytes
                )
                if late.is_set():
                    raise httpx.ReadTimeout("")
                return answer.status_code, answer.headers, body
        except httpx.TransportError as problem:
            if late.is_set():
                why = f"the whole answer took longer than {self.polite.most_seconds:.0f} s"
                raise httpx.ReadTimeout(why) from problem
            raise
        except TooMuch as problem:
            raise TooMuch(f"{url.host}: {problem}") from None
        finally:
            alarm.cancel()

    def _watch(self, event: str, info: Mapping[str, Any]) -> None:
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            self._streams = [info["return_value"]]

    def _hang_up(self, late: threading.Event) -> None:
        """End an answer that has had its time, also while its headers are still dripping in."""
        import contextlib
        import socket

        late.set()
        for stream in self._streams:
            with contextlib.suppress(OSError):  # it may have ended by itself just now
                stream.get_extra_info("socket").shutdown(socket.SHUT_RDWR)


def _untrusted(url: str, problem: ssl.SSLCertVerificationError) -> UsageError:
    return UsageError(
        f"{urlsplit(url).hostname}: its certificate is not trusted ({problem.verify_message}); where a proxy of your "
        "network opens encrypted connections, name the file of its certificate in SSL_CERT_FILE"
    )


def _origin(url: str) -> tuple[str, str, int]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)


def _port(parts: SplitResult) -> int | None:
    """Return the port of an address, that of its scheme where none is written, or None where it is no port."""
    try:
        return parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        return None


def retry_after(header: str | None, now: dt.datetime) -> float | None:
    """Return the seconds a Retry-After header asks for (RFC 9110, 10.2.3), or None when there is no sense in it."""
    if not header:
        return None
    if re.fullmatch(r"\s*\d{1,9}\s*", header):
        return float(header)
    try:
        when = email.utils.parsedate_to_datetime(header)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=dt.UTC)
    return max(0.0, (when - now).total_seconds())


def unpacked(chunks: Iterator[bytes], encoding: str, most: int) -> bytes:
    """Return a body without its packing, never holding more than `most` bytes and one chunk.

    Raises TooMuch above the cap and BadAnswer for a stream that is cut, damaged or packed in a way we did not ask for.
    """
    body = bytearray()
    encoding = encoding.strip().lower()
    if encoding in ("", "identity"):
        for chunk in chunks:
            body += chunk
            _capped(body, most)
        return bytes(body)
    if encoding not in ("gzip", "x-gzip"):
        raise BadAnswer(f"an answer packed as {encoding!r}, which was not asked for")
    unpack = zlib.decompressobj(wbits=31)
    try:
        for packed in chunks:
            chunk = packed
            while chunk:
                if unpack.eof:  # another member of the same stream
                    unpack = zlib.decompressobj(wbits=31)
                body += unpack.decompress(chunk, most + 1 - len(body))
                _capped(body, most)
                chunk = unpack.unused_data if unpack.eof else unpack.unconsumed_tail
    except zlib.error as problem:
        raise BadAnswer(f"a damaged gzip stream ({problem})") from problem
    if not unpack.eof:
        raise BadAnswer("half a gzip stream" if body else "an empty answer")
    return bytes(body)


def _capped(body: bytearray, most: int) -> None:
    if len(body) > most:
        raise TooMuch(f"more than {most >> 20} MiB in one answer")
