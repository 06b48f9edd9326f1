// Sites with experience in trials like this one
// Read: one line a site that ran the trial itself or one similar to it; `weight` adds up the likeness of those
//   trials.  Locations that name no facility, such as Research Site, are no sites.
// $trial    trial           a trial id, such as NCT04324411
// $country  country = null  only sites in this country
// $most     int = 100       how many sites at most
// -> facility, city, country, trials, weight, ran_this_one, examples
CALL {
  MATCH (t:Trial {trial_id: $trial}) RETURN t AS o, 1.0 AS score
  UNION
  MATCH (:Trial {trial_id: $trial})-[s:SIMILAR_TO]-(o:Trial) RETURN o, s.score AS score
}
MATCH (o)-[:CONDUCTED_AT]->(x:Site)
WHERE $country IS NULL OR x.country = $country
WITH DISTINCT x, o, score ORDER BY score DESC, o.trial_id
RETURN x.facility AS facility, x.city AS city, x.country AS country, count(o) AS trials, round(sum(score), 3) AS weight,
       max(CASE WHEN o.trial_id = $trial THEN 1 ELSE 0 END) = 1 AS ran_this_one, collect(o.trial_id)[0..3] AS examples,
       x.site_id AS site_id
ORDER BY weight DESC, trials DESC, site_id
LIMIT $most
