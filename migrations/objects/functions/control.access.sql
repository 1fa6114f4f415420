-- Two people: nobody approves a credential or a grant that they asked for or that is theirs (SEC-05).

-- A credential is a key of the body that asked for it; a successor has the former key's holder and roles.
CREATE OR REPLACE FUNCTION control.check_credential() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM control.api_key WHERE key_id = NEW.key_id AND agency = NEW.agency) THEN
    RAISE EXCEPTION 'key % is not one of %', NEW.key_id, NEW.agency USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.rotates IS NOT NULL AND NOT EXISTS (
       SELECT FROM control.api_key former JOIN control.api_key successor USING (agency, holder, roles)
        WHERE former.key_id = NEW.rotates AND successor.key_id = NEW.key_id) THEN
    RAISE EXCEPTION 'key % is no successor of %', NEW.key_id, NEW.rotates USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER check_credential BEFORE INSERT ON control.credential
  FOR EACH ROW EXECUTE FUNCTION control.check_credential();

-- Two people: neither who asked for a credential, nor whose it is, approves it (SEC-05).
CREATE OR REPLACE FUNCTION control.check_credential_approval() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
  asked control.credential;
BEGIN
  SELECT * INTO asked FROM control.credential WHERE key_id = NEW.key_id AND agency = NEW.agency;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'credential % of % was not asked for', NEW.key_id, NEW.agency USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF control.same_person(asked.requested_by, NEW.actor) OR control.same_person('key:' || NEW.key_id, NEW.actor) THEN
    RAISE EXCEPTION 'credential % is approved by %', NEW.key_id, NEW.actor USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER check_credential_approval BEFORE INSERT ON control.credential_approval
  FOR EACH ROW EXECUTE FUNCTION control.check_credential_approval();

-- Two people: neither who asked for a grant, nor whom it is for, approves it (SEC-05).
CREATE OR REPLACE FUNCTION control.check_grant_decision() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
  asked control.member_grant;
BEGIN
  SELECT * INTO asked FROM control.member_grant
   WHERE grant_id = NEW.grant_id AND agency IS NOT DISTINCT FROM NEW.agency AND subject = NEW.subject;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'grant % of % was not asked for', NEW.grant_id, NEW.agency USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF TG_TABLE_NAME = 'grant_approval'
     AND (control.same_person(asked.requested_by, NEW.actor) OR control.same_person(asked.subject, NEW.actor)
          OR control.is_held_by(NEW.actor, asked.holder)) THEN
    RAISE EXCEPTION 'grant % is approved by %', NEW.grant_id, NEW.actor USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER check_grant_decision BEFORE INSERT ON control.grant_approval
  FOR EACH ROW EXECUTE FUNCTION control.check_grant_decision();
CREATE TRIGGER check_grant_decision BEFORE INSERT ON control.grant_revocation
  FOR EACH ROW EXECUTE FUNCTION control.check_grant_decision();
