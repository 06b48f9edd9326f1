// The life of one trial: its dates and every change of its record
// Read: one line an event in order of time; `from` and `to` are what the record said before and after.
// $trial  trial  a trial id, such as NCT04324411
// -> day, event, before, after, precision
MATCH (t:Trial {trial_id: $trial})
CALL (t) {
  UNWIND [
    {day: t.first_submit_date, event: 'first submitted', after: null, precision: t.first_submit_date_precision},
    {day: t.first_post_date, event: 'first posted', after: null, precision: t.first_post_date_precision},
    {day: t.start_date, event: 'start', after: t.start_date_type, precision: t.start_date_precision},
    {day: t.primary_completion_date, event: 'primary completion', after: t.primary_completion_date_type, precision: t.primary_completion_date_precision},
    {day: t.completion_date, event: 'completion', after: t.completion_date_type, precision: t.completion_date_precision},
    {day: t.results_first_post_date, event: 'results first posted', after: null, precision: t.results_first_post_date_precision},
    {day: t.last_update_post_date, event: 'last update posted', after: t.overall_status, precision: t.last_update_post_date_precision}
  ] AS one
  WITH one WHERE one.day IS NOT NULL
  RETURN one.day AS day, one.event AS event, null AS before, one.after AS after, one.precision AS precision
  UNION ALL
  MATCH (t)-[:HAS_CHANGE]->(e:ChangeEvent)
  RETURN e.seen_at AS day, 'changed: ' + e.field AS event, e.old AS before, e.new AS after, 'DAY' AS precision
}
RETURN day, event, before, after, precision
ORDER BY day, event, coalesce(before, ''), coalesce(after, '')
