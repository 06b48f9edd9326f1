// How a drug went from phase to phase in each condition, and how long that took
// Read: one line a condition; `phase_1` to `phase_4` are the days the first trial of that phase began (a phase
//   1/2 trial counts for both), the years lie between them.
// $drug  drug       a drug or a class of drugs, by any name
// $most  int = 200  how many conditions at most
// -> condition, trials, phase_1, phase_2, phase_3, phase_4, years_1_to_2, years_2_to_3, years_3_to_4, highest_phase
UNWIND $drug AS id
MATCH (d:Drug {drug_id: id})<-[r:TESTS]-(t:Trial)
WHERE r.role IN ['EXPERIMENTAL', 'UNKNOWN']
WITH DISTINCT t
MATCH (t)-[:STUDIES]->(c:Condition)
WITH DISTINCT c, t
WITH c, count(t) AS trials, max(t.phase_rank) AS highest_phase,
     min(CASE WHEN 'PHASE1' IN t.phases OR 'EARLY_PHASE1' IN t.phases THEN t.start_date END) AS phase_1,
     min(CASE WHEN 'PHASE2' IN t.phases THEN t.start_date END) AS phase_2,
     min(CASE WHEN 'PHASE3' IN t.phases THEN t.start_date END) AS phase_3,
     min(CASE WHEN 'PHASE4' IN t.phases THEN t.start_date END) AS phase_4
RETURN c.name AS condition, trials, phase_1, phase_2, phase_3, phase_4,
       CASE WHEN phase_1 < phase_2 THEN round(duration.inDays(date(phase_1), date(phase_2)).days / 365.25, 1) END AS years_1_to_2,
       CASE WHEN phase_2 < phase_3 THEN round(duration.inDays(date(phase_2), date(phase_3)).days / 365.25, 1) END AS years_2_to_3,
       CASE WHEN phase_3 < phase_4 THEN round(duration.inDays(date(phase_3), date(phase_4)).days / 365.25, 1) END AS years_3_to_4,
       highest_phase
ORDER BY coalesce(highest_phase, 0.0) DESC, trials DESC, c.condition_id
LIMIT $most
