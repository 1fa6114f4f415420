-- How the system was used in a span of time, counted by user group (Regulation 02-QC/BCĐTW,
-- Art. 20.4). Counts, never rows.

-- The roles an actor had at an instant, by what is on record: those of the key, or of the grants in force for one side, that of
-- the first one approved, as services.gateway.access.auth takes them. Null for who has no record.
CREATE OR REPLACE FUNCTION audit.roles_of(who text, at timestamptz) RETURNS text[] LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
  SELECT CASE WHEN starts_with(who, 'key:')
    THEN (SELECT array_agg(DISTINCT role ORDER BY role) FROM control.api_key k, unnest(k.roles) AS role
           WHERE k.key_id = substr(who, 5))
    ELSE (WITH in_force AS (
            SELECT g.agency, g.roles, row_number() OVER (ORDER BY a.recorded_at, g.sequence) AS place
              FROM control.member_grant g JOIN control.grant_approval a USING (grant_id)
              LEFT JOIN control.grant_revocation r USING (grant_id)
             WHERE g.subject = who AND a.recorded_at <= at AND (r.recorded_at IS NULL OR r.recorded_at > at)
               AND (g.ends_at IS NULL OR g.ends_at > at))
          SELECT array_agg(DISTINCT role ORDER BY role) FROM in_force, unnest(in_force.roles) AS role
           WHERE in_force.agency IS NOT DISTINCT FROM (SELECT f.agency FROM in_force f WHERE f.place = 1))
    END
$$;

-- Counts of audit rows and of distinct actors: per group, roles and action, then (action null) per group and roles, per group,
-- and of all. Every row is in exactly one group: services and the machine's operator in `machine`, who has no role on record in
-- `none`. What an actor held is looked up once and not for every row: of keys it never changes, of people only where a grant of
-- theirs began or ended within the span. Read with the owner's eyes, which see people's grants only while this runs: the
-- session's own reach is put back.
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

REVOKE EXECUTE ON FUNCTION audit.roles_of, audit.usage FROM PUBLIC;
