// What changed in the records, and when
// Read: one line a change, the newest first; `seen` is the date of the version that shows it.
// Needs: ChangeEvent: no record is held in two versions yet; crawl again later, or import dated versions
// $about  subject = null  a drug, class of drugs (with all below it), condition (the same) or sponsor (with subsidiaries); everything if left out
// $trial  trial = null    only this trial
// $field  text = null     only this field, such as overall_status
// $since  date = null     only seen on or after this day
// $most   int = 1000      how many rows at most
// -> seen, trial_id, title, field, before, after, kind
CALL {
  MATCH (t:Trial {trial_id: $trial}) WHERE $about IS NULL RETURN t
  UNION
  UNWIND $about AS id MATCH (:Drug {drug_id: id})<-[:TESTS]-(t:Trial) RETURN t
  UNION
  UNWIND $about AS id MATCH (:Condition {condition_id: id})<-[:STUDIES]-(t:Trial) RETURN t
  UNION
  UNWIND $about AS id MATCH (:Organization {organization_id: id})<-[:SUBSIDIARY_OF*0..]-(o:Organization)
  MATCH (o)-[:SPONSORS|COLLABORATES_ON]->(t:Trial) RETURN t
  UNION
  WITH $about AS about, $trial AS trial WHERE about IS NULL AND trial IS NULL
  MATCH (:ChangeEvent)<-[:HAS_CHANGE]-(t:Trial) RETURN t
}
MATCH (t)-[:HAS_CHANGE]->(e:ChangeEvent)
WHERE ($trial IS NULL OR t.trial_id = $trial)
  AND ($field IS NULL OR e.field = $field)
  AND ($since IS NULL OR e.seen_at >= $since)
RETURN e.seen_at AS seen, t.trial_id AS trial_id, t.brief_title AS title, e.field AS field, e.old AS before,
       e.new AS after, e.kind AS kind
ORDER BY seen DESC, trial_id, field, e.change_id
LIMIT $most
