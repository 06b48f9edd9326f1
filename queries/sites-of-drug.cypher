// Where a drug is tested
// Read: one line a site; a facility counts within its city, `recruiting` are its trials that take patients now.
//   Locations that name no facility, such as Research Site, are no sites.
// $drug       drug              a drug or a class of drugs, by any name
// $condition  condition = null  only trials of this condition or one below it
// $country    country = null    only sites in this country
// $most       int = 200         how many sites at most
// -> facility, city, country, trials, recruiting, first_start, last_start, examples
UNWIND $drug AS id
MATCH (d:Drug {drug_id: id})<-[:TESTS]-(t:Trial)
WHERE $condition IS NULL OR EXISTS {
    MATCH (t)-[:STUDIES]->(c:Condition) WHERE c.condition_id IN $condition RETURN c
  }
WITH DISTINCT t
MATCH (t)-[:CONDUCTED_AT]->(s:Site)
WHERE $country IS NULL OR s.country = $country
WITH DISTINCT t, s ORDER BY t.trial_id
RETURN s.facility AS facility, s.city AS city, s.country AS country, count(DISTINCT t) AS trials,
       sum(CASE
         WHEN t.overall_status IN ['RECRUITING', 'NOT_YET_RECRUITING', 'ENROLLING_BY_INVITATION'] THEN 1
         ELSE 0
       END) AS recruiting,
       min(t.start_date) AS first_start, max(t.start_date) AS last_start, collect(t.trial_id)[0..3] AS examples,
       s.site_id AS site_id
ORDER BY trials DESC, site_id
LIMIT $most
