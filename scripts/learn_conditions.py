"""Make the data files of names and abbreviations of conditions that many studies agree on.

    python scripts/learn_conditions.py STUDIES.jsonl.gz [TEXTS.jsonl.xz]

STUDIES: records of ClinicalTrials.gov's API v2, one a line.
TEXTS: more trials' titles and summaries, for abbreviations.
"""

from __future__ import annotations

import gzip
import lzma
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec

from trialgraph.curation import conditions
from trialgraph.linking import mesh, trial_words
from trialgraph.linking.conditions import vocabulary
from trialgraph.linking.conditions.index import Index
from trialgraph.linking.conditions.reader import Reader
from trialgraph.model import MeshTerm, Trial

DATA = Path(vocabulary.__file__).parent / "data"


def trials(path: Path) -> Iterator[Trial]:
    """Yield the few fields of each study that learning needs."""
    with gzip.open(path) as lines:
        for line in lines:
            study = msgspec.json.decode(line)
            protocol, derived = study["protocolSection"], study.get("derivedSection", {})
            named, told = protocol["identificationModule"], protocol.get("descriptionModule", {})
            asked = protocol.get("conditionsModule", {})
            meshes = derived.get("conditionBrowseModule", {}).get("meshes", ())
            yield Trial(
                id=named["nctId"],
                registry="ctgov",
                brief_title=named.get("briefTitle"),
                official_title=named.get("officialTitle"),
                brief_summary=told.get("briefSummary"),
                detailed_description=told.get("detailedDescription"),
                conditions=tuple(asked.get("conditions", ())),
                keywords=tuple(asked.get("keywords", ())),
                condition_meshes=tuple(MeshTerm(id=m.get("id"), term=m.get("term", "")) for m in meshes),
            )


def more_texts(path: Path) -> Iterator[tuple[str, ...]]:
    """Yield the texts of each trial in a file of texts."""
    with lzma.open(path) as lines:
        for line in lines:
            yield tuple(value for value in msgspec.json.decode(line).values() if isinstance(value, str))


def write(name: str, head: str, rows: Iterator[tuple[str, tuple[str, ...], int]]) -> None:
    """Write one data file; says how many lines it has."""
    lines = [f"{key}\t{'|'.join(ids)}\t{number}" for key, ids, number in rows]
    (DATA / name).write_text("\n".join([f"# {head}", *lines]) + "\n", encoding="utf-8")
    print(f"{name}: {len(lines)} lines")


def main() -> None:
    """Read the files named on the command line and write both data files."""
    words = msgspec.structs.replace(vocabulary.load_condition_words(), learned={}, learned_abbreviations={})
    reader = Reader(Index(mesh.load(), words))
    studies = Path(sys.argv[1])
    write(
        "condition_learned.tsv",
        "Names as the registry itself codes them.  comparable name, heading ids, studies",
        conditions.names(reader, trials(studies)),
    )
    texts: list[Iterator[tuple[str, ...]]] = [(tuple(trial_words.texts(t)) for t in trials(studies))]
    if len(sys.argv) > 2:
        texts.append(more_texts(Path(sys.argv[2])))
    write(
        "condition_learned_abbreviations.tsv",
        "Abbreviations as trials explain them.  abbreviation, heading ids, trials",
        conditions.abbreviations(reader, (t for source in texts for t in source)),
    )


if __name__ == "__main__":
    main()
