"""What bodies say their own points are. Row security gives a body its own alone, and a national office none."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from services.gateway.publication.store.records import SelfScore
from shared.database import every, insert_record, one
from shared.errors import Conflict
from shared.tables.self_scores import self_score

# Of intake.check_self_score.
_CLOSED = "55000"


class SelfScoreClosed(Conflict):
    """A body states its own points before the month's first publication; after it nothing is stated any more."""

    slug = "self-score-closed"
    title_vi = "Kỳ này đã công bố, không nhận điểm tự đánh giá nữa"
    title_en = "Self-scores of the month are closed"


async def insert_self_score(
    connection: AsyncConnection, *, self_score_id: str, agency: str, period: str, points: Mapping[str, str], actor: str
) -> SelfScore:
    """The next version, numbered by the database. Raises SelfScoreClosed; the transaction is lost then."""
    about = {"self_score_id": self_score_id, "agency": agency, "period": period}
    try:
        return await insert_record(connection, self_score, SelfScore, {**about, "points": dict(points), "actor": actor})
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) == _CLOSED:
            raise SelfScoreClosed(f"{period} is published, so nothing is stated of it any more") from error
        raise


async def list_self_scores(
    connection: AsyncConnection, *, agency: str, period: str, after: int | None, limit: int
) -> list[SelfScore]:
    """By version."""
    same = (self_score.c.agency == agency, self_score.c.period == period, self_score.c.version > (after or 0))
    return await every(connection, SelfScore, select(self_score).where(*same).order_by(self_score.c.version).limit(limit))


async def find_self_score(
    connection: AsyncConnection, *, agency: str, period: str, version: int | None = None
) -> SelfScore | None:
    """A version, the last where none is named."""
    same = [self_score.c.agency == agency, self_score.c.period == period]
    same += [] if version is None else [self_score.c.version == version]
    statement = select(self_score).where(*same).order_by(self_score.c.version.desc()).limit(1)
    return await one(connection, SelfScore, statement)
