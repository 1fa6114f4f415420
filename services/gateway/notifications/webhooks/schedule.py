"""When a delivery is tried again, and when it is given up. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

PATIENCE: Final = timedelta(hours=72)
# After the first failure, the second, and so on; the last one holds until the patience ends.
PAUSES: Final = tuple(timedelta(seconds=seconds) for seconds in (5, 30, 120, 600, 1800, 3600, 2 * 3600, 4 * 3600, 6 * 3600))


def next_attempt(begins_at: datetime, *, failures: int, now: datetime) -> datetime | None:
    """When to try after so many failures, the last one at 72 hours sharp; None when it is given up."""
    ends_at = begins_at + PATIENCE
    if now >= ends_at:
        return None
    return min(now + PAUSES[min(failures, len(PAUSES)) - 1], ends_at)
