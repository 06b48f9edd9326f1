// Why trials stopped, by phase and kind of reason
// Read: terminated, withdrawn and suspended trials; the kind of reason is read from the sponsor's own words
//   (`in_their_words` shows some), too few participants first where several are named.
// $about  subject = null  a drug, class of drugs (with all below it), condition (the same) or sponsor (with subsidiaries); everything if left out
// $most   int = 200       how many rows at most
// -> reason, phases, trials, in_their_words, examples
CALL {
  UNWIND $about AS id MATCH (:Drug {drug_id: id})<-[:TESTS]-(t:Trial) RETURN t
  UNION
  UNWIND $about AS id MATCH (:Condition {condition_id: id})<-[:STUDIES]-(t:Trial) RETURN t
  UNION
  UNWIND $about AS id MATCH (:Organization {organization_id: id})<-[:SUBSIDIARY_OF*0..]-(o:Organization)
  MATCH (o)-[:SPONSORS|COLLABORATES_ON]->(t:Trial) RETURN t
  UNION
  WITH $about AS about WHERE about IS NULL MATCH (t:Trial) WHERE t.listed_only IS NULL OR NOT t.listed_only RETURN t
}
WITH t WHERE t.overall_status IN ['TERMINATED', 'WITHDRAWN', 'SUSPENDED']
WITH t, toLower(coalesce(t.why_stopped, '')) AS why ORDER BY t.trial_id
WITH t, CASE
       WHEN why =~ '(?s).*(accru|recru|enrol|slow|low number of (patients|participants|subjects)|lack of (patients|participants|subjects)|insufficient (patients|participants|subjects|number)|no (patients|participants|subjects)).*' THEN 'too few participants'
       WHEN why =~ '(?s).*(fund|sponsor|business|strateg|financ|budget|company|commercial|portfolio|grant|priorit|marketing|development).*' THEN 'money or business'
       WHEN why =~ '(?s).*(safety|toxic|adverse|side effect|risk|death|harm).*' THEN 'safety'
       WHEN why =~ '(?s).*(futil|efficac|ineffective|no benefit|lack of (effect|response)|not effective|interim|endpoint|negative).*' THEN 'no effect seen'
       WHEN why =~ '(?s).*(covid|pandemic|sars).*' THEN 'pandemic'
       WHEN why =~ '(?s).*(\\bpi\\b|investigator|staff|personnel|left|moved|relocat|transfer|retire|resign).*' THEN 'people left'
       WHEN why =~ '(?s).*(drug|supply|supplies|product|device|manufactur|availab).*' THEN 'supply of what is tested'
       WHEN why =~ '(?s).*(regulat|fda|irb|ethic|approv|hold|authorit).*' THEN 'authorities'
       WHEN why = '' THEN 'no reason given'
       ELSE 'other'
     END AS reason
RETURN reason, t.phases AS phases, count(DISTINCT t) AS trials, collect(t.why_stopped)[0..3] AS in_their_words,
       collect(t.trial_id)[0..3] AS examples
ORDER BY trials DESC, reason, examples[0]
LIMIT $most
