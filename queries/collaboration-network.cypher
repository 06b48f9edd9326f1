// Who works with whom
// Read: one line a pair of organisations that take part in the same trials, lead or collaborator; years are
//   those of the trials' starts.
// $about  subject     a drug, class of drugs (with all below it), condition (the same) or sponsor (with subsidiaries)
// $since  date = null  only trials begun on or after this day
// $most   int = 500   how many pairs at most
// -> organization, partner, trials, first_year, last_year, examples
CALL {
  UNWIND $about AS id MATCH (:Drug {drug_id: id})<-[:TESTS]-(t:Trial) RETURN t
  UNION
  UNWIND $about AS id MATCH (:Condition {condition_id: id})<-[:STUDIES]-(t:Trial) RETURN t
  UNION
  UNWIND $about AS id MATCH (:Organization {organization_id: id})<-[:SUBSIDIARY_OF*0..]-(o:Organization)
  MATCH (o)-[:SPONSORS|COLLABORATES_ON]->(t:Trial) RETURN t
}
WITH t WHERE $since IS NULL OR t.start_date >= $since
MATCH (a:Organization)-[:SPONSORS|COLLABORATES_ON]->(t)
MATCH (b:Organization)-[:SPONSORS|COLLABORATES_ON]->(t)
WHERE a.organization_id < b.organization_id
WITH DISTINCT a, b, t ORDER BY t.trial_id
WITH a, b, count(t) AS trials, min(left(t.start_date, 4)) AS first_year,
       max(left(t.start_date, 4)) AS last_year, collect(t.trial_id)[0..3] AS examples
RETURN a.name AS organization, b.name AS partner, trials, first_year, last_year, examples
ORDER BY trials DESC, a.organization_id, b.organization_id
LIMIT $most
