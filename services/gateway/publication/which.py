"""Which version of a month a reader asks for: the latest, a pinned one, or the one of an instant (PUB-04, SNP-07)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Query, Request
from pydantic import Field

from services.gateway.http.errors import NotYetPublished
from services.gateway.http.periods import known_period
from services.gateway.http.routes.parameters import PeriodPath, Unset
from services.gateway.http.runtime import Runtime, runtime
from services.gateway.http.words import DIGITS, Instant
from services.gateway.publication.store import published
from shared.errors import Fault, InputInvalid
from shared.period import in_vietnam

IMMUTABLE, LATEST = "public, max-age=31536000, immutable", "public, no-cache"

Number = Annotated[int, Field(ge=1, le=2_147_483_647), DIGITS]
VersionQuery = Annotated[Number | Unset, Query(description="Pins a version; without it, the latest.")]
AsOfQuery = Annotated[
    Instant | Unset,
    Query(
        description="The version that stood at this instant, which is not ahead of now; not beside `version`.",
        examples=["2026-03-01T08:00:00+07:00"],
    ),
]


@dataclass(frozen=True)
class Which:
    """A version of a month. ``version`` None is the latest, whichever that is when it is looked up; ``pinned``: the address
    names it by its number, so what is sent never changes."""

    period: str
    version: int | None
    pinned: bool

    @property
    def cache(self) -> str:
        """What a pinned version says never changes. One that is asked for by an instant could have been committed after it."""
        return IMMUTABLE if self.pinned else LATEST


async def which_version(request: Request, period: PeriodPath, version: VersionQuery = None, as_of: AsOfQuery = None) -> Which:
    """As ``which_of``."""
    return await which_of(runtime(request), period, version, as_of)


WhichVersion = Annotated[Which, Depends(which_version)]


async def which_of(
    given: Runtime, period: str, version: int | None, as_of: datetime | None, *, called: str = "?version"
) -> Which:
    """``called`` is the parameter that names the version by number.

    Raises PeriodUnknown, InputInvalid for an instant beside a version or ahead of now, NotYetPublished before the first."""
    month = str(known_period(period, now=given.clock()))
    if as_of is None:
        return Which(month, version, version is not None)
    return Which(month, await _stood_at(given, month, as_of, version, called), False)


async def _stood_at(given: Runtime, period: str, as_of: datetime, version: int | None, called: str) -> int:
    if version is not None:
        raise InputInvalid(
            "a version is asked for by number or by instant", faults=[Fault("?as_of", f"stands beside {called}")]
        )
    require_past(as_of, now=given.clock())
    async with given.database.read() as connection:
        found = await published.version_at(connection, period, as_of)
    if found is None:
        raise NotYetPublished(f"nothing had been published of {period} at {in_vietnam(as_of)}")
    return found


def require_past(as_of: datetime, *, now: datetime) -> None:
    """Raises InputInvalid for an instant ahead of now."""
    if as_of > now:
        fault = Fault("?as_of", "lies ahead", seen=in_vietnam(as_of), expected=f"at most {in_vietnam(now)}")
        raise InputInvalid("nobody knows yet what will be published", faults=[fault])
