// What a drug is compared with, and what is given beside it
// Read: one line a drug and its role in trials where the drug asked for is on trial; `with_placebo_arm` counts those
//   with a placebo arm, `only_described` those that name the drug in a description alone, often as one of a class.
// $drug       drug              a drug or a class of drugs, by any name
// $condition  condition = null  only trials of this condition or one below it
// $most       int = 200         how many rows at most
// -> other_drug, role, trials, with_placebo_arm, only_described, highest_phase, examples
UNWIND $drug AS id
MATCH (d:Drug {drug_id: id})<-[r:TESTS]-(t:Trial)
WHERE r.role IN ['EXPERIMENTAL', 'UNKNOWN'] AND ($condition IS NULL OR EXISTS {
    MATCH (t)-[:STUDIES]->(c:Condition) WHERE c.condition_id IN $condition RETURN c
  })
WITH DISTINCT t
MATCH (t)-[x:TESTS]->(o:Drug)
WHERE NOT o.drug_id IN $drug AND x.role IN ['ACTIVE_COMPARATOR', 'PLACEBO_COMPARATOR', 'BACKGROUND']
WITH o, x.role AS role, t, EXISTS { (t)-[:HAS_ARM]->(:ArmGroup {type: 'PLACEBO_COMPARATOR'}) } AS placebo,
     EXISTS {
       MATCH (t)-[:HAS_INTERVENTION]->(:Intervention)-[l:INCLUDES_DRUG]->(o)
       WHERE l.span_in IS NULL OR l.span_in <> 'description'
     } AS named
ORDER BY t.trial_id
WITH o, role, count(DISTINCT t) AS trials, sum(CASE WHEN placebo THEN 1 ELSE 0 END) AS with_placebo_arm,
     sum(CASE WHEN named THEN 0 ELSE 1 END) AS only_described,
       max(t.phase_rank) AS highest_phase, collect(t.trial_id)[0..3] AS examples
RETURN o.name AS other_drug, role, trials, with_placebo_arm, only_described, highest_phase, examples
ORDER BY trials DESC, o.drug_id, role
LIMIT $most
