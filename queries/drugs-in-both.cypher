// Drugs tested in one condition that were also tested in another
// Read: one line a drug; each side counts distinct trials of the condition or one below it, `in_both` are single
//   trials of both conditions.
// $condition  condition  a condition, such as lupus nephritis
// $other      condition  another condition
// $most       int = 200  how many drugs at most
// -> drug, drug_id, trials, other_trials, in_both, highest_phase, other_highest_phase
UNWIND $condition AS meant
MATCH (:Condition {condition_id: meant})<-[:STUDIES]-(t:Trial)
WITH DISTINCT t
MATCH (t)-[:TESTS]->(d:Drug)
WITH d, count(DISTINCT t) AS trials, max(t.phase_rank) AS highest_phase,
     count(DISTINCT CASE WHEN EXISTS {
       MATCH (t)-[:STUDIES]->(c:Condition) WHERE c.condition_id IN $other RETURN c
     } THEN t END) AS in_both
MATCH (d)<-[:TESTS]-(o:Trial)-[:STUDIES]->(c:Condition)
WHERE c.condition_id IN $other
RETURN d.name AS drug, d.drug_id AS drug_id, trials, count(DISTINCT o) AS other_trials, in_both, highest_phase,
       max(o.phase_rank) AS other_highest_phase
ORDER BY trials DESC, other_trials DESC, drug_id
LIMIT $most
