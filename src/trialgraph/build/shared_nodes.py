"""The nodes that several trials share and their hierarchies, gathered from the mentions of all trials."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

import msgspec

from trialgraph import schema
from trialgraph.build import record_rows
from trialgraph.build.gather import NodeFacts, firsts, gathered
from trialgraph.linking import studies
from trialgraph.linking.conditions import groups as condition_groups
from trialgraph.linking.conditions import xrefs as condition_xrefs
from trialgraph.linking.drugs import xrefs
from trialgraph.linking.drugs.classes import evidence, genes
from trialgraph.linking.drugs.classes.evidence import Evidence
from trialgraph.linking.linkers import Linkers
from trialgraph.linking.organizations.facilities import part_of
from trialgraph.model import ListedTrial
from trialgraph.schema import mentions
from trialgraph.schema.mentions import name_of
from trialgraph.snapshot.tables import Tables

if TYPE_CHECKING:
    import pyarrow as pa

MESH = "MESH:"
ROR = "ROR:"

Named = Iterable[tuple[str, str]]  # drug id, name
Mentions = Callable[[str], "pa.Table"]  # gives a table of mentions by name, in the order of the trials


class SharedTables(msgspec.Struct, frozen=True):
    """Which tables are made of which mentions, and how."""

    tables: tuple[str, ...]
    mentions: tuple[str, ...]
    make: Callable[[Tables, Mentions, Linkers], None]


def _conditions(tables: Tables, mentions_of: Mentions, linkers: Linkers) -> None:
    """Add the conditions and every one above one that is named, so that "and below" finds it."""
    conditions = NodeFacts("condition_id", gathered("Condition", mentions_of(name_of("Condition"))).to_dicts())
    grouped = condition_groups.nodes()
    waiting = [key for key in conditions if key.startswith(MESH) or key in grouped]
    visited = set(waiting)
    while waiting:
        key = waiting.pop()
        if heading := linkers.mesh.get(key.removeprefix(MESH)):
            facts = {"name": heading.name, "tree_numbers": list(heading.tree_numbers) or None}
            conditions.add(key, facts | {"mesh_id": heading.id, "xrefs": list(condition_xrefs.of(heading.id)) or None})
        elif key in grouped:
            conditions.add(key, {"name": grouped[key].name})
        else:
            continue
        for above in linkers.conditions.parents(key):
            by = "group" if key in grouped or above in grouped else "mesh-tree"
            edge = {"source": key, "target": above, "method": by, "confidence": 1.0}
            tables.put("IS_A", edge | {"source_field": "tree_numbers" if by == "mesh-tree" else "hand"})
            if above not in visited:
                visited.add(above)
                waiting.append(above)
    tables.extend("Condition", conditions.rows())
    _condition_groups(tables, conditions, linkers)


def _condition_groups(tables: Tables, conditions: NodeFacts, linkers: Linkers) -> None:
    """Add the clinical groups that a condition of the graph belongs to, and who belongs to each."""
    groups = condition_groups.groups()
    groups_present: set[str] = set()
    for key in conditions:
        by = "mesh-tree" if key.startswith(MESH) else "words"
        for group in linkers.conditions.groups_of(key, conditions.fact(key, "name") or ""):
            groups_present.add(group)
            edge = {
                "source": key,
                "target": group,
                "method": by,
                "source_field": "tree_numbers" if by != "words" else "name",
            }
            tables.put("IN_GROUP", edge | {"confidence": 1.0 if by != "words" else 0.8})
    for group in sorted(groups_present):
        facts = {"group_id": group, "name": groups[group].name, "spellings": list(groups[group].spellings)}
        tables.put("ConditionGroup", facts)


def _drugs(tables: Tables, mentions_of: Mentions, linkers: Linkers) -> None:
    """Add the drugs, the base of each salt, the classes and targets of each, and its ids in other lists."""
    drugs = NodeFacts("drug_id", gathered("Drug", mentions_of(name_of("Drug"))).to_dicts())
    _salts(tables, drugs, linkers)
    named = [(drug, drugs.fact(drug, "name")) for drug in drugs]
    _classes(tables, named, linkers)
    _targets(tables, named, linkers)
    tables.extend("Drug", (_with_names_and_ids(row, linkers) for row in drugs.rows()))


def _salts(tables: Tables, drugs: NodeFacts, linkers: Linkers) -> None:
    """Add what each salt is a salt of: a drug that its trials name too, for their links end there."""
    for key in drugs:
        base = linkers.drugs.vocabulary.base_of(key)
        if base is not None and base.id in drugs:
            edge = {"source": key, "target": base.id, "method": "salt-words", "source_field": "name"}
            tables.put("SALT_OF", edge | {"confidence": 1.0})
            salt = linkers.drugs.vocabulary.drug(key)
            drugs.add(key, {"mesh_id": salt.mesh_id, "unii": salt.unii} if salt else {})


def _with_names_and_ids(row: Mapping[str, Any], linkers: Linkers) -> Mapping[str, Any]:
    """Return a drug's row with the names of what was joined to it, and its ids in other lists."""
    used = row.get("synonyms") or []
    folded = {word.casefold() for word in used}
    joined = [n for n in linkers.drugs.vocabulary.joined_names(row["drug_id"]) if n.casefold() not in folded]
    ids = xrefs.of_drug(row.get("unii"), row.get("mesh_id"))
    return {**row, "synonyms": [*used, *joined] or None, "xrefs": list(ids) or None}


def _classes(tables: Tables, drugs: Named, linkers: Linkers) -> None:
    """Add DrugClass, IN_CLASS and SUBCLASS_OF: every class of a drug, and every one above it."""
    of_mesh: dict[str, str] = {}
    curated: set[str] = set()
    table = linkers.classes.table
    for drug, name in drugs:
        for member in linkers.classes_of(drug, name):
            edge = {"source": drug, "target": member.class_id, "source_name": member.source_name}
            said = {"method": member.method, "source_field": member.source_field, "confidence": member.confidence}
            tables.put("IN_CLASS", edge | said)
            if member.scheme == evidence.TREE:
                of_mesh[member.class_id] = member.name
            else:
                slug = table.slug_of(member.class_id)
                curated.update((slug, *table.above(slug)))
    for class_id, name in sorted(of_mesh.items()):
        row: dict[str, Any] = {"class_id": class_id, "name": name, "scheme": evidence.TREE, "kind": "CHEMICAL"}
        tables.put("DrugClass", row)
    for slug in sorted(curated):
        one = table.by_slug[slug]
        facts = {"class_id": one.id, "name": one.name, "scheme": evidence.CURATED, "kind": one.kind}
        tables.put("DrugClass", facts | {"spellings": list(one.spellings) or None})
        for parent in table.parents(slug):
            edge = {"source": one.id, "target": table.by_slug[parent].id}
            tables.put("SUBCLASS_OF", edge | _evidence(evidence.LISTED))


def _targets(tables: Tables, drugs: Named, linkers: Linkers) -> None:
    """Add Target and TARGETS: the genes whose products a drug acts on."""
    named: set[str] = set()
    known = genes.load()
    for drug, name in drugs:
        for (symbol, action), said in linkers.classes.targets(drug, name).items():
            tables.put("TARGETS", {"source": drug, "target": symbol, "action": action} | _evidence(said))
            named.add(symbol)
    for symbol in sorted(named):
        gene = known.get(symbol)
        facts = {"hgnc_id": gene.hgnc_id, "name": gene.name} if gene else {}
        tables.put("Target", {"symbol": symbol} | facts)


def _evidence(said: Evidence) -> dict[str, Any]:
    return {
        "source_name": said.source_name,
        "method": said.method,
        "source_field": said.source_field,
        "confidence": said.confidence,
    }


def _regimens(tables: Tables, mentions_of: Mentions, linkers: Linkers) -> None:
    """Add the regimens and the drugs of each."""
    regimens = gathered("Regimen", mentions_of(name_of("Regimen")))
    tables.give("Regimen", regimens.to_arrow())
    contained = regimens.select("regimen_id", "drug_ids").explode("drug_ids")
    tables.give("CONTAINS", contained.rename({"regimen_id": "source", "drug_ids": "target"}).to_arrow())


def _organizations(tables: Tables, mentions_of: Mentions, linkers: Linkers) -> None:
    """Add the organisations, who owns each, and who owns that; and which facilities are parts of them."""
    organizations = NodeFacts(
        "organization_id", gathered("Organization", mentions_of(name_of("Organization"))).to_dicts()
    )
    owners = {
        mention["key"]: (mention["owner"], mention["method"], mention["confidence"])
        for mention in firsts(mentions_of(mentions.OWNERS), "key")
    }
    waiting = list(organizations)
    visited = set(waiting)
    for target in _parts(tables, mentions_of, linkers):
        if target not in visited:
            visited.add(target)
            waiting.append(target)
    while waiting:
        key = waiting.pop()
        organization = None
        if organizations.fact(key, "name") is None or not key.startswith(ROR):
            organization = linkers.organizations.get(key)  # where ROR names it, its mention has all that ROR says
        if organization is not None:
            organizations.add(
                key, {"name": organization.name, "ror_id": organization.ror_id, "country": organization.country}
            )
            if organization.parent_id is not None:
                owners[key] = (organization.parent_id, "alias-table", 1.0)
        else:
            organizations.add(key, {"name": key.partition(":")[2].replace("-", " ").title()})
        owner, method, confidence = owners.get(key, (None, "", 0.0))
        if owner is None:
            continue
        edge = {"source": key, "target": owner, "method": method, "source_field": "name"}
        tables.put("SUBSIDIARY_OF", edge | {"confidence": confidence})
        if owner not in visited:
            visited.add(owner)
            waiting.append(owner)
    tables.extend("Organization", organizations.rows())


def _parts(tables: Tables, mentions_of: Mentions, linkers: Linkers) -> list[str]:
    """Add which organisation each facility is a part of, and return those organisations."""
    found = []
    for site in gathered("Site", mentions_of(name_of("Site"))).iter_rows(named=True):
        part = part_of(site["facility"] or "", site["city"], site["country"], linkers.organizations)
        if part is not None:
            found.append(part.organization_id)
            edge = {"source": site["site_id"], "target": part.organization_id, "source_field": "facility"}
            tables.put("PART_OF", edge | {"method": part.method, "confidence": part.confidence})
    return found


def _affiliations(tables: Tables, mentions_of: Mentions, linkers: Linkers) -> None:
    for mention in firsts(mentions_of(mentions.AFFILIATIONS), "person", "organization"):
        edge = {"source": mention["person"], "target": mention["organization"], "source_field": "affiliation"}
        facts = {name: mention[name] for name in ("raw_name", "method", "confidence")}
        tables.put("AFFILIATED_WITH", edge | facts)


def _studies(tables: Tables, mentions_of: Mentions, linkers: Linkers) -> None:
    """Add which trials are one study in two registries, and which follow others."""
    numbers = [
        msgspec.json.decode(text, type=studies.StudyNumbers)
        for text in mentions_of(mentions.NUMBERS).column("numbers").to_pylist()
    ]
    trials = {numbers_of_trial.id for numbers_of_trial in numbers}
    for link in studies.links(numbers):
        if link.source in trials and link.target in trials:
            edge = {"source": link.source, "target": link.target, "evidence": list(link.evidence)}
            tables.put(
                link.type,
                edge | {"method": link.method, "source_field": link.source_field, "confidence": link.confidence},
            )


def _sites(tables: Tables, mentions_of: Mentions, linkers: Linkers) -> None:
    """Add the sites and the country of each."""
    import polars as pl

    sites = gathered("Site", mentions_of(name_of("Site")))
    tables.give("Site", sites.to_arrow())
    placed = sites.filter(pl.col("country").is_not_null() & (pl.col("country") != ""))
    edges = placed.select(pl.col("site_id").alias("source"), pl.col("country").alias("target"))
    tables.give("IN_COUNTRY", edges.to_arrow())


def _gathered_alone(label: str) -> SharedTables:
    """Return how a label is made that has no hierarchy: of its mentions alone."""

    def by(tables: Tables, mentions_of: Mentions, linkers: Linkers) -> None:
        tables.give(label, gathered(label, mentions_of(name_of(label))).to_arrow())

    return SharedTables((label,), (name_of(label),), by)


_WITH_OTHERS: Final = (
    SharedTables(("Condition", "IS_A", "ConditionGroup", "IN_GROUP"), (name_of("Condition"),), _conditions),
    SharedTables(
        ("Drug", "SALT_OF", "IN_CLASS", "DrugClass", "SUBCLASS_OF", "Target", "TARGETS"), (name_of("Drug"),), _drugs
    ),
    SharedTables(("Regimen", "CONTAINS"), (name_of("Regimen"),), _regimens),
    SharedTables(
        ("Organization", "SUBSIDIARY_OF", "PART_OF"),
        (name_of("Organization"), mentions.OWNERS, name_of("Site")),
        _organizations,
    ),
    SharedTables(("AFFILIATED_WITH",), (mentions.AFFILIATIONS,), _affiliations),
    SharedTables(("SAME_STUDY_AS", "FOLLOW_UP_OF"), (mentions.NUMBERS,), _studies),
    SharedTables(("Site", "IN_COUNTRY"), (name_of("Site"),), _sites),
)
_TABLES_WITH_OTHERS: Final = frozenset(table for shared in _WITH_OTHERS for table in shared.tables)

SHARED_TABLES: Final = (
    *_WITH_OTHERS,
    *(
        _gathered_alone(label.name)
        for label in schema.LABELS
        if label.gathering and label.name not in _TABLES_WITH_OTHERS
    ),
)


def listed_only(tables: Tables, listed: pa.Table, trials: Collection[str]) -> None:
    """Add a thin Trial for each that only a mirror's list names."""
    for mention in firsts(listed, "key"):
        if mention["key"] not in trials:
            named = ListedTrial(
                id=mention["key"],
                title=mention["title"],
                overall_status=mention["status"],
                phases=tuple(mention["phases"] or ()),
            )
            tables.put("Trial", record_rows.listed_row(named, mention["registry"]))
