-- What scoring may do: it reads snapshots and their rows, never quarantine, raw bytes or keys.

GRANT USAGE ON SCHEMA audit, registry, control, ingest, intake, scoring, queue TO scoring;

-- Everyone writes its own audit row, but not its clock or transaction; nobody who writes an entry reads it back.
GRANT INSERT (actor, action, object, reason, detail) ON audit.entry TO scoring;

GRANT SELECT ON registry.agency, registry.alias, registry.collective, registry.head, registry.head_approval, registry.head_withdrawal,
  registry.head_withdrawal_approval TO scoring;

GRANT INSERT ON control.event TO scoring;
-- What a demonstration publishes says so.
GRANT SELECT (kind) ON control.installation TO scoring;
-- Of what two people decide it sees what is in force, and no proposal.
GRANT SELECT ON control.applicability_in_force, control.approval, control.calendar_day, control.calendar_in_force, control.command,
  control.extension_in_force, control.late_acceptance, control.omission_in_force, control.ruling_in_force TO scoring;
-- A drafted revision too, to shadow-run it.
GRANT SELECT ON control.scheme_activation, control.scheme_calendar, control.scheme_revision TO scoring;
GRANT SELECT, INSERT ON control.scheme_shadow TO scoring;

GRANT SELECT ON ingest.database_growth, ingest.exchange_volume, ingest.initiative, ingest.investment, ingest.kpi_entry,
  ingest.register, ingest.registered_task, ingest.report, ingest.reported_records, ingest.reviewed_records, ingest.service_score,
  ingest.snapshot, ingest.speech, ingest.summons, ingest.system57_coverage, ingest.task_assignment TO scoring;
-- Whose rows were put aside and what was wrong with them, and no row.
GRANT SELECT (snapshot_pk, ordinal, dataset, agency, faults) ON ingest.put_aside TO scoring;
-- What is open holds the first version.
GRANT SELECT ON ingest.open_change, ingest.open_word, ingest.second_look, ingest.unread_body, ingest.file_importer TO scoring;
-- What does not prove is not published.
GRANT SELECT (verification_id, snapshot_id, holds) ON ingest.verification TO scoring;

GRANT SELECT, INSERT ON scoring.publication, scoring.publication_certificate, scoring.rendering, scoring.run, scoring.run_reading, scoring.score_plan TO scoring;

GRANT EXECUTE ON FUNCTION control.same_person TO scoring;

-- How a command ended is kept; only procrastinate's own rows are cleared away.
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA queue TO scoring;
REVOKE DELETE ON queue.job_run FROM scoring;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA queue TO scoring;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA queue TO scoring;
