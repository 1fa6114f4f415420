"""APR-11: in the database nobody who serves can write past a lock. The catalogue is searched, not a list of ours.

What serving roles hold on every table and view, the triggers on every table of facts, and every function that runs with its
owner's rights. The control plants each kind of hole in a transaction that is rolled back: the search finds it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from shared.tables import MUTABLE
from tests.conftest import TestDatabase

SERVING = ("ingest", "scoring", "gateway", "app", "auditor")
SCHEMAS = ("audit", "control", "ingest", "intake", "queue", "registry", "scoring")
MAY_CHANGE = {table.fullname for table, reason in MUTABLE if reason}
# Functions that run as their owner, and what each is for.
DEFINERS = {
    "audit.require_entry": "looks for the audit row of the transaction",
    "audit.usage": "counts entries for an office",
    "control.is_held_by": "whether an actor bears a name, yes or no",
    "control.people_known": "names of actors for those who may know them",
    "control.same_person": "whether two actors are one person, yes or no",
    "ingest.open_rows": "a partition of a snapshot that is not frozen yet",
    "ingest.seal_rows": "closes it for ever",
    "scoring.is_made": "whether there is a version of a month, yes or no",
    "scoring.next_release": "an instant, and nothing of what is released then",
    "ingest.require_seal": "refuses a commit with an open one",
}
FORCE = re.compile(r"force|skip|overrid|bypass|ignore|unlock|unsafe|disable", re.IGNORECASE)
# What undoes: of facts, of guards, or of rights.
_UNDOES = re.compile(
    r"\b(UPDATE|DELETE|TRUNCATE|DISABLE|DROP|session_replication_role|NO\s+FORCE|BYPASSRLS|ALTER\s+ROLE)\b", re.IGNORECASE
)
Hole = tuple[str, str]

_RIGHTS = """
SELECT role, n.nspname || '.' || c.relname, c.relkind::text, wanted
  FROM unnest(%(roles)s::text[]) AS role, pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace,
       unnest(ARRAY['UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER', 'REFERENCES', 'MAINTAIN']) AS wanted
 WHERE n.nspname = ANY(%(schemas)s) AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.relname NOT LIKE 'procrastinate%%'
   AND (has_table_privilege(role, c.oid, wanted)
        OR (wanted IN ('UPDATE', 'REFERENCES') AND has_any_column_privilege(role, c.oid, wanted)))
"""
_WRITABLE_VIEWS = """
SELECT role, n.nspname || '.' || c.relname
  FROM unnest(%(roles)s::text[]) AS role, pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = ANY(%(schemas)s) AND c.relkind IN ('v', 'm') AND has_any_column_privilege(role, c.oid, 'INSERT')
"""
_UNGUARDED = """
SELECT n.nspname || '.' || c.relname, wanted
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, unnest(ARRAY['refuse_change', 'refuse_truncate']) AS wanted
 WHERE n.nspname = ANY(%(schemas)s) AND c.relkind IN ('r', 'p') AND c.relname NOT LIKE 'procrastinate%%'
   AND NOT n.nspname || '.' || c.relname = ANY(%(mutable)s)
   AND NOT EXISTS (SELECT FROM pg_trigger t JOIN pg_proc f ON f.oid = t.tgfoid JOIN pg_namespace o ON o.oid = f.pronamespace
                    WHERE t.tgrelid = c.oid AND t.tgname = wanted AND t.tgenabled IN ('O', 'A')
                      AND o.nspname || '.' || f.proname = 'audit.refuse_change')
"""
_SLEEPING = """
SELECT tgrelid::regclass::text, tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ANY(%(schemas)s) AND tgenabled NOT IN ('O', 'A')
"""
_FUNCTIONS = """
SELECT n.nspname || '.' || f.proname, f.prosecdef, f.prosrc, coalesce(f.proargnames, '{}'), r.rolname, f.proconfig::text
  FROM pg_proc f JOIN pg_namespace n ON n.oid = f.pronamespace JOIN pg_roles r ON r.oid = f.proowner
 WHERE n.nspname = ANY(%(schemas)s) AND f.proname NOT LIKE 'procrastinate%%'
"""
_MIGHTY = """
SELECT rolname, 'attributes' FROM pg_roles WHERE rolname = ANY(%(roles)s)
   AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication)
 UNION ALL SELECT role, 'is the owner' FROM unnest(%(roles)s::text[]) AS role WHERE pg_has_role(role, 'owner', 'MEMBER')
 UNION ALL SELECT role, 'session_replication_role' FROM unnest(%(roles)s::text[]) AS role
        WHERE has_parameter_privilege(role, 'session_replication_role', 'SET')
 UNION ALL SELECT role, 'creates in ' || schema FROM unnest(%(roles)s::text[]) AS role, unnest(%(schemas)s::text[]) AS schema
        WHERE has_schema_privilege(role, schema, 'CREATE')
 UNION ALL SELECT pg_get_userbyid(c.relowner), 'owns ' || c.relname FROM pg_class c
        WHERE pg_get_userbyid(c.relowner) = ANY(%(roles)s)
"""
_APART = """
SELECT n.nspname || '.' || c.relname, 'row security is not forced' FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = ANY(%(schemas)s) AND c.relrowsecurity AND NOT c.relforcerowsecurity
"""
_REWRITTEN = """
SELECT r.ev_class::regclass::text, r.rulename FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class
  JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ANY(%(schemas)s) AND r.rulename <> '_RETURN'
"""


def holes(connection: psycopg.Connection[Any]) -> set[Hole]:
    """(what, where) of everything by which somebody who serves could change a fact, put out a guard, or say "force"."""
    key = {"roles": list(SERVING), "schemas": list(SCHEMAS), "mutable": sorted(MAY_CHANGE)}
    found: set[Hole] = set()
    for role, name, kind, right in connection.execute(_RIGHTS, key):
        if kind == "v" or name not in MAY_CHANGE or right not in ("UPDATE", "DELETE"):
            found.add((f"{role} may {right}", name))
    found |= {(f"{role} writes through", name) for role, name in connection.execute(_WRITABLE_VIEWS, key)}
    found |= {(f"no {guard}", name) for name, guard in connection.execute(_UNGUARDED, key)}
    found |= {("sleeps", f"{table}.{trigger}") for table, trigger in connection.execute(_SLEEPING, key)}
    for statement in (_MIGHTY, _APART, _REWRITTEN):
        found |= {(str(what), str(where)) for where, what in connection.execute(statement, key)}
    return found | set(_of_functions(connection, key))


def _of_functions(connection: psycopg.Connection[Any], key: dict[str, Any]) -> Iterator[Hole]:
    for name, definer, source, arguments, owner, settings in connection.execute(_FUNCTIONS, key):
        if owner in SERVING:
            yield f"{owner} owns", name
        for said in (name, *arguments):
            if FORCE.search(said):
                yield f"says {said}", name
        if not definer:
            continue
        if name not in DEFINERS:
            yield "runs as its owner", name
        if "search_path=pg_catalog" not in (settings or ""):
            yield "search path", name
        # Only what is run counts, not what is said of it; guards are made of these words too.
        run = re.sub(r"--[^\n]*|RAISE EXCEPTION[^;]*;|CREATE TRIGGER refuse_truncate BEFORE TRUNCATE", "", source)
        for undone in _UNDOES.finditer(run):
            yield f"runs {undone[0].upper()}", name


@pytest.fixture(scope="module")
def owner(database: TestDatabase) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(database.superuser_url) as connection:
        yield connection


def test_nobody_who_serves_can_write_past_a_lock(owner: psycopg.Connection[Any]) -> None:
    assert holes(owner) == set()
    owner.rollback()


def test_every_function_that_runs_as_its_owner_is_known(owner: psycopg.Connection[Any]) -> None:
    found = {row[0] for row in owner.execute(_FUNCTIONS, {"schemas": list(SCHEMAS)}) if row[1]}
    assert found == set(DEFINERS)
    owner.rollback()


FACT = "control.extension"
PLANTED = {
    f"GRANT UPDATE ON {FACT} TO gateway": {("gateway may UPDATE", FACT)},
    f"GRANT UPDATE (reason) ON {FACT} TO gateway": {("gateway may UPDATE", FACT)},
    "GRANT DELETE ON intake.acceptance TO ingest": {("ingest may DELETE", "intake.acceptance")},
    "GRANT TRUNCATE ON control.idempotency TO gateway": {("gateway may TRUNCATE", "control.idempotency")},
    "GRANT TRIGGER ON scoring.publication TO scoring": {("scoring may TRIGGER", "scoring.publication")},
    f"GRANT INSERT ON {FACT}_in_force TO gateway": {("gateway writes through", f"{FACT}_in_force")},
    f"ALTER TABLE {FACT} DISABLE TRIGGER refuse_change": {("no refuse_change", FACT), ("sleeps", f"{FACT}.refuse_change")},
    f"DROP TRIGGER refuse_truncate ON {FACT}": {("no refuse_truncate", FACT)},
    "ALTER TABLE intake.revision DISABLE TRIGGER check_revision": {("sleeps", "intake.revision.check_revision")},
    "ALTER TABLE intake.acceptance NO FORCE ROW LEVEL SECURITY": {("row security is not forced", "intake.acceptance")},
    "CREATE TABLE control.note (words text)": {("no refuse_change", "control.note"), ("no refuse_truncate", "control.note")},
    f"CREATE RULE quiet AS ON INSERT TO {FACT} DO INSTEAD NOTHING": {("quiet", FACT)},
    "GRANT SET ON PARAMETER session_replication_role TO gateway": {("session_replication_role", "gateway")},
    "GRANT CREATE ON SCHEMA control TO gateway": {("creates in control", "gateway")},
    "CREATE FUNCTION control.mend(force_it boolean) RETURNS void LANGUAGE sql BEGIN ATOMIC SELECT; END": {
        ("says force_it", "control.mend")
    },
    "CREATE FUNCTION control.mend() RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS"
    f" 'BEGIN UPDATE {FACT} SET reason = reason; END'": {
        ("runs as its owner", "control.mend"), ("search path", "control.mend"), ("runs UPDATE", "control.mend"),
    },
}  # fmt: skip


@pytest.mark.parametrize("statement", PLANTED)
def test_the_control_every_planted_hole_is_found(owner: psycopg.Connection[Any], statement: str) -> None:
    try:
        owner.execute(statement)
        assert holes(owner) == PLANTED[statement]
    finally:
        owner.rollback()
