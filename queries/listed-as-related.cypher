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
       [pair IN [
         ['drugs', s.shared_drugs], ['conditions', s.shared_conditions], ['procedures', s.shared_procedures],
         ['classes', CASE WHEN size(s.shared_drugs) > 0 THEN [] ELSE s.shared_classes END],
         ['setting', CASE WHEN size(s.shared_drugs) > 0 OR size(s.shared_conditions) > 0 OR size(s.shared_procedures) > 0
                            OR size(s.shared_classes) > 0 THEN [] ELSE s.shared_settings END],
         ['words', s.shared_terms[0..4]]
       ] WHERE size(pair[1]) > 0 |
         pair[0] + ': ' + reduce(text = head(pair[1]), one IN tail(pair[1]) | text + ' + ' + one)
       ] AS because
ORDER BY position, trial_id
