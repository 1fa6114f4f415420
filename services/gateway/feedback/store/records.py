"""What is stored of feedback, as records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Stage:
    """How far an entry has come. ``agency`` is the body that sent it, None of everybody else."""

    feedback_id: str
    agency: str | None
    state: str
    step: int


@dataclass(frozen=True, kw_only=True)
class Feedback(Stage):
    """One entry with its latest step."""

    sequence: int
    number: str
    kind: str
    sender: str
    channel: str
    about_agency: str | None
    period: str | None
    indicator: str | None
    subject: str
    text: str
    evidence: Sequence[Mapping[str, Any]]
    created_by: str
    received_at: datetime
    recorded_at: datetime
    due_on: date
    forwarded_to: str | None


@dataclass(frozen=True, kw_only=True)
class FeedbackStep:
    """One step of an entry."""

    feedback_id: str
    number: int
    agency: str | None
    action: str
    from_state: str
    to_state: str
    actor: str
    actor_agency: str
    text: str | None
    evidence: Sequence[Mapping[str, Any]]
    forwarded_to: str | None
    due_on: date | None
    taken_at: datetime
    recorded_at: datetime


@dataclass(frozen=True, kw_only=True)
class Sender:
    """How whoever sent it can be reached."""

    feedback_id: str
    name: str
    address: str | None
    phone: str | None
    mail: str | None
    recorded_at: datetime


@dataclass(frozen=True, kw_only=True)
class FeedbackCount:
    """Entries of a kind in a state."""

    state: str
    kind: str
    count: int
    overdue: int
    first_due_on: date | None
