// Trials that nothing ties to others: no similar trial, no drug, or no condition
// Read: one line a trial with what it lacks; a look at these shows what the links still miss.
// $lacking  text = null  only trials lacking this: drug, condition or similar trial
// $most     int = 200    how many rows at most
// -> trial_id, title, study_type, lacks, conditions_as_written, interventions_as_written
MATCH (t:Trial)
WHERE t.listed_only IS NULL OR NOT t.listed_only
WITH t, [part IN [
  CASE WHEN t.study_type = 'INTERVENTIONAL' AND NOT EXISTS { (t)-[:TESTS]->(:Drug) }
        AND EXISTS { MATCH (t)-[:HAS_INTERVENTION]->(i:Intervention) WHERE i.type IN ['DRUG', 'BIOLOGICAL'] } THEN 'drug' END,
  CASE WHEN NOT EXISTS { (t)-[:STUDIES]->(:Condition) } THEN 'condition' END,
  CASE WHEN NOT EXISTS { (t)-[:SIMILAR_TO]-(:Trial) } THEN 'similar trial' END
] WHERE part IS NOT NULL] AS lacks
WHERE size(lacks) > 0 AND ($lacking IS NULL OR $lacking IN lacks)
RETURN t.trial_id AS trial_id, t.brief_title AS title, t.study_type AS study_type, lacks,
       t.conditions AS conditions_as_written,
       COLLECT { MATCH (t)-[:HAS_INTERVENTION]->(i:Intervention) RETURN i.name ORDER BY i.intervention_id } AS interventions_as_written
ORDER BY size(lacks) DESC, trial_id
LIMIT $most
