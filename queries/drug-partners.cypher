// Drugs tested in the same trials as a drug
// Read: `trials` give both drugs; `together` are those where one arm gets both, `as_comparator` those that
//   compare with the partner.
// $drug  drug       a drug or a class of drugs, by any name
// $most  int = 100  how many partners at most
// -> partner, partner_id, trials, together, as_comparator, as_background, examples
UNWIND $drug AS id
MATCH (d:Drug {drug_id: id})<-[:TESTS]-(t:Trial)
WITH DISTINCT t
MATCH (t)-[r:TESTS]->(p:Drug)
WHERE NOT p.drug_id IN $drug
WITH t, p, max(CASE WHEN r.role = 'ACTIVE_COMPARATOR' THEN 1 ELSE 0 END) AS comparator,
     max(CASE WHEN r.role = 'BACKGROUND' THEN 1 ELSE 0 END) AS background
WITH t, p, comparator, background,
     CASE WHEN EXISTS {
       MATCH (t)-[:HAS_ARM]->(a:ArmGroup)-[:RECEIVES]->(:Intervention)-[:INCLUDES_DRUG]->(d:Drug)
       MATCH (a)-[:RECEIVES]->(:Intervention)-[:INCLUDES_DRUG]->(p)
       WHERE d.drug_id IN $drug
     } THEN 1 ELSE 0 END AS together
ORDER BY t.trial_id
RETURN p.name AS partner, p.drug_id AS partner_id, count(t) AS trials, sum(together) AS together,
       sum(comparator) AS as_comparator, sum(background) AS as_background, collect(t.trial_id)[0..3] AS examples
ORDER BY trials DESC, partner_id
LIMIT $most
