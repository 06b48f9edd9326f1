"""Makes our file of a substance's ids in other lists from a table of cross-references.

Input: rows of UNII, type, id, source.  Only sources whose licence lets everybody pass them on are kept.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

# sources by the order in which they are believed where two tell different ids of one kind
SOURCES: Final = ("DrugBank vocabulary", "DrugCentral 2016")
# type in the table -> prefix of the CURIE, in the order in which they are listed
PREFIXES: Final = {
    "CAS": "cas", "INCHIKEY": "inchikey", "CHEMBL": "chembl", "RXCUI": "rxcui", "CHEBI": "chebi",
    "DRUGBANK": "drugbank", "PUBCHEM": "pubchem.compound", "DRUGCENTRAL": "drugcentral",
}  # fmt: skip


def xrefs_text(rows: Iterable[str], release: str) -> str:
    """Return our file: UNII, tab, CURIEs joined by |, one substance a line; `rows` without the line of column names.

    Of CAS numbers and InChIKeys, of which a substance has one, the first source's is kept.
    """
    found: dict[str, dict[str, dict[str, list[str]]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
    for row in rows:
        unii, kind, number, source = row.split("\t")[:4]
        if source in SOURCES and kind in PREFIXES:
            found[unii][kind][source].append(number.removeprefix("CHEBI:"))
    lines = []
    for unii, kinds in sorted(found.items()):
        ids: dict[str, None] = {}
        for kind, prefix in PREFIXES.items():
            lists = [kinds[kind][source] for source in SOURCES if source in kinds[kind]]
            if kind in ("CAS", "INCHIKEY"):
                lists = lists[:1]
            ids.update((f"{prefix}:{number}", None) for some in lists for number in sorted(set(some)))
        lines.append(f"{unii}\t{'|'.join(ids)}")
    return "\n".join([f"# {release}", *lines]) + "\n"
