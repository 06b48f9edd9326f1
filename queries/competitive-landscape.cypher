// Who tests which drug in a condition, at which phase and in which state
// Read: one line for each drug, phase, sponsor and status; `trials` are distinct, of the condition or one below it.
// $condition  condition      a condition, such as immune thrombocytopenia
// $most       int = 1000     how many rows at most
// -> drug, phases, sponsor, sponsor_class, status, trials, latest_start, examples
UNWIND $condition AS meant
MATCH (:Condition {condition_id: meant})<-[:STUDIES]-(t:Trial)
WITH DISTINCT t
MATCH (t)-[r:TESTS]->(d:Drug)
WHERE r.role IN ['EXPERIMENTAL', 'UNKNOWN']
WITH DISTINCT t, d
OPTIONAL MATCH (o:Organization)-[:SPONSORS]->(t)
WITH d, t, o ORDER BY t.trial_id
RETURN d.name AS drug, t.phases AS phases, o.name AS sponsor, o.class AS sponsor_class, t.overall_status AS status,
       count(DISTINCT t) AS trials, max(t.start_date) AS latest_start, collect(DISTINCT t.trial_id)[0..3] AS examples
ORDER BY trials DESC, drug, sponsor, status, examples[0]
LIMIT $most
