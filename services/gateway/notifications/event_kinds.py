"""The kinds of events there are, and the one document that the list shows and a webhook is sent. Pure."""

from __future__ import annotations

from typing import Any, Final

from services.gateway.notifications.store.records import Event
from shared.canonical import canonical_bytes
from shared.period import VIETNAM

# Written by the database (control.events.sql); `validation.failed` by services.gateway.reports.submissions.checking.
TYPES: Final = (
    "validation.finished",
    "validation.failed",
    "submission.handed_over",
    "submission.approved",
    "submission.rejected",
    "submission.reverted",
    "submission.lapsed",
    "receipt.issued",
    "records_review.recorded",
    "extension.granted",
    "late_acceptance.recorded",
    "scores.published",
    "scores.corrected",
)


def document_of(event: Event) -> dict[str, Any]:
    """An event as everybody sees it, the same for ever; `href` leads to the thing on our own server."""
    return {
        "id": event.event_id,
        "type": event.type,
        "timestamp": event.recorded_at.astimezone(VIETNAM).isoformat(timespec="microseconds"),
        "agency": event.agency,
        "subject": event.subject,
        "href": event.href,
        "data": event.data,
    }


def body_of(event: Event) -> bytes:
    """What is sent and signed: RFC 8785 bytes, so that every sending of an event is the same."""
    return canonical_bytes(document_of(event))
