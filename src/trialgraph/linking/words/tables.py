"""The data files of the kinds: bytes and rows of a file in a package's `data` folder."""

from __future__ import annotations

import lzma
from collections.abc import Iterator
from importlib import resources


def data(package: str, name: str) -> bytes:
    """Return the content of a package's data file, unpacked where its name ends in .xz.

    `package` is the dotted name of the package that holds the folder `data`, such as trialgraph.linking.drugs.
    """
    packed = resources.files(package).joinpath("data", name).read_bytes()
    return lzma.decompress(packed) if name.endswith(".xz") else packed


def text(package: str, name: str) -> str:
    """Return the text of a package's data file."""
    return data(package, name).decode("utf-8")


def rows(package: str, name: str) -> Iterator[list[str]]:
    """Yield the tab-separated fields of each line of a data file that is neither empty nor a comment."""
    for line in text(package, name).splitlines():
        if line and not line.startswith("#"):
            yield line.split("\t")
