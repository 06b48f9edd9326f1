"""What the environment says of the way out: taken, or one sentence that names the variable."""

from __future__ import annotations

import ssl
from pathlib import Path

import httpx
import pytest

from tests.fault_server import FaultServer, Reply
from trialgraph.errors import RegistryError, UsageError
from trialgraph.registries import outside
from trialgraph.registries.http import Getter, Politeness, retry_after

VARIABLES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "ssl_cert_file", "ssl_cert_dir")


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"])
@pytest.mark.parametrize(
    "value",
    [
        "socks://127.0.0.1:1/",
        "http://127.0.0.1:99999",
        ":::",
        "http://",
        "ftp://host:21",
        "http://[::1",
        "http://a b:1",
        "http://h:0x1",
    ],
)
def test_an_unusable_proxy_is_named_by_its_variable(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(UsageError, match=f"^{name} is no address of a proxy"):
        Getter("https://registry.example.org")


def test_a_socks_proxy_without_its_package_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks5://user:secret@127.0.0.1:7890")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(UsageError, match=r"ALL_PROXY names a SOCKS proxy; install trialgraph\[socks\]") as failure:
        Getter("https://registry.example.org")
    assert "secret" not in str(failure.value)


@pytest.mark.parametrize(
    "entries", ["localhost,127.0.0.1,[::1]", "fd07:b51a:cc66:f0::/64", ",,", "10.0.0.0/8 , *.x", "::1"]
)
def test_entries_of_no_proxy_that_are_no_names_are_passed_over(entries: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "127.0.0.1:3128")
    monkeypatch.setenv("NO_PROXY", entries)
    assert outside.proxy_for("https://registry.example.org/x") == "http://127.0.0.1:3128"
    monkeypatch.setenv("NO_PROXY", entries + ",example.org")
    assert outside.proxy_for("https://registry.example.org/x") is None


@pytest.mark.parametrize("name", ["SSL_CERT_FILE", "SSL_CERT_DIR"])
@pytest.mark.parametrize("what", ["absent", "no certificate"])
def test_certificates_that_are_none_are_named_by_their_variable(
    name: str, what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "bundle.pem"
    if what != "absent":
        file.write_text("no certificate")
    monkeypatch.setenv(name, str(file))
    with pytest.raises(UsageError, match=f"^{name} names .*bundle.pem"):
        Getter("https://registry.example.org")


def test_an_untrusted_certificate_is_found_behind_what_the_client_raises() -> None:
    cause = ssl.SSLCertVerificationError("self-signed")
    try:
        try:
            raise cause
        except ssl.SSLError as problem:
            raise httpx.ConnectError("failed") from problem
    except httpx.ConnectError as raised:
        assert outside.distrust(raised) is cause
    assert outside.distrust(httpx.ConnectError("refused")) is None


@pytest.mark.parametrize("address", ["https://x:99999", "https://x:port", "https://x:0x50/", "https://x:-1"])
def test_a_base_address_with_an_impossible_port_is_one_sentence(address: str) -> None:
    with pytest.raises(UsageError, match="no usable port"):
        Getter(address)


@pytest.mark.parametrize(
    "location",
    [
        "javascript:alert(1)",
        "//h:99999/",
        "https://h:99999",
        "http://[",
        "data:,x",
        "\x07",
        "h" * 100_000,
        "https://h:port/",
        "",
    ],
)
def test_a_redirect_to_anywhere_is_refused_in_one_sentence(location: str) -> None:
    polite = Politeness(between=0.0, tries=1)
    with (
        FaultServer([Reply(b"", 302, headers={"Location": location})]) as server,
        Getter(server.url, politeness=polite) as http,
        pytest.raises(RegistryError),
    ):
        http.get(server.url + "/")


@pytest.mark.parametrize(
    "header",
    [
        "Fri, 31 Dec 9999 23:59:59 GMT",
        "999999999",
        "soon",
        "Fri, 99 Foo 2020",
        "-1",
        "1e400",
        "\u0661",
        "Mon, 01 Jan 99999 0:0:0",
    ],
)
def test_any_retry_after_is_a_wait_or_none(header: str) -> None:
    import datetime as dt

    seconds = retry_after(header, dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    assert seconds is None or seconds >= 0
    if not header.isascii():
        return
    polite = Politeness(between=0.0, tries=1, first_wait=0.0)
    with (
        FaultServer([Reply(b"", 503, headers={"Retry-After": header})]) as server,
        Getter(server.url, politeness=polite) as http,
        pytest.raises(RegistryError),
    ):
        http.get(server.url + "/")
