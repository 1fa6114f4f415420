"""What migrations run: SQL files, and the objects that every upgrade lays anew when it reaches this version (docs/adr/0022)."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import NoReturn

from alembic import op
from alembic.util import CommandError

ROOT = Path(__file__).parent
OBJECTS = ROOT / "objects"
# In the order in which they rest on each other. Within a folder by name: what rests on another object stands in its file.
KINDS = ("functions", "views", "policies", "grants")


def run(script: str) -> None:
    """A whole script as one simple query: no bound parameters, so colons and percent signs in it mean themselves."""
    connection = op.get_bind().connection.driver_connection
    if connection is None:
        raise RuntimeError("migrations run online only")
    connection.execute(script.encode())


def run_file(path: Path) -> None:
    run(path.read_text("utf-8"))


def object_files() -> list[Path]:
    return [path for kind in KINDS for path in sorted((OBJECTS / kind).glob("*.sql"))]


def objects_digest() -> str:
    """Over names and bytes of all files, as migrations/HEAD has it: a change of an object needs a version that lays it."""
    whole = hashlib.sha256()
    for path in (OBJECTS / "clear.sql", *object_files()):
        whole.update(f"{path.relative_to(OBJECTS)}\n".encode() + path.read_bytes())
    return f"sha256:{whole.hexdigest()}"


def lay_objects() -> None:
    """What stands in the files, and nothing else: what no file names any more goes. Twice changes nothing."""
    # A function may name a table, view or function that is laid after it.
    run("SET LOCAL check_function_bodies = off")
    run_file(OBJECTS / "clear.sql")
    for path in object_files():
        run_file(path)
    run(_DROP_FUNCTIONS_NOT_LAID)


def refuse_downgrade() -> NoReturn:
    raise CommandError(
        "The schema only goes forward. "
        "Restore the backup that was taken before the upgrade, with the release that belongs to it."
    )


# A function that was just laid, new or again, has its row in the catalogue from this transaction.
_DROP_FUNCTIONS_NOT_LAID = """
DO $$
DECLARE
  stale record;
BEGIN
  FOR stale IN
    SELECT f.oid::regprocedure AS name FROM pg_proc f JOIN pg_namespace n ON n.oid = f.pronamespace
     WHERE n.nspname IN ('audit', 'registry', 'control', 'ingest', 'intake', 'scoring')
       AND f.xmin::text::bigint <> pg_current_xact_id()::text::bigint % 4294967296
  LOOP
    EXECUTE format('DROP ROUTINE %s', stale.name);
  END LOOP;
END $$;
"""
