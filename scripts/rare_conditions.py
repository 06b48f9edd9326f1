"""Make the data file of MeSH's supplementary disease concepts and the headings they belong under.

    python scripts/rare_conditions.py SUPPLEMENTARY.tsv.gz

SUPPLEMENTARY: id, name, synonyms joined by |, ids of headings joined by commas; one concept a line.
"""

from __future__ import annotations

import gzip
import lzma
import sys
from pathlib import Path

import msgspec

from trialgraph.linking import mesh
from trialgraph.linking.conditions import vocabulary
from trialgraph.linking.conditions.index import Index
from trialgraph.linking.conditions.reader import Reader
from trialgraph.linking.words.medical import read

DATA = Path(vocabulary.__file__).parent / "data"
MOST_HEADINGS = 3  # a syndrome of more parts belongs under none of them
SHORTEST = 6  # letters of a name of one word; shorter ones are abbreviations of many things
HEAD = "# Supplementary disease concepts of MeSH and the headings they belong under.  comparable name, heading ids"


def headings(known: mesh.Mesh, ids: list[str]) -> tuple[str, ...]:
    """Return the diseases among the headings of a concept, without those above another, or () for no disease."""
    diseases = [i for i in ids if i in known and known[i].is_in("C", "F03")]
    if not diseases or len(diseases) * 2 < len(ids):
        return ()
    kept = tuple(i for i in diseases if not any(i in known.ancestors(j) for j in diseases if j != i))
    return kept if len(kept) <= MOST_HEADINGS else ()


def main() -> None:
    """Read the file named on the command line and write ours."""
    known = mesh.load()
    reader = Reader(Index(known, msgspec.structs.replace(vocabulary.load_condition_words(), rare={})))
    found: dict[str, tuple[str, ...]] = {}
    twice: set[str] = set()
    with gzip.open(sys.argv[1], "rt", encoding="utf-8") as lines:
        for line in lines:
            _id, name, synonyms, ids = line.rstrip("\n").split("\t")[:4]
            heads = headings(known, [i for i in ids.split(",") if i])
            for alias in (name, *synonyms.split("|")) if heads else ():
                words = read(alias).words
                key = " ".join(words)
                if not words or (len(words) == 1 and len(key) < SHORTEST) or reader.whole.read(alias):
                    continue  # what is read without this file stays as it is
                if found.setdefault(key, heads) != heads:
                    twice.add(key)
    rows = [f"{key}\t{'|'.join(heads)}" for key, heads in sorted(found.items()) if key not in twice]
    text = "\n".join([HEAD, *rows]) + "\n"
    (DATA / "rare_conditions.tsv.xz").write_bytes(lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME))
    print(f"rare_conditions.tsv.xz: {len(rows)} names")


if __name__ == "__main__":
    main()
