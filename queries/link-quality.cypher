// How good the links are: what was linked, how, and what was not
// Read: `linked` of `all` things of a kind reached a node of that kind; what is not linked is placebo, too
//   general, or unknown to us.
// -> what, all_of_them, linked, share, to_a_vocabulary
CALL {
  MATCH (i:Intervention)
  WHERE i.type IN ['DRUG', 'BIOLOGICAL', 'GENETIC', 'DIETARY_SUPPLEMENT', 'COMBINATION_PRODUCT', 'DEVICE', 'PROCEDURE', 'RADIATION', 'BEHAVIORAL', 'DIAGNOSTIC_TEST', 'OTHER']
  RETURN 'interventions of type ' + i.type AS what, count(i) AS all_of_them,
         sum(CASE WHEN EXISTS { (i)-[:INCLUDES_DRUG|INCLUDES_DEVICE|INCLUDES_PROCEDURE]->() } THEN 1 ELSE 0 END) AS linked,
         sum(CASE WHEN EXISTS { MATCH (i)-[l:INCLUDES_DRUG|INCLUDES_DEVICE|INCLUDES_PROCEDURE]->() WHERE l.vocabulary <> 'none' } THEN 1 ELSE 0 END) AS to_a_vocabulary
  UNION ALL
  MATCH (t:Trial) WHERE t.study_type IS NOT NULL
  RETURN 'trials of type ' + t.study_type + ' with a drug' AS what, count(t) AS all_of_them,
         sum(CASE WHEN EXISTS { (t)-[:TESTS]->(:Drug) } THEN 1 ELSE 0 END) AS linked,
         sum(CASE WHEN EXISTS { MATCH (t)-[:TESTS]->(d:Drug) WHERE NOT d.drug_id STARTS WITH 'TXT:' } THEN 1 ELSE 0 END) AS to_a_vocabulary
  UNION ALL
  MATCH (t:Trial) WHERE t.study_type IS NOT NULL
  RETURN 'trials of type ' + t.study_type + ' with a condition' AS what, count(t) AS all_of_them,
         sum(CASE WHEN EXISTS { (t)-[:STUDIES]->(:Condition) } THEN 1 ELSE 0 END) AS linked,
         sum(CASE WHEN EXISTS { MATCH (t)-[:STUDIES]->(c:Condition) WHERE NOT c.condition_id STARTS WITH 'TXT:' } THEN 1 ELSE 0 END) AS to_a_vocabulary
  UNION ALL
  MATCH (o:Organization)
  RETURN 'organisations with a ROR id' AS what, count(o) AS all_of_them,
         sum(CASE WHEN o.ror_id IS NOT NULL THEN 1 ELSE 0 END) AS linked,
         sum(CASE WHEN o.ror_id IS NOT NULL THEN 1 ELSE 0 END) AS to_a_vocabulary
}
RETURN what, all_of_them, linked,
       CASE WHEN all_of_them > 0 THEN round(toFloat(linked) / all_of_them, 3) END AS share, to_a_vocabulary
ORDER BY what
