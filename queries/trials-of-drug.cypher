// Trials that test a drug, under any of its names
// Read: one line a trial; `roles` says what the drug is there for, `as_written` how the record names it.
// $drug       drug              a drug or a class of drugs, by any name, such as rapamycin
// $condition  condition = null  only trials of this condition or one below it
// $role       text = null       only with this role: EXPERIMENTAL, ACTIVE_COMPARATOR, BACKGROUND, ...
// $phase      phase = null      only of this phase
// $status     status = null     only with this status
// $since      date = null       only started on or after this day
// $country    country = null    only with a site in this country
// $most       int = 1000        how many rows at most
// -> trial_id, title, phases, status, started, enrollment, roles, as_written, conditions, sponsor
UNWIND $drug AS id
MATCH (d:Drug {drug_id: id})<-[r:TESTS]-(t:Trial)
WHERE ($role IS NULL OR r.role = $role)
  AND ($phase IS NULL OR $phase IN t.phases)
  AND ($status IS NULL OR t.overall_status = $status)
  AND ($since IS NULL OR t.start_date >= $since)
  AND ($condition IS NULL OR EXISTS {
    MATCH (t)-[:STUDIES]->(c:Condition) WHERE c.condition_id IN $condition RETURN c
  })
  AND ($country IS NULL OR EXISTS { MATCH (t)-[:CONDUCTED_IN]->(:Country {iso2: $country}) })
WITH DISTINCT t
RETURN t.trial_id AS trial_id, t.brief_title AS title, t.phases AS phases, t.overall_status AS status,
       t.start_date AS started, t.enrollment AS enrollment,
       COLLECT { MATCH (t)-[x:TESTS]->(d:Drug) WHERE d.drug_id IN $drug RETURN DISTINCT x.role AS role ORDER BY role } AS roles,
       COLLECT {
         MATCH (t)-[:HAS_INTERVENTION]->(i:Intervention)-[:INCLUDES_DRUG]->(d:Drug)
         WHERE d.drug_id IN $drug RETURN DISTINCT i.name AS name ORDER BY name
       } AS as_written,
       COLLECT { MATCH (t)-[:STUDIES]->(c:Condition) RETURN DISTINCT c.name AS name ORDER BY name } AS conditions,
       head(COLLECT { MATCH (o:Organization)-[:SPONSORS]->(t) RETURN o.name ORDER BY o.name }) AS sponsor
ORDER BY coalesce(started, '') DESC, trial_id
LIMIT $most
