"""Where a caller works on the submissions of one body's month: transactions within reach, and what this caller sees."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.gateway.access import tenancy
from services.gateway.http.runtime import Runtime
from services.gateway.reports.store import submissions as stored
from services.gateway.reports.store.records import Submission
from services.gateway.reports.submissions.refused import ContentMissing
from services.gateway.reports.submissions.standing import Standing, WithContent, as_it_stands
from services.gateway.reports.workflow.machine import HOLDERS
from shared.audit import Actor
from shared.database import Connection
from shared.errors import NotFound
from shared.period import Period, in_vietnam


@dataclass(frozen=True)
class Desk:
    """One caller, one body, one month."""

    given: Runtime
    actor: Actor
    agency: str
    period: Period

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """Within the caller's reach; whoever changes a month's submissions does so one after the other."""
        async with tenancy.transaction(self.given.database, self.actor) as connection:
            yield connection

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Connection]:
        async with tenancy.read(self.given.database, self.actor) as connection:
            yield connection

    async def lock(self, connection: Connection) -> None:
        await stored.lock_month(connection, agency=self.agency, period=str(self.period))

    async def find(self, connection: Connection, sequence: int) -> Standing:
        """As it stands now, a lapsed agreement included. Raises NotFound; also for those outside the body while nothing was
        signed."""
        found = await stored.find(connection, agency=self.agency, period=str(self.period), sequence=sequence)
        if found is None or (found.state != "accepted" and not self.inside):
            raise NotFound(f"{self.agency} has no submission {sequence} of {self.period}")
        return await as_it_stands(connection, found)

    async def find_with_content(self, connection: Connection, sequence: int) -> WithContent:
        """Raises NotFound or ContentMissing."""
        found = await self.find(connection, sequence)
        if found.revision is None:
            raise ContentMissing(f"submission {sequence} has no content yet", hint="PUT the report to …/content.")
        return WithContent(**vars(found))

    @property
    def inside(self) -> bool:
        """Whether the caller belongs to the body; everybody else sees what was signed only."""
        return self.actor.agency == self.agency and bool(self.actor.roles & set(tenancy.AGENCY_ROLES))

    @property
    def now(self) -> datetime:
        return self.given.clock()

    def path(self, sequence: int) -> str:
        """A submission's address, without the API's prefix."""
        return f"/agencies/{self.agency}/periods/{self.period}/submissions/{sequence}"


def held(found: Submission) -> dict[str, Any]:
    """In which state a submission is, since when, by whom, and whose turn it is: for refusals."""
    since = in_vietnam(found.state_since)
    return {"state": found.state, "since": since, "by": found.moved_by, "holder": HOLDERS.get(found.state, "nobody")}
