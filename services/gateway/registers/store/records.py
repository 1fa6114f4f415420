"""What is stored of the Government Office's registers, as records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Entry:
    """An entry in its last version; `…_in_force` of the last version that a second person confirmed."""

    entry_id: str
    version: int
    kind: str
    period: str
    meeting_id: str | None
    agency: str | None
    content: Mapping[str, Any]
    evidence_digest: str
    withdrawn: bool
    reason: str | None
    entered_by: str
    entered_at: datetime
    confirmed_by: str | None
    confirmed_at: datetime | None
    version_in_force: int | None
    content_in_force: Mapping[str, Any] | None


@dataclass(frozen=True, kw_only=True)
class EntryVersion:
    """One version of an entry."""

    version: int
    content: Mapping[str, Any]
    withdraws: bool
    evidence_digest: str
    reason: str | None
    entered_by: str
    entered_at: datetime
    confirmed_by: str | None
    confirmed_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Stage:
    """How far an initiative has come."""

    initiative_id: str
    agency: str
    period: str
    state: str
    step: int


@dataclass(frozen=True, kw_only=True)
class Initiative(Stage):
    """With its latest step; points are None before they are proposed or decided."""

    title: str
    explanation: str
    document: str
    document_digest: str
    proposed_points: int | None
    points: int | None
    needs_version_after: str | None


@dataclass(frozen=True, kw_only=True)
class InitiativeStep:
    """One step of an initiative."""

    initiative_id: str
    number: int
    sequence: int
    agency: str
    period: str
    action: str
    from_state: str
    to_state: str
    actor: str
    actor_agency: str
    reason: str | None
    points: int | None
    decision_number: str | None
    decided_on: date | None
    decision_digest: str | None
    taken_at: datetime
    recorded_at: datetime


@dataclass(frozen=True, kw_only=True)
class OwnEntry:
    """An entry about a body, as that body reads it."""

    entry_id: str
    version: int
    kind: str
    period: str
    meeting_id: str | None
    content: Mapping[str, Any]
    evidence_digest: str
    withdrawn: bool
    entered_at: datetime
    confirmed_at: datetime | None
    version_in_force: int | None
    last_version: int


@dataclass(frozen=True, kw_only=True)
class MonthClosing:
    """That a month of the registers is whole."""

    version: int
    withdrawn: bool
    meetings: int
    evidence_digest: str
    confirmed_at: datetime


@dataclass(frozen=True, kw_only=True)
class RegisterSnapshot:
    """``entries`` it was made of; None where it came by official file."""

    snapshot_id: str
    version: int
    origin: str
    as_of: datetime
    entries: Sequence[Mapping[str, Any]] | None
