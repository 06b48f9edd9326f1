"""Ids of substances in other lists, as CURIEs: `data/drug_xrefs.tsv.xz`, made by `curation.drug_xrefs`."""

from __future__ import annotations

import functools
from typing import Final

from trialgraph.linking.words import tables

PACKAGE: Final = "trialgraph.linking.drugs"

# prefix of a CURIE -> where its id leads
IRIS: Final = {
    "unii": "https://precision.fda.gov/uniisearch/srs/unii/",
    "mesh": "http://id.nlm.nih.gov/mesh/",
    "cas": "https://commonchemistry.cas.org/detail?cas_rn=",
    "inchikey": "https://identifiers.org/inchikey:",
    "chembl": "http://identifiers.org/chembl.compound/",
    "rxcui": "http://purl.bioontology.org/ontology/RXNORM/",
    "chebi": "http://purl.obolibrary.org/obo/CHEBI_",
    "drugbank": "http://identifiers.org/drugbank/",
    "pubchem.compound": "http://identifiers.org/pubchem.compound/",
    "drugcentral": "http://identifiers.org/drugcentral/",
}


def of_drug(unii: str | None, mesh_id: str | None) -> tuple[str, ...]:
    """Return the CURIEs of a drug, its own ids first; none for a drug that no list holds."""
    own = [f"unii:{unii}"] if unii else []
    own += [f"mesh:{mesh_id}"] if mesh_id else []
    return (*own, *by_unii().get(unii or "", ()))


def iri(curie: str) -> str | None:
    """Return the public address that a CURIE stands for, or None where its prefix is none of ours."""
    prefix, _, number = curie.partition(":")
    return f"{IRIS[prefix]}{number}" if prefix in IRIS else None


@functools.cache
def by_unii() -> dict[str, tuple[str, ...]]:
    """Return UNII -> CURIEs in other lists, read once per process."""
    return {unii: tuple(ids.split("|")) for unii, ids in tables.rows(PACKAGE, "drug_xrefs.tsv.xz")}
