// Organisations that bring others together, by period
// Read: `partners` are distinct organisations in the same trials; `only_through` of them meet nobody else in
//   these trials of that period, so the broker is their one link.
// $about  subject    a drug, class of drugs (with all below it), condition (the same) or sponsor (with subsidiaries)
// $most   int = 100  how many rows at most
// -> period, organization, organization_class, trials, partners, only_through
CALL {
  UNWIND $about AS id MATCH (:Drug {drug_id: id})<-[:TESTS]-(t:Trial) RETURN t
  UNION
  UNWIND $about AS id MATCH (:Condition {condition_id: id})<-[:STUDIES]-(t:Trial) RETURN t
  UNION
  UNWIND $about AS id MATCH (:Organization {organization_id: id})<-[:SUBSIDIARY_OF*0..]-(o:Organization)
  MATCH (o)-[:SPONSORS|COLLABORATES_ON]->(t:Trial) RETURN t
}
WITH t WHERE t.start_date IS NOT NULL
WITH t, toString(toInteger(left(t.start_date, 4)) / 5 * 5) + ' to ' + toString(toInteger(left(t.start_date, 4)) / 5 * 5 + 4) AS period
MATCH (a:Organization)-[:SPONSORS|COLLABORATES_ON]->(t)
MATCH (b:Organization)-[:SPONSORS|COLLABORATES_ON]->(t)
WHERE a.organization_id <> b.organization_id
WITH period, a.organization_id AS id, b.organization_id AS partner, collect(DISTINCT t.trial_id) AS shared
WITH period, partner, collect({id: id, shared: shared}) AS around
UNWIND around AS one
WITH period, one.id AS id, partner, size(around) AS degree, one.shared AS shared
UNWIND shared AS trial
WITH period, id, count(DISTINCT trial) AS trials, count(DISTINCT partner) AS partners,
     count(DISTINCT CASE WHEN degree = 1 THEN partner END) AS only_through
WHERE partners > 1
MATCH (a:Organization {organization_id: id})
RETURN period, a.name AS organization, a.class AS organization_class, trials, partners, only_through
ORDER BY period DESC, only_through DESC, partners DESC, id
LIMIT $most
