"""What several trials share and what stands above it: gathered from the mentions of all trials when they are there."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Final

import msgspec

from trialgraph.build import record_rows as rows
from trialgraph.build.gather import firsts, gathered
from trialgraph.build.node_facts import Concepts
from trialgraph.linking import studies
from trialgraph.linking.conditions import groups as condition_groups
from trialgraph.linking.linkers import Linkers
from trialgraph.model import ListedTrial
from trialgraph.schema import mentions
from trialgraph.schema.mentions import name_of
from trialgraph.snapshot.tables import Tables

if TYPE_CHECKING:
    import pyarrow as pa

MESH = "MESH:"
ROR = "ROR:"

Told = Callable[[str], "pa.Table"]  # gives a table of mentions by name, in the order of the trials


class Made(msgspec.Struct, frozen=True):
    """Which tables are made of which mentions, and how."""

    tables: tuple[str, ...]
    of: tuple[str, ...]
    by: Callable[[Tables, Told, Linkers], None]


def _conditions(tables: Tables, told: Told, linkers: Linkers) -> None:
    """Add the conditions and every one above one that is named, so that "and below" finds it."""
    conditions = Concepts("condition_id", gathered("Condition", told(name_of("Condition"))).to_dicts())
    grouped = condition_groups.groups()
    waiting = [key for key in conditions if key.startswith(MESH) or key in grouped]
    seen = set(waiting)
    while waiting:
        key = waiting.pop()
        if heading := linkers.mesh.get(key.removeprefix(MESH)):
            facts = {"name": heading.name, "tree_numbers": list(heading.tree_numbers) or None}
            conditions.see(key, facts | {"mesh_id": heading.id})
        elif key in grouped:
            conditions.see(key, {"name": grouped[key].name})
        else:
            continue
        for above in linkers.conditions.parents(key):
            by = "group" if key in grouped or above in grouped else "mesh-tree"
            edge = {"source": key, "target": above, "method": by, "confidence": 1.0}
            tables.put("IS_A", edge | {"source_field": "tree_numbers" if by == "mesh-tree" else "hand"})
            if above not in seen:
                seen.add(above)
                waiting.append(above)
    tables.extend("Condition", conditions.rows())


def _drugs(tables: Tables, told: Told, linkers: Linkers) -> None:
    """Add the drugs and the classes of each."""
    drugs = Concepts("drug_id", gathered("Drug", told(name_of("Drug"))).to_dicts())
    named: dict[str, tuple[str, str]] = {}
    for drug in drugs:
        for member in linkers.classes_of(drug, drugs.fact(drug, "name")):
            named[member.class_id] = (member.name, member.scheme)
            tables.put(
                "IN_CLASS",
                {
                    "source": drug,
                    "target": member.class_id,
                    "method": member.method,
                    "source_field": member.source_field,
                    "confidence": member.confidence,
                },
            )
    for class_id, (name, scheme) in sorted(named.items()):
        tables.put("DrugClass", {"class_id": class_id, "name": name, "scheme": scheme})
    tables.extend("Drug", drugs.rows())


def _organizations(tables: Tables, told: Told, linkers: Linkers) -> None:
    """Add the organisations, who owns each, and who owns that; and where people work."""
    bodies = Concepts("organization_id", gathered("Organization", told(name_of("Organization"))).to_dicts())
    owners = {
        one["key"]: (one["owner"], one["method"], one["confidence"]) for one in firsts(told(mentions.OWNERS), "key")
    }
    waiting = list(bodies)
    seen = set(waiting)
    while waiting:
        key = waiting.pop()
        known = None
        if bodies.fact(key, "name") is None or not key.startswith(ROR):
            known = linkers.organizations.get(key)  # a mention has told all that ROR says
        if known is not None:
            bodies.see(key, {"name": known.name, "ror_id": known.ror_id, "country": known.country})
            if known.parent_id is not None:
                owners[key] = (known.parent_id, "alias-table", 1.0)
        else:
            bodies.see(key, {"name": key.partition(":")[2].replace("-", " ").title()})
        owner, method, confidence = owners.get(key, (None, "", 0.0))
        if owner is None:
            continue
        edge = {"source": key, "target": owner, "method": method, "source_field": "name"}
        tables.put("SUBSIDIARY_OF", edge | {"confidence": confidence})
        if owner not in seen:
            seen.add(owner)
            waiting.append(owner)
    tables.extend("Organization", bodies.rows())


def _affiliations(tables: Tables, told: Told, linkers: Linkers) -> None:
    for one in firsts(told(mentions.AFFILIATIONS), "person", "organization"):
        edge = {"source": one["person"], "target": one["organization"], "source_field": "affiliation"}
        facts = {name: one[name] for name in ("raw_name", "method", "confidence")}
        tables.put("AFFILIATED_WITH", edge | facts)


def _studies(tables: Tables, told: Told, linkers: Linkers) -> None:
    """Add which trials are one study in two registries, and which follow others."""
    numbers = [
        msgspec.json.decode(one, type=studies.StudyNumbers) for one in told(mentions.NUMBERS).column("told").to_pylist()
    ]
    trials = {one.id for one in numbers}
    for link in studies.links(numbers):
        if link.source in trials and link.target in trials:
            edge = {"source": link.source, "target": link.target, "evidence": list(link.evidence)}
            tables.put(
                link.type,
                edge | {"method": link.method, "source_field": link.source_field, "confidence": link.confidence},
            )


def _sites(tables: Tables, told: Told, linkers: Linkers) -> None:
    """Add the sites and their countries."""
    import polars as pl

    sites = gathered("Site", told(name_of("Site")))
    tables.give("Site", sites.to_arrow())
    placed = sites.filter(pl.col("country").is_not_null() & (pl.col("country") != ""))
    edges = placed.select(pl.col("site_id").alias("source"), pl.col("country").alias("target"))
    tables.give("IN_COUNTRY", edges.to_arrow())
    for iso2 in sorted(placed["country"].unique().to_list()):
        tables.put("Country", {"iso2": iso2, "name": linkers.country_name(iso2)})


def _plain(label: str) -> Made:
    """Return how a label is made that nothing stands above."""

    def by(tables: Tables, told: Told, linkers: Linkers) -> None:
        tables.give(label, gathered(label, told(name_of(label))).to_arrow())

    return Made((label,), (name_of(label),), by)


MADE: Final = (
    Made(("Condition", "IS_A"), (name_of("Condition"),), _conditions),
    Made(("Drug", "IN_CLASS", "DrugClass"), (name_of("Drug"),), _drugs),
    Made(("Organization", "SUBSIDIARY_OF"), (name_of("Organization"), mentions.OWNERS), _organizations),
    Made(("AFFILIATED_WITH",), (mentions.AFFILIATIONS,), _affiliations),
    Made(("SAME_STUDY_AS", "FOLLOW_UP_OF"), (mentions.NUMBERS,), _studies),
    Made(("Site", "IN_COUNTRY", "Country"), (name_of("Site"),), _sites),
    *(_plain(label) for label in ("Device", "Procedure", "Person", "Publication", "Identifier")),
)


def listed_only(tables: Tables, listed: pa.Table, trials: Collection[str]) -> None:
    """Add a thin Trial for each that only a mirror's list names."""
    for one in firsts(listed, "key"):
        if one["key"] not in trials:
            named = ListedTrial(
                id=one["key"], title=one["title"], overall_status=one["status"], phases=tuple(one["phases"] or ())
            )
            tables.put("Trial", rows.listed_row(named, one["registry"]))
