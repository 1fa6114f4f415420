-- One person is one person, whichever key they hold (APR-03, RSC-11). Every act of four eyes asks control.same_person, in the
-- database and in the services (shared/people.py): this file is the only place that says what one person is.
--
-- Two actors are one person when they are one key or one subject of an identity provider; when they were given to one holder,
-- the names compared without regard to case and to how their letters are composed (successors of a key have its holder); or when
-- one is a key and the other is who made it. What one person made for two others does not make those two one person.

CREATE OR REPLACE FUNCTION control.as_compared(holder text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN casefold(normalize(holder, NFC) COLLATE pg_catalog.pg_unicode_fast);

-- To whom the key behind an actor was given, or whom a subject was last granted roles as; spelled for comparison. Null for who
-- has neither, such as a service. Only the functions below call it. The owner sees people's grants only while a session looks at
-- all bodies: the session's own reach is put back.
CREATE OR REPLACE FUNCTION control.holder_of(who text) RETURNS text LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
  reach text := coalesce(current_setting('bangdiem.reads', true), '');
  found text;
BEGIN
  IF starts_with(who, 'key:') THEN
    RETURN control.as_compared((SELECT k.holder FROM control.api_key k WHERE k.key_id = substr(who, 5)));
  END IF;
  PERFORM set_config('bangdiem.reads', '*', true);
  SELECT g.holder INTO found FROM control.member_grant g JOIN control.grant_approval USING (grant_id)
   WHERE g.subject = who ORDER BY g.sequence DESC LIMIT 1;
  PERFORM set_config('bangdiem.reads', reach, true);
  RETURN control.as_compared(found);
END $$;

-- Runs with the owner's eyes, and answers yes or no.
CREATE OR REPLACE FUNCTION control.same_person(one text, other text) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$
  SELECT one = other
      OR EXISTS (SELECT FROM control.api_key k WHERE k.key_id = substr(one, 5) AND starts_with(one, 'key:') AND k.created_by = other)
      OR EXISTS (SELECT FROM control.api_key k WHERE k.key_id = substr(other, 5) AND starts_with(other, 'key:') AND k.created_by = one)
      OR coalesce(control.holder_of(one) = control.holder_of(other), false)
$$;

-- Whether the actor is the person of this name, with whichever credential: nobody approves what is given to them.
CREATE OR REPLACE FUNCTION control.is_held_by(actor text, holder text) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$
  SELECT coalesce(control.holder_of(actor) = control.as_compared(holder), false)
$$;

REVOKE EXECUTE ON FUNCTION control.holder_of, control.same_person, control.is_held_by FROM PUBLIC;
