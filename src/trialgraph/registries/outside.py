"""The way out of this machine as the environment describes it: a proxy, and the certificates to trust."""

from __future__ import annotations

import importlib.util
import os
import ssl
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

from trialgraph.errors import UsageError

_SCHEMES = ("http", "https", "socks5", "socks5h")


def proxy_for(url: str) -> str | None:
    """Return the address of the proxy for a web address, from HTTPS_PROXY, ALL_PROXY and NO_PROXY, or None.

    Entries of NO_PROXY that are no host names (IPv6 addresses, networks) match no registry and are passed over.
    Raises UsageError, naming the variable and never a password in it, for an address that is no proxy's.
    """
    parts = urlsplit(url)
    proxies = urllib.request.getproxies()
    kind = next((kind for kind in (parts.scheme, "all") if proxies.get(kind)), None)
    if kind is None or urllib.request.proxy_bypass(parts.hostname or ""):
        return None
    proxy = proxies[kind] if "://" in proxies[kind] else f"http://{proxies[kind]}"
    _check_proxy(proxy, _variable(f"{kind}_proxy"))
    return proxy


def _variable(lower: str) -> str:
    """Return the variable that is set, as it is spelled; both spellings are usual."""
    return lower if os.environ.get(lower) else lower.upper()


def _check_proxy(proxy: str, variable: str) -> None:
    try:
        parts = urlsplit(proxy)
        usable = (
            bool(parts.hostname)
            and " " not in proxy
            and parts.scheme in _SCHEMES
            and (parts.port is None or parts.port > 0)
        )
    except ValueError:
        usable = False
    if not usable:
        raise UsageError(f"{variable} is no address of a proxy; give one such as http://proxy.example.org:3128")
    if parts.scheme.startswith("socks") and importlib.util.find_spec("socksio") is None:
        raise UsageError(f"{variable} names a SOCKS proxy; install trialgraph[socks], or give an HTTP proxy")


def certificates() -> ssl.SSLContext | None:
    """Return the certificates to trust: those of SSL_CERT_FILE or SSL_CERT_DIR, or None where neither is set.

    Raises UsageError, naming the variable and the file, where that holds none.
    """
    file, folder = os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")
    if folder and not file and not Path(folder).is_dir():
        raise UsageError(f"SSL_CERT_DIR names {folder}, which is no folder; correct or unset it")
    try:
        if file or folder:
            return ssl.create_default_context(cafile=file or None, capath=folder or None)
        return None
    except ssl.SSLError:
        raise UsageError(f"SSL_CERT_FILE names {file}, which holds no certificate; give a PEM file") from None
    except (OSError, ValueError) as problem:
        why = problem.strerror if isinstance(problem, OSError) else str(problem)
        raise UsageError(f"SSL_CERT_FILE names {file}: {why}; correct or unset it") from None


def distrust(problem: BaseException) -> ssl.SSLCertVerificationError | None:
    """Return the certificate error that a failed connection comes from, or None."""
    cause: BaseException | None = problem
    while cause is not None and not isinstance(cause, ssl.SSLCertVerificationError):
        cause = cause.__cause__ or cause.__context__
    return cause
