// Trials in which an arm gets a combination of drugs
// Read: one line a trial; `exact` is true where an arm gets these drugs and no other, `with_others` names what its arms
//   get beside them, `arms` counts those arms; exact ones first.
// $regimen    regimen           a combination: its name, such as FOLFOX, or its drugs: sirolimus + tretinoin
// $condition  condition = null  only trials of this condition or one below it
// $phase      phase = null      only of this phase
// $status     status = null     only with this status
// $most       int = 1000        how many rows at most
// -> trial_id, title, phases, status, started, exact, arms, with_others, as_written
MATCH (d:Drug)<-[:CONTAINS]-(g:Regimen)
WHERE d.drug_id IN $regimen
WITH g, count(DISTINCT d.drug_id) AS shared
WHERE shared = size($regimen)
MATCH (g)<-[:GIVES]-(a:ArmGroup)<-[:HAS_ARM]-(t:Trial)
WHERE ($phase IS NULL OR $phase IN t.phases)
  AND ($status IS NULL OR t.overall_status = $status)
  AND ($condition IS NULL OR EXISTS {
    MATCH (t)-[:STUDIES]->(c:Condition) WHERE c.condition_id IN $condition RETURN c
  })
WITH t, a, size(g.drug_ids) = size($regimen) AS alone,
     COLLECT { MATCH (g)-[:CONTAINS]->(o:Drug) WHERE NOT o.drug_id IN $regimen RETURN DISTINCT o.name AS name ORDER BY name } AS others
ORDER BY a.arm_id
WITH t, max(CASE WHEN alone THEN 1 ELSE 0 END) AS alone, count(a) AS arms, collect(others) AS lists,
     collect(a.label) AS as_written
UNWIND CASE WHEN size(reduce(every = [], list IN lists | every + list)) = 0 THEN [null]
            ELSE reduce(every = [], list IN lists | every + list) END AS other
WITH DISTINCT t, alone, arms, as_written, other
ORDER BY other
WITH t, alone, arms, as_written, collect(other) AS with_others
RETURN t.trial_id AS trial_id, t.brief_title AS title, t.phases AS phases, t.overall_status AS status,
       t.start_date AS started, alone = 1 AS exact, arms, with_others, as_written
ORDER BY exact DESC, coalesce(started, '') DESC, trial_id
LIMIT $most
