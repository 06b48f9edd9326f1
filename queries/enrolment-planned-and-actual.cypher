// How many participants were planned, and how many there were
// Read: one line a change of the number of participants; the last of a trial with `kind` planned to actual tells
//   how the plan was met.
// Needs: ChangeEvent: no record is held in two versions yet; crawl again later, or import dated versions
// $about  subject = null  a drug, class of drugs (with all below it), condition (the same) or sponsor (with subsidiaries); everything if left out
// $most   int = 1000      how many rows at most
// -> trial_id, title, status, seen, before, after, kind, now, now_is
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
MATCH (t)-[:HAS_CHANGE]->(e:ChangeEvent {field: 'enrollment'})
RETURN t.trial_id AS trial_id, t.brief_title AS title, t.overall_status AS status, e.seen_at AS seen, e.old AS before,
       e.new AS after, e.kind AS kind, t.enrollment AS now, t.enrollment_type AS now_is
ORDER BY trial_id, seen, e.change_id
LIMIT $most
