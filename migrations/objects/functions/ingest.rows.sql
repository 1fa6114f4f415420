-- A frozen snapshot cannot grow (SNP-03): its rows are opened, filled and sealed in the transaction that writes its header.

-- A snapshot's rows: a partition is opened, filled and sealed inside the transaction that writes the snapshot's header.
-- Between open and seal the caller may INSERT; after the seal no role may, so a frozen snapshot cannot grow (SNP-03).
-- The header may come last, because its id is the digest of the rows: the deferred foreign key of ingest.snapshot_dataset
-- refuses a commit that opened rows without it.
CREATE OR REPLACE FUNCTION ingest.open_rows(dataset text, snapshot_pk integer) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
  part text := format('%s_s%s', dataset, snapshot_pk);
BEGIN
  PERFORM FROM pg_partitioned_table p JOIN pg_class c ON c.oid = p.partrelid
    WHERE c.relnamespace = 'ingest'::regnamespace AND c.relname = dataset;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'no dataset %', dataset USING ERRCODE = 'invalid_parameter_value';
  END IF;
  IF EXISTS (SELECT FROM ingest.snapshot s
              WHERE s.pk = snapshot_pk AND s.xmin::text::bigint <> pg_current_xact_id()::text::bigint % 4294967296) THEN
    RAISE EXCEPTION 'snapshot % is frozen: its rows are closed', snapshot_pk USING ERRCODE = 'insufficient_privilege';
  END IF;
  INSERT INTO ingest.snapshot_dataset (snapshot_pk, dataset) VALUES (open_rows.snapshot_pk, open_rows.dataset);
  EXECUTE format('CREATE TABLE ingest.%I (LIKE ingest.%I INCLUDING DEFAULTS, CONSTRAINT of_snapshot CHECK (snapshot_pk = %s))',
                 part, dataset, snapshot_pk);
  EXECUTE format('ALTER TABLE ingest.%I ALTER COLUMN snapshot_pk SET DEFAULT %s', part, snapshot_pk);
  EXECUTE format('GRANT INSERT ON ingest.%I TO ingest', part);
  RETURN part;
END $$;

CREATE OR REPLACE FUNCTION ingest.seal_rows(dataset text, snapshot_pk integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
  part text := format('%s_s%s', dataset, snapshot_pk);
BEGIN
  EXECUTE format('REVOKE ALL ON ingest.%I FROM ingest', part);
  -- Row triggers come with the attachment, statement triggers do not.
  EXECUTE format('CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON ingest.%I FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change()', part);
  EXECUTE format('ALTER TABLE ingest.%I ATTACH PARTITION ingest.%I FOR VALUES IN (%s)', dataset, part, snapshot_pk);
END $$;

-- A transaction that opened rows and did not seal them must not commit: the grant would outlive it.
CREATE OR REPLACE FUNCTION ingest.require_seal() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  IF EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = 'ingest'::regnamespace AND c.relkind = 'r'
               AND NOT c.relispartition AND c.relname LIKE '%\_s' || NEW.pk) THEN
    RAISE EXCEPTION 'snapshot %: rows opened but not sealed', NEW.snapshot_id USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER require_seal AFTER INSERT ON ingest.snapshot
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ingest.require_seal();

-- What was put aside belongs to the header its transaction writes: nothing is put aside of a frozen snapshot afterwards.
CREATE OR REPLACE FUNCTION ingest.check_put_aside() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM ingest.snapshot s WHERE s.pk = NEW.snapshot_pk
                    AND s.xmin::text::bigint = pg_current_xact_id()::text::bigint % 4294967296) THEN
    RAISE EXCEPTION 'snapshot % is frozen: nothing more is put aside of it', NEW.snapshot_pk
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER check_put_aside BEFORE INSERT ON ingest.put_aside FOR EACH ROW EXECUTE FUNCTION ingest.check_put_aside();

REVOKE ALL ON FUNCTION ingest.open_rows, ingest.seal_rows FROM PUBLIC;
