-- What the gateway may do. Nobody is granted UPDATE, DELETE or TRUNCATE on a fact; whose rows it sees, policies say.

GRANT USAGE ON SCHEMA audit, registry, control, ingest, intake, scoring, queue TO gateway;

-- Readiness compares the schema's revision with the code's.
GRANT USAGE ON SCHEMA public TO gateway;
GRANT SELECT ON public.alembic_version TO gateway;

-- Everyone writes its own audit row, but not its clock or transaction; nobody who writes an entry reads it back.
GRANT INSERT (actor, action, object, reason, detail) ON audit.entry TO gateway;

GRANT SELECT ON audit.usage_group TO gateway;

-- The pages of a demonstration say so.
GRANT SELECT (kind) ON control.installation TO gateway;
GRANT SELECT, INSERT ON control.key_pepper TO gateway;

GRANT SELECT, INSERT ON registry.agency, registry.alias, registry.collective, registry.head, registry.head_approval, registry.head_withdrawal,
  registry.head_withdrawal_approval TO gateway;

GRANT SELECT ON control.applicability_in_force, control.calendar_in_force, control.decision, control.extension_in_force,
  control.omission_in_force, control.rule_activation_in_force, control.ruling_in_force, control.scheme_calendar, control.scheme_shadow TO gateway;
GRANT SELECT, INSERT ON control.scheme_activation, control.scheme_revision, control.scheme_signature TO gateway;
GRANT SELECT, INSERT ON control.api_key, control.api_key_limit, control.api_key_revocation, control.api_key_rotation,
  control.applicability, control.approval, control.calendar_day, control.calendar_entry, control.command,
  control.command_end,
  control.countersignature, control.credential, control.credential_approval, control.decision_approval, control.decision_end,
  control.event, control.extension,
  control.extension_approval, control.file_signature, control.file_signature_demand, control.grant_approval,
  control.grant_revocation, control.late_acceptance, control.mandate, control.mandate_approval, control.mandate_withdrawal,
  control.member_grant, control.omission, control.omission_approval, control.page_session, control.page_session_end,
  control.request_key, control.request_key_end, control.roll_up, control.roll_up_answer, control.roll_up_check, control.roll_up_line,
  control.roll_up_publication,
  control.rule_activation, control.ruling, control.signature_demand, control.signing_key, control.signing_key_end,
  control.webhook, control.webhook_attempt, control.webhook_delivery, control.webhook_replay, control.webhook_secret,
  control.webhook_step TO gateway;
-- Not facts: answers kept for repeated calls, and nonces while they could come again.
GRANT SELECT, INSERT, DELETE ON control.idempotency, control.request_nonce TO gateway;
-- Whether one event has reached one webhook yet.
GRANT UPDATE (state, attempts, next_at, claimed_until) ON control.webhook_delivery TO gateway;

GRANT SELECT ON ingest.automatic_records, ingest.finding, ingest.official_figures, ingest.official_file, ingest.open_change,
  ingest.open_word, ingest.pull, ingest.pull_outcome, ingest.put_aside, ingest.request, ingest.second_look,
  ingest.snapshot, ingest.unread_body, ingest.file_importer TO gateway;
-- Rows of bodies: whose, policies say.
GRANT SELECT ON ingest.database_growth, ingest.exchange_volume, ingest.initiative, ingest.investment, ingest.kpi_entry,
  ingest.register, ingest.registered_task, ingest.report, ingest.reported_records, ingest.reviewed_records, ingest.service_score,
  ingest.speech, ingest.summons, ingest.system57_coverage, ingest.task_assignment TO gateway;
-- How a snapshot stands; where it differs may tell a body's own figures.
GRANT SELECT (verification_id, snapshot_id, verified_at, holds) ON ingest.verification TO gateway;

GRANT SELECT ON intake.closed_month, intake.feedback_move, intake.initiative_move, intake.move, intake.own_register TO gateway;
GRANT SELECT, INSERT ON intake.acceptance, intake.attachment, intake.confirmation, intake.feedback, intake.feedback_contact,
  intake.feedback_forwarding, intake.feedback_step, intake.initiative_proposal, intake.initiative_step, intake.receipt,
  intake.records_review, intake.refusal, intake.register_confirmation, intake.register_entry, intake.revision,
  intake.self_score, intake.signature, intake.submission, intake.transition, intake.unit, intake.unit_assembly, intake.unit_assembly_section,
  intake.unit_member, intake.unit_member_end, intake.unit_plan, intake.unit_plan_approval, intake.unit_section,
  intake.unit_section_return, intake.validation TO gateway;

GRANT SELECT ON scoring.publication, scoring.publication_certificate, scoring.published_report, scoring.published_words,
  scoring.rendering, scoring.run, scoring.run_reading, scoring.score_plan TO gateway;
-- That a version was released, which tells of it.
GRANT SELECT, INSERT ON scoring.publication_release TO gateway;

-- Numbers that are signed or said before the row is written.
GRANT USAGE ON SEQUENCE intake.feedback_sequence_seq, intake.receipt_sequence_seq TO gateway;

GRANT EXECUTE ON FUNCTION audit.usage, control.is_held_by, control.people_known, control.same_person,
  scoring.is_made, scoring.next_release TO gateway;

-- How a command ended is kept; only procrastinate's own rows are cleared away.
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA queue TO gateway;
REVOKE DELETE ON queue.job_run FROM gateway;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA queue TO gateway;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA queue TO gateway;
