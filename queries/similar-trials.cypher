// Trials most like this one, and what makes them alike
// Read: the most alike first; `score` is from 0 to 1, `because` names what both have in common.
// $trial  trial          a trial id, such as NCT04324411
// $most   int = 10       how many to show
// -> trial_id, title, phases, status, score, because
MATCH (t:Trial {trial_id: $trial})-[s:SIMILAR_TO]-(o:Trial)
RETURN o.trial_id AS trial_id, o.brief_title AS title, o.phases AS phases, o.overall_status AS status, s.score AS score,
       [part IN [
         CASE WHEN size(s.shared_drugs) > 0
           THEN 'drugs: ' + reduce(text = head(s.shared_drugs), x IN tail(s.shared_drugs) | text + ', ' + x) END,
         CASE WHEN size(s.shared_conditions) > 0
           THEN 'conditions: ' + reduce(text = head(s.shared_conditions), x IN tail(s.shared_conditions) | text + ', ' + x) END,
         CASE WHEN size(s.shared_procedures) > 0
           THEN 'procedures: ' + reduce(text = head(s.shared_procedures), x IN tail(s.shared_procedures) | text + ', ' + x) END,
         CASE WHEN size(s.shared_terms) > 0
           THEN 'words: ' + reduce(text = head(s.shared_terms), x IN tail(s.shared_terms) | text + ', ' + x) END
       ] WHERE part IS NOT NULL] AS because
ORDER BY score DESC, trial_id
LIMIT $most
