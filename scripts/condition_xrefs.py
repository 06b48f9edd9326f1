"""Write condition_xrefs.tsv.xz: MeSH headings that ship -> CURIEs of MONDO, DOID, EFO, ICD-10-CM, Orphanet and UMLS.

Usage: python scripts/condition_xrefs.py MESH_MONDO MONDO_XREFS MONDO_TERMS OUT

Inputs are tables of MONDO's mappings (CC0) and terms (CC BY 4.0), packed by xz.  MeSH's "X Neoplasms" is MONDO's
"X neoplasm" for some sites, and only "X cancer" has an ICD-10-CM code: it is taken from one step below or above.
"""

from __future__ import annotations

import csv
import lzma
import sys
from collections import defaultdict
from pathlib import Path

from trialgraph.linking import mesh

PREFIXES = {
    "DOID": "DOID", "EFO": "EFO", "ICD10CM": "ICD10CM", "Orphanet": "Orphanet", "UMLS": "UMLS",
}  # fmt: skip
HEAD = "# MONDO mappings of 2026-08-04.  mesh, CURIEs joined by | (mondo, doid, efo, icd10cm, orphanet, umls)\n"


def table(path: str) -> list[dict[str, str]]:
    """Return the rows of a packed tab-separated table by its first line's names."""
    with lzma.open(path, "rt", encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def main() -> None:
    """Write the table."""
    joined, mappings, terms, out = sys.argv[1:]
    xrefs: dict[str, list[str]] = defaultdict(list)
    for row in table(mappings):
        prefix, _, number = row["id"].partition(":")
        if prefix in PREFIXES and row["relation"] in ("exact", "xref"):
            xrefs[row["mondo"]].append(f"{PREFIXES[prefix]}:{number}")
    near: dict[str, set[str]] = defaultdict(set)
    names = {row["mondo"]: row["name"] for row in table(terms)}
    for row in table(terms):
        for parent in filter(None, row["parents"].split("|")):
            near[row["mondo"]].add(parent)
            near[parent].add(row["mondo"])
    headings = mesh.load()
    found: dict[str, list[str]] = defaultdict(list)
    for row in table(joined):
        if row["mesh"] not in headings:
            continue
        mondo = row["mondo"]
        own = [mondo, *xrefs[mondo]]
        if not any(one.startswith("ICD10CM") for one in own):
            cancer = names.get(mondo, "").replace("neoplasm", "cancer")
            beside = [other for other in near[mondo] if names.get(other) == cancer]
            own += [one for other in beside for one in xrefs[other] if one.startswith("ICD10CM")]
        found[row["mesh"]] += own
    lines = [f"{heading}\t{'|'.join(sorted(set(curies)))}\n" for heading, curies in sorted(found.items())]
    Path(out).write_bytes(lzma.compress((HEAD + "".join(lines)).encode(), preset=9))


if __name__ == "__main__":
    main()
