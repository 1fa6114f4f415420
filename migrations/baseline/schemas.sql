-- One schema for each thing that is kept apart; what a role may do in it stands in migrations/objects/grants.

CREATE SCHEMA audit;
CREATE SCHEMA registry;
CREATE SCHEMA control;
CREATE SCHEMA ingest;
CREATE SCHEMA intake;
CREATE SCHEMA scoring;
CREATE SCHEMA queue;
