// Trials and participants by country and year
// Read: a trial counts once in each country that its record names. Participants are known only for the whole trial:
//   those of trials in one country stand in its row, those of multinational trials once in `(several countries)`,
//   so that the column adds up to all participants, each counted once.
// $about  subject       a drug, class of drugs (with all below it), condition (the same) or sponsor (with subsidiaries)
// $since  date = null   only trials begun on or after this day
// $most   int = 1000    how many rows at most
// -> country, year, trials, participants, single_country
CALL {
  UNWIND $about AS id MATCH (:Drug {drug_id: id})<-[:TESTS]-(t:Trial) RETURN t
  UNION
  UNWIND $about AS id MATCH (:Condition {condition_id: id})<-[:STUDIES]-(t:Trial) RETURN t
  UNION
  UNWIND $about AS id MATCH (:Organization {organization_id: id})<-[:SUBSIDIARY_OF*0..]-(o:Organization)
  MATCH (o)-[:SPONSORS|COLLABORATES_ON]->(t:Trial) RETURN t
}
WITH t WHERE $since IS NULL OR t.start_date >= $since
WITH t, COLLECT { MATCH (t)-[:CONDUCTED_IN]->(x:Country) RETURN x.name AS name ORDER BY name } AS names
WITH t, size(names) AS countries,
     CASE size(names) WHEN 0 THEN ['(no country named)'] WHEN 1 THEN names ELSE ['(several countries)'] + names END AS named
UNWIND named AS country
RETURN country, left(t.start_date, 4) AS year, count(t) AS trials,
       sum(CASE WHEN countries < 2 OR country = '(several countries)' THEN t.enrollment ELSE 0 END) AS participants,
       sum(CASE WHEN countries = 1 THEN 1 ELSE 0 END) AS single_country
ORDER BY country, year
LIMIT $most
