"""The operators' board: what an operator is answered about a month in one call (DSH-01)."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from services.gateway.http.schemas.shape import (
    AgencyCode,
    CommandId,
    PeriodText,
    PublicationId,
    RunId,
    Shape,
    SnapshotId,
    SourceName,
)
from services.gateway.operations.schemas.operations import Board, SourceStatus


class NextDeadline(Shape):
    """The next instant at which something of it closes or falls due."""

    kind: Literal["cutoff", "report_deadline", "word_deadline", "second_look"]
    falls_at: datetime
    seconds_left: int


class SourceOnBoard(SourceStatus):
    """`internal`: taken from what was entered or handed in here. `age_seconds` since its frozen figures were taken, before the
    freeze since the last complete pull; null before either. `next_deadline` is null once nothing of it is to come.
    `look_missing`: it was to be asked once more, and was not."""

    internal: bool
    age_seconds: int | None
    next_deadline: NextDeadline | None
    look_missing: bool


class BodyOnBoard(Shape):
    """A body's report of the month: `age_seconds` since it was handed in, `seconds_left` until its own deadline and 0 after."""

    agency: AgencyCode
    name_vi: str
    name_en: str
    state: Literal["in_time", "late", "none"]
    sequence: int | None
    submitted_at: datetime | None
    age_seconds: int | None
    deadline_at: datetime
    moved_by: str | None
    seconds_left: int


class LastRun(Shape):
    run_id: RunId
    recorded_at: datetime
    actor: str
    agrees: bool
    provisional: bool
    publication: PublicationId | None


class RunsOfMonth(Shape):
    count: int
    last: LastRun | None


class Work(Shape):
    """The last command of its kind and source that is not done: `problem` says why one failed. `snapshot` is the one that is to
    be superseded."""

    command_id: CommandId
    kind: str
    source: SourceName | None
    snapshot: SnapshotId | None
    state: Literal["waiting", "running", "failed"]
    actor: str
    requested_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    problem: dict[str, Any] | None


class OperatorBoard(Board):
    """A month as its operators see it: every source and every body with state, age and next deadline, runs, work that is under
    way or failed."""

    period: PeriodText
    now: datetime
    sources: list[SourceOnBoard]  # type: ignore[assignment]
    bodies: list[BodyOnBoard]
    runs: RunsOfMonth
    work: list[Work]
