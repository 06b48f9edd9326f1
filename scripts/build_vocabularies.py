"""Makes the vocabulary files that ship with the program from downloads of the public lists.

    python scripts/build_vocabularies.py MESH_HEADINGS MESH_SUPPLEMENTARY UNII_NAMES [ROR]
    python scripts/build_vocabularies.py --fda FDA_CLASSES --genes HGNC_GENES

The first form is `trialgraph vocabularies update`; the second makes the files beside our table of drug classes: the
FDA's classes and the genes that the table names.  docs/vocabularies.md says where the lists come from.
"""

from __future__ import annotations

import argparse
from importlib import resources
from pathlib import Path

from trialgraph.curation import drug_classes, update
from trialgraph.linking.drugs.classes import table


def main() -> None:
    """Run the script."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--release", default="")
    parser.add_argument("--fda", type=Path, help="columns: unii, name, type, class, nui, source")
    parser.add_argument("--genes", type=Path, help="columns: hgnc, symbol, name, ...")
    options = parser.parse_args()
    if options.files:
        print(update.update(options.files, release=options.release, say=print))
    folder = Path(str(resources.files(table.PACKAGE))) / "data"
    classes = table.load().by_slug.values()
    if options.fda:
        text = drug_classes.fda_text(update.lines(options.fda), [name for one in classes for name in one.fda_classes])
        (folder / "fda_classes.tsv.xz").write_bytes(update.pack(text))
    if options.genes:
        symbols = [symbol for one in classes for symbol, _ in one.targets]
        (folder / "genes.tsv").write_text(drug_classes.genes_text(update.lines(options.genes), symbols), "utf-8")


if __name__ == "__main__":
    main()
