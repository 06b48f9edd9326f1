// What a drug is compared with, and what is given beside it
// Read: one line a drug and its role in trials where the drug asked for is on trial; placebo arms stand in the
//   column of trials with a placebo arm.
// $drug       drug              a drug or a class of drugs, by any name
// $condition  condition = null  only trials of this condition or one below it
// $most       int = 200         how many rows at most
// -> other_drug, role, trials, with_placebo_arm, highest_phase, examples
UNWIND $drug AS id
MATCH (d:Drug {drug_id: id})<-[r:TESTS]-(t:Trial)
WHERE r.role IN ['EXPERIMENTAL', 'UNKNOWN'] AND ($condition IS NULL OR EXISTS {
    MATCH (t)-[:STUDIES]->(:Condition)-[:IS_A*0..]->(:Condition {condition_id: $condition})
  })
WITH DISTINCT t
MATCH (t)-[x:TESTS]->(o:Drug)
WHERE NOT o.drug_id IN $drug AND x.role IN ['ACTIVE_COMPARATOR', 'PLACEBO_COMPARATOR', 'BACKGROUND']
WITH o, x.role AS role, t, EXISTS { (t)-[:HAS_ARM]->(:ArmGroup {type: 'PLACEBO_COMPARATOR'}) } AS placebo ORDER BY t.trial_id
WITH o, role, count(DISTINCT t) AS trials, sum(CASE WHEN placebo THEN 1 ELSE 0 END) AS with_placebo_arm,
       max(t.phase_rank) AS highest_phase, collect(t.trial_id)[0..3] AS examples
RETURN o.name AS other_drug, role, trials, with_placebo_arm, highest_phase, examples
ORDER BY trials DESC, o.drug_id, role
LIMIT $most
