// A sponsor's trials, with those of the bodies it owns
// Read: one line a trial; `through` says which body of the family takes part, `part` whether it leads.
// $sponsor  sponsor        an organisation by any of its names
// $status   status = null  only with this status
// $phase    phase = null   only of this phase
// $most     int = 1000     how many rows at most
// -> trial_id, title, phases, status, started, enrollment, part, through, drugs, conditions
UNWIND $sponsor AS id
MATCH (:Organization {organization_id: id})<-[:SUBSIDIARY_OF*0..]-(o:Organization)-[r:SPONSORS|COLLABORATES_ON]->(t:Trial)
WHERE ($status IS NULL OR t.overall_status = $status) AND ($phase IS NULL OR $phase IN t.phases)
WITH t, o.name AS name, CASE type(r) WHEN 'SPONSORS' THEN 'lead' ELSE 'collaborator' END AS part
ORDER BY part DESC, name
WITH t, collect(DISTINCT name) AS through, collect(DISTINCT part) AS parts
RETURN t.trial_id AS trial_id, t.brief_title AS title, t.phases AS phases, t.overall_status AS status,
       t.start_date AS started, t.enrollment AS enrollment, head(parts) AS part, through,
       COLLECT { MATCH (t)-[:TESTS]->(d:Drug) RETURN DISTINCT d.name AS name ORDER BY name } AS drugs,
       COLLECT { MATCH (t)-[:STUDIES]->(c:Condition) RETURN DISTINCT c.name AS name ORDER BY name } AS conditions
ORDER BY coalesce(started, '') DESC, trial_id
LIMIT $most
