"""A real headless Chromium, driven by WebDriver's own HTTP; nothing of it is ours."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

CHROME = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
DRIVER = shutil.which("chromedriver")


class Browser:
    """One window."""

    def __init__(self, http: httpx.Client, session: str) -> None:
        self._http, self._session = http, session

    def _post(self, path: str, **body: Any) -> Any:
        answer = self._http.post(f"/session/{self._session}/{path}", json=body)
        assert answer.is_success, answer.text
        return answer.json()["value"]

    def open(self, page: Path) -> None:
        """Open a file."""
        self._post("url", url=page.as_uri())

    def run(self, script: str, *arguments: Any) -> Any:
        """Run a script's text as a function's body and return what it returns."""
        return self._post("execute/sync", script=script, args=list(arguments))

    def until(self, script: str, expected: Any, seconds: float = 60.0) -> None:
        """Run a script until it returns what is expected: a page draws after the event that made it draw."""
        deadline = time.monotonic() + seconds
        while (value := self.run(script)) != expected:
            assert time.monotonic() < deadline, f"{value} and not {expected}, after {seconds:g} s"
            time.sleep(0.05)

    def said(self, kind: str = "browser") -> list[str]:
        """Return what the console (or, for "performance", the network log) has said since it was last asked."""
        return [entry["message"] for entry in self._post("se/log", type=kind)]

    def has_dialog(self) -> bool:
        """Tell whether a dialog is open."""
        return self._http.get(f"/session/{self._session}/alert/text").is_success

    def shoot(self, path: Path) -> None:
        """Save a picture of the window."""
        import base64

        picture = self._http.get(f"/session/{self._session}/screenshot").json()["value"]
        path.write_bytes(base64.b64decode(picture))


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """Start a browser, or skip the test where there is none."""
    if CHROME is None or DRIVER is None:
        pytest.skip("no Chromium with its driver")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    driver = subprocess.Popen([DRIVER, f"--port={port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as http:
            for _ in range(100):
                with contextlib.suppress(httpx.TransportError):
                    http.get("/status")
                    break
                time.sleep(0.1)
            options = {
                "binary": CHROME,
                "args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--window-size=1300,1500"],
                "perfLoggingPrefs": {"enableNetwork": True},
            }
            wanted = {
                "browserName": "chrome",
                "goog:chromeOptions": options,
                "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
            }
            answer = http.post("/session", json={"capabilities": {"alwaysMatch": wanted}})
            assert answer.is_success, answer.text
            session = answer.json()["value"]["sessionId"]
            try:
                yield Browser(http, session)
            finally:
                http.delete(f"/session/{session}")
    finally:
        driver.terminate()
        driver.wait(timeout=10)
