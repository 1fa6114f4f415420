-- How the system was used in a span of time, counted by user group (Regulation 02-QC/BCĐTW, Art. 20.4). Counts, never rows.

CREATE TABLE audit.usage_group (
    role TEXT NOT NULL,
    user_group TEXT NOT NULL,
    precedence INTEGER NOT NULL,
    CONSTRAINT pk_usage_group PRIMARY KEY (role)
);
CREATE INDEX ix_entry_recorded_at ON audit.entry USING brin (recorded_at);

INSERT INTO audit.usage_group (role, user_group, precedence) VALUES
  ('system_administrator', 'administration', 1),
  ('agency_admin',         'administration', 1),
  ('operator',             'administration', 1),
  ('publisher',            'approval',       2),
  ('assessor',             'approval',       2),
  ('agency_approver',      'approval',       2),
  ('agency_signer',        'approval',       2),
  ('officer',              'updating',       3),
  ('agency_drafter',       'updating',       3),
  ('agency_unit',          'updating',       3),
  ('auditor',              'monitoring',     4),
  ('records_reviewer',     'monitoring',     4),
  ('reader',               'monitoring',     4),
  ('public',               'monitoring',     4);

-- The roles an actor had at an instant, by what is on record: those of the key, or of the grants in force for one side, that of
-- the first one approved, as services.gateway.access.auth takes them. Null for who has no record.
CREATE FUNCTION audit.roles_of(who text, at timestamptz) RETURNS text[] LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
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
REVOKE EXECUTE ON FUNCTION audit.roles_of FROM PUBLIC;

-- Counts of audit rows and of distinct actors: per group, roles and action, then (action null) per group and roles, per group,
-- and of all. Every row is in exactly one group: services and the machine's operator in `machine`, who has no role on record in
-- `none`. Read with the owner's eyes, which see people's grants only while this runs: the session's own reach is put back.
CREATE FUNCTION audit.usage(since timestamptz, until timestamptz)
RETURNS TABLE (user_group text, roles text[], action text, depth integer, entries bigint, actors bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
#variable_conflict use_column
DECLARE
  reach text := coalesce(current_setting('bangdiem.reads', true), '');
BEGIN
  PERFORM set_config('bangdiem.reads', '*', true);
  RETURN QUERY WITH written AS MATERIALIZED (
    SELECT e.actor, e.action,
           CASE WHEN split_part(e.actor, ':', 1) NOT IN ('service', 'local') THEN audit.roles_of(e.actor, e.recorded_at) END AS held
      FROM audit.entry e WHERE e.recorded_at >= since AND e.recorded_at < until),
  placed AS (
    SELECT w.actor, w.action, coalesce(w.held, '{}') AS roles,
           CASE WHEN split_part(w.actor, ':', 1) IN ('service', 'local') THEN 'machine'
                ELSE coalesce((SELECT g.user_group FROM audit.usage_group g WHERE g.role = ANY(w.held)
                                ORDER BY g.precedence LIMIT 1), 'none') END AS user_group
      FROM written w)
  SELECT p.user_group, p.roles, p.action,
         CASE grouping(p.user_group, p.roles, p.action) WHEN 0 THEN 3 WHEN 1 THEN 2 WHEN 3 THEN 1 ELSE 0 END,
         count(*), count(DISTINCT p.actor)
    FROM placed p
   GROUP BY GROUPING SETS ((p.user_group, p.roles, p.action), (p.user_group, p.roles), (p.user_group), ())
   ORDER BY 4, 1, 2, 3;
  PERFORM set_config('bangdiem.reads', reach, true);
END $$;
REVOKE EXECUTE ON FUNCTION audit.usage FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit.usage TO gateway;
GRANT SELECT ON audit.usage_group TO gateway;

-- The owner is held by row security too: it sees grants while a session looks at all bodies.
CREATE POLICY counted ON control.member_grant FOR SELECT TO CURRENT_USER USING (intake.office());
CREATE POLICY counted ON control.grant_approval FOR SELECT TO CURRENT_USER USING (intake.office());
CREATE POLICY counted ON control.grant_revocation FOR SELECT TO CURRENT_USER USING (intake.office());

-- Nobody who writes an entry reads it back, and no session of the gateway reads another's.
REVOKE SELECT ON audit.entry FROM gateway;
