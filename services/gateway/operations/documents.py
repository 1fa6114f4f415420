"""Sheets as documents, for the terminal of whoever holds the machine."""

from __future__ import annotations

import json
from typing import Any

from services.gateway.operations.store import control, evidence
from services.gateway.publication.published_reports import bodies_of, version_of
from services.gateway.publication.store import published, published_reports
from shared.database import Database
from shared.errors import NotFound

JSON = "application/json"


class NothingToShow(NotFound):
    slug = "nothing-to-show"
    title_vi = "Chưa có bảng điểm"
    title_en = "No sheet"


async def published_document(database: Database, period: str, *, version: int | None = None) -> dict[str, Any]:
    """The published sheet, latest unless a version is named. Raises NothingToShow."""
    async with database.read() as connection:
        found = await published.find_rendering(connection, period=period, version=version, agency="", media_type=JSON)
    if found is None:
        raise NothingToShow(f"{period}: nothing is published" + (f" as version {version}" if version else ""))
    document: dict[str, Any] = json.loads(found.body)
    return document


async def published_report(database: Database, period: str, agency: str, *, version: int) -> dict[str, Any]:
    """What is published of one body's report beside its scores: the report that counted, extensions, public words."""
    async with database.read() as connection:
        found = await published_reports.find_version(connection, period=period, version=version)
        bodies = {} if found is None else await bodies_of(connection, version_of(found))
    if agency not in bodies:
        raise NothingToShow(f"{period}: nothing is published of {agency}")
    return bodies[agency]


async def run_document(database: Database, run_id: str) -> dict[str, Any]:
    """The sheet of one run, published or not. Raises NothingToShow."""
    async with database.read() as connection:
        sheet = await published.find_sheet(connection, run_id)
    if sheet is None:
        raise NothingToShow(f"no run {run_id}")
    document: dict[str, Any] = json.loads(sheet)
    return document | {"run": run_id}


async def latest_run(database: Database, period: str) -> str:
    """The id of the period's last run. Raises NothingToShow."""
    async with database.read() as connection:
        runs = await published.list_runs(connection, period=period, after=None, limit=100_000)
    if not runs:
        raise NothingToShow(f"{period}: never scored", hint=f"bangdiem score {period} --reason …")
    run_id: str = runs[-1].run_id
    return run_id


async def publication_of(database: Database, run_id: str) -> str | None:
    """The id of the publication that made this run public."""
    async with database.read() as connection:
        await published.preview(connection)
        return await published.publication_of_run(connection, run_id)


async def is_frozen(database: Database, *, source: str, period: str) -> bool:
    """Whether the source's month has a snapshot."""
    async with database.read() as connection:
        return source in await evidence.latest_snapshots(connection, period)


async def exempted(database: Database, period: str) -> set[tuple[str, str]]:
    """(agency, indicator) pairs that a row in force exempts in the period."""
    async with database.read() as connection:
        found = await control.applicability_in_force(connection)
    return {
        (line.agency, line.indicator)
        for line in found
        if line.valid_from <= period and (line.valid_to is None or period <= line.valid_to)
    }
