"""Everything held of one trial, as one report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from trialgraph.ask.cypher.run import run_trusted
from trialgraph.ask.names import trials
from trialgraph.errors import UsageError

if TYPE_CHECKING:
    from trialgraph.stores.store import Store

_FACTS: Final = """
MATCH (t:Trial {trial_id: $trial})
RETURN properties(t) AS facts
"""
# section -> a literal statement; each gives maps, in an order of its own
_SECTIONS: Final = {
    "understood_conditions": """
MATCH (t:Trial {trial_id: $trial})-[l:STUDIES]->(c:Condition)
RETURN DISTINCT c.name AS condition, c.condition_id AS id, l.raw_name AS as_written, l.method AS method
ORDER BY condition, as_written
""",
    "arms": """
MATCH (t:Trial {trial_id: $trial})-[h:HAS_ARM]->(a:ArmGroup)
RETURN a.label AS arm, a.type AS type,
       COLLECT { MATCH (a)-[:RECEIVES]->(i:Intervention) RETURN i.name AS name ORDER BY i.intervention_id } AS receives
ORDER BY a.arm_id
""",
    "interventions": """
MATCH (t:Trial {trial_id: $trial})-[h:HAS_INTERVENTION]->(i:Intervention)
RETURN i.name AS as_written, i.type AS type,
       COLLECT {
         MATCH (i)-[l:INCLUDES_DRUG|INCLUDES_DEVICE|INCLUDES_PROCEDURE]->(d)
         RETURN d.name AS name ORDER BY l.component, name
       } AS understood_as
ORDER BY i.intervention_id
""",
    "drugs": """
MATCH (t:Trial {trial_id: $trial})-[r:TESTS]->(d:Drug)
RETURN d.name AS drug, d.drug_id AS id, r.role AS role
ORDER BY drug, role
""",
    "organizations": """
MATCH (o:Organization)-[r:SPONSORS|COLLABORATES_ON]->(t:Trial {trial_id: $trial})
RETURN CASE type(r) WHEN 'SPONSORS' THEN 'lead' ELSE 'collaborator' END AS part, o.name AS organization,
       r.raw_name AS as_written, r.agency_class AS class
ORDER BY part DESC, organization, as_written
""",
    "officials": """
MATCH (t:Trial {trial_id: $trial})-[r:HAS_OFFICIAL]->(p:Person)
RETURN p.name AS name, r.role AS role, p.affiliation AS affiliation
ORDER BY r.source_field, name
""",
    "countries": """
MATCH (t:Trial {trial_id: $trial})-[r:CONDUCTED_IN]->(c:Country)
RETURN c.name AS country, r.sites AS sites, r.unnamed_sites AS unnamed_sites
ORDER BY country
""",
    "sites": """
MATCH (t:Trial {trial_id: $trial})-[r:CONDUCTED_AT]->(s:Site)
RETURN s.facility AS facility, s.city AS city, s.country AS country, r.status AS status
ORDER BY s.country, s.city, s.site_id
""",
    "outcomes": """
MATCH (t:Trial {trial_id: $trial})-[:MEASURES]->(o:Outcome)
RETURN o.type AS type, o.measure AS measure, o.time_frame AS time_frame
ORDER BY CASE o.type WHEN 'PRIMARY' THEN 0 WHEN 'SECONDARY' THEN 1 ELSE 2 END, o.outcome_id
""",
    "identifiers": """
MATCH (t:Trial {trial_id: $trial})-[:HAS_IDENTIFIER]->(x:Identifier)
RETURN DISTINCT x.scheme AS scheme, x.value AS value
ORDER BY scheme, value
""",
    "publications": """
MATCH (t:Trial {trial_id: $trial})-[r:HAS_REFERENCE]->(p:Publication)
RETURN r.type AS type, p.pmid AS pmid, p.citation AS citation
ORDER BY r.position
""",
    "same_study": """
MATCH (t:Trial {trial_id: $trial})-[r:SAME_STUDY_AS|FOLLOW_UP_OF]-(o:Trial)
RETURN type(r) AS relation, o.trial_id AS trial_id, r.evidence AS evidence
ORDER BY relation, trial_id
""",
    "listed_as_related": """
MATCH (t:Trial {trial_id: $trial})-[l:LISTED_AS_RELATED]->(o:Trial)
RETURN o.trial_id AS trial_id, l.listed_title AS title, l.source_name AS mirror
ORDER BY l.position, trial_id
""",
    "changes": """
MATCH (t:Trial {trial_id: $trial})-[:HAS_CHANGE]->(e:ChangeEvent)
RETURN e.seen_at AS seen, e.field AS field, e.old AS before, e.new AS after
ORDER BY seen, field, e.change_id
""",
    "records": """
MATCH (t:Trial {trial_id: $trial})-[:HAS_RECORD]->(r:RegistryRecord)
RETURN r.record_id AS record, r.url AS url, r.fetched_at AS fetched_at, r.sha256 AS sha256
ORDER BY record
""",
}


def sheet(store: Store, given: str) -> dict[str, Any]:
    """Return everything held of a trial: its facts in the schema's order, then what hangs on it, section by section.

    What the record left out is absent.  Raises UsageError for what is no trial id or is not held.
    """
    from trialgraph import schema

    trial = trials.resolve(given, store).id
    found = run_trusted(store, _FACTS, {"trial": trial}).rows
    if not found:
        raise UsageError(f"this graph does not hold {trial}")
    facts = found[0]["facts"]
    told: dict[str, Any] = {
        p.name: facts[p.name] for p in schema.LABEL["Trial"].properties if facts.get(p.name) not in (None, [])
    }
    for section, statement in _SECTIONS.items():
        rows = run_trusted(store, statement, {"trial": trial}).rows
        if rows:
            told[section] = [{name: value for name, value in row.items() if value not in (None, [])} for row in rows]
    return told
