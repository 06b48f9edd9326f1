// Interventions of drug type that no drug was found in, the most frequent first
// Read: as records write them, without regard to capitals; placebo and standard of care are left out on purpose,
//   the rest are gaps.
// $type  text = DRUG  the type of intervention: DRUG, BIOLOGICAL, DEVICE, ...
// $most  int = 200    how many rows at most
// -> as_written, trials, examples
MATCH (i:Intervention {type: $type})<-[:HAS_INTERVENTION]-(t:Trial)
WHERE NOT EXISTS { (i)-[:INCLUDES_DRUG|INCLUDES_DEVICE|INCLUDES_PROCEDURE]->() }
WITH toLower(trim(i.name)) AS as_written, t ORDER BY t.trial_id
RETURN as_written, count(DISTINCT t) AS trials, collect(DISTINCT t.trial_id)[0..3] AS examples
ORDER BY trials DESC, as_written
LIMIT $most
