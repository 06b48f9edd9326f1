// Arms, doses, routes and schedules of a drug, by condition
// Read: one line for each drug, condition, dose, strength, form, route and schedule; empty where records say nothing.
//   `dose` is in one unit for each kind (mg, mL, IU, ...) and `per` says per what (m², kg, day, ...); `strength` is of
//   the product (%, mg/mL); `as_written` has the words, and `arms` counts the arms that get it.
// $drug       drug              a drug or a class of drugs, by any name
// $condition  condition = null  only trials of this condition or one below it
// $most       int = 500         how many rows at most
// -> drug, condition, dose, unit, per, strength, strength_unit, form, route, frequency, trials, arms, as_written, examples
UNWIND $drug AS id
MATCH (d:Drug {drug_id: id})<-[l:INCLUDES_DRUG]-(i:Intervention)<-[:HAS_INTERVENTION]-(t:Trial)-[:STUDIES]->(c:Condition)
WHERE (l.dose_value IS NOT NULL OR l.strength_value IS NOT NULL OR l.route IS NOT NULL OR l.frequency IS NOT NULL
       OR l.form IS NOT NULL)
  AND ($condition IS NULL OR c.condition_id IN $condition)
WITH d, c, l.dose_normal_value AS dose, l.dose_normal_unit AS unit, l.dose_per AS per, l.strength_value AS strength,
     l.strength_unit AS strength_unit, l.form AS form, l.route AS route, l.frequency AS frequency, l.dose_text AS text, t,
     COLLECT { MATCH (a:ArmGroup)-[:RECEIVES]->(i) RETURN a.arm_id } AS arm_ids
ORDER BY t.trial_id, text
WITH d, c, dose, unit, per, strength, strength_unit, form, route, frequency, collect(DISTINCT t.trial_id) AS ids,
     collect(DISTINCT text)[0..3] AS as_written, collect(arm_ids) AS lists
WITH d, c, dose, unit, per, strength, strength_unit, form, route, frequency, ids, as_written,
     reduce(every = [], list IN lists | every + [x IN list WHERE NOT x IN every]) AS arm_ids
RETURN d.name AS drug, c.name AS condition, dose, unit, per, strength, strength_unit, form, route, frequency,
       size(ids) AS trials, size(arm_ids) AS arms, as_written, ids[0..3] AS examples
ORDER BY trials DESC, drug, condition, coalesce(dose, -1.0), coalesce(unit, ''), coalesce(per, ''), coalesce(strength, -1.0),
         coalesce(strength_unit, ''), coalesce(form, ''), coalesce(route, ''), coalesce(frequency, '')
LIMIT $most
