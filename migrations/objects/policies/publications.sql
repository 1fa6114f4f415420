-- What is not released yet is seen by sessions that preview it: whole, or a body's part alone (PUB-08). Scoring makes it. Row
-- security is forced, but what the owner may is said by the guard of facts, rather than by a policy, under which nothing would
-- happen in silence; its view of published reports says for itself whom it shows what.

ALTER TABLE scoring.publication ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON scoring.publication FOR SELECT TO gateway
  USING (scoring.is_released(release_at) OR scoring.previews_some());
CREATE POLICY made ON scoring.publication TO scoring USING (true);
CREATE POLICY guarded ON scoring.publication TO CURRENT_USER USING (true);

ALTER TABLE scoring.rendering ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON scoring.rendering FOR SELECT TO gateway
  USING (scoring.previews(agency)
         OR EXISTS (SELECT FROM scoring.publication p
                     WHERE p.publication_id = rendering.publication_id AND scoring.is_released(p.release_at)));
CREATE POLICY made ON scoring.rendering TO scoring USING (true);
CREATE POLICY guarded ON scoring.rendering TO CURRENT_USER USING (true);
