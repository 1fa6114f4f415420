"""Registers of the Government Office and initiatives: what officers, bodies and assessors send, and what they are answered."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from services.gateway.http.schemas.shape import AgencyCode, Digest, Document, PeriodText, Reason, Shape, identifier
from services.gateway.http.schemas.shape import Page as _Page
from services.gateway.http.words import Line


def _on_the_calendar(day: str) -> str:
    date.fromisoformat(day)
    return day


# A day as it is written in JSON: a year of four digits, which RFC 3339 and PostgreSQL both know.
Day = Annotated[
    str, Field(pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$", json_schema_extra={"format": "date"}), AfterValidator(_on_the_calendar)
]
Evidence = Annotated[Digest, Field(description="SHA-256 of the minutes or list this is taken from.")]
Role = Literal["head", "acting_head", "deputy", "officer"]
Mode = Literal["in_person", "online"]
EntryState = Literal["awaiting_confirmation", "in_force", "withdrawn"]
MeetingId = Annotated[str, identifier("meet")]
InitiativeId = Annotated[str, identifier("init")]
_MOST_BODIES, _MOST_PEOPLE, _MOST_MEETINGS = 200, 50, 1000


class Summons(Shape):
    """How a meeting summons one body. `required_role`: this role or a higher one attends (E-1); an acting head is a head."""

    agency: AgencyCode
    required_role: Literal["head", "deputy", "officer"]
    online_allowed: bool


def _once(summons: list[Summons]) -> list[Summons]:
    twice = sorted(agency for agency, count in Counter(each.agency for each in summons).items() if count > 1)
    if twice:
        raise ValueError(f"summoned twice: {', '.join(twice)}")
    return summons


class MeetingContent(Shape):
    """A meeting on S&T, innovation or digital transformation, chaired by a leader of the Government or of the Central Steering
    Committee (E-5). Its month is that of `held_on`."""

    held_on: Day
    summoned_by: Literal["government_leader", "steering_committee_leader"]
    chair: Annotated[Line, Field(examples=["Phó Thủ tướng Chính phủ"])]
    topic: Line
    summons_document: Document
    summons: Annotated[list[Summons], Field(min_length=1, max_length=_MOST_BODIES), AfterValidator(_once)]


class Attendee(Shape):
    """One person of the body: the role, not the name."""

    role: Role
    mode: Mode


class AttendanceContent(Shape):
    """Who came for one body. An empty list says that nobody did; no attendance at all says nothing."""

    attendees: Annotated[list[Attendee], Field(max_length=_MOST_PEOPLE)]


class SpeechContent(Shape):
    """`qualifying`: an officer finds that it shares experience worth sharing (E-7), and says why in `note`."""

    speech_kind: Literal["speech", "thematic_report"]
    speaker_role: Role
    qualifying: bool
    note: Line | None


class ClosingContent(Shape):
    """So many meetings were held in the month, and all of them are entered."""

    meetings: Annotated[int, Field(ge=0, le=_MOST_MEETINGS)]


class MeetingAsked(MeetingContent):
    evidence_digest: Evidence


class AttendanceAsked(AttendanceContent):
    agency: AgencyCode
    evidence_digest: Evidence


class SpeechAsked(SpeechContent):
    agency: AgencyCode
    note: Line | None = None
    evidence_digest: Evidence


class ClosingAsked(ClosingContent):
    period: PeriodText
    evidence_digest: Evidence


class MeetingCorrection(MeetingAsked):
    reason: Reason


class AttendanceCorrection(AttendanceContent):
    evidence_digest: Evidence
    reason: Reason


class SpeechCorrection(SpeechContent):
    note: Line | None = None
    evidence_digest: Evidence
    reason: Reason


class ClosingCorrection(ClosingContent):
    evidence_digest: Evidence
    reason: Reason


class EntryWithdrawal(Shape):
    """Takes the entry out of the register once a second person confirms it. The digest is of what shows that it was wrong."""

    evidence_digest: Evidence
    reason: Reason


class EntryConfirmation(Shape):
    """`version` is the one that was read."""

    version: Annotated[int, Field(ge=1, le=32_767)]
    reason: Reason | None = None


class _Entry(Shape):
    """The latest version of an entry. `version_in_force` is the one that counts: the last confirmed, null when there is none
    or it withdraws the entry."""

    entry_id: str
    version: int
    period: PeriodText
    state: EntryState
    version_in_force: int | None
    withdraws: bool
    evidence_digest: Digest
    reason: str | None
    entered_by: str
    entered_at: datetime
    confirmed_by: str | None
    confirmed_at: datetime | None
    allowed_actions: list[Literal["confirm", "correct", "withdraw"]]


class Meeting(_Entry):
    """`attendance_missing`: bodies summoned by the version in force without a confirmed attendance."""

    content: MeetingContent
    attendance_missing: list[AgencyCode]


class Attendance(_Entry):
    meeting_id: MeetingId
    agency: AgencyCode
    content: AttendanceContent


class Speech(_Entry):
    meeting_id: MeetingId
    agency: AgencyCode
    content: SpeechContent


class Closing(_Entry):
    """Only a closed month is frozen from the registers: silence is never "no meeting"."""

    content: ClosingContent


class EntryVersion(Shape):
    """One version of an entry, and who confirmed it; versions that nobody confirmed never counted."""

    version: int
    content: MeetingContent | AttendanceContent | SpeechContent | ClosingContent
    withdraws: bool
    evidence_digest: Digest
    reason: str | None
    entered_by: str
    entered_at: datetime
    confirmed_by: str | None
    confirmed_at: datetime | None


class EntryVersionPage(_Page):
    items: list[EntryVersion]


class MeetingPage(_Page):
    items: list[Meeting]


class AttendancePage(_Page):
    items: list[Attendance]


class SpeechPage(_Page):
    items: list[Speech]


class ClosingPage(_Page):
    items: list[Closing]


class InitiativeAsked(Shape):
    """`period` is the month of the initiative, to which its points are credited (F-3)."""

    period: PeriodText
    title: Line
    explanation: Line
    document: Document
    document_digest: Annotated[Digest, Field(description="SHA-256 of the proposal with its explanation.")]


class InitiativeStepAsked(Shape):
    reason: Reason | None = None


class InitiativeWithdrawal(Shape):
    reason: Reason


class AssessmentAsked(Shape):
    """`points` the standing agency proposes, whole (F-1)."""

    points: Annotated[int, Field(ge=1, le=5)]
    reason: Reason


class DecisionAsked(Shape):
    """What the Prime Minister decided; 0 is a refusal."""

    points: Annotated[int, Field(ge=0, le=5)]
    decision_number: Document
    decided_on: Day
    decision_digest: Annotated[Digest, Field(description="SHA-256 of the decision's document.")]
    reason: Reason


class InitiativeStep(Shape):
    number: int
    action: Literal["propose", "approve", "withdraw", "assess", "decide"]
    to_state: str
    actor: str
    reason: str | None
    points: int | None
    decision_number: str | None
    decided_on: date | None
    decision_digest: Digest | None
    taken_at: datetime


class Initiative(Shape):
    """`proposed_points` of the last assessment, `points` of the last decision. `needs_version_after`: the month's frozen
    registers that do not hold the decision yet; another version of them is needed (F-3)."""

    initiative_id: InitiativeId
    agency: AgencyCode
    period: PeriodText
    title: str
    explanation: str
    document: str
    document_digest: Digest
    state: Literal["proposed", "submitted", "assessed", "decided", "withdrawn"]
    proposed_points: int | None
    points: int | None
    needs_version_after: str | None
    allowed_actions: list[Literal["approve", "withdraw", "assess", "decide"]]
    steps: list[InitiativeStep]


class InitiativePage(_Page):
    items: list[Initiative]
