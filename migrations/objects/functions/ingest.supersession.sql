-- A frozen snapshot is followed by another version only when a second person agrees (SNP-10).

CREATE OR REPLACE FUNCTION ingest.check_supersession() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  IF NEW.version > 1 AND control.same_person(NEW.requested_by, NEW.approver) THEN
    RAISE EXCEPTION 'snapshot %: approved by who asked for it', NEW.snapshot_id USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER check_supersession BEFORE INSERT ON ingest.snapshot FOR EACH ROW EXECUTE FUNCTION ingest.check_supersession();
