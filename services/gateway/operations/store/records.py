"""What the operator's board and the readers of snapshots are shown, as records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from services.gateway.access.store.decisions import Standing
from services.gateway.signatures.store.records import SnapshotHeader


@dataclass(frozen=True, kw_only=True)
class ListedSnapshot(SnapshotHeader):
    """``pk`` is the cursor's key and not part of the document."""

    pk: int


@dataclass(frozen=True, kw_only=True)
class Command:
    """A command with how far its job is; ``approver`` where a second person was needed, ``ended`` (`refused` or `taken_back`)
    where nobody will be one."""

    command_id: str
    kind: str
    period: str
    arguments: Mapping[str, Any]
    actor: str
    reason: str
    requested_at: datetime
    state: str | None
    attempts: int | None
    started_at: datetime | None
    ended_at: datetime | None
    result: Mapping[str, Any] | None
    problem: Mapping[str, Any] | None
    approver: str | None
    ended: str | None
    ended_by: str | None
    end_reason: str | None


@dataclass(frozen=True, kw_only=True)
class WaitingRequest:
    """What one person asked for and another has yet to approve. ``about`` is the snapshot or publication it concerns; None
    where its own document says what."""

    request_id: str
    kind: str
    period: str
    agency: str | None
    source: str | None
    about: str | None
    document: str | None
    reason: str
    actor: str
    requested_at: datetime


@dataclass(frozen=True, kw_only=True)
class Ruling(Standing):
    """A figure that was decided where a source has none; a null value ends the one that ``withdraws`` names."""

    ruling_id: str
    sequence: int
    period: str
    agency: str
    measure: str
    value: str | None
    reason: str
    document: str
    actor: str
    withdraws: str | None
    recorded_at: datetime
    in_force: bool


@dataclass(frozen=True, kw_only=True)
class Applicability(Standing):
    """Months in which an indicator is not counted for a body."""

    applicability_id: str
    agency: str
    indicator: str
    valid_from: str
    valid_to: str | None
    document: str
    reason: str
    actor: str
    withdraws: str | None
    recorded_at: datetime
    in_force: bool


@dataclass(frozen=True, kw_only=True)
class ExemptionInForce:
    """An applicability row that holds."""

    applicability_id: str
    agency: str
    indicator: str
    valid_from: str
    valid_to: str | None
    document: str


@dataclass(frozen=True, kw_only=True)
class CalendarEntry(Standing):
    """An instant that was moved."""

    entry_id: str
    sequence: int
    period: str
    source: str
    kind: str
    falls_at: datetime
    reason: str
    actor: str
    withdraws: str | None
    recorded_at: datetime
    in_force: bool


@dataclass(frozen=True, kw_only=True)
class LatestSnapshot:
    """The latest version of a source."""

    source: str
    snapshot_id: str
    version: int
    origin: str
    row_count: int
    as_of: datetime
    captured_at: datetime


@dataclass(frozen=True, kw_only=True)
class LastPull:
    """The last pull of a source; ``problem`` is the type of what ended it."""

    source: str
    pull_id: str
    purpose: str
    origin: str
    started_at: datetime
    state: str
    row_count: int | None
    ended_at: datetime | None
    problem: str | None


@dataclass(frozen=True, kw_only=True)
class JobCount:
    """Commands of a kind in a state."""

    kind: str
    state: str
    count: int


@dataclass(frozen=True, kw_only=True)
class WorkLeft:
    """A command that waits, runs or failed; ``snapshot`` is the one that is to be superseded."""

    command_id: str
    kind: str
    source: str | None
    snapshot: str | None
    state: str
    actor: str
    requested_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    problem: Mapping[str, Any] | None


@dataclass(frozen=True, kw_only=True)
class PutAside:
    """One body's row that cannot be true, with what is wrong with it; ``ordinal`` counts those of its snapshot."""

    ordinal: int
    dataset: str
    agency: str
    place: str
    faults: Sequence[Mapping[str, str]]
    row: Mapping[str, Any] | None
    digest: str | None


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What was noticed of what a source gave; ``settled_by`` is the snapshot that a later look made, None while it is open."""

    finding_id: int
    pull_id: str
    source: str
    period: str
    code: str
    severity: str
    message_vi: str
    message_en: str
    detail: Mapping[str, Any]
    recorded_at: datetime
    settled_by: str | None


@dataclass(frozen=True, kw_only=True)
class OpenFindings:
    """How often one thing was noticed of a source's answer, of how many bodies (None: it names none); the last one's words."""

    source: str
    code: str
    severity: str
    count: int
    bodies: int | None
    message_vi: str
    message_en: str


@dataclass(frozen=True, kw_only=True)
class Verification:
    """Whether rows and archived bytes gave a snapshot's id and roots once more."""

    verified_at: datetime
    holds: bool


@dataclass(frozen=True, kw_only=True)
class SnapshotsProven:
    """How all snapshots stand; ``failing`` names the first 20 that do not prove."""

    state: str
    failing_count: int
    failing: Sequence[str]
    unverified_count: int
    oldest_verified_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class HeadOnRecord:
    """Who heads a body, as two people entered it, with a withdrawal and its second person where there are such. ``counts`` says
    whether it stands, ``counts_to`` until which day it then does."""

    head_id: str
    sequence: int
    agency: str
    name: str
    title_vi: str | None
    title_en: str | None
    valid_from: date
    valid_to: date | None
    document: str
    requested_by: str
    reason: str
    requested_at: datetime
    approved_by: str | None
    approval_reason: str | None
    approved_at: datetime | None
    withdrawal_asked_by: str | None
    withdrawal_reason: str | None
    withdrawal_document: str | None
    withdrawal_asked_at: datetime | None
    withdrawal_approved_by: str | None
    withdrawal_approved_at: datetime | None
    counts: bool
    counts_to: date | None
