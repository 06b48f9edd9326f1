// The usual primary endpoints of a condition, and their time frames
// Read: endpoints are put together when their words agree without regard to capitals, those of most sponsors first;
//   `time_frames` shows some as written.
// $condition  condition  a condition, with all below it
// $most       int = 100  how many endpoints at most
// -> endpoint, trials, sponsors, time_frames, examples
UNWIND $condition AS meant
MATCH (:Condition {condition_id: meant})<-[:STUDIES]-(t:Trial)
WITH DISTINCT t
MATCH (t)-[:MEASURES]->(o:Outcome {type: 'PRIMARY'})
WHERE o.measure IS NOT NULL
WITH toLower(trim(o.measure)) AS endpoint, o, t
OPTIONAL MATCH (b:Organization)-[:SPONSORS]->(t)
WITH endpoint, o, t, b ORDER BY t.trial_id, o.outcome_id
RETURN endpoint, count(DISTINCT t) AS trials, count(DISTINCT b) AS sponsors, collect(DISTINCT o.time_frame)[0..3] AS time_frames,
       collect(DISTINCT t.trial_id)[0..3] AS examples
ORDER BY sponsors DESC, trials DESC, endpoint
LIMIT $most
