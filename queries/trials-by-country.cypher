// Trials and participants by country and year
// Read: a trial counts once in each country where it has a site; its participants, known only for the whole
//   trial, count in full in each.
// $about  subject       a drug, class of drugs (with all below it), condition (the same) or sponsor (with subsidiaries)
// $since  date = null   only trials begun on or after this day
// $most   int = 1000    how many rows at most
// -> country, year, trials, participants, single_country
CALL {
  UNWIND $about AS id MATCH (:Drug {drug_id: id})<-[:TESTS]-(t:Trial) RETURN t
  UNION
  UNWIND $about AS id MATCH (:Condition {condition_id: id})<-[:IS_A*0..]-(:Condition)<-[:STUDIES]-(t:Trial) RETURN t
  UNION
  UNWIND $about AS id MATCH (:Organization {organization_id: id})<-[:SUBSIDIARY_OF*0..]-(o:Organization)
  MATCH (o)-[:SPONSORS|COLLABORATES_ON]->(t:Trial) RETURN t
}
WITH t WHERE $since IS NULL OR t.start_date >= $since
MATCH (t)-[:CONDUCTED_AT]->(:Site)-[:IN_COUNTRY]->(c:Country)
WITH DISTINCT t, c
WITH t, c, COUNT { MATCH (t)-[:CONDUCTED_AT]->(:Site)-[:IN_COUNTRY]->(x:Country) RETURN DISTINCT x } AS countries
RETURN c.name AS country, left(t.start_date, 4) AS year, count(t) AS trials, sum(t.enrollment) AS participants,
       sum(CASE WHEN countries = 1 THEN 1 ELSE 0 END) AS single_country
ORDER BY country, year
LIMIT $most
