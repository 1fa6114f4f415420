"""Score plans: what callers send, and what they are answered."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from services.gateway.http.schemas.shape import (
    AgencyCode,
    Digest,
    PeriodText,
    PublicationId,
    Reason,
    RunId,
    Shape,
    identifier,
)
from services.gateway.publication.schemas.changes import AgencyMove

PlanId = Annotated[str, identifier("splan")]


class ScorePlanAsked(Shape):
    period: PeriodText
    reason: Reason


class ChangedInput(Shape):
    """One input that is otherwise: in which part, under which name there, and what stood before and after (null: nothing).
    Snapshots and decisions are named by their ids, bodies of the registry and schemes by digests."""

    part: Literal["snapshots", "rulings", "applicability", "omissions", "calendar", "registry", "scheme", "engine"]
    name: str
    before: str | None
    after: str | None


class VersionAgainst(Shape):
    """The published version a sheet is compared with."""

    publication: PublicationId
    version: int
    result_digest: Digest


class ScoreDifference(Shape):
    """What a sheet would change in what is published of its month: bodies whose points, total, grade or rank differ. `against`
    is null before the first version, of which everything is new. `compared` is false where the published version's scheme is
    not held any more; then no body is named. The SHA-256 of this document in canonical JSON (RFC 8785) is its digest."""

    period: PeriodText
    against: VersionAgainst | None
    result_digest: Digest
    provisional: bool
    compared: bool
    agencies_moved: int
    grades_moved: int
    ranks_moved: int
    agencies: list[AgencyMove]


class PlannedPublication(Shape):
    """What publishing the run would change now: `digest` is what a publication names, the counts are of `moved`."""

    digest: Digest
    against: VersionAgainst | None
    compared: bool
    agencies_moved: int
    grades_moved: int
    ranks_moved: int


class StaleScore(Shape):
    """A score that comes out otherwise, and what of it changed."""

    agency: AgencyCode
    indicator: str
    because: list[Literal["own", "pool", "scheme", "ruling"]]


class StaleRun(Shape):
    """A run that stood when the plan was made, the published one and the last one: `version` where it is the published one,
    which inputs differed, and exactly which scores come out otherwise (null where its scheme is not held any more)."""

    run_id: RunId
    version: int | None
    changed: list[ChangedInput]
    scores: list[StaleScore] | None


class ScorePlan(Shape):
    """What a run of the month would change; nothing of it is a run. `digest` is that of `difference`. `changed` is what is
    otherwise since: while it is empty, a run by this plan is computed from the same."""

    plan_id: PlanId
    period: PeriodText
    actor: str
    reason: str
    command_id: str | None
    recorded_at: datetime
    inputs_digest: Digest
    scheme: str
    scheme_digest: Digest
    scheme_revision: int | None
    engine_version: str
    result_digest: Digest
    provisional: bool
    agrees: bool
    digest: Digest
    difference: ScoreDifference
    stale: list[StaleRun]
    changed: list[ChangedInput]
