"""What is stored of units, their plans, sections and assemblies, as records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Unit:
    """A unit in its latest version."""

    agency: str
    unit: str
    version: int
    sequence: int
    name: str
    contact_name: str
    contact_position: str
    contact_email: str
    contact_phone: str
    ended: bool
    reason: str
    actor: str
    recorded_at: datetime


@dataclass(frozen=True, kw_only=True)
class Membership:
    """Who works for a unit; `ended_…` once they do no more."""

    membership_id: str
    sequence: int
    agency: str
    unit: str
    subject: str
    reason: str
    actor: str
    recorded_at: datetime
    ended_by: str | None
    ended_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class PlanOnRecord:
    """Which unit answers for which indicator from a month on; in force once approved."""

    plan_id: str
    sequence: int
    agency: str
    first_period: str
    document: str
    lead_unit: str
    due_day: int
    due_time: str
    assignments: Sequence[Mapping[str, Any]]
    requested_by: str
    reason: str
    recorded_at: datetime
    approved_by: str | None
    approved_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Section:
    """What a unit sent for an indicator; `returned_…` once it was given back."""

    section_id: str
    agency: str
    period: str
    indicator: str
    version: int
    unit: str
    plan_id: str
    kind: str
    content: Mapping[str, Any]
    digest: str
    summary: Mapping[str, Any]
    findings: Sequence[Mapping[str, Any]]
    sent_at: datetime
    deadline: datetime
    late: bool
    actor: str
    recorded_at: datetime
    returned_reason: str | None
    returned_by: str | None
    returned_at: datetime | None
    assembled_in: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Assembly:
    """Of which sections a revision of the report was put together."""

    assembly_id: str
    submission_id: str
    revision: int
    agency: str
    plan_id: str
    left_out: Sequence[Mapping[str, Any]]
    reason: str | None
    actor: str
    recorded_at: datetime
    sections: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True)
class OfficialFigure:
    """What a source counts of the agency for a measure; None where it has none."""

    measure: str
    value: Decimal | None
    source: str
    snapshot_id: str
    version: int


@dataclass(frozen=True, kw_only=True)
class FormerSection:
    """The version of an earlier month's section that stands: the last one that was not returned."""

    section_id: str
    period: str
    version: int
    content: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class FrozenSource:
    """The latest snapshot of a source."""

    source: str
    snapshot_id: str
    version: int
