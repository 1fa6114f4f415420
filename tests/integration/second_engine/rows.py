"""Frozen rows for the second engine: one transaction per test, rolled back, every figure invented."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

from sqlalchemy import pool
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from services.scoring import second_engine
from shared.datasets import DATASETS

VIETNAM = timezone(timedelta(hours=7))
CUTOFF = datetime(2026, 2, 2, tzinfo=VIETNAM)
DEADLINE = datetime(2026, 2, 5, tzinfo=VIETNAM)
IN_TIME = datetime(2026, 2, 1, 9, tzinfo=VIETNAM)
NO_ROOT = f"sha256:{'0' * 64}"
TICK = timedelta(microseconds=1)

Row = dict[str, Any]

COLUMNS: dict[str, Row] = {
    "system57_coverage": {"task_assignments": 0, "kpi_entries": 0},
    "task_assignment": {
        "task_id": None, "role": "lead", "title": None, "assigned_by": "demo", "assigned_on": date(2025, 11, 3),
        "due_on": date(2026, 1, 15), "due_text": None, "due_precision": "day", "extended_due_on": None,
        "extension_approved_on": None, "extension_document": None, "completed_on": None, "reported_at": IN_TIME,
        "confirmed_at": None, "sent_back_at": None, "returned_accepted_on": None, "percent": 0, "late_reason": None,
        "source_document": None, "classified": False,
    },
    "kpi_entry": {"kpi": None, "kind": "kpi", "frequency": "monthly", "due_in_period": True, "updated_at": IN_TIME},
    "service_score": {"department_name": "demo", **dict.fromkeys(("ckmb", "tdgq", "clgq", "tttt", "mdhl", "mdsh", "total"))},
    "exchange_volume": {
        "source_system": "NDXP", "transactions": None, "as_provider": None, "as_consumer": None, "failed": None,
    },
    "database_growth": {"database": "d1", "database_name": "demo", "listed": True, "new_records": None},
    "investment": {
        "budget_kind": "recurrent", "field": "innovation", "allocated_vnd": None, "disbursed_vnd": None,
        "as_of_on": date(2026, 1, 31),
    },
    "report": {"submitted_at": IN_TIME, "document": "demo", "registered_tasks": 0, "reported_databases": 0},
    "registered_task": {
        "task_code": None, "title": "demo", "registered_on": date(2026, 1, 2), "accepted_on": None,
        "acceptance_document": None,
    },
    "reported_records": {
        "database": "d1", "database_name": "demo", "listed": True, "new_records": 0, "confirmed_at": IN_TIME,
        "confirmed_by": "demo",
    },
    "reviewed_records": {
        "database": "d1", "new_records": 0, "verdict": "confirmed", "reviewed_at": IN_TIME + timedelta(days=6),
        "reviewed_by": "demo", "reason": "demo", "document": None,
    },
    "register": {"summonses": 0, "speeches": 0, "initiatives": 0},
    "summons": {
        "meeting_id": None, "held_on": date(2026, 1, 20), "chair": "demo", "topic": "demo", "required_role": "head",
        "online_allowed": False, "attended_role": None, "attended_mode": None, "evidence_digest": None,
    },
    "speech": {
        "speech_id": None, "meeting_id": "m", "spoken_on": date(2026, 1, 20), "kind": "speech", "speaker_role": "head",
        "qualifying": True, "note": None, "evidence_digest": None,
    },
    "initiative": {
        "initiative_id": None, "title": "demo", "points": 1, "decided_on": date(2026, 1, 30), "decision_document": "demo",
        "decision_digest": None,
    },
}  # fmt: skip
KEYS = ("task_id", "kpi", "task_code", "meeting_id", "speech_id", "initiative_id")


@asynccontextmanager
async def at_one_connection(url: str) -> AsyncIterator[AsyncConnection]:
    """For many months one after another: what the server has learned of its tables once, it knows for all of them."""
    engine = create_async_engine(make_url(url).set(drivername="postgresql+psycopg"), poolclass=pool.NullPool)
    async with engine.connect() as connection:
        yield connection
    await engine.dispose()


class Month:
    """Freezes snapshots of 2026-01 and asks the second engine about them, all inside one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection
        self.snapshots: dict[str, int | None] = dict.fromkeys(second_engine.SOURCES)

    async def freeze(
        self,
        source: str,
        /,
        *,
        version: int = 1,
        as_of: datetime = CUTOFF,
        period: str = "2026-01",
        composed: bool = False,
        **datasets: list[Row],
    ) -> int:
        """Header and rows as the ingest service writes them; the new pk answers for ``source`` from now on. ``composed``: the
        version took in rows of a later look and else has those of its predecessor."""
        await self.connection.exec_driver_sql("SET LOCAL ROLE ingest")
        held = [dataset.name for dataset in DATASETS if dataset.table in datasets]
        pk = await self._header(source, held, version=version, as_of=as_of, period=period, composed=composed)
        for dataset, rows in datasets.items():
            await self._rows(dataset, pk, rows)
        self.snapshots[source] = pk
        return pk

    async def put_aside(self, source: str, dataset: str, agency: str, faults: str = "[]") -> None:
        """A row of a body that cannot be true, of the source's latest snapshot; ``faults`` as JSON."""
        await self.connection.exec_driver_sql("SET LOCAL ROLE ingest")
        await self.connection.exec_driver_sql(
            "INSERT INTO ingest.put_aside (snapshot_pk, ordinal, dataset, agency, place, faults)"
            " SELECT %(pk)s, count(*) + 1, %(dataset)s, %(agency)s, 'demo', CAST(%(faults)s AS jsonb)"
            " FROM ingest.put_aside"
            " WHERE snapshot_pk = %(pk)s",
            {"pk": self.snapshots[source], "dataset": dataset, "agency": agency, "faults": faults},
        )

    async def run(self, *codes: str, **changes: Any) -> dict[str, Any]:
        """The second engine's answer for these bodies, read with the rights of the scoring service."""
        await self.connection.exec_driver_sql("SET LOCAL ROLE scoring")
        question: dict[str, Any] = {
            "period_start": date(2026, 1, 1),
            "period_end": date(2026, 2, 1),
            "year_start": date(2026, 1, 1),
            "as_of": CUTOFF,
            "deadline": DEADLINE,
            "snapshots": self.snapshots,
            "agencies": [{"code": code, "kind": "province"} for code in codes],
        }
        return await second_engine.run(self.connection, **{**question, **changes})

    async def settled(self, bodies: Mapping[str, Mapping[str, object]], **changes: Any) -> dict[str, Any]:
        """A month without any snapshot: every measure comes from a ruling."""
        rulings = [
            {"agency": agency, "measure": measure, "value": str(value)}
            for agency, values in bodies.items()
            for measure, value in values.items()
        ]
        return await self.run(*bodies, rulings=rulings, **changes)

    async def _header(
        self, source: str, held: Sequence[str], *, version: int, as_of: datetime, period: str, composed: bool
    ) -> int:
        pull = f"{source}-{period}-{version}"
        await self.connection.exec_driver_sql(
            "INSERT INTO audit.entry (actor, action, object) VALUES ('test', 'snapshot.freeze', %(pull)s)", {"pull": pull}
        )
        await self.connection.exec_driver_sql(
            "INSERT INTO ingest.pull (pull_id, source, period, purpose, origin, contract, as_of, actor)"
            " VALUES (%(pull)s, %(source)s, %(period)s, 'freeze', 'network', 'test/1.0', %(as_of)s, 'test')",
            {"pull": pull, "source": source, "period": period, "as_of": as_of},
        )
        later = version > 1
        stated: dict[str, Any] = {"datasets": [{"name": name, "root": NO_ROOT, "rows": 0} for name in held]}
        stated |= {"composed": {}} if composed else {}
        answer = await self.connection.exec_driver_sql(
            "INSERT INTO ingest.snapshot (snapshot_id, source, period, version, supersedes, reason, requested_by, approver,"
            " origin, pull_id, as_of, captured_at, row_count, root, manifest, evidence) VALUES (%(snapshot)s, %(source)s,"
            " %(period)s, %(version)s, %(supersedes)s, %(reason)s, %(asker)s, %(approver)s, 'network', %(pull)s, %(as_of)s,"
            " %(as_of)s, 0, 'root', %(manifest)s, '{}') RETURNING pk",
            {
                "manifest": json.dumps(stated).encode(),
                "pull": pull,
                "snapshot": f"snap_{pull}",
                "source": source,
                "period": period,
                "version": version,
                "as_of": as_of.astimezone(UTC),
                "supersedes": f"snap_{source}-{period}-{version - 1}" if later else None,
                "reason": "correction" if later else None,
                "asker": "one" if later else None,
                "approver": "two" if later else None,
            },
        )
        return int(answer.scalar_one())

    async def _rows(self, dataset: str, pk: int, rows: Sequence[Row]) -> None:
        answer = await self.connection.exec_driver_sql(
            "SELECT ingest.open_rows(%(dataset)s, %(pk)s)", {"dataset": dataset, "pk": pk}
        )
        part = answer.scalar_one()
        full = [full_row(dataset, pk, ordinal, row) for ordinal, row in enumerate(rows)]
        if full:
            names = ", ".join(full[0])
            values = ", ".join(f"%({name})s" for name in full[0])
            await self.connection.exec_driver_sql(f"INSERT INTO ingest.{part} ({names}) VALUES ({values})", full)
        await self.connection.exec_driver_sql("SELECT ingest.seal_rows(%(dataset)s, %(pk)s)", {"dataset": dataset, "pk": pk})


def full_row(dataset: str, pk: int, ordinal: int, row: Row) -> Row:
    """Every column of a row, as its table has them. Raises ValueError for a name that the dataset does not have."""
    defaults = {
        name: f"{name}-{ordinal}" if name in KEYS and value is None else value for name, value in COLUMNS[dataset].items()
    }
    unknown = set(row) - set(defaults) - {"agency_code"}
    if unknown:
        raise ValueError(f"{dataset} has no {', '.join(sorted(unknown))}")
    return {"snapshot_pk": pk, "ordinal": ordinal, **defaults, **row}


def covered(*codes: str) -> list[Row]:
    """A coverage, report or register row for each body."""
    return [{"agency_code": code} for code in codes]


def scores(sheet: dict[str, Any], code: str) -> dict[str, Any]:
    """One body's part of the sheet."""
    found: dict[str, Any] = next(agency for agency in sheet["agencies"] if agency["agency"] == code)
    return found


def states(sheet: dict[str, Any], code: str) -> dict[str, str]:
    return {name: score["state"] for name, score in scores(sheet, code)["indicators"].items()}


def exact(sheet: dict[str, Any], code: str) -> dict[str, str | None]:
    return {name: score["exact"] for name, score in scores(sheet, code)["indicators"].items()}


def measures(sheet: dict[str, Any], code: str, *names: str) -> tuple[Any, ...]:
    return tuple(sheet["measures"][code][name] for name in names)
