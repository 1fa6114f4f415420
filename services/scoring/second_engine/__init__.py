"""The second engine: the whole month recomputed from frozen rows by one SQL statement of another hand (RUL-12).

The law stands in ``qd-4585.sql`` beside this file, its header says why it is independent and what it transcribes. Here
is only the way to it: parameters in, a plain dict out. It shares nothing with the first engine, and must not.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, NoReturn, Protocol

from shared.errors import Fault, InputInvalid

SOURCES = (
    "system57",
    "public_service_portal",
    "ndxp",
    "national_database",
    "finance",
    "agency_report",
    "government_office",
    "records_review",
)


class Answer(Protocol):
    def scalar_one(self) -> Any: ...


class Connection(Protocol):
    """What is asked of a connection; SQLAlchemy's AsyncConnection over psycopg fits."""

    async def exec_driver_sql(self, statement: str, parameters: dict[str, Any], /) -> Answer: ...


class SecondEngineRefused(InputInvalid):
    """What the scheme refuses (scheme §3 "Refused"), found by the second engine; ``faults`` names each."""

    slug = "second-engine-refused"
    title_vi = "Công cụ tính điểm độc lập thứ hai không chấp nhận số liệu"
    title_en = "The second engine refuses the figures"


async def run(
    connection: Connection,
    *,
    period_start: date,
    period_end: date,
    year_start: date,
    as_of: datetime,
    deadline: datetime,
    snapshots: Mapping[str, int | None],
    agencies: Sequence[Mapping[str, str]],
    rulings: Sequence[Mapping[str, str | None]] = (),
    not_applicable: Sequence[Mapping[str, str]] = (),
    left_out: Sequence[Mapping[str, str | int]] = (),
    readings: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, Any]:
    """One month from snapshot rows: the sheet of scheme §5 plus ``measures``, ``informational`` and ``reported_counted``.

    ``period_end`` and both instants are exclusive. ``snapshots`` has a pk or None (no snapshot) for each of SOURCES;
    ``agencies`` are ``{code, kind}``, ``rulings`` ``{agency, measure, value}`` with the value as decimal text and None
    for a withdrawn one, ``not_applicable`` ``{agency, indicator}``, ``left_out`` reported C1 figures ``{agency, database,
    new_records}`` that two people left out, ``readings`` names alternatives by the register's ids
    (``{"B-1": "table"}``; empty: those in force). ``measures`` holds per agency what the rows say
    before rulings: counts and VND as int, portal groups as decimal text, None when missing. ``informational`` holds
    per agency ``rank_in_kind`` and ``grade_unrounded`` (reading G-4); ``reported_counted`` lists agency/database of every
    reported C1 figure that counted (C-2), ``awaiting`` the bodies whose C1 only an open word keeps from being known (C-3).
    Raises SecondEngineRefused, listing every fault.
    """
    if readings.get("A-8") == "as-frozen":
        snapshots = {**snapshots, "system57": await _as_frozen(connection, snapshots["system57"])}
    parameters = {
        "period_start": period_start,
        "period_end": period_end,
        "year_start": year_start,
        "as_of": _aware(as_of, name="as_of"),
        "deadline": _aware(deadline, name="deadline"),
        **_every_source(snapshots),
        "agencies": _rows(agencies),
        "rulings": _rows(rulings),
        "not_applicable": _rows(not_applicable),
        "left_out": _rows(left_out),
        "readings": json.dumps(dict(readings)),
    }
    answer = await connection.exec_driver_sql(statement(), parameters)
    sheet: dict[str, Any] = json.loads(answer.scalar_one(), parse_float=_refuse_float)
    faults = sheet.pop("faults")
    if faults:
        raise SecondEngineRefused(
            f"{sheet['period']}: {len(faults)} fault(s), the first: {faults[0]}",
            faults=[Fault(place=sheet["period"], message=message) for message in faults],
            hint="Correct the source's snapshot by a superseding version, or the ruling by a new one.",
        )
    return sheet


# A-8 read otherwise: QĐ §4 "chốt" ends what counts. A version that took in what came later names what it was composed from;
# the last one before it that took in nothing is what was locked.
_LOCKED = """
SELECT (SELECT before.pk FROM ingest.snapshot before
         WHERE before.source = mine.source AND before.period = mine.period AND before.version <= mine.version
           AND NOT jsonb_exists(CAST(convert_from(before.manifest, 'UTF8') AS jsonb), 'composed')
         ORDER BY before.version DESC LIMIT 1)
  FROM ingest.snapshot mine WHERE mine.pk = %(pk)s
"""


async def _as_frozen(connection: Connection, pk: int | None) -> int | None:
    if pk is None:
        return None
    found: int = (await connection.exec_driver_sql(_LOCKED, {"pk": pk})).scalar_one()
    return found


@cache
def statement() -> str:
    """The SQL text, with psycopg's named placeholders; an auditor can run it alone."""
    return Path(__file__).with_name("qd-4585.sql").read_text("utf-8")


def _aware(instant: datetime, *, name: str) -> datetime:
    if instant.tzinfo is None:
        raise SecondEngineRefused(f"{name} {instant.isoformat()} has no time zone", hint="Give an aware instant.")
    return instant


def _every_source(snapshots: Mapping[str, int | None]) -> dict[str, int | None]:
    """Every source must be named: a forgotten one would pass for a source that gave nothing."""
    if set(snapshots) != set(SOURCES):
        strange = ", ".join(sorted(set(snapshots) ^ set(SOURCES)))
        raise SecondEngineRefused(f"snapshots: unknown or unnamed sources: {strange}", hint="Give a pk or None for each.")
    return {source: snapshots[source] for source in SOURCES}


def _rows(rows: Sequence[Mapping[str, Any]]) -> str:
    return json.dumps([dict(row) for row in rows], ensure_ascii=False, allow_nan=False)


def _refuse_float(text: str) -> NoReturn:
    raise ValueError(f"{text}: the second engine answers in whole numbers and text only")
