-- Bodies stay apart (SEC-01, SEC-09): what a gateway session sees, for whom it acts, and whom it is proving.

-- What it may see ("*" or one body) and for which body it may write; unset means nothing.
CREATE OR REPLACE FUNCTION intake.sees(agency text) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
  RETURN coalesce(current_setting('bangdiem.reads', true) IN ('*', agency), false);

CREATE OR REPLACE FUNCTION intake.acts_for(agency text) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
  RETURN coalesce(current_setting('bangdiem.acts', true) = agency, false);

-- A session of a national office, which looks at all bodies.
CREATE OR REPLACE FUNCTION intake.office() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
  RETURN coalesce(current_setting('bangdiem.reads', true) = '*', false);

-- The one key ("key:<id>") or person ("oidc:<issuer>:<sub>") that a session is proving; unset means nobody.
CREATE OR REPLACE FUNCTION control.proves(subject text) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
  RETURN coalesce(current_setting('bangdiem.proves', true) = subject, false);
