"""Publications and their stored bytes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.gateway.publication.store.records import (
    Certificate,
    Embargoed,
    LatestVersion,
    Publication,
    Rendering,
    Run,
    RunSheet,
)
from shared.database import every, one
from shared.tables.scoring import publication, publication_certificate, rendering, run

_HEADER = (
    "publication_id", "period", "version", "run_id", "publisher", "reason", "command_id", "published_at", "digest",
    "follows", "restores", "release_at", "root", "certificate",
)  # fmt: skip
_RUN = (
    "run_id", "period", "actor", "reason", "command_id", "inputs_digest", "scheme", "scheme_digest", "scheme_revision",
    "engine_version",
    "result_digest", "provisional", "agrees", "recorded_at",
)  # fmt: skip

_PUBLISHED = text("""
SELECT DISTINCT ON (period) period, version, published_at FROM scoring.publication
 WHERE published_at <= coalesce(:as_of, 'infinity') ORDER BY period, version DESC
""").bindparams(bindparam("as_of", type_=publication.c.published_at.type))

_RENDERING = text("""
SELECT p.period, p.version, r.digest, r.body,
       (SELECT max(version) FROM scoring.publication AS later WHERE later.period = p.period) AS latest
  FROM scoring.publication AS p JOIN scoring.rendering AS r USING (publication_id)
 WHERE p.period = coalesce(CAST(:period AS text), (SELECT max(period) FROM scoring.publication))
   AND r.agency = :agency AND r.media_type = :media_type
   AND p.version = coalesce(:version, (SELECT max(version) FROM scoring.publication AS other WHERE other.period = p.period))
""").columns(
    period=publication.c.period.type,
    version=publication.c.version.type,
    latest=publication.c.version.type,
    digest=rendering.c.digest.type,
    body=rendering.c.body.type,
)


_PREVIEW = text("SELECT set_config('bangdiem.previews', :agency, true)")
_UNDER_EMBARGO = text("""
SELECT p.period, p.version, r.digest, r.body, p.release_at
  FROM scoring.publication AS p JOIN scoring.rendering AS r USING (publication_id)
 WHERE p.period = :period AND p.release_at > now() AND r.agency = :agency AND r.media_type = :media_type
 ORDER BY p.version DESC LIMIT 1
""").columns(digest=rendering.c.digest.type, body=rendering.c.body.type)


async def preview(connection: AsyncConnection, agency: str = "*") -> None:
    """From here on the transaction sees versions under an embargo too (scoring.previews): whole, or one body's part of them.
    Without it row security shows what is released, whatever a query forgets."""
    await connection.execute(_PREVIEW, {"agency": agency})


async def find_under_embargo(connection: AsyncConnection, *, period: str, agency: str, media_type: str) -> Embargoed | None:
    """The month's last version that waits for its release, for a session that previews it; agency '' is the whole sheet."""
    return await one(connection, Embargoed, _UNDER_EMBARGO, {"period": period, "agency": agency, "media_type": media_type})


async def find_rendering(
    connection: AsyncConnection, *, period: str | None, version: int | None, agency: str, media_type: str
) -> Rendering | None:
    """Month, version, digest and bytes; month None is the latest that is published, version None its latest, agency '' the
    whole sheet."""
    key = {"period": period, "version": version, "agency": agency, "media_type": media_type}
    return await one(connection, Rendering, _RENDERING, key)


async def versions_of(connection: AsyncConnection, period: str) -> list[Publication]:
    columns = [publication.c[name] for name in _HEADER]
    statement = select(*columns).where(publication.c.period == period).order_by(publication.c.version)
    return await every(connection, Publication, statement)


async def version_seen(connection: AsyncConnection, period: str, version: int | None) -> int | None:
    """The version, the latest where none is named, if this session may see it; else None."""
    seen = select(func.max(publication.c.version)).where(publication.c.period == period)
    if version is not None:
        seen = seen.where(publication.c.version == version)
    found: int | None = await connection.scalar(seen)
    return found


async def version_at(connection: AsyncConnection, period: str, instant: datetime) -> int | None:
    """The version that was the latest at an instant, None before the first."""
    public_from = func.coalesce(publication.c.release_at, publication.c.published_at)
    stood = select(func.max(publication.c.version)).where(publication.c.period == period, public_from <= instant)
    found: int | None = await connection.scalar(stood)
    return found


async def latest_versions(connection: AsyncConnection, as_of: datetime | None = None) -> dict[str, LatestVersion]:
    """The latest publication of every published period, or the one that was it at an instant."""
    return {line.period: line for line in await every(connection, LatestVersion, _PUBLISHED, {"as_of": as_of})}


async def latest_period(connection: AsyncConnection) -> str | None:
    found: str | None = await connection.scalar(select(func.max(publication.c.period)))
    return found


async def find_publication(connection: AsyncConnection, publication_id: str) -> Publication | None:
    columns = [publication.c[name] for name in _HEADER]
    return await one(connection, Publication, select(*columns).where(publication.c.publication_id == publication_id))


async def certificates(connection: AsyncConnection) -> list[Certificate]:
    """Those that ever signed, first used first."""
    names = ("fingerprint", "certificate", "chain", "recorded_at")
    asked = select(*(publication_certificate.c[name] for name in names))
    ordered = asked.order_by(publication_certificate.c.recorded_at, publication_certificate.c.fingerprint)
    return await every(connection, Certificate, ordered)


async def publication_of_run(connection: AsyncConnection, run_id: str) -> str | None:
    found: str | None = await connection.scalar(select(publication.c.publication_id).where(_made_of(run_id)))
    return found


async def run_of(connection: AsyncConnection, publication_id: str) -> Run:
    """The run of a publication. Raises LookupError for one that is not there."""
    found = await find_publication(connection, publication_id)
    made = None if found is None else await find_run(connection, found.run_id)
    if made is None:
        raise LookupError(publication_id)
    return made


async def find_run(connection: AsyncConnection, run_id: str) -> Run | None:
    """The run's header and its publication, without inputs and sheet."""
    return await one(connection, Run, _runs().where(run.c.run_id == run_id))


async def find_sheet(connection: AsyncConnection, run_id: str) -> bytes | None:
    """The canonical bytes the run computed."""
    sheet: bytes | None = await connection.scalar(select(run.c.sheet).where(run.c.run_id == run_id))
    return sheet


async def latest_sheet(connection: AsyncConnection, period: str) -> RunSheet | None:
    """``run_id`` and canonical ``sheet`` of the month's latest run."""
    asked = select(run.c.run_id, run.c.sheet).where(run.c.period == period).order_by(run.c.run_id.desc()).limit(1)
    return await one(connection, RunSheet, asked)


async def list_runs(connection: AsyncConnection, *, period: str | None, after: str | None, limit: int) -> list[Run]:
    statement = _runs().order_by(run.c.run_id).limit(limit)
    if period is not None:
        statement = statement.where(run.c.period == period)
    if after is not None:
        statement = statement.where(run.c.run_id > after)
    return await every(connection, Run, statement)


def _made_of(run_id: Any) -> ColumnElement[bool]:
    """The version that a run was published as; one that restores it says the same again."""
    return and_(publication.c.run_id == run_id, publication.c.restores.is_(None))


def _runs() -> Select[Any]:
    joined = run.outerjoin(publication, _made_of(run.c.run_id))
    return select(*(run.c[name] for name in _RUN), publication.c.publication_id).select_from(joined)
