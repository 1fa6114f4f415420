-- A version may be public from an instant on (PUB-08). Whether it has come, the database's clock says: as of the transaction, so
-- that all statements of an answer agree.

CREATE OR REPLACE FUNCTION scoring.is_released(release_at timestamptz) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
  RETURN coalesce(release_at <= now(), true);

-- Whether the session reads what is not released: of the whole and of every body ("*"), or a body's code, of its part alone.
-- What a former transaction set is left as empty text, which nobody previews: the whole sheet's renderings bear it as body.
CREATE OR REPLACE FUNCTION scoring.previews(agency text) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
  RETURN coalesce(nullif(current_setting('bangdiem.previews', true), '') IN ('*', agency), false);

CREATE OR REPLACE FUNCTION scoring.previews_some() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
  RETURN coalesce(current_setting('bangdiem.previews', true), '') <> '';

-- Whether there is a version of a month, released or not, for those who are not told of it before.
CREATE OR REPLACE FUNCTION scoring.is_made(asked text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
  SELECT EXISTS (SELECT FROM scoring.publication p WHERE p.period = asked)
$$;

-- The next instant at which something is released and how many seconds away it is, for gateways that keep sheets in memory;
-- nothing of the version itself.
CREATE OR REPLACE FUNCTION scoring.next_release() RETURNS TABLE (release_at timestamptz, seconds double precision)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
  SELECT min(p.release_at), extract(epoch FROM min(p.release_at) - clock_timestamp())::double precision
    FROM scoring.publication p WHERE p.release_at > now()
$$;

REVOKE EXECUTE ON FUNCTION scoring.is_made, scoring.next_release FROM PUBLIC;

-- Ahead, and not so far that a slip holds a month for long; and no version is public before one that was made earlier.
CREATE OR REPLACE FUNCTION scoring.check_embargo() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  IF NEW.release_at <= clock_timestamp() OR NEW.release_at > clock_timestamp() + interval '30 days' THEN
    RAISE EXCEPTION 'the instant of release % is not ahead, or more than 30 days', NEW.release_at USING ERRCODE = 'check_violation';
  END IF;
  IF EXISTS (SELECT FROM scoring.publication former
              WHERE former.period = NEW.period AND former.release_at > coalesce(NEW.release_at, clock_timestamp())) THEN
    RAISE EXCEPTION 'an earlier version of % is released later', NEW.period USING ERRCODE = 'object_not_in_prerequisite_state';
  END IF;
  IF EXISTS (SELECT FROM control.command asked WHERE asked.command_id = NEW.command_id AND asked.kind = 'publish'
              AND (asked.arguments ->> 'release_at')::timestamptz IS DISTINCT FROM NEW.release_at) THEN
    RAISE EXCEPTION 'run % is published for another instant than was asked for', NEW.run_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER check_embargo BEFORE INSERT ON scoring.publication
  FOR EACH ROW EXECUTE FUNCTION scoring.check_embargo();

-- That it was released is told once it was.
CREATE OR REPLACE FUNCTION scoring.check_release() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM scoring.publication p WHERE p.publication_id = NEW.publication_id AND p.release_at <= now()) THEN
    RAISE EXCEPTION 'publication % is not released', NEW.publication_id USING ERRCODE = 'object_not_in_prerequisite_state';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER check_release BEFORE INSERT ON scoring.publication_release
  FOR EACH ROW EXECUTE FUNCTION scoring.check_release();
