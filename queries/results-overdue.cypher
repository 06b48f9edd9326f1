// Finished trials whose results are due or overdue, and those that posted them
// Read: results are due a year after primary completion; a simple reckoning for interventional trials past phase
//   1, no finding about the law.
// $about  subject = null  a drug, class of drugs (with all below it), condition (the same) or sponsor (with subsidiaries); everything if left out
// $today  date = today    the day to reckon from
// $most   int = 1000      how many rows at most
// -> state, trial_id, title, phases, status, primary_completion, due, days_over, posted, sponsor
CALL {
  UNWIND $about AS id MATCH (:Drug {drug_id: id})<-[:TESTS]-(t:Trial) RETURN t
  UNION
  UNWIND $about AS id MATCH (:Condition {condition_id: id})<-[:STUDIES]-(t:Trial) RETURN t
  UNION
  UNWIND $about AS id MATCH (:Organization {organization_id: id})<-[:SUBSIDIARY_OF*0..]-(o:Organization)
  MATCH (o)-[:SPONSORS|COLLABORATES_ON]->(t:Trial) RETURN t
  UNION
  WITH $about AS about WHERE about IS NULL MATCH (t:Trial) WHERE t.listed_only IS NULL OR NOT t.listed_only RETURN t
}
WITH t
WHERE t.study_type = 'INTERVENTIONAL' AND t.overall_status IN ['COMPLETED', 'TERMINATED', 'UNKNOWN', 'ACTIVE_NOT_RECRUITING']
  AND t.primary_completion_date IS NOT NULL AND t.primary_completion_date < $today
  AND any(phase IN t.phases WHERE phase IN ['PHASE2', 'PHASE3', 'PHASE4'])
WITH t, duration.inDays(date(t.primary_completion_date), date($today)).days - 365 AS days_over
RETURN CASE WHEN t.has_results THEN 'posted' WHEN days_over > 0 THEN 'overdue' ELSE 'due' END AS state,
       t.trial_id AS trial_id, t.brief_title AS title, t.phases AS phases, t.overall_status AS status,
       t.primary_completion_date AS primary_completion,
       toString(date(t.primary_completion_date) + duration({days: 365})) AS due,
       CASE WHEN t.has_results THEN null WHEN days_over > 0 THEN days_over END AS days_over,
       t.results_first_post_date AS posted, head(COLLECT { MATCH (o:Organization)-[:SPONSORS]->(t) RETURN o.name ORDER BY o.name }) AS sponsor
ORDER BY state, coalesce(days_over, 0) DESC, trial_id
LIMIT $most
