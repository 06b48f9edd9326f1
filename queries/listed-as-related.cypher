// What a mirror's page lists as related to a trial, beside our own measure
// Read: one line a listed trial, in the mirror's order; `score` and `because` are ours, empty where we see too
//   little in common.
// Needs: LISTED_AS_RELATED: no mirror's page was crawled; 'trialgraph crawl meddatax --id ...' does that
// $trial  trial  a trial id, such as NCT04324411
// -> position, trial_id, title, listed_title, listed_status, mirror, score, because
MATCH (t:Trial {trial_id: $trial})-[l:LISTED_AS_RELATED]->(o:Trial)
OPTIONAL MATCH (t)-[s:SIMILAR_TO]-(o)
RETURN l.position AS position, o.trial_id AS trial_id, o.brief_title AS title, l.listed_title AS listed_title,
       l.listed_status AS listed_status, l.source_name AS mirror, s.score AS score,
       [part IN [
         CASE WHEN size(s.shared_drugs) > 0
           THEN 'drugs: ' + reduce(text = head(s.shared_drugs), x IN tail(s.shared_drugs) | text + ', ' + x) END,
         CASE WHEN size(s.shared_conditions) > 0
           THEN 'conditions: ' + reduce(text = head(s.shared_conditions), x IN tail(s.shared_conditions) | text + ', ' + x) END,
         CASE WHEN size(s.shared_procedures) > 0
           THEN 'procedures: ' + reduce(text = head(s.shared_procedures), x IN tail(s.shared_procedures) | text + ', ' + x) END,
         CASE WHEN size(s.shared_terms) > 0
           THEN 'words: ' + reduce(text = head(s.shared_terms), x IN tail(s.shared_terms) | text + ', ' + x) END
       ] WHERE part IS NOT NULL] AS because
ORDER BY position, trial_id
