"""Where a body's systems are told of events. A secret stands on the page that answers, once, and in no address."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from services.gateway.notifications.event_kinds import TYPES
from services.gateway.pages.administration.registers import Register, There
from services.gateway.pages.administration.typed import said, start_of, whole
from services.gateway.pages.own_api import Refused
from services.gateway.pages.page import ROOT, Page, PageRoute
from services.gateway.pages.posted import Posted

router = APIRouter(prefix=ROOT, route_class=PageRoute, include_in_schema=False)

PLACE = "/agencies/{agency}/webhooks"


def webhook_asked(posted: Posted) -> dict[str, Any]:
    types = posted.texts("types")
    return {**({"types": types} if types else {}), **said(posted, "url", "reason")}


async def _beside(page: Page, agency: str | None) -> dict[str, Any]:
    del page, agency
    return {"types": TYPES}


async def _shown_once(page: Page, made: dict[str, Any], around: dict[str, Any]) -> Response:
    """The answer to the form itself, never an address that could be opened again."""
    secret = made["secret"]
    told = {"made": made["webhook"], "secret": secret, "shown_once": secret is not None, **around}
    return page.show("administration/webhook_made.html", status=201, **told)


WEBHOOKS = Register(
    name="webhooks",
    place=PLACE,
    identifier="webhook_id",
    member="webhook",
    templates="administration/webhook",
    asked=webhook_asked,
    acts={"pauses": "paused", "resumptions": "resumed", "ends": "ended"},
    lists=("/types",),
    beside=_beside,
    made=_shown_once,
)
WEBHOOKS.add_to(router)


@router.post(PLACE + "/{item}/rotations")
async def post_page_webhook_rotation(page: There, agency: str, item: str) -> Response:
    posted = await page.posted()
    page.require_may("POST", PLACE + "/{webhook}/rotations")
    asked = {**said(posted, "reason"), "overlap_hours": whole(posted.text("overlap_hours"))}
    try:
        made = (await page.api.post(f"/agencies/{agency}/webhooks/{item}/rotations", asked, once=posted.once)).json()
    except Refused as refused:
        return await WEBHOOKS.refused_page(page, item, refused, posted=posted, act="rotations")
    return await _shown_once(page, made, await WEBHOOKS.around(page))


@router.post(PLACE + "/{item}/replays")
async def post_page_webhook_replay(page: There, agency: str, item: str) -> Response:
    posted = await page.posted()
    page.require_may("POST", PLACE + "/{webhook}/replays")
    since = {"since": start_of(posted.text("since"))} if posted.given("since") else {}
    path = f"/agencies/{agency}/webhooks/{item}"
    try:
        await page.api.post(f"{path}/replays", {**said(posted, "reason"), **since}, once=posted.once)
    except Refused as refused:
        return await WEBHOOKS.refused_page(page, item, refused, posted=posted, act="replays")
    return page.go(path, done="replayed")
