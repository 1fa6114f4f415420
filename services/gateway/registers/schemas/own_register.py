"""What the registers of the Government Office say of one body."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from services.gateway.http.schemas.shape import AgencyCode, Digest, PeriodText, Shape, SnapshotId
from services.gateway.registers.schemas.registers import (
    AttendanceContent,
    Day,
    EntryState,
    Initiative,
    MeetingId,
    SpeechContent,
)


class OwnSummons(Shape):
    """A meeting and how it summons the body; whom else it summons is not said."""

    held_on: Day
    summoned_by: Literal["government_leader", "steering_committee_leader"]
    chair: str
    topic: str
    summons_document: str
    required_role: Literal["head", "deputy", "officer"]
    online_allowed: bool


class _OwnEntry(Shape):
    """One entry as it stands for the body: the version in force, else the one that waits for its second person, else
    (`withdrawn`) what it last said of the body. `awaiting_version` is a later one that nobody has confirmed yet;
    `frozen_version` the one that the month's latest snapshot was made of."""

    entry_id: str
    version: int
    period: PeriodText
    state: EntryState
    awaiting_version: int | None
    frozen_version: int | None
    evidence_digest: Digest
    entered_at: datetime
    confirmed_at: datetime | None


class OwnMeeting(_OwnEntry):
    content: OwnSummons


class OwnAttendance(_OwnEntry):
    """`counts`: it is in force, and so is the meeting's summons of the body."""

    meeting_id: MeetingId
    counts: bool
    content: AttendanceContent


class OwnSpeech(_OwnEntry):
    """`counts`: it is in force, and so is the meeting's summons of the body; E2 asks for a qualifying one (E-7)."""

    meeting_id: MeetingId
    counts: bool
    content: SpeechContent


class OwnClosing(Shape):
    """So many meetings were held in the month, by whomever they summoned; all of them are entered."""

    version: int
    meetings: int
    evidence_digest: Digest
    confirmed_at: datetime


class RegistersFrozen(Shape):
    """The latest snapshot of the month's registers: what was in force before `as_of`."""

    snapshot_id: SnapshotId
    version: int
    origin: Literal["network", "official_file", "intake"]
    as_of: datetime


class OwnRegister(Shape):
    """What E1, E2 and the bonus of a body's month are made of. `closing` is null while the month is open, `snapshot` until it
    is frozen: then nothing is missing, and nothing is zero."""

    agency: AgencyCode
    period: PeriodText
    closing: OwnClosing | None
    snapshot: RegistersFrozen | None
    meetings: list[OwnMeeting]
    attendances: list[OwnAttendance]
    speeches: list[OwnSpeech]
    initiatives: list[Initiative]
