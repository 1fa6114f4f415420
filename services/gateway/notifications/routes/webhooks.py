"""Where a body's systems are told of events: registered by its administrator, signed, tried again, replayed (INT-13)."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Final

from fastapi import Depends, Path, Query, Request
from pydantic import Field
from starlette.responses import Response

from services.gateway.access.auth import Access
from services.gateway.access.permits import Json, RequireAgencyRole
from services.gateway.access.tenancy import ADMINISTRATOR, WHOLE_BODY_ROLES
from services.gateway.http.answers import CLOSED, all_but, chosen, created, document, encoded, number_cursor, page
from services.gateway.http.idempotency import keep_instead
from services.gateway.http.openapi_responses import lists, reads, records
from services.gateway.http.routes.parameters import PAGE, AgencyPath, Cursor, Limit, Unset
from services.gateway.http.routing import resource
from services.gateway.http.runtime import runtime
from services.gateway.notifications.schemas.events import (
    DeliveryPage,
    Replay,
    ReplayAsked,
    SecretRotationAsked,
    Webhook,
    WebhookAsked,
    WebhookDecisionAsked,
    WebhookMade,
    WebhookPage,
)
from services.gateway.notifications.store import records as kept
from services.gateway.notifications.webhooks import registering
from services.gateway.notifications.webhooks.sending import Sender
from shared.audit import Actor

router = resource("webhooks")

ALL: Final = "/agencies/{agency}/webhooks"
ONE: Final = ALL + "/{webhook}"
REFUSES: Final = (401, 403, 404)
WebhookPath = Annotated[str, Path(pattern="^wh_[0-9a-z]{26}$", description="A webhook.")]
StateQuery = Annotated[
    Annotated[str, Field(json_schema_extra={"enum": ["waiting", "retrying", "delivered", "given_up"]},
                         pattern="^(waiting|retrying|delivered|given_up)$")] | Unset,
    Query(description="Only deliveries in this state."),
]  # fmt: skip

_SEEN_BY = RequireAgencyRole(WHOLE_BODY_ROLES, national=(ADMINISTRATOR, "auditor"))
_ADMIN = RequireAgencyRole(("agency_admin",))

Decision = Annotated[WebhookDecisionAsked, Depends(Json(WebhookDecisionAsked))]


@router.get(ALL, **lists(WebhookPage, refuses=REFUSES))
async def list_webhooks(
    request: Request,
    agency: AgencyPath,
    actor: Annotated[Actor, Depends(_SEEN_BY)],
    cursor: Cursor = None,
    limit: Limit = PAGE,
) -> Response:
    """Webhooks of the body without their secrets, also those that ended, in the order they were registered."""
    found = await registering.list_of(_desk(request, actor, agency), after=number_cursor(cursor), limit=limit + 1)
    return page(request, found, limit=limit, key=lambda each: each.sequence, show=_shown)


@router.post(ALL, **records(WebhookAsked, WebhookMade, refuses=(*REFUSES, 409)))
async def post_webhook(
    request: Request,
    agency: AgencyPath,
    actor: Annotated[Actor, Depends(_ADMIN)],
    asked: Annotated[WebhookAsked, Depends(Json(WebhookAsked))],
) -> Response:
    """Register where events are sent from now on; the secret that they are signed with is shown once."""
    wanted = registering.Wanted(agency=agency, **asked.model_dump())
    made = await registering.register(_desk(request, actor, agency), wanted, runtime(request).part(Sender))
    return _shown_once(request, *made)


@router.get(ONE, **reads(Webhook, refuses=REFUSES))
async def get_webhook(
    request: Request, agency: AgencyPath, webhook: WebhookPath, actor: Annotated[Actor, Depends(_SEEN_BY)]
) -> Response:
    """One webhook, and how its deliveries stand."""
    return document(request, _shown(await registering.find(_desk(request, actor, agency), webhook)), cache=CLOSED)


@router.get(ONE + "/deliveries", **lists(DeliveryPage, refuses=REFUSES))
async def list_webhook_deliveries(
    request: Request,
    agency: AgencyPath,
    webhook: WebhookPath,
    actor: Annotated[Actor, Depends(_SEEN_BY)],
    state: StateQuery = None,
    cursor: Cursor = None,
    limit: Limit = PAGE,
) -> Response:
    """What was sent to the webhook or is to be, with every attempt."""
    desk, after = _desk(request, actor, agency), number_cursor(cursor)
    found = await registering.deliveries_of(desk, webhook, state=state, after=after, limit=limit + 1)
    return page(request, found, limit=limit, key=lambda each: each.delivery_id)


@router.post(ONE + "/rotations", **records(SecretRotationAsked, WebhookMade, refuses=(*REFUSES, 409)))
async def post_webhook_rotation(
    request: Request,
    agency: AgencyPath,
    webhook: WebhookPath,
    actor: Annotated[Actor, Depends(_ADMIN)],
    asked: Annotated[SecretRotationAsked, Depends(Json(SecretRotationAsked))],
) -> Response:
    """Another secret, shown once; the former one signs beside it for a while."""
    overlap = timedelta(hours=asked.overlap_hours)
    made = await registering.rotate(_desk(request, actor, agency), webhook, overlap=overlap, reason=asked.reason)
    return _shown_once(request, *made)


@router.post(ONE + "/replays", **records(ReplayAsked, Replay, refuses=(*REFUSES, 409)))
async def post_webhook_replay(
    request: Request,
    agency: AgencyPath,
    webhook: WebhookPath,
    actor: Annotated[Actor, Depends(_ADMIN)],
    asked: Annotated[ReplayAsked, Depends(Json(ReplayAsked))],
) -> Response:
    """Send one event, or all since an instant, once more."""
    made = await registering.replay(_desk(request, actor, agency), webhook, **asked.model_dump())
    return created(all_but(made, "agency"), path=f"{ONE.format(agency=agency, webhook=webhook)}/deliveries")


@router.post(ONE + "/pauses", **records(WebhookDecisionAsked, Webhook, refuses=(*REFUSES, 409)))
async def post_webhook_pause(
    request: Request, agency: AgencyPath, webhook: WebhookPath, actor: Annotated[Actor, Depends(_ADMIN)], asked: Decision
) -> Response:
    """Send nothing for a while; what happens meanwhile is sent once it is resumed."""
    return await _moved(_desk(request, actor, agency), webhook, "paused", asked)


@router.post(ONE + "/resumptions", **records(WebhookDecisionAsked, Webhook, refuses=(*REFUSES, 409)))
async def post_webhook_resumption(
    request: Request, agency: AgencyPath, webhook: WebhookPath, actor: Annotated[Actor, Depends(_ADMIN)], asked: Decision
) -> Response:
    """Send again, beginning with what came meanwhile."""
    return await _moved(_desk(request, actor, agency), webhook, "active", asked)


@router.post(ONE + "/ends", **records(WebhookDecisionAsked, Webhook, refuses=(*REFUSES, 409)))
async def post_webhook_end(
    request: Request, agency: AgencyPath, webhook: WebhookPath, actor: Annotated[Actor, Depends(_ADMIN)], asked: Decision
) -> Response:
    """End it, for ever and at once."""
    return await _moved(_desk(request, actor, agency), webhook, "ended", asked)


async def _moved(desk: registering.Desk, webhook: str, state: str, asked: WebhookDecisionAsked) -> Response:
    made = await registering.move(desk, webhook, state=state, reason=asked.reason)
    return created(_shown(made), path=_path(made))


def _desk(request: Request, actor: Actor, agency: str) -> registering.Desk:
    given = runtime(request)
    return registering.Desk(given.database, actor, agency, given.part(Access).pepper, given.clock())


def _shown_once(request: Request, made: kept.Webhook, secret: str) -> Response:
    shown = {"webhook": _shown(made), "secret": secret}
    keep_instead(request, encoded({**shown, "secret": None}))
    return created(shown, path=_path(made))


def _path(found: kept.Webhook) -> str:
    return ONE.format(agency=found.agency, webhook=found.webhook_id)


_AS_THEY_ARE: Final = (
    "webhook_id", "agency", "url", "types", "state", "reason", "requested_by", "secret_made_at", "waiting", "retrying",
    "delivered", "given_up",
)  # fmt: skip


def _shown(found: kept.Webhook) -> dict[str, Any]:
    failure = {"attempted_at": found.failed_at, "status": found.failed_status, "problem": found.problem}
    return {
        **chosen(found, _AS_THEY_ARE),
        "state_since": found.state_since or found.recorded_at,
        "state_by": found.state_by or found.requested_by,
        "requested_at": found.recorded_at,
        "former_secret_ends_at": found.former_ends_at,
        "last_failure": None if found.failed_at is None else failure,
    }
