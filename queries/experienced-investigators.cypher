// Investigators with experience in trials like this one
// Read: one line a person named as an official of the trial itself or of one similar to it; the same name at
//   another body is another person.
// $trial  trial      a trial id, such as NCT04324411
// $most   int = 100  how many people at most
// -> name, affiliation, roles, trials, weight, examples
CALL {
  MATCH (t:Trial {trial_id: $trial}) RETURN t AS o, 1.0 AS score
  UNION
  MATCH (:Trial {trial_id: $trial})-[s:SIMILAR_TO]-(o:Trial) RETURN o, s.score AS score
}
MATCH (o)-[h:HAS_OFFICIAL]->(p:Person)
WITH p, o, score, h.role AS role ORDER BY role
WITH p, o, score, collect(DISTINCT role) AS some ORDER BY score DESC, o.trial_id
WITH p, reduce(every = [], list IN collect(some) | every + [x IN list WHERE NOT x IN every]) AS roles, count(o) AS trials,
       round(sum(score), 3) AS weight, collect(o.trial_id)[0..3] AS examples
RETURN p.name AS name, p.affiliation AS affiliation, roles, trials, weight, examples
ORDER BY weight DESC, trials DESC, p.person_id
LIMIT $most
