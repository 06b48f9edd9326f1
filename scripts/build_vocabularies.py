"""Makes the vocabulary files that ship with the program from downloads of the public lists.

    python scripts/build_vocabularies.py MESH_HEADINGS MESH_SUPPLEMENTARY UNII_NAMES [ROR]
    python scripts/build_vocabularies.py --learn STUDIES.jsonl.gz

The first form is `trialgraph vocabularies update`; the second learns the pharmacologic actions of drugs from
ClinicalTrials.gov records (data/actions.txt).  docs/vocabularies.md says where the lists come from.
"""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

from trialgraph.curation import update
from trialgraph.linking import mesh
from trialgraph.linking.drugs import classes, vocabulary
from trialgraph.model import RawRecord, Trial
from trialgraph.registries.ctgov import read as ctgov_read

HEAD = "# Pharmacologic actions learnt from registry records that tell of one drug only: drug id, tab, MeSH headings.\n"


def trials(path: Path) -> Iterator[Trial]:
    """Yield the trials of a file of ClinicalTrials.gov records, one JSON object a line."""
    for number, line in enumerate(update.lines(path)):
        now = dt.datetime.now(dt.UTC)
        yield ctgov_read.parse(RawRecord(registry="ctgov", id=str(number), url="", fetched_at=now, body=line.encode()))


def records_of_one_drug(path: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each drug that stands alone in a record's codes, with the record's ancestors."""
    drugs = vocabulary.load()
    for trial in trials(path):
        terms = {mesh.canonical(term.id): term.term for term in trial.intervention_meshes if term.id}
        if len(terms) != 1 or not trial.intervention_ancestors:
            continue
        ((mesh_id, term),) = terms.items()
        match = drugs.resolve(term)
        drug = drugs.drug(f"MESH:{mesh_id}") or (match.drugs[0] if match and len(match.drugs) == 1 else None)
        if drug:
            yield drug.id, tuple(above.id for above in trial.intervention_ancestors if above.id)


def main() -> None:
    """Run the script."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--release", default="")
    parser.add_argument("--learn", type=Path)
    options = parser.parse_args()
    if options.files:
        print(update.update(options.files, release=options.release, say=print))
    if options.learn:
        actions = classes.learn(records_of_one_drug(options.learn), mesh.load())
        rows = "".join(f"{drug}\t{' '.join(ids)}\n" for drug, ids in actions.items())
        at = Path(str(resources.files("trialgraph.linking.drugs").joinpath("data/actions.txt")))
        at.write_text(HEAD + rows, "utf-8")
        print(f"{len(actions)} drugs with actions")


if __name__ == "__main__":
    main()
