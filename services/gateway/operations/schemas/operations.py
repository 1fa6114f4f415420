"""What readers and operators of the service are answered: commands, runs, snapshots, decisions, the board."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from services.gateway.access.schemas.decisions import Decided
from services.gateway.deadlines.schemas.deadlines import Extension
from services.gateway.http.schemas.shape import (
    AgencyCode,
    CommandId,
    Digest,
    Page,
    PeriodText,
    PublicationId,
    RunId,
    Shape,
    SnapshotId,
    SourceName,
)
from services.gateway.operations.schemas.plans import ChangedInput
from services.gateway.publication.schemas.documents import Follows, Origin, PublishedVersion

JobState = Literal["waiting", "running", "succeeded", "failed"]


class Accepted(Shape):
    """`status` is the address to ask how the work goes."""

    command_id: CommandId
    status: str
    request_id: str


class CommandStatus(Shape):
    """A request and its execution. `produced` is the address of what came of it; `problem` says why nothing did. One that
    waited for a second person may be `refused` by another, or `taken_back` by who asked: `ended_by`, with `end_reason`."""

    command_id: CommandId
    kind: Literal["pull", "freeze", "second_look", "supersede", "score", "plan", "publish", "restore", "shadow"]
    period: PeriodText | None
    arguments: dict[str, Any]
    actor: str
    reason: str
    approver: str | None
    requested_at: datetime
    state: Literal["awaiting_approval", "refused", "taken_back", "waiting", "running", "succeeded", "failed"]
    attempts: int
    started_at: datetime | None
    ended_at: datetime | None
    result: dict[str, Any] | None
    problem: dict[str, Any] | None
    produced: str | None
    ended_by: str | None
    end_reason: str | None


class FreezeOfMonth(Shape):
    """`already_frozen`: before this step, as of its cutoff or by official file, and left as it is."""

    source: SourceName
    state: Literal["waiting", "running", "frozen", "already_frozen", "failed"]
    command_id: CommandId
    snapshot: SnapshotId | None
    problem: dict[str, Any] | None


class LookOfMonth(Shape):
    source: SourceName
    state: JobState
    command_id: CommandId
    problem: dict[str, Any] | None


class ScoreOfMonth(Shape):
    """`same_run`: the inputs were scored before, and that run is the answer. `provisional`: measures are missing. `problem`
    says why the month cannot be scored."""

    state: Literal["waiting", "running", "scored", "same_run", "failed"]
    command_id: CommandId
    run: RunId | None
    provisional: bool | None
    agrees: bool | None
    problem: dict[str, Any] | None


class MonthFilled(Shape):
    """`scored`: every step was done. `incomplete`: scored, and a step failed. `not_scored`: the score itself failed."""

    period: PeriodText
    state: Literal["waiting", "running", "scored", "incomplete", "not_scored"]
    freezes: list[FreezeOfMonth]
    second_looks: list[LookOfMonth]
    score: ScoreOfMonth


class BackFill(Shape):
    """`succeeded`: every month is `scored`. `failed`: every month has ended, and some are not; asking for the same range again
    goes on with what failed."""

    command_id: CommandId
    first: PeriodText = Field(alias="from")
    last: PeriodText = Field(alias="to")
    actor: str
    reason: str
    requested_at: datetime
    state: JobState
    months: list[MonthFilled]


class BackFillPage(Page):
    items: list[BackFill]


class ScoreRun(Shape):
    """`agrees`: the second engine found the same digits. `provisional`: measures are missing. `scheme_revision` is the
    number of the scheme's revision it was computed by, null for the scheme as it ships. `stale` is every input that is
    otherwise now; while it is empty, the month scored again gives this run."""

    run_id: RunId
    period: PeriodText
    actor: str
    reason: str
    command_id: str | None
    inputs_digest: Digest
    scheme: str
    scheme_digest: Digest
    scheme_revision: int | None
    engine_version: str
    result_digest: Digest
    provisional: bool
    agrees: bool
    recorded_at: datetime
    publication: PublicationId | None
    stale: list[ChangedInput]
    sheet: dict[str, Any] | None = None


class ScoreRunPage(Page):
    items: list[ScoreRun]


class Publication(Shape):
    """`release_at`: from when on it is public, null where it was at once. `root` is that of its month bundle, `certificate` the
    digest of what signed its document for the meeting, null where nothing did."""

    publication_id: PublicationId
    period: PeriodText
    version: int
    run: RunId
    publisher: str
    reason: str
    command_id: str | None
    published_at: datetime
    digest: Digest
    scores: str
    follows: Follows | None
    restores: PublicationId | None
    release_at: datetime | None
    root: Digest | None
    certificate: Digest | None


class Snapshot(Shape):
    """`origin` official_file: taken from a document, not from the source system; intake: from reports handed in to us."""

    snapshot_id: SnapshotId
    source: SourceName
    period: PeriodText
    version: int
    supersedes: SnapshotId | None
    reason: str | None
    requested_by: str | None
    approver: str | None
    origin: Origin
    pull_id: str
    as_of: datetime
    captured_at: datetime
    clock_skew_seconds: str | None
    row_count: int
    root: str
    recorded_at: datetime


class SnapshotPage(Page):
    items: list[Snapshot]


class Verification(Shape):
    """`holds`: rows and archived bytes gave the snapshot's id and roots once more."""

    verified_at: datetime
    holds: bool


class SnapshotDocument(Snapshot):
    """With the manifest its id is the digest of, the evidence beside it, and its last verification."""

    manifest: dict[str, Any]
    evidence: dict[str, Any]
    verification: Verification | None


class RowFault(Shape):
    """What is wrong with one field: the check that found it (docs/contracts.md §7), the value, and what would be right."""

    field: str
    check: str
    seen: str
    expected: str


class RowPutAside(Shape):
    """One body's row that cannot be true, as it was delivered. `row` and `digest` are null where no single row is at fault but
    how many there are."""

    ordinal: int
    dataset: str
    agency: AgencyCode
    place: str
    faults: list[RowFault]
    row: dict[str, Any] | None
    digest: Digest | None


class RowPutAsidePage(Page):
    items: list[RowPutAside]


class Finding(Shape):
    """`severity` fatal: nothing was frozen from this pull. `code` names the rule, `detail` the place and the figures.
    `settled_by` is the snapshot of a later pull: what it lacks still is found again there. Null: it is open."""

    finding_id: int
    pull_id: str
    source: SourceName
    period: PeriodText
    code: str
    severity: Literal["fatal", "warning", "notice"]
    message_vi: str
    message_en: str
    detail: dict[str, Any]
    recorded_at: datetime
    settled_by: SnapshotId | None


class FindingPage(Page):
    items: list[Finding]


class WaitsFor(Shape):
    """Whose turn it is: another person than this one, with one of the roles."""

    roles: list[Literal["publisher"]]
    other_than: str


class Decision(Decided):
    """An act that moves points or time for others. `subject` is the address of what was decided, `agency` whom it concerns
    (null: all bodies), `withdraws` the decision that it takes back; `waits_for` is null once nothing waits."""

    decision_id: str
    kind: Literal["ruling", "applicability", "calendar_entry", "rule_activation"]
    subject: str
    agency: AgencyCode | None
    period: PeriodText
    withdraws: str | None
    document: str | None
    reason: str
    actor: str
    recorded_at: datetime
    waits_for: WaitsFor | None


class DecisionPage(Page):
    items: list[Decision]


class Ruling(Decided):
    """`in_force`: it supplies the measure now."""

    ruling_id: str
    sequence: int
    period: PeriodText
    agency: AgencyCode
    measure: str
    value: str | None
    reason: str
    document: str
    actor: str
    withdraws: str | None
    recorded_at: datetime
    in_force: bool


class RulingPage(Page):
    items: list[Ruling]


class Applicability(Decided):
    """`in_force`: it holds now for the months it names."""

    applicability_id: str
    agency: AgencyCode
    indicator: str
    valid_from: PeriodText
    valid_to: PeriodText | None
    document: str
    reason: str
    actor: str
    withdraws: str | None
    recorded_at: datetime
    in_force: bool


class ApplicabilityPage(Page):
    items: list[Applicability]


class CalendarEntry(Decided):
    """`in_force`: approved and not withdrawn; of several on one period, source and kind the one approved last holds."""

    entry_id: str
    sequence: int
    period: PeriodText
    source: str
    kind: Literal["cutoff", "report_deadline", "word_deadline", "second_look"]
    falls_at: datetime
    reason: str
    actor: str
    withdraws: str | None
    recorded_at: datetime
    in_force: bool


class CalendarPage(Page):
    """`extensions`: of each body's month the one in force, which puts off that body's report deadline alone."""

    items: list[CalendarEntry]
    extensions: list[Extension]


class LastPull(Shape):
    pull_id: str
    purpose: Literal["rehearsal", "freeze", "second_look", "supersede"]
    origin: Origin
    state: Literal["running", "complete", "failed", "abandoned"]
    row_count: int | None
    started_at: datetime
    ended_at: datetime | None
    problem: str | None


class FrozenSnapshot(Shape):
    snapshot_id: SnapshotId
    version: int
    origin: Origin
    row_count: int
    as_of: datetime
    captured_at: datetime


class Findings(Shape):
    fatal: int
    warning: int
    notice: int


class SourceStatus(Shape):
    """`overdue`: the cutoff has passed and nothing is frozen, so its measures are missing."""

    source: SourceName
    state: Literal["frozen", "overdue", "failed", "pulled", "waiting"]
    cutoff_at: datetime
    last_pull: LastPull | None
    snapshot: FrozenSnapshot | None
    findings: Findings


class JobCount(Shape):
    kind: str
    state: JobState
    count: int


class Board(Shape):
    """The operator's board of one period."""

    period: PeriodText
    sources: list[SourceStatus]
    jobs: list[JobCount]
    published: PublishedVersion | None
