// Who else develops a drug, or another drug of its classes
// Read: first the sponsors of the drug itself (`shared` is empty), then those of other drugs of its classes,
//   with the class they share.
// $drug    drug         a drug or a class of drugs, by any name
// $scheme  text = null  only classes of this scheme: CURATED (our table) or MESH_TREE (chemical)
// $most    int = 200    how many rows at most
// -> sponsor, sponsor_class, shared, drugs, trials, recruiting, highest_phase, last_start
CALL {
  UNWIND $drug AS id MATCH (d:Drug {drug_id: id}) RETURN d AS other, null AS shared
  UNION
  UNWIND $drug AS id MATCH (d:Drug {drug_id: id})-[:IN_CLASS]->(k:DrugClass)<-[:IN_CLASS]-(other:Drug)
  WHERE ($scheme IS NULL OR k.scheme = $scheme) AND NOT other.drug_id IN $drug
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
