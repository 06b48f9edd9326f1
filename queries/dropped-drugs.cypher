// Drugs given up in a condition for money, business or too few participants, with no trial begun since
// Read: one line a drug whose stopped trial gave such a reason, and of which no later trial of the condition (or
//   one below it) began; `begun_elsewhere` counts later trials of other conditions.
// $condition  condition  a condition, with all below it
// $most       int = 200  how many drugs at most
// -> drug, drug_id, stopped_trial, started, status, why_stopped, trials, begun_elsewhere
UNWIND $condition AS meant
MATCH (:Condition {condition_id: meant})<-[:STUDIES]-(t:Trial)
WITH DISTINCT t
MATCH (t)-[r:TESTS]->(d:Drug)
WHERE r.role IN ['EXPERIMENTAL', 'UNKNOWN']
WITH DISTINCT t, d ORDER BY coalesce(t.start_date, '') DESC, t.trial_id DESC
WITH d, collect(t) AS all_trials
WITH d, head(all_trials) AS t, size(all_trials) AS trials
WITH d, t, trials, toLower(coalesce(t.why_stopped, '')) AS why
WHERE t.overall_status IN ['TERMINATED', 'WITHDRAWN', 'SUSPENDED']
  AND why =~ '(?s).*(accru|recru|enrol|fund|sponsor|business|strateg|financ|budget|company|commercial|portfolio|priorit).*'
RETURN d.name AS drug, d.drug_id AS drug_id, t.trial_id AS stopped_trial, t.start_date AS started,
       t.overall_status AS status, t.why_stopped AS why_stopped, trials,
       COUNT { MATCH (d)<-[:TESTS]-(later:Trial) WHERE later.start_date > t.start_date RETURN DISTINCT later } AS begun_elsewhere
ORDER BY started DESC, drug_id
LIMIT $most
