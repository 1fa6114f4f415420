-- Before the objects are laid: away with policies, triggers and views, so that those no file names any more do not stay. The
-- transaction that does this lays them again before anybody sees it. Guards of facts stay (functions/audit.guards.sql), and
-- procrastinate's own triggers.
DO $$
DECLARE
  ours CONSTANT text[] := ARRAY['audit', 'registry', 'control', 'ingest', 'intake', 'scoring'];
  found record;
BEGIN
  FOR found IN SELECT policyname, schemaname, tablename FROM pg_policies WHERE schemaname = ANY(ours) LOOP
    EXECUTE format('DROP POLICY %I ON %I.%I', found.policyname, found.schemaname, found.tablename);
  END LOOP;
  FOR found IN
    SELECT t.tgname, t.tgrelid::regclass AS fact FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
      JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = ANY(ours) AND NOT t.tgisinternal AND t.tgparentid = 0
       AND t.tgname NOT IN ('refuse_change', 'refuse_truncate', 'require_entry')
  LOOP
    EXECUTE format('DROP TRIGGER %I ON %s', found.tgname, found.fact);
  END LOOP;
  FOR found IN SELECT string_agg(format('%I.%I', schemaname, viewname), ', ') AS views FROM pg_views WHERE schemaname = ANY(ours) LOOP
    IF found.views IS NOT NULL THEN
      EXECUTE 'DROP VIEW ' || found.views;
    END IF;
  END LOOP;
END $$;
