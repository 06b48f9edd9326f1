// Drugs tested in the same trials as a drug
// Read: `trials` give both drugs; `together` are those where one arm gets both, `as_comparator` those that
//   compare with the partner.
// $drug  drug       a drug by any of its names
// $most  int = 100  how many partners at most
// -> partner, partner_id, trials, together, as_comparator, as_background, examples
MATCH (d:Drug {drug_id: $drug})<-[:TESTS]-(t:Trial)
WITH DISTINCT d, t
MATCH (t)-[r:TESTS]->(p:Drug)
WHERE p.drug_id <> d.drug_id
WITH d, t, p, max(CASE WHEN r.role = 'ACTIVE_COMPARATOR' THEN 1 ELSE 0 END) AS comparator,
     max(CASE WHEN r.role = 'BACKGROUND' THEN 1 ELSE 0 END) AS background
WITH t, p, comparator, background,
     CASE WHEN EXISTS {
       MATCH (t)-[:HAS_ARM]->(a:ArmGroup)-[:RECEIVES]->(:Intervention)-[:INCLUDES_DRUG]->(d)
       MATCH (a)-[:RECEIVES]->(:Intervention)-[:INCLUDES_DRUG]->(p)
     } THEN 1 ELSE 0 END AS together
ORDER BY t.trial_id
RETURN p.name AS partner, p.drug_id AS partner_id, count(t) AS trials, sum(together) AS together,
       sum(comparator) AS as_comparator, sum(background) AS as_background, collect(t.trial_id)[0..3] AS examples
ORDER BY trials DESC, partner_id
LIMIT $most
