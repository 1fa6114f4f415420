-- History says who did what, and bodies stay apart: whom a session may know by name.

-- Who stands behind actors' ids, as far as a session may know: keys' holders and people with an approved grant, those that
-- ended too, because history names them. A session for one body ('bangdiem.reads') knows the names of that body's people, of
-- the national offices' people their roles, and of other bodies' people nothing at all; one for all bodies ('*') knows
-- everybody, one for the national offices' side ('office') those offices' people; everybody knows themself. Read with the
-- owner's eyes, which see people's grants only while this runs: the session's own reach is put back.
CREATE OR REPLACE FUNCTION control.people_known(actors text[])
RETURNS TABLE (actor text, agency text, roles text[], name text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
#variable_conflict use_column
DECLARE
  reach text := coalesce(current_setting('bangdiem.reads', true), '');
BEGIN
  PERFORM set_config('bangdiem.reads', '*', true);
  RETURN QUERY WITH held AS (
    SELECT 'key:' || k.key_id AS actor, k.roles, k.holder AS name, 0::bigint AS place,
           -- With roles of a national office it is where the holder comes from, and not for whom they act.
           CASE WHEN EXISTS (SELECT FROM unnest(k.roles) AS role WHERE starts_with(role, 'agency_')) THEN k.agency END AS agency
      FROM control.api_key k
     WHERE k.key_id IN (SELECT substr(asked, 5) FROM unnest(actors) AS asked WHERE starts_with(asked, 'key:'))
    UNION ALL
    SELECT g.subject, g.roles, g.holder, g.sequence, g.agency
      FROM control.member_grant g JOIN control.grant_approval a USING (grant_id) WHERE g.subject = ANY (actors)),
  sides AS (
    SELECT h.actor, h.agency, max(h.place) AS place, (array_agg(h.name ORDER BY h.place DESC))[1] AS name,
           (SELECT array_agg(DISTINCT role ORDER BY role) FROM held o, unnest(o.roles) AS role
             WHERE o.actor = h.actor AND o.agency IS NOT DISTINCT FROM h.agency) AS roles
      FROM held h GROUP BY h.actor, h.agency)
  SELECT DISTINCT ON (s.actor) s.actor, s.agency, s.roles,
         CASE WHEN reach = '*' OR s.agency = reach OR (s.agency IS NULL AND reach = 'office') OR control.proves(s.actor)
              THEN s.name END
    FROM sides s
   WHERE reach = '*' OR s.agency = reach OR (s.agency IS NULL AND reach <> '') OR control.proves(s.actor)
   -- One person may have been on several sides: what a body knows of its own goes first, then the latest.
   ORDER BY s.actor, s.agency = reach DESC NULLS LAST, s.place DESC;
  PERFORM set_config('bangdiem.reads', reach, true);
END $$;

REVOKE EXECUTE ON FUNCTION control.people_known FROM PUBLIC;
