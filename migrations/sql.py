"""What migrations run: SQL files, and the objects that every upgrade lays anew when it reaches this version (docs/adr/0022)."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import NoReturn

from alembic import op
from alembic.util import CommandError
from sqlalchemy import Connection, text

from shared.law.provisions import Calendar
from shared.law.scheme import packaged_schemes

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
    """Over names and bytes of all files and the schemes' days, as migrations/HEAD has it: a change of either needs a version
    that lays it."""
    whole = hashlib.sha256()
    for path in (OBJECTS / "clear.sql", *object_files()):
        whole.update(f"{path.relative_to(OBJECTS)}\n".encode() + path.read_bytes())
    for calendar in calendars():
        whole.update(f"{' '.join(map(str, calendar))}\n".encode())
    return f"sha256:{whole.hexdigest()}"


def lay_objects() -> None:
    """What stands in the files, and nothing else: what no file names any more goes. Twice changes nothing."""
    # A function may name a table, view or function that is laid after it.
    run("SET LOCAL check_function_bodies = off")
    run_file(OBJECTS / "clear.sql")
    for path in object_files():
        run_file(path)
    run(_DROP_FUNCTIONS_NOT_LAID)


def calendars() -> list[tuple[str, str, int, int, int]]:
    """Of every scheme its id, first period, and the days of cutoff, report deadline and word deadline."""
    return [(scheme.id, str(scheme.first_period), *_days(scheme.calendar)) for scheme in packaged_schemes()]


def _days(calendar: Calendar) -> tuple[int, int, int]:
    return calendar.cutoff_day.value, calendar.report_deadline_day.value, calendar.word_deadline_day.value


def keep_calendars(connection: Connection) -> None:
    """Write down the days of each scheme that are not on record yet, for the objects that ask the database when a month closes;
    what was on record before stays."""
    for scheme, *days in calendars():
        last = connection.execute(_LAST_CALENDAR, {"scheme": scheme}).one_or_none()
        if last is None or list(last[1:]) != days:
            values = dict(zip(("first_period", "cutoff_day", "deadline_day", "word_day"), days, strict=True))
            number = 1 if last is None else last.revision + 1
            connection.execute(_KEEP_CALENDAR, {"scheme": scheme, "revision": number, **values})
            connection.execute(_AUDIT, {"scheme": scheme})


def refuse_downgrade() -> NoReturn:
    raise CommandError(
        "The schema only goes forward. "
        "Restore the backup that was taken before the upgrade, with the release that belongs to it."
    )


_LAST_CALENDAR = text(
    "SELECT revision, first_period, cutoff_day, report_deadline_day, word_deadline_day FROM control.scheme_calendar"
    " WHERE scheme = :scheme ORDER BY revision DESC LIMIT 1"
)
_KEEP_CALENDAR = text(
    "INSERT INTO control.scheme_calendar (scheme, revision, first_period, cutoff_day, report_deadline_day, word_deadline_day)"
    " VALUES (:scheme, :revision, :first_period, :cutoff_day, :deadline_day, :word_day)"
)
_AUDIT = text(
    "INSERT INTO audit.entry (actor, action, object, reason)"
    " VALUES ('migration:calendar', 'scheme.calendar', :scheme, 'Ngày chốt số liệu và hạn báo cáo theo phương án chấm điểm')"
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
