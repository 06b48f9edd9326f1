// Arms, doses, routes and schedules of a drug, by condition
// Read: one line for each drug, condition, dose, form, route and schedule as records write them; empty where they say nothing.
//   `arms` counts the arms that get it.
// $drug       drug              a drug or a class of drugs, by any name
// $condition  condition = null  only trials of this condition or one below it
// $most       int = 500         how many rows at most
// -> drug, condition, dose, unit, form, route, frequency, trials, arms, examples
UNWIND $drug AS id
MATCH (d:Drug {drug_id: id})<-[l:INCLUDES_DRUG]-(i:Intervention)<-[:HAS_INTERVENTION]-(t:Trial)-[:STUDIES]->(c:Condition)
WHERE (l.dose_value IS NOT NULL OR l.route IS NOT NULL OR l.frequency IS NOT NULL OR l.form IS NOT NULL)
  AND ($condition IS NULL OR EXISTS { MATCH (c)-[:IS_A*0..]->(:Condition {condition_id: $condition}) })
WITH d, c, l.dose_value AS dose, l.dose_unit AS unit, l.form AS form, l.route AS route, l.frequency AS frequency, t,
     COLLECT { MATCH (a:ArmGroup)-[:RECEIVES]->(i) RETURN a.arm_id } AS arm_ids
ORDER BY t.trial_id
WITH d, c, dose, unit, form, route, frequency, collect(DISTINCT t.trial_id) AS ids, collect(arm_ids) AS lists
WITH d, c, dose, unit, form, route, frequency, ids,
     reduce(every = [], list IN lists | every + [x IN list WHERE NOT x IN every]) AS arm_ids
RETURN d.name AS drug, c.name AS condition, dose, unit, form, route, frequency, size(ids) AS trials, size(arm_ids) AS arms, ids[0..3] AS examples
ORDER BY trials DESC, drug, condition, coalesce(dose, -1.0), coalesce(unit, ''), coalesce(form, ''), coalesce(route, ''), coalesce(frequency, '')
LIMIT $most
