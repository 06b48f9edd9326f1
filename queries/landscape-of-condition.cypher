// The drugs tested in a condition, with how far each has come
// Read: one line a drug; a trial counts once for each drug it gives, and for the condition with everything below it.
// $condition  condition      a condition, such as lupus nephritis
// $most       int = 200      how many drugs at most
// -> drug, drug_id, trials, as_experimental, highest_phase, recruiting, completed, stopped, participants,
//   first_start, last_start, sponsors
UNWIND $condition AS meant
MATCH (:Condition {condition_id: meant})<-[:STUDIES]-(t:Trial)
WITH DISTINCT t
MATCH (t)-[r:TESTS]->(d:Drug)
WITH d, t, max(CASE WHEN r.role = 'EXPERIMENTAL' THEN 1 ELSE 0 END) AS experimental
RETURN d.name AS drug, d.drug_id AS drug_id, count(t) AS trials, sum(experimental) AS as_experimental,
       max(t.phase_rank) AS highest_phase,
       sum(CASE
         WHEN t.overall_status IN ['RECRUITING', 'NOT_YET_RECRUITING', 'ENROLLING_BY_INVITATION'] THEN 1
         ELSE 0
       END) AS recruiting,
       sum(CASE WHEN t.overall_status = 'COMPLETED' THEN 1 ELSE 0 END) AS completed,
       sum(CASE WHEN t.overall_status IN ['TERMINATED', 'WITHDRAWN', 'SUSPENDED'] THEN 1 ELSE 0 END) AS stopped,
       sum(t.enrollment) AS participants, min(t.start_date) AS first_start, max(t.start_date) AS last_start,
       count(DISTINCT head(COLLECT { MATCH (o:Organization)-[:SPONSORS]->(t) RETURN o.organization_id ORDER BY o.organization_id })) AS sponsors
ORDER BY trials DESC, drug_id
LIMIT $most
