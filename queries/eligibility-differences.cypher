// Whom similar trials take that this one does not, and the other way round
// Read: one line a similar trial; `differs_in` names what is not the same, the columns after it hold this
//   trial's and the other's value.
// $trial  trial     a trial id, such as NCT04324411
// $most   int = 10  how many similar trials at most
// -> trial_id, title, score, differs_in, sexes, ages, healthy_volunteers
MATCH (t:Trial {trial_id: $trial})-[s:SIMILAR_TO]-(o:Trial)
RETURN o.trial_id AS trial_id, o.brief_title AS title, s.score AS score,
       [part IN [
         CASE WHEN coalesce(t.sex, '?') <> coalesce(o.sex, '?') THEN 'sex' END,
         CASE WHEN coalesce(t.minimum_age_years, -1.0) < coalesce(o.minimum_age_years, -1.0) THEN 'this one takes younger people'
              WHEN coalesce(t.minimum_age_years, -1.0) > coalesce(o.minimum_age_years, -1.0) THEN 'the other takes younger people' END,
         CASE WHEN coalesce(t.maximum_age_years, 999.0) > coalesce(o.maximum_age_years, 999.0) THEN 'this one takes older people'
              WHEN coalesce(t.maximum_age_years, 999.0) < coalesce(o.maximum_age_years, 999.0) THEN 'the other takes older people' END,
         CASE WHEN coalesce(t.healthy_volunteers, false) <> coalesce(o.healthy_volunteers, false) THEN 'healthy volunteers' END
       ] WHERE part IS NOT NULL] AS differs_in,
       [coalesce(t.sex, '?'), coalesce(o.sex, '?')] AS sexes,
       [coalesce(t.minimum_age, 'any') + ' to ' + coalesce(t.maximum_age, 'any'),
        coalesce(o.minimum_age, 'any') + ' to ' + coalesce(o.maximum_age, 'any')] AS ages,
       [t.healthy_volunteers, o.healthy_volunteers] AS healthy_volunteers
ORDER BY score DESC, trial_id
LIMIT $most
