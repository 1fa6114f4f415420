"""Events, and webhooks of bodies, as they are asked for and shown."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from services.gateway.http.schemas.shape import AgencyCode, Page, Reason, Shape, identifier
from services.gateway.http.words import Instant
from services.gateway.notifications.webhooks.addresses import LONGEST

EventId = Annotated[str, identifier("evt")]
WebhookId = Annotated[str, identifier("wh")]
EventType = Literal[
    "validation.finished", "validation.failed", "submission.handed_over", "submission.approved", "submission.rejected",
    "submission.reverted", "submission.lapsed", "receipt.issued", "records_review.recorded", "extension.granted",
    "late_acceptance.recorded", "scores.published", "scores.corrected",
]  # fmt: skip
WebhookState = Literal["active", "paused", "ended"]
DeliveryState = Literal["waiting", "retrying", "delivered", "given_up"]
Url = Annotated[
    str,
    Field(
        min_length=1,
        max_length=LONGEST,
        description="Where events are posted; https.",
        examples=["https://he-thong.example/su-kien"],
    ),
]


class Event(Shape):
    """Something that happened; the very document that a webhook is sent. `agency` is null for what everybody may know.

    `href` leads to the thing, `data` says what a receiver needs to decide whether to ask for it: its shape by type stands under
    `webhooks` of this document. New types and fields may come.
    """

    id: EventId
    type: Annotated[str, Field(pattern=r"^[a-z_]+\.[a-z_]+$", examples=["validation.finished"])]
    timestamp: datetime
    agency: AgencyCode | None
    subject: str
    href: str
    data: dict[str, Any]


class EventPage(Page):
    items: list[Event]


class WebhookAsked(Shape):
    """Without `types` every type is sent, also those that come later."""

    url: Url
    types: Annotated[list[EventType], Field(min_length=1, max_length=20)] | None = None
    reason: Reason


class WebhookDecisionAsked(Shape):
    """A pause, a resumption or an end."""

    reason: Reason


class SecretRotationAsked(Shape):
    """The former secret signs beside the new one for so long; those before it sign no more, whatever their own overlap was."""

    overlap_hours: Annotated[int, Field(ge=0, le=720)] = 24
    reason: Reason


class ReplayAsked(Shape):
    """Either one event, or all that the webhook is for since an instant."""

    event_id: EventId | None = None
    since: Instant | None = None
    reason: Reason


class Failure(Shape):
    """The last attempt that failed; `status` is the answer's, null where none came."""

    attempted_at: datetime
    status: int | None
    problem: str


class Webhook(Shape):
    """Where a body is told of events, and what became of them. `former_secret_ends_at` is until when two secrets sign."""

    webhook_id: WebhookId
    agency: AgencyCode
    url: str
    types: list[str] | None
    state: WebhookState
    state_since: datetime
    state_by: str
    reason: str
    requested_by: str
    requested_at: datetime
    secret_made_at: datetime
    former_secret_ends_at: datetime | None
    waiting: int
    retrying: int
    delivered: int
    given_up: int
    last_failure: Failure | None


class WebhookPage(Page):
    items: list[Webhook]


class WebhookMade(Shape):
    """The secret is shown once: null when the request is answered again."""

    webhook: Webhook
    secret: Annotated[str, Field(pattern="^whsec_[A-Za-z0-9+/]{43}=$")] | None


class Replay(Shape):
    """`event_count` events are sent once more, under the ids they had."""

    webhook_id: WebhookId
    number: int
    event_id: EventId | None
    since: datetime | None
    event_count: int
    reason: str


class Attempt(Shape):
    """One request. `problem` is null when it was answered with 2xx."""

    number: int
    attempted_at: datetime
    status: int | None
    problem: str | None
    milliseconds: int


class Delivery(Shape):
    """One event to the webhook. `round` is 0, or the number of the replay. `next_at` is null once it is over."""

    delivery_id: int
    event_id: EventId
    type: str
    round: int
    state: DeliveryState
    attempt_count: int
    begins_at: datetime
    next_at: datetime | None
    attempts: list[Attempt]


class DeliveryPage(Page):
    items: list[Delivery]
