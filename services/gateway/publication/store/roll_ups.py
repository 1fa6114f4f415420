"""Quarters and years: drafts with their lines, the bodies' checks, answers, and what was published of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.database import every, one
from shared.tables.roll_ups import roll_up, roll_up_line, roll_up_publication

# `months_now` is what a draft made now would rest on; `replaced`: there is a later draft of the span.
_ROLL_UPS = """
SELECT r.roll_up_id, r.sequence, r.span, r.months, r.body_count, r.digest, r.check_until, r.actor, r.reason,
       r.recorded_at AS computed_at, p.version, p.published_at, p.actor AS publisher, p.reason AS publication_reason,
       control.months_published(r.span) AS months_now, clock_timestamp() >= r.check_until AS is_over,
       EXISTS (SELECT FROM control.roll_up n WHERE n.span = r.span AND n.sequence > r.sequence) AS replaced
  FROM control.roll_up r LEFT JOIN control.roll_up_publication p USING (roll_up_id)
"""
_ALL = text(f"{_ROLL_UPS} WHERE r.sequence > :after ORDER BY r.sequence LIMIT :limit")
_ONE = text(f"{_ROLL_UPS} WHERE r.roll_up_id = :roll_up_id")
_OF_BODY = text(f"""{_ROLL_UPS} WHERE r.sequence > :after
   AND EXISTS (SELECT FROM control.roll_up_line l WHERE l.roll_up_id = r.roll_up_id AND l.agency = :agency)
 ORDER BY r.sequence LIMIT :limit""")
_CHECKS = text("""
SELECT c.check_id, c.agency, c.verdict, c.reason, c.actor, c.recorded_at,
       a.actor AS answered_by, a.reason AS answer, a.recorded_at AS answered_at
  FROM control.roll_up_check c LEFT JOIN control.roll_up_answer a USING (check_id)
 WHERE c.roll_up_id = :roll_up_id AND (CAST(:agency AS text) IS NULL OR c.agency = :agency) ORDER BY c.sequence
""")
_MONTHS = text("SELECT control.months_published(:span) AS months")
# The same lock as control.roll_up_closed takes: checks, answers and publications of a span are told one after the other.
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('roll-up:' || :span, 0))")
_NOW = text("SELECT clock_timestamp()")


@dataclass(frozen=True, kw_only=True)
class RollUp:
    """A draft and how far it came; ``version`` and what goes with it are None before it is published."""

    roll_up_id: str
    sequence: int
    span: str
    months: Sequence[Mapping[str, Any]]
    body_count: int
    digest: str
    check_until: datetime
    actor: str
    reason: str
    computed_at: datetime
    version: int | None
    published_at: datetime | None
    publisher: str | None
    publication_reason: str | None
    months_now: Sequence[Mapping[str, Any]]
    is_over: bool
    replaced: bool


@dataclass(frozen=True, kw_only=True)
class RollUpLine:
    """``line`` is what the draft says of the body."""

    agency: str
    line: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class RollUpCheck:
    """A body's word on its line, with the publisher's on it where there is one."""

    check_id: str
    agency: str
    verdict: str
    reason: str | None
    actor: str
    recorded_at: datetime
    answered_by: str | None
    answer: str | None
    answered_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class RollUpVersion:
    """A published version without its bytes; ``stale`` where a month has another version by now."""

    span: str
    version: int
    roll_up_id: str
    digest: str
    csv_digest: str
    reason: str
    published_at: datetime
    months: Sequence[Mapping[str, Any]]
    months_now: Sequence[Mapping[str, Any]]


_VERSIONS = text("""
SELECT p.span, p.version, p.roll_up_id, p.digest, p.csv_digest, p.reason, p.published_at, r.months,
       control.months_published(p.span) AS months_now
  FROM control.roll_up_publication p JOIN control.roll_up r USING (roll_up_id) WHERE p.span = :span ORDER BY p.version
""")

# The channel of the months' publications: whoever hears it forgets what rests on the latest ones.
_ANNOUNCE = text("SELECT pg_notify('publication', :span)")


async def months_published(connection: AsyncConnection, span: str) -> Sequence[Mapping[str, Any]]:
    """Of every month that is published its latest version: period, version, publication_id, digest."""
    found: Sequence[Mapping[str, Any]] = await connection.scalar(_MONTHS, {"span": span})
    return found


async def hold_span(connection: AsyncConnection, span: str) -> datetime:
    """Others are held back until this transaction ends. The database's instant."""
    await connection.execute(_LOCK, {"span": span})
    instant: datetime = (await connection.execute(_NOW)).scalar_one()
    return instant


async def list_roll_ups(
    connection: AsyncConnection, *, agency: str | None = None, after: int | None, limit: int
) -> list[RollUp]:
    """In the order they were computed; with ``agency``, those that have a line of the body."""
    asked = {"after": after or 0, "limit": limit}
    if agency is None:
        return await every(connection, RollUp, _ALL, asked)
    return await every(connection, RollUp, _OF_BODY, {**asked, "agency": agency})


async def find_roll_up(connection: AsyncConnection, roll_up_id: str) -> RollUp | None:
    return await one(connection, RollUp, _ONE, {"roll_up_id": roll_up_id})


async def latest_of_span(connection: AsyncConnection, span: str) -> str | None:
    """The id of the draft that was computed last."""
    last = select(roll_up.c.roll_up_id).where(roll_up.c.span == span).order_by(roll_up.c.sequence.desc()).limit(1)
    found: str | None = await connection.scalar(last)
    return found


async def lines_of(connection: AsyncConnection, roll_up_id: str, agency: str | None = None) -> list[RollUpLine]:
    """By code; of one body where it is named."""
    asked = select(roll_up_line.c.agency, roll_up_line.c.line).where(roll_up_line.c.roll_up_id == roll_up_id)
    asked = asked if agency is None else asked.where(roll_up_line.c.agency == agency)
    return await every(connection, RollUpLine, asked.order_by(roll_up_line.c.agency))


async def checks_of(connection: AsyncConnection, roll_up_id: str, agency: str | None = None) -> list[RollUpCheck]:
    """In their order; a body's last one counts."""
    return await every(connection, RollUpCheck, _CHECKS, {"roll_up_id": roll_up_id, "agency": agency})


async def versions_of_span(connection: AsyncConnection, span: str) -> list[RollUpVersion]:
    """First one first."""
    return await every(connection, RollUpVersion, _VERSIONS, {"span": span})


async def bytes_of(connection: AsyncConnection, *, span: str, version: int, csv: bool) -> bytes:
    """What was published, of a version that there is."""
    column = roll_up_publication.c.csv if csv else roll_up_publication.c.json
    same = (roll_up_publication.c.span == span, roll_up_publication.c.version == version)
    body: bytes = (await connection.execute(select(column).where(*same))).scalar_one()
    return bytes(body)


async def announce(connection: AsyncConnection, span: str) -> None:
    """Readers that keep the span's page in memory hear of its new version when it commits, and never before."""
    await connection.execute(_ANNOUNCE, {"span": span})
