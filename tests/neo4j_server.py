"""A real Neo4j for the tests: its jars from Maven Central (kept outside the checkout), started on a free loopback port.

TRIALGRAPH_TEST_NEO4J=bolt://user:password@host:port uses one that is already running (it will be emptied).
TRIALGRAPH_TEST_NEO4J_JARS says where the jars are kept, TRIALGRAPH_TEST_NEO4J_VERSION which version is tested:
5.26.16, or a newer one such as 2026.08.1.  That needs Java 21: of JAVA_HOME, on the PATH, or in /usr/lib/jvm.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import re
import secrets
import shlex
import shutil
import signal
import socket
import subprocess
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

VERSION = os.environ.get("TRIALGRAPH_TEST_NEO4J_VERSION", "5.26.16")
JARS = Path(os.environ.get("TRIALGRAPH_TEST_NEO4J_JARS") or Path.home() / ".cache" / "trialgraph-neo4j")
SECONDS_TO_START = 120
QUICK = ("-Xmx1g", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")  # soon there, and slow for long
AS_SERVERS = ("-Xms2g", "-Xmx2g", "-XX:+UseG1GC")
OPENS = [f"--add-opens=java.base/{name}=ALL-UNNAMED" for name in ("java.nio", "sun.nio.ch", "java.util.concurrent")]
POM = """<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>test</groupId><artifactId>neo4j</artifactId><version>1</version><dependencies>
<dependency><groupId>org.neo4j</groupId><artifactId>neo4j</artifactId><version>{0}</version></dependency>
<dependency><groupId>org.neo4j.app</groupId><artifactId>neo4j-server</artifactId><version>{0}</version></dependency>
</dependencies></project>
"""


class Absent(Exception):
    """Neo4j cannot be run here, and why."""


def java() -> str:
    """Return a java that is new enough for the version: 17 for 5.x, 21 for those named by their year."""
    least = 17 if VERSION.startswith("5.") else 21
    given = os.environ.get("JAVA_HOME")
    found = [str(Path(given) / "bin" / "java")] if given else []
    found += [shutil.which("java") or "", *sorted(map(str, Path("/usr/lib/jvm").glob("*/bin/java")))]
    for one in found:
        if one and os.access(one, os.X_OK):
            told = subprocess.run([one, "-version"], capture_output=True, text=True, check=False).stderr
            version = re.search(r'version "(\d+)', told)
            if version and int(version[1]) >= least:
                return one
    raise Absent(f"Neo4j {VERSION} needs Java {least} or later, and there is none")


def jars() -> Path:
    """Return the folder of the server's jars, fetched once by Maven."""
    folder = JARS / VERSION
    folder.mkdir(parents=True, exist_ok=True)
    with locked(folder / "lock"):
        if not (folder / "whole").exists():
            if shutil.which("mvn") is None:
                raise Absent("there is no mvn to fetch Neo4j with")
            (folder / "pom.xml").write_text(POM.format(VERSION))
            command = ["mvn", "-q", "-B", "dependency:copy-dependencies", "-DoutputDirectory=lib"]
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=900, check=False)
            if done.returncode:
                raise Absent(f"mvn could not fetch Neo4j {VERSION}: {done.stdout[-500:]}")
            (folder / "whole").touch()
    return folder / "lib"


def admin(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run Neo4j's administration tool on a home."""
    command = [java(), "-XX:TieredStopAtLevel=1", *OPENS, "-cp", f"{jars()}/*", "org.neo4j.cli.AdminTool", *words]
    env = os.environ | {"NEO4J_HOME": str(home), "NEO4J_CONF": str(home / "conf")}
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=600, check=False)


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a file's lock, across processes."""
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


class Server:
    """A Neo4j that answers at `uri`; it can be stopped and started again on the same data."""

    java_options = QUICK

    def __init__(self, home: Path | None, uri: str, user: str, password: str) -> None:
        self.home, self.uri, self.user, self.password = home, uri, user, password

    @classmethod
    def create(cls, home: Path, *, java_options: tuple[str, ...] = QUICK, page_cache: str = "128m") -> Server:
        """Make a home with a password and start a server in it."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        (home / "conf").mkdir(parents=True)
        (home / "conf" / "neo4j.conf").write_text(
            f"""server.bolt.listen_address=127.0.0.1:{port}
server.bolt.advertised_address=127.0.0.1:{port}
server.http.enabled=false
server.https.enabled=false
dbms.usage_report.enabled=false
server.memory.pagecache.size={page_cache}
db.tx_log.rotation.retention_policy=keep_none
"""
        )
        password = secrets.token_hex(12)
        admin(home, "dbms", "set-initial-password", password)
        server = cls(home, f"bolt://127.0.0.1:{port}", "neo4j", password)
        server.java_options = java_options
        server.start()
        return server

    @classmethod
    def given(cls, address: str) -> Server:
        """Return the running server at bolt://user:password@host:port."""
        parts = urlsplit(address)
        host = parts.netloc.rpartition("@")[2]
        return cls(None, f"{parts.scheme}://{host}", parts.username or "neo4j", parts.password or "")

    @property
    def mine(self) -> bool:
        """Tell whether it was started here, so that it may be stopped."""
        return self.home is not None

    def start(self) -> None:
        """Start it and wait until it answers."""
        assert self.home is not None
        with zipfile.ZipFile(jars() / f"neo4j-{VERSION}.jar") as jar:  # the class to start is another in 2026.x
            entry = jar.read("META-INF/services/org.neo4j.server.startup.EntryPoint").decode().strip()
        places = [f"--home-dir={self.home}", f"--config-dir={self.home / 'conf'}"]
        with (self.home / "output.txt").open("ab") as output:
            process = subprocess.Popen(
                [
                    java(),
                    *self.java_options,
                    *OPENS,
                    "-cp",
                    f"{jars()}/*",
                    entry,
                    *places,
                ],
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.pid = process.pid
        (self.home / "pid").write_text(str(process.pid))  # of the last start, whoever stops it
        deadline = time.monotonic() + SECONDS_TO_START
        while not self._answers():
            if process.poll() is not None or time.monotonic() > deadline:
                raise Absent(f"Neo4j did not start: {(self.home / 'output.txt').read_text()[-800:]}")
            time.sleep(0.2)

    def stop(self, how: int = signal.SIGTERM) -> None:
        """Stop it and wait until it is gone."""
        assert self.home is not None
        self.pid = int((self.home / "pid").read_text())
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, how)
        for _ in range(600):
            with contextlib.suppress(ChildProcessError):
                os.waitpid(self.pid, os.WNOHANG)
            try:
                os.kill(self.pid, 0)
            except ProcessLookupError:
                return
            time.sleep(0.1)
        os.kill(self.pid, signal.SIGKILL)

    def installed(self, folder: Path) -> Path:
        """Write a `neo4j-admin` into a folder, as an installation of this server would have it; returns the folder."""
        script = folder / "neo4j-admin"
        options = shlex.join([*self.java_options, *OPENS])
        script.write_text(
            f"#!/bin/sh\nexport NEO4J_HOME={self.home} NEO4J_CONF={self.home}/conf\n"
            f"exec {java()} {options} -cp '{jars()}/*' org.neo4j.cli.AdminTool \"$@\"\n"
        )
        script.chmod(0o755)
        return folder

    def driver(self) -> Any:
        """Return the official driver, to look at the server without our code."""
        import neo4j

        return neo4j.GraphDatabase.driver(self.uri, auth=(self.user, self.password), telemetry_disabled=True)

    def run(self, cypher: str, **params: Any) -> list[dict[str, Any]]:
        """Run a statement by the driver, past our code."""
        with self.driver() as driver:
            return [record.data() for record in driver.execute_query(cypher, params).records]

    def empty(self, *, schema: bool = True) -> None:
        """Remove all nodes and, unless told otherwise, constraints and indexes."""
        with self.driver() as driver, driver.session() as session:
            session.run("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 5000 ROWS").consume()
            for kind, kinds in (("CONSTRAINT", "CONSTRAINTS"), ("INDEX", "INDEXES")) if schema else ():
                for row in session.run(f"SHOW {kinds} YIELD name, type WHERE type <> 'LOOKUP' RETURN name").data():
                    session.run(f"DROP {kind} `{row['name']}` IF EXISTS").consume()

    def _answers(self) -> bool:
        import neo4j

        try:
            with self.driver() as driver:
                driver.verify_connectivity()
        except (neo4j.exceptions.DriverError, neo4j.exceptions.Neo4jError):
            return False
        return True


@pytest.fixture(scope="session")
def neo4j_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A running Neo4j, one for all the processes of a test run."""
    given = os.environ.get("TRIALGRAPH_TEST_NEO4J")
    if given:
        yield Server.given(given)
        return
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    told = shared / "neo4j.json"
    try:
        with locked(shared / "neo4j.users.lock"):
            known = json.loads(told.read_text()) if told.exists() else None
            if known is None:
                home = shared / f"neo4j-{secrets.token_hex(4)}"
                server = Server.create(home)
                known = {"home": str(home), "uri": server.uri, "password": server.password, "users": 0}
            else:
                server = Server(Path(known["home"]), known["uri"], "neo4j", known["password"])
            told.write_text(json.dumps(known | {"users": known["users"] + 1}))
    except Absent as problem:
        if os.environ.get("CI") == "true":
            pytest.fail(f"Neo4j must be tested here, but {problem}")
        pytest.skip(f"no Neo4j: {problem}")
    yield server
    with locked(shared / "neo4j.users.lock"):
        known = json.loads(told.read_text())
        if known["users"] <= 1:
            Server(Path(known["home"]), known["uri"], "neo4j", known["password"]).stop()
            shutil.rmtree(known["home"], ignore_errors=True)
            told.unlink()
        else:
            told.write_text(json.dumps(known | {"users": known["users"] - 1}))


@pytest.fixture(scope="module")
def neo4j(neo4j_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The running Neo4j for one module's tests alone, empty when they begin."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    with locked(shared / "neo4j.turn.lock"):
        neo4j_server.empty()
        yield neo4j_server
        with contextlib.suppress(Exception):
            neo4j_server.empty()
