"""When a version may be released: ahead by the database's clock, not far, and none before one made earlier (ADR 40)."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.database import row
from shared.errors import Conflict, Fault, InputInvalid
from shared.period import in_vietnam

# As scoring.check_embargo has it.
LONGEST = timedelta(days=30)
_STANDS = text("""
SELECT clock_timestamp() AS now,
       (SELECT max(release_at) FROM scoring.publication WHERE period = :period AND release_at > now()) AS awaited
""")


class EmbargoStands(Conflict):
    """A version of the month waits for its release, and a later one would be public before it."""

    slug = "under-embargo"
    title_vi = "Kỳ này có phiên bản công bố có hẹn giờ chưa đến giờ"
    title_en = "A version is under embargo"


async def require_release(connection: AsyncConnection, period: str, release_at: datetime | None) -> None:
    """Whether the month's next version may be public from the instant on; None is at once. The session previews or is
    scoring's. Raises InputInvalid, which names the bound, or EmbargoStands."""
    found = await row(connection, _STANDS, {"period": period})
    if found is None:
        raise LookupError(period)
    now, awaited = found["now"], found["awaited"]
    if release_at is not None and not now < release_at <= now + LONGEST:
        bounds = f"after {in_vietnam(now)} and at most {in_vietnam(now + LONGEST)}"
        fault = Fault("/release_at", "is not ahead, or more than 30 days", seen=in_vietnam(release_at), expected=bounds)
        raise InputInvalid("a version cannot be released at this instant", faults=[fault])
    if awaited is not None and (release_at is None or release_at < awaited):
        stands = in_vietnam(awaited)
        hint = "Publish for that instant or a later one, or publish after it."
        raise EmbargoStands(f"a version of {period} is released at {stands}, and none is before it", hint=hint)
