// Trials whose primary outcome changed after they had begun
// Read: `when_changed` says whether the trial had begun or was even past its primary completion; a later record
//   may also only be better worded (`kind` REWORDED), or an outcome moved to another rank (MOVED_TO, MOVED_FROM).
// Needs: ChangeEvent: no record is held in two versions yet; crawl again later, or import dated versions
// $about  subject = null  a drug, class of drugs (with all below it), condition (the same) or sponsor (with subsidiaries); everything if left out
// $most   int = 1000      how many rows at most
// -> trial_id, title, when_changed, seen, started, primary_completion, kind, before, after
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
MATCH (t)-[:HAS_CHANGE]->(e:ChangeEvent {field: 'primary_outcome'})
WHERE t.start_date IS NOT NULL AND e.seen_at > t.start_date
RETURN t.trial_id AS trial_id, t.brief_title AS title,
       CASE WHEN e.seen_at > t.primary_completion_date THEN 'after primary completion' ELSE 'after the start' END AS when_changed,
       e.seen_at AS seen, t.start_date AS started, t.primary_completion_date AS primary_completion, e.kind AS kind,
       e.old AS before, e.new AS after
ORDER BY seen DESC, trial_id, e.change_id
LIMIT $most
