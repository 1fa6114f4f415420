-- What ingest may do: it writes what came from the sources and freezes; of reports it sees what was accepted, and no draft.

GRANT USAGE ON SCHEMA audit, registry, control, ingest, intake, scoring, queue TO ingest;

-- Everyone writes its own audit row, but not its clock or transaction; nobody who writes an entry reads it back.
GRANT INSERT (actor, action, object, reason, detail) ON audit.entry TO ingest;

GRANT SELECT ON registry.agency, registry.alias, registry.collective, registry.head, registry.head_approval, registry.head_withdrawal,
  registry.head_withdrawal_approval TO ingest;

-- Of what two people decide it sees what is in force, and no proposal.
GRANT SELECT ON control.applicability_in_force, control.approval, control.calendar_day, control.calendar_in_force, control.command,
  control.extension_in_force, control.late_acceptance, control.omission_in_force, control.ruling_in_force,
  control.scheme_calendar TO ingest;

GRANT SELECT ON ingest.database_growth, ingest.exchange_volume, ingest.initiative, ingest.investment, ingest.kpi_entry,
  ingest.register, ingest.registered_task, ingest.report, ingest.reported_records, ingest.reviewed_records, ingest.service_score,
  ingest.snapshot_dataset, ingest.speech, ingest.summons, ingest.system57_coverage, ingest.task_assignment TO ingest;
GRANT SELECT ON ingest.open_change, ingest.second_look TO ingest;
GRANT SELECT, INSERT ON ingest.changed_completion, ingest.finding, ingest.official_file, ingest.pull, ingest.pull_outcome,
  ingest.put_aside, ingest.quarantine, ingest.raw_body, ingest.request, ingest.snapshot, ingest.taken_page,
  ingest.verification TO ingest;

GRANT SELECT ON intake.acceptance, intake.initiative_proposal, intake.initiative_step, intake.receipt, intake.records_review,
  intake.register_confirmation, intake.register_entry, intake.signature TO ingest;

GRANT USAGE ON SEQUENCE ingest.snapshot_pk_seq TO ingest;

GRANT EXECUTE ON FUNCTION control.same_person, ingest.open_rows, ingest.seal_rows TO ingest;

-- How a command ended is kept; only procrastinate's own rows are cleared away.
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA queue TO ingest;
REVOKE DELETE ON queue.job_run FROM ingest;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA queue TO ingest;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA queue TO ingest;
