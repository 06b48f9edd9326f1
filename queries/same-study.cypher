// The same study in other registries, and studies that follow one another
// Read: one line a pair; registrations are never merged, `evidence` says what links them.
// $trial  trial = null  only pairs with this trial; every pair if left out
// $most   int = 1000    how many pairs at most
// -> trial_id, relation, other_id, title, other_title, evidence, confidence
CALL {
  MATCH (a:Trial {trial_id: $trial})-[r:SAME_STUDY_AS|FOLLOW_UP_OF]-(:Trial) RETURN r
  UNION
  WITH $trial AS given WHERE given IS NULL MATCH (:Trial)-[r:SAME_STUDY_AS|FOLLOW_UP_OF]->(:Trial) RETURN r
}
WITH startNode(r) AS a, endNode(r) AS b, r
RETURN a.trial_id AS trial_id, CASE type(r) WHEN 'SAME_STUDY_AS' THEN 'is the same study as' ELSE 'is a follow-up of' END AS relation,
       b.trial_id AS other_id, a.brief_title AS title, b.brief_title AS other_title, r.evidence AS evidence, r.confidence AS confidence
ORDER BY relation, trial_id, other_id
LIMIT $most
