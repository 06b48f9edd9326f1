"""Makes our tables of FDA's established pharmacologic classes and of the genes of targets from public lists."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

COLUMNS: Final = ("unii", "name", "type", "class", "nui", "source")
ESTABLISHED: Final = "EPC"
HEAD: Final = (
    "# FDA established pharmacologic classes: NDC directory (public domain), and DrugCentral 2016 (CC BY 4.0;"
    " reduced to names and classes that our table reads).  substance, class, release"
)


def fda_text(lines: Iterable[str], wanted: Iterable[str]) -> str:
    """Return our file of FDA's classes: one line a substance and class, sorted.

    `lines` are tab-separated with the columns COLUMNS, the first line names them; only the classes in `wanted` are
    kept.  Where two sources say the same, the public-domain one (NDC) is named.
    """
    chosen = set(wanted)
    found: dict[tuple[str, str], str] = {}
    for line in list(lines)[1:]:
        row = dict(zip(COLUMNS, line.split("\t"), strict=True))
        if row["type"] != ESTABLISHED or row["class"] not in chosen:
            continue
        key = (row["name"].lower(), row["class"])
        if key not in found or row["source"].startswith("NDC"):
            found[key] = row["source"]
    rows = (f"{name}\t{named}\t{release}" for (name, named), release in sorted(found.items()))
    return "\n".join([HEAD, *rows]) + "\n"


GENES_HEAD: Final = (
    "# Genes of the targets that our classes name: symbol, HGNC id, name.  Source: HGNC (genenames.org), CC0."
)


def genes_text(lines: Iterable[str], wanted: Iterable[str]) -> str:
    """Return our file of genes from HGNC's list (columns hgnc, symbol, name, ...), those in `wanted` alone, sorted."""
    chosen = set(wanted)
    rows = (line.split("\t")[:3] for line in lines)
    found = sorted((symbol, hgnc, name) for hgnc, symbol, name in rows if symbol in chosen)
    return "\n".join([GENES_HEAD, *("\t".join(row) for row in found)]) + "\n"
