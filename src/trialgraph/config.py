"""Settings: flags win over the environment, the environment over the home's file, the file over defaults; read once."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from trialgraph.errors import UsageError
from trialgraph.text_files import read_text

FILE = "config.toml"

# setting -> environment variable; the file uses the setting's name.  Each registry that is fetched has one more.
VARIABLES = {
    "neo4j_uri": "TRIALGRAPH_NEO4J_URI",
    "neo4j_user": "TRIALGRAPH_NEO4J_USER",
    "neo4j_database": "TRIALGRAPH_NEO4J_DATABASE",
    "neo4j_password_file": "TRIALGRAPH_NEO4J_PASSWORD_FILE",
    "contact": "TRIALGRAPH_CONTACT",
}


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that can be set, and the home everything lies in.

    The password of a Neo4j is deliberately no part of it: it is read from the environment where it is used.
    """

    home: Path
    neo4j_uri: str | None = None
    neo4j_user: str | None = None
    neo4j_database: str | None = None
    neo4j_password_file: str | None = None
    contact: str | None = None
    registry_urls: dict[str, str] = {}  # registry -> another address to fetch it from
    sources: dict[str, str] = {}  # setting -> where its value came from

    @property
    def archive(self) -> Path:
        """Return the archive's file."""
        return self.home / "archive.sqlite"

    @property
    def snapshot(self) -> Path:
        """Return the snapshot's folder."""
        return self.home / "snapshot"

    @property
    def graph(self) -> Path:
        """Return the embedded graph's folder."""
        return self.home / "graph"

    @property
    def model(self) -> Path:
        """Return the folder of the fitted similarity model."""
        return self.home / "model"

    @property
    def lock(self) -> Path:
        """Return the lock file of all that a build writes: snapshot, model and what the next update needs."""
        return self.home / "build.lock"

    @property
    def kept(self) -> Path:
        """Return the folder of what the last build keeps for the next update."""
        return self.home / "kept"

    @property
    def corrections(self) -> Path:
        """Return the user's own corrections of links."""
        return self.home / "corrections.txt"


def home_of(flag: str | None, environ: Mapping[str, str] = os.environ) -> tuple[Path, str]:
    """Return the home folder and where that was decided: flag, environment or default."""
    if flag:
        return Path(flag).expanduser(), "--home"
    if environ.get("TRIALGRAPH_HOME"):
        return Path(environ["TRIALGRAPH_HOME"]).expanduser(), "TRIALGRAPH_HOME"
    import platformdirs

    return Path(platformdirs.user_data_dir("trialgraph", appauthor=False)), "default"


def variables(registries: Iterable[str] = ()) -> dict[str, str]:
    """Return every setting with its environment variable, those of these registries' addresses among them."""
    return VARIABLES | {url_setting(name): f"TRIALGRAPH_{name.upper()}_URL" for name in registries}


def url_setting(registry: str) -> str:
    """Return the name of the setting that says where a registry is fetched from."""
    return f"{registry}_url"


def read(
    flag: str | None = None, environ: Mapping[str, str] = os.environ, *, registries: Iterable[str] = ()
) -> Settings:
    """Return the settings, with the addresses of `registries` where they are set.

    Raises UsageError for a file that cannot be read or holds a name we do not know.
    """
    home, source = home_of(flag, environ)
    names = list(registries)
    known = variables(names)
    values = _of_file(home / FILE, known)
    sources = {"home": source, **dict.fromkeys(values, FILE)}
    for name, variable in known.items():
        if environ.get(variable):
            values[name], sources[name] = environ[variable], variable
    urls = {name: values.pop(url_setting(name)) for name in names if url_setting(name) in values}
    return Settings(home=home, sources=sources, registry_urls=urls, **values)


def _of_file(path: Path, known: Mapping[str, str]) -> dict[str, str]:
    """Return the settings that a home's file holds."""
    if not path.is_file():
        return {}
    try:
        content = tomllib.loads(read_text(path))
    except (tomllib.TOMLDecodeError, RecursionError) as problem:
        raise UsageError(f"{path} is not valid TOML: {problem}; correct or remove it") from problem
    for name, value in content.items():
        if name not in known or not isinstance(value, str):
            raise UsageError(f"{path}: {name!r} is no setting with a text value; the settings are {', '.join(known)}")
    return content
