// Trials in one country and in several, by phase
// Read: countries are all that a trial's record names; trials that name none stand apart.
// $about  subject  a drug, class of drugs (with all below it), condition (the same) or sponsor (with subsidiaries)
// -> reach, phases, trials, participants, median_countries, recruiting
CALL {
  UNWIND $about AS id MATCH (:Drug {drug_id: id})<-[:TESTS]-(t:Trial) RETURN t
  UNION
  UNWIND $about AS id MATCH (:Condition {condition_id: id})<-[:STUDIES]-(t:Trial) RETURN t
  UNION
  UNWIND $about AS id MATCH (:Organization {organization_id: id})<-[:SUBSIDIARY_OF*0..]-(o:Organization)
  MATCH (o)-[:SPONSORS|COLLABORATES_ON]->(t:Trial) RETURN t
}
WITH t, COUNT { MATCH (t)-[:CONDUCTED_IN]->(x:Country) RETURN DISTINCT x } AS countries
RETURN CASE WHEN countries = 0 THEN 'no country named' WHEN countries = 1 THEN 'one country' ELSE 'multinational' END AS reach,
       t.phases AS phases, count(DISTINCT t) AS trials, sum(t.enrollment) AS participants,
       percentileDisc(countries, 0.5) AS median_countries,
       sum(CASE
         WHEN t.overall_status IN ['RECRUITING', 'NOT_YET_RECRUITING', 'ENROLLING_BY_INVITATION'] THEN 1
         ELSE 0
       END) AS recruiting
ORDER BY reach, trials DESC, reduce(text = '', p IN phases | text + p)
