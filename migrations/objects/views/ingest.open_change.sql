-- Second looks that came to their end, with the instant they speak of and when they ended.
CREATE OR REPLACE VIEW ingest.second_look AS
SELECT p.source, p.period, p.pull_id, p.as_of, o.recorded_at
  FROM ingest.pull p JOIN ingest.pull_outcome o USING (pull_id)
 WHERE p.purpose = 'second_look' AND o.state = 'complete';

-- Bodies of which the month's last look could not read a task, so that nobody knows what else it says of them: until another look
-- could, or a whole version of that instant or a later one stands.
CREATE OR REPLACE VIEW ingest.unread_body AS
SELECT DISTINCT look.source, look.period, look.pull_id, look.as_of AS known_at, look.recorded_at AS found_at,
       frozen.snapshot_id, f.detail ->> 'agency' AS agency
  FROM (SELECT DISTINCT ON (source, period) * FROM ingest.second_look ORDER BY source, period, as_of DESC, recorded_at DESC) look
  JOIN (SELECT DISTINCT ON (source, period) * FROM ingest.snapshot ORDER BY source, period, version DESC) frozen
    ON frozen.source = look.source AND frozen.period = look.period
   AND (frozen.as_of < look.as_of OR convert_from(frozen.manifest, 'UTF8')::jsonb -> 'composed' IS NOT NULL)
  JOIN ingest.finding f ON f.pull_id = look.pull_id AND f.code = 'ING-ROW-ASIDE' AND f.detail ->> 'dataset' = 'task_assignments';

-- Completions that a second look found otherwise than the frozen month counts them (scheme §2), as long as no snapshot speaks of
-- the instant of the look or a later one: of each month the latest look says what is open.
CREATE OR REPLACE VIEW ingest.open_change AS
WITH look AS (
  SELECT DISTINCT ON (source, period) pull_id, as_of, recorded_at
    FROM ingest.second_look ORDER BY source, period, as_of DESC, recorded_at DESC
), frozen AS (
  SELECT DISTINCT ON (source, period) source, period, as_of FROM ingest.snapshot ORDER BY source, period, version DESC
)
SELECT c.source, c.period, c.kind, c.pull_id, c.snapshot_id, look.as_of AS known_at, look.recorded_at AS found_at, c.agency,
       c.task_id, c.due_on, c.completed_on, c.reported_at, c.verdict_before, c.verdict_after
  FROM ingest.changed_completion c
  JOIN look USING (pull_id)
  JOIN frozen ON frozen.source = c.source AND frozen.period = c.period
 WHERE frozen.as_of < look.as_of;
