-- The same counts, with what an actor held looked up once and not for every row: of keys it never changes, of people only where
-- a grant of theirs began or ended within the span.
CREATE OR REPLACE FUNCTION audit.usage(since timestamptz, until timestamptz)
RETURNS TABLE (user_group text, roles text[], action text, depth integer, entries bigint, actors bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
#variable_conflict use_column
DECLARE
  reach text := coalesce(current_setting('bangdiem.reads', true), '');
BEGIN
  PERFORM set_config('bangdiem.reads', '*', true);
  RETURN QUERY WITH written AS MATERIALIZED (
    SELECT e.actor, e.action, e.recorded_at, split_part(e.actor, ':', 1) AS kind
      FROM audit.entry e WHERE e.recorded_at >= since AND e.recorded_at < until),
  changed AS MATERIALIZED (
    SELECT DISTINCT g.subject
      FROM control.member_grant g JOIN control.grant_approval a USING (grant_id)
      LEFT JOIN control.grant_revocation r USING (grant_id)
     WHERE a.recorded_at BETWEEN since AND until OR r.recorded_at BETWEEN since AND until OR g.ends_at BETWEEN since AND until),
  steady AS MATERIALIZED (
    SELECT w.actor, audit.roles_of(w.actor, since) AS held
      FROM (SELECT DISTINCT actor FROM written WHERE kind NOT IN ('service', 'local')) AS w
     WHERE NOT EXISTS (SELECT FROM changed c WHERE c.subject = w.actor)),
  counted AS MATERIALIZED (
    SELECT w.kind, w.actor, w.action, s.held, count(*) AS times
      FROM written w LEFT JOIN steady s USING (actor)
     WHERE NOT EXISTS (SELECT FROM changed c WHERE c.subject = w.actor) GROUP BY 1, 2, 3, 4
    UNION ALL
    SELECT w.kind, w.actor, w.action, audit.roles_of(w.actor, w.recorded_at), count(*)
      FROM written w JOIN changed c ON c.subject = w.actor GROUP BY 1, 2, 3, 4),
  placed AS (
    SELECT w.actor, w.action, w.times, coalesce(w.held, '{}') AS roles,
           CASE WHEN w.kind IN ('service', 'local') THEN 'machine'
                ELSE coalesce((SELECT g.user_group FROM audit.usage_group g WHERE g.role = ANY(w.held)
                                ORDER BY g.precedence LIMIT 1), 'none') END AS user_group
      FROM counted w)
  SELECT p.user_group, p.roles, p.action,
         CASE grouping(p.user_group, p.roles, p.action) WHEN 0 THEN 3 WHEN 1 THEN 2 WHEN 3 THEN 1 ELSE 0 END,
         coalesce(sum(p.times), 0)::bigint, count(DISTINCT p.actor)
    FROM placed p
   GROUP BY GROUPING SETS ((p.user_group, p.roles, p.action), (p.user_group, p.roles), (p.user_group), ())
   ORDER BY 4, 1, 2, 3;
  PERFORM set_config('bangdiem.reads', reach, true);
END $$;
