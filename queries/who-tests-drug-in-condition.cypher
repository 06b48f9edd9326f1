// Who runs trials of a drug in a condition and everything below it
// Read: one line a sponsor; `trials` are distinct, `conditions` those of the trials at or below the one asked for.
// $drug       drug       a drug or a class of drugs, by any name
// $condition  condition  a condition, with all below it
// $most       int = 200  how many sponsors at most
// -> sponsor, sponsor_class, country, trials, recruiting, highest_phase, first_start, last_start, conditions,
//   examples
UNWIND $drug AS id
MATCH (d:Drug {drug_id: id})<-[:TESTS]-(t:Trial)-[:STUDIES]->(c:Condition)
WHERE c.condition_id IN $condition
WITH t, c.name AS condition ORDER BY condition
WITH t, collect(DISTINCT condition) AS conditions
OPTIONAL MATCH (o:Organization)-[:SPONSORS]->(t)
WITH o, t, conditions ORDER BY t.trial_id
WITH o, count(DISTINCT t) AS trials,
     sum(CASE
       WHEN t.overall_status IN ['RECRUITING', 'NOT_YET_RECRUITING', 'ENROLLING_BY_INVITATION'] THEN 1
       ELSE 0
     END) AS recruiting,
     max(t.phase_rank) AS highest_phase, min(t.start_date) AS first_start, max(t.start_date) AS last_start,
     collect(conditions) AS lists, collect(t.trial_id)[0..3] AS examples
UNWIND lists AS list
UNWIND list AS name
WITH o, trials, recruiting, highest_phase, first_start, last_start, examples, name ORDER BY name
RETURN o.name AS sponsor, o.class AS sponsor_class, o.country AS country, trials, recruiting, highest_phase, first_start, last_start,
       collect(DISTINCT name) AS conditions, examples
ORDER BY trials DESC, examples[0]
LIMIT $most
