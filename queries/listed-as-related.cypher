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
       {shared_drugs: s.shared_drugs, shared_conditions: s.shared_conditions, shared_procedures: s.shared_procedures,
        shared_classes: s.shared_classes, shared_settings: s.shared_settings, shared_terms: s.shared_terms} AS because
ORDER BY position, trial_id
