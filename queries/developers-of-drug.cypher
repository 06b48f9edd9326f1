// Who else develops a drug, or another drug of its classes
// Read: first the sponsors of the drug itself (`shared` is empty), then those of other drugs of its classes,
//   with the class they share.
// $drug    drug         a drug by any of its names
// $scheme  text = null  only classes of this scheme: mesh-action or mesh-tree
// $most    int = 200    how many rows at most
// -> sponsor, sponsor_class, shared, drugs, trials, recruiting, highest_phase, last_start
CALL {
  MATCH (d:Drug {drug_id: $drug}) RETURN d AS other, null AS shared
  UNION
  MATCH (d:Drug {drug_id: $drug})-[:IN_CLASS]->(k:DrugClass)<-[:IN_CLASS]-(other:Drug)
  WHERE ($scheme IS NULL OR k.scheme = $scheme) AND other.drug_id <> d.drug_id
  RETURN other, min(k.name) AS shared
}
MATCH (other)<-[r:TESTS]-(t:Trial)<-[:SPONSORS]-(o:Organization)
WHERE r.role IN ['EXPERIMENTAL', 'UNKNOWN']
WITH DISTINCT o, shared, other, t
WITH o, shared, other.name AS drug, t ORDER BY drug
WITH o, shared, collect(DISTINCT drug) AS drugs, count(DISTINCT t) AS trials,
     count(DISTINCT CASE WHEN t.overall_status IN ['RECRUITING', 'NOT_YET_RECRUITING', 'ENROLLING_BY_INVITATION'] THEN t END) AS recruiting,
     max(t.phase_rank) AS highest_phase, max(t.start_date) AS last_start
RETURN o.name AS sponsor, o.class AS sponsor_class, shared, drugs, trials, recruiting, highest_phase, last_start
ORDER BY CASE WHEN shared IS NULL THEN 0 ELSE 1 END, trials DESC, o.organization_id, shared
LIMIT $most
