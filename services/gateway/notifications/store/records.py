"""What is stored of events, webhooks and their deliveries, as records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Event:
    """One event, as everybody who may see it reads it."""

    event_id: str
    sequence: int
    type: str
    agency: str | None
    subject: str
    href: str
    data: Mapping[str, Any]
    recorded_at: datetime


@dataclass(frozen=True, kw_only=True)
class Sending(Event):
    """An event with the address it goes to."""

    url: str


@dataclass(frozen=True, kw_only=True)
class Webhook:
    """An address that events go to, with its state and how it fares."""

    webhook_id: str
    sequence: int
    agency: str
    url: str
    types: Sequence[str]
    begins_after: int
    requested_by: str
    reason: str
    recorded_at: datetime
    state: str
    step: int | None
    state_by: str | None
    state_reason: str | None
    state_since: datetime | None
    secret: int
    secret_made_at: datetime
    former_ends_at: datetime | None
    waiting: int
    retrying: int
    delivered: int
    given_up: int
    failed_at: datetime | None
    problem: str | None
    failed_status: int | None


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """A delivery that this process has taken until ``claimed_until``."""

    delivery_id: int
    webhook_id: str
    event_id: str
    agency: str
    attempts: int
    begins_at: datetime
    claimed_until: datetime


@dataclass(frozen=True, kw_only=True)
class ListedDelivery:
    """A delivery with its attempts."""

    delivery_id: int
    event_id: str
    type: str
    round: int
    state: str
    attempt_count: int
    begins_at: datetime
    next_at: datetime | None
    attempts: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Replay:
    """What was sent once more: one event, or all that the webhook is for since an instant."""

    webhook_id: str
    number: int
    agency: str
    event_count: int
    event_id: str | None
    since: datetime | None
    reason: str
