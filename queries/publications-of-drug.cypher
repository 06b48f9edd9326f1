// Publications that a drug's trials name
// Read: one line a publication; `types` says what the record names it for: RESULT is the trial's own, BACKGROUND
//   is what it builds on.
// $drug       drug              a drug or a class of drugs, by any name
// $condition  condition = null  only trials of this condition or one below it
// $type       text = null       only RESULT, BACKGROUND or DERIVED
// $most       int = 500         how many publications at most
// -> pmid, citation, types, trials, trial_ids
UNWIND $drug AS id
MATCH (d:Drug {drug_id: id})<-[:TESTS]-(t:Trial)
WHERE $condition IS NULL OR EXISTS {
    MATCH (t)-[:STUDIES]->(c:Condition) WHERE c.condition_id IN $condition RETURN c
  }
WITH DISTINCT t
MATCH (t)-[r:HAS_REFERENCE]->(p:Publication)
WHERE $type IS NULL OR r.type = $type
WITH p, r.type AS type, t ORDER BY type, t.trial_id
WITH p, collect(DISTINCT type) AS types, count(DISTINCT t) AS trials,
       collect(DISTINCT t.trial_id) AS trial_ids
RETURN p.pmid AS pmid, p.citation AS citation, types, trials, trial_ids
ORDER BY trials DESC, p.publication_id
LIMIT $most
