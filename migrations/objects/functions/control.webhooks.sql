-- What is said about a webhook is said for its body, and nothing more once it has ended (INT-13).

-- What is said about a webhook is said for its body, and nothing more once it has ended; an event may be on
-- its way at that moment, and is not sent.
CREATE OR REPLACE FUNCTION control.check_of_webhook() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM control.webhook WHERE webhook_id = NEW.webhook_id AND agency = NEW.agency) THEN
    RAISE EXCEPTION 'webhook % is not one of %', NEW.webhook_id, NEW.agency USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF TG_TABLE_NAME <> 'webhook_delivery'
     AND EXISTS (SELECT FROM control.webhook_step WHERE webhook_id = NEW.webhook_id AND state = 'ended') THEN
    RAISE EXCEPTION 'webhook % has ended', NEW.webhook_id USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER check_of_webhook BEFORE INSERT ON control.webhook_step
  FOR EACH ROW EXECUTE FUNCTION control.check_of_webhook();
CREATE TRIGGER check_of_webhook BEFORE INSERT ON control.webhook_secret
  FOR EACH ROW EXECUTE FUNCTION control.check_of_webhook();
CREATE TRIGGER check_of_webhook BEFORE INSERT ON control.webhook_replay
  FOR EACH ROW EXECUTE FUNCTION control.check_of_webhook();
CREATE TRIGGER check_of_webhook BEFORE INSERT ON control.webhook_delivery
  FOR EACH ROW EXECUTE FUNCTION control.check_of_webhook();
