-- Facts are inserted, never changed (law 2), and no change goes without its audit row (AUD-01): guards that hold for
-- every role, the owner included.

CREATE OR REPLACE FUNCTION audit.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '%.% holds facts: % is refused; append a new version instead', TG_TABLE_SCHEMA, TG_TABLE_NAME, TG_OP
    USING ERRCODE = 'insufficient_privilege';
END $$;

-- Every change has its audit row in the same transaction (AUD-01). Deferred to the commit, so order does not matter.
CREATE OR REPLACE FUNCTION audit.require_entry() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM audit.entry WHERE xid = pg_current_xact_id()::text) THEN
    RAISE EXCEPTION 'change of %.% without an audit row in its transaction', TG_TABLE_SCHEMA, TG_TABLE_NAME
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;

CREATE OR REPLACE PROCEDURE audit.guard_fact(fact regclass, audited boolean) LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON %s FOR EACH ROW EXECUTE FUNCTION audit.refuse_change()', fact);
  EXECUTE format('CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change()', fact);
  IF audited THEN
    EXECUTE format('CREATE CONSTRAINT TRIGGER require_entry AFTER INSERT ON %s DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit.require_entry()', fact);
  END IF;
END $$;

-- Every table of facts, except those whose state is no fact (shared.tables.MUTABLE). A trigger that is there stays: a table of
-- snapshots' rows hands its own to every partition.
DO $$
DECLARE
  fact record;
BEGIN
  FOR fact IN
    SELECT listed.name::regclass AS name, listed.audited
      FROM (SELECT unnest(ARRAY[
              'control.api_key', 'control.api_key_limit', 'control.api_key_revocation', 'control.api_key_rotation',
              'control.applicability', 'control.approval', 'control.calendar_day', 'control.calendar_entry',
              'control.command', 'control.command_end', 'control.countersignature', 'control.credential', 'control.credential_approval',
              'control.decision_approval', 'control.decision_end',
              'control.event', 'control.extension', 'control.extension_approval', 'control.file_signature',
              'control.file_signature_demand', 'control.grant_approval', 'control.grant_revocation', 'control.installation', 'control.key_pepper',
              'control.late_acceptance', 'control.mandate', 'control.mandate_approval', 'control.mandate_withdrawal',
              'control.member_grant', 'control.omission', 'control.omission_approval', 'control.page_session', 'control.page_session_end',
              'control.request_key', 'control.request_key_end', 'control.roll_up', 'control.roll_up_answer', 'control.roll_up_check',
              'control.roll_up_line', 'control.roll_up_publication', 'control.rule_activation', 'control.ruling',
              'control.scheme_activation', 'control.scheme_calendar', 'control.scheme_revision', 'control.scheme_shadow',
              'control.scheme_signature', 'control.signature_demand',
              'control.signing_key', 'control.signing_key_end', 'control.webhook', 'control.webhook_attempt',
              'control.webhook_replay', 'control.webhook_secret', 'control.webhook_step', 'ingest.changed_completion', 'ingest.finding',
              'ingest.official_file', 'ingest.pull', 'ingest.pull_outcome', 'ingest.quarantine', 'ingest.raw_body',
              'ingest.request', 'ingest.snapshot', 'ingest.snapshot_dataset', 'ingest.taken_page', 'ingest.verification',
              'intake.acceptance',
              'intake.attachment', 'intake.confirmation', 'intake.feedback', 'intake.feedback_contact',
              'intake.feedback_forwarding', 'intake.feedback_step', 'intake.initiative_proposal', 'intake.initiative_step',
              'intake.receipt', 'intake.records_review', 'intake.refusal', 'intake.register_confirmation',
              'intake.register_entry', 'intake.revision', 'intake.self_score', 'intake.signature', 'intake.submission', 'intake.transition',
              'intake.unit', 'intake.unit_assembly', 'intake.unit_assembly_section', 'intake.unit_member',
              'intake.unit_member_end', 'intake.unit_plan', 'intake.unit_plan_approval', 'intake.unit_section',
              'intake.unit_section_return', 'intake.validation', 'registry.agency', 'registry.alias', 'registry.collective',
              'registry.head', 'registry.head_approval', 'registry.head_withdrawal', 'registry.head_withdrawal_approval',
              'scoring.publication', 'scoring.publication_certificate', 'scoring.publication_release', 'scoring.rendering', 'scoring.run',
              'scoring.run_reading', 'scoring.score_plan']) AS name, true AS audited
            UNION ALL
            -- The audit log is its own record, a list of moves or groups comes with a migration, and rows of a snapshot are
            -- covered by its header.
            SELECT unnest(ARRAY[
              'audit.entry', 'audit.usage_group', 'intake.feedback_move', 'intake.initiative_move', 'intake.move',
              'ingest.database_growth', 'ingest.exchange_volume', 'ingest.initiative', 'ingest.investment',
              'ingest.kpi_entry', 'ingest.put_aside', 'ingest.register', 'ingest.registered_task', 'ingest.report', 'ingest.reported_records',
              'ingest.reviewed_records', 'ingest.service_score', 'ingest.speech', 'ingest.summons', 'ingest.system57_coverage',
              'ingest.task_assignment']), false) AS listed
     WHERE NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = listed.name::regclass AND t.tgname = 'refuse_change')
  LOOP
    CALL audit.guard_fact(fact.name, fact.audited);
  END LOOP;
END $$;
