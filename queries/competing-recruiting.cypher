// Trials that look for the same patients now, those at the same sites first
// Read: one line a trial that recruits for the same condition, one below it or the next above it; `same_sites` are facilities both name.
// $trial    trial           a trial id, such as NCT04324411
// $country  country = null  only with a site in this country
// $most     int = 100       how many rows at most
// -> trial_id, title, phases, status, conditions, same_sites, same_countries, score, sponsor
MATCH (t:Trial {trial_id: $trial})-[:STUDIES]->(c:Condition)
WITH DISTINCT t, c
CALL (c) {
  MATCH (c)<-[:IS_A*0..]-(near:Condition) RETURN near
  UNION
  MATCH (c)-[:IS_A]->(near:Condition) RETURN near
}
MATCH (near)<-[:STUDIES]-(o:Trial)
WHERE o.trial_id <> t.trial_id
  AND o.overall_status IN ['RECRUITING', 'NOT_YET_RECRUITING', 'ENROLLING_BY_INVITATION']
  AND ($country IS NULL OR EXISTS { MATCH (o)-[:CONDUCTED_IN]->(:Country {iso2: $country}) })
WITH t, o, near.name AS name ORDER BY name
WITH t, o, collect(DISTINCT name) AS conditions
WITH t, o, conditions,
     COLLECT {
       MATCH (t)-[:CONDUCTED_AT]->(x:Site)<-[:CONDUCTED_AT]-(o)
       WHERE x.facility IS NOT NULL
       RETURN DISTINCT x.facility + ', ' + coalesce(x.city, '?') AS name ORDER BY name
     } AS same_sites,
     COLLECT {
       MATCH (t)-[:CONDUCTED_IN]->(x:Country)
       WHERE EXISTS { MATCH (o)-[:CONDUCTED_IN]->(x) }
       RETURN DISTINCT x.name AS name ORDER BY name
     } AS same_countries,
     head(COLLECT { MATCH (t)-[s:SIMILAR_TO]-(o) RETURN s.score ORDER BY s.score DESC }) AS score
RETURN o.trial_id AS trial_id, o.brief_title AS title, o.phases AS phases, o.overall_status AS status,
       conditions, same_sites, same_countries, score,
       head(COLLECT { MATCH (x:Organization)-[:SPONSORS]->(o) RETURN x.name ORDER BY x.name }) AS sponsor
ORDER BY size(same_sites) DESC, size(same_countries) DESC, coalesce(score, 0.0) DESC, trial_id
LIMIT $most
