"""The term lists that ship with the program: where each is from, under which licence, which release, how big."""

from __future__ import annotations

import lzma
from importlib import resources
from pathlib import Path
from typing import Any

# the packages whose `data` folders hold the lists
KINDS = ("", ".drugs", ".drugs.classes", ".conditions", ".procedures", ".organizations")
PACKAGES = tuple(f"trialgraph.linking{kind}" for kind in KINDS)
COLUMNS = ("name", "file", "holds", "source", "licence", "release", "bytes")

# file -> name, what it holds, source, licence
LISTS = {
    "mesh.tsv.xz": (
        "MeSH", "headings, synonyms, tree numbers", "Medical Subject Headings, U.S. National Library of Medicine",
        "free to use, source named",
    ),
    "drugs.tsv.xz": (
        "Drug names", "names of substances, one id each", "MeSH (NLM) and Unique Ingredient Identifiers (U.S. FDA)",
        "free to use, source named; public domain",
    ),
    "drugs.txt": ("Drug facts", "abbreviations, regimens, brands", "compiled by hand", "Apache-2.0"),
    "classes.tsv": ("Drug classes", "classes, spellings, members, targets", "compiled by hand", "Apache-2.0"),
    "more_classes.tsv": ("More drug classes", "the same for rarer classes", "compiled by hand", "Apache-2.0"),
    "fda_classes.tsv.xz": (
        "FDA classes", "established pharmacologic classes of substances",
        "FDA National Drug Code directory 2019; DrugCentral 2016 (drugcentral.org), reduced to names and classes",
        "public domain; CC BY 4.0",
    ),
    "codes.tsv": ("Company codes", "classes and names of codes", "compiled by hand", "Apache-2.0"),
    "words.tsv": ("Class words", "words of products and the class they tell", "compiled by hand", "Apache-2.0"),
    "stems.tsv": ("Name stems", "endings of international names and the class they tell", "compiled by hand",
                  "Apache-2.0"),
    "genes.tsv": ("Genes", "symbols, names and ids of the targets", "HGNC (genenames.org)", "CC0"),
    "regimens.txt": ("Regimens", "names of sets of drugs", "compiled by hand", "Apache-2.0"),
    "drug_codes.tsv": (
        "Drug codes", "companies' codes and international names", "compiled by hand", "Apache-2.0"),
    "drug_xrefs.tsv.xz": (
        "Drug ids", "CAS, InChIKey, ChEMBL, RxNorm, ChEBI, DrugBank, PubChem and DrugCentral ids of substances",
        "DrugBank open vocabulary; DrugCentral 2016 (ids taken, nothing else changed)", "CC0; CC BY 4.0",
    ),
    "condition_xrefs.tsv.xz": (
        "Condition cross-references", "MeSH headings in MONDO, DOID, EFO, ICD-10-CM, Orphanet, UMLS",
        "Mondo Disease Ontology (mondo.monarchinitiative.org): mappings, and names to join neoplasms and cancers",
        "CC0; CC BY 4.0",
    ),
    "condition_groups.tsv": (
        "Clinical groups", "groups of conditions and their names", "compiled by hand", "Apache-2.0",
    ),
    "condition_attributes.tsv": (
        "Condition attributes", "stage, line, severity, setting, population, biomarkers", "compiled by hand",
        "Apache-2.0",
    ),
    "rare_conditions.tsv.xz": (
        "Rare conditions", "supplementary disease names", "MeSH supplementary concepts (NLM)",
        "free to use, source named",
    ),
    "organizations-ror.tsv.xz": ("Organisations", "names of research bodies", "Research Organization Registry", "CC0"),
    "organizations.tsv": ("Organisation facts", "companies, owners, other names", "compiled by hand", "Apache-2.0"),
    "countries.tsv": ("Countries", "ISO codes and names", "time zone database, with names by hand", "public domain"),
}  # fmt: skip


def path_of(file: str) -> Path | None:
    """Return where a shipped list lies, or None where it is not there."""
    folders = (Path(str(resources.files(package))) / "data" for package in PACKAGES)
    return next((folder / file for folder in folders if (folder / file).is_file()), None)


def known() -> list[dict[str, Any]]:
    """Return one row a list, in a fixed order; lists that are not there are left out."""
    rows = []
    for file, (name, holds, source, licence) in LISTS.items():
        at = path_of(file)
        if at is not None:
            data = at.read_bytes()
            told = (name, file, holds, source, licence, _release(file, data), len(data))
            rows.append(dict(zip(COLUMNS, told, strict=True)))
    return rows


def _release(file: str, data: bytes) -> str | None:
    """Return what the first line of a packed file says; facts by hand have no release but the program's."""
    if not file.endswith(".xz"):
        return None
    head = lzma.LZMADecompressor().decompress(data, max_length=4096).decode("utf-8", "ignore")
    return head.partition("\n")[0].removeprefix("#").partition(".  ")[0].strip() or None
