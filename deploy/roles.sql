-- Roles of Bảng Điểm. Twice changes nothing. The embedded server runs this file at every start; on a real server
-- (PostgreSQL 18, as a role that may create roles):
--
--     psql --set ON_ERROR_STOP=1 --file deploy/roles.sql
--     createdb --owner=owner --template=template0 --encoding=UTF8 \
--         --locale-provider=builtin --builtin-locale=PG_UNICODE_FAST --locale=C.UTF-8 bangdiem
--     psql --command '\password owner' --command '\password app'
--
-- Passwords are never written here. Grants on tables are made by the migrations, which run as owner.

DO $$
DECLARE
    wanted record;
BEGIN
    IF current_setting('server_version_num')::int < 180000 THEN
        RAISE EXCEPTION 'Bảng Điểm needs PostgreSQL 18 or later, this is %', current_setting('server_version');
    END IF;
    FOR wanted IN
        SELECT * FROM (VALUES
            -- owns the database and its schemas; used by migrations only
            ('owner',   'LOGIN INHERIT'),
            -- one per service: what a service may do is granted to its role
            ('ingest',  'NOLOGIN NOINHERIT'),
            ('scoring', 'NOLOGIN NOINHERIT'),
            ('gateway', 'NOLOGIN NOINHERIT'),
            -- reads everything a person who checks us must see; a personal login is made a member of it
            ('auditor', 'NOLOGIN NOINHERIT'),
            -- what services log in as; it may nothing by itself and becomes a service by "-c role=<service>"
            ('app',     'LOGIN NOINHERIT')
        ) AS roles (name, options)
    LOOP
        BEGIN
            EXECUTE format('CREATE ROLE %I NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS %s',
                           wanted.name, wanted.options);
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;  -- there already, or made by another session at this moment
        END;
    END LOOP;
END
$$;

-- INHERIT FALSE: an inheriting member would see through the row security of all its services at once.
GRANT ingest, scoring, gateway TO app WITH INHERIT FALSE, SET TRUE, ADMIN FALSE;

-- A role of that name that was there before with more rights would undo every grant below it: refuse it by name.
DO $$
DECLARE
    mighty text;
BEGIN
    SELECT string_agg(rolname, ', ' ORDER BY rolname) INTO mighty
      FROM pg_roles
     WHERE rolname IN ('owner', 'ingest', 'scoring', 'gateway', 'auditor', 'app')
       AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication
            OR (rolinherit AND rolname <> 'owner')
            OR (rolcanlogin AND rolname NOT IN ('owner', 'app')));
    IF mighty IS NOT NULL THEN
        RAISE EXCEPTION 'these roles existed before with more rights than Bảng Điểm gives them: %', mighty
              USING HINT = 'Take the extra attributes away with ALTER ROLE, then run deploy/roles.sql again.';
    END IF;
END
$$;
