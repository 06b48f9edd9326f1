// Trials most like this one, and what makes them alike
// Read: the most alike first; `score` is from 0 to 1, `because` names what both have in common: classes where no drug,
//   the setting where nothing else; `trialgraph why A B` has every part.
// $trial    trial           a trial id, such as NCT04324411
// $phase    phase = null    only of this phase
// $status   status = null   only with this status
// $country  country = null  only with a site in this country
// $most     int = 10        how many to show
// -> trial_id, title, phases, status, score, because
MATCH (t:Trial {trial_id: $trial})-[s:SIMILAR_TO]-(o:Trial)
WHERE ($phase IS NULL OR $phase IN o.phases) AND ($status IS NULL OR o.overall_status = $status)
  AND ($country IS NULL OR EXISTS { MATCH (o)-[:CONDUCTED_IN]->(:Country {iso2: $country}) })
RETURN o.trial_id AS trial_id, o.brief_title AS title, o.phases AS phases, o.overall_status AS status, s.score AS score,
       {shared_drugs: s.shared_drugs, shared_conditions: s.shared_conditions, shared_procedures: s.shared_procedures,
        shared_classes: s.shared_classes, shared_settings: s.shared_settings, shared_terms: s.shared_terms} AS because
ORDER BY score DESC, trial_id
LIMIT $most
