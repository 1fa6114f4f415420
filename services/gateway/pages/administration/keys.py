"""Keys of a body's systems. A new key's secret stands on the page that answers, once, and in no address."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from services.gateway.access.credentials import SYSTEM_ROLES
from services.gateway.access.permits import resources_of
from services.gateway.pages.administration.registers import Register, There
from services.gateway.pages.administration.typed import end_of, lines, said, whole
from services.gateway.pages.own_api import Refused
from services.gateway.pages.page import ROOT, Page, PageRoute
from services.gateway.pages.posted import Posted

router = APIRouter(prefix=ROOT, route_class=PageRoute, include_in_schema=False)

PLACE = "/agencies/{agency}/credentials"


def credential_asked(posted: Posted) -> dict[str, Any]:
    ends = {"expires_at": end_of(posted.text("expires_at"))} if posted.given("expires_at") else {}
    limits = {
        "read_only": posted.ticked("read_only"),
        "resources": lines(posted.text("resources")),
        "networks": lines(posted.text("networks")),
    }
    return {"roles": posted.texts("roles"), **ends, **limits, **said(posted, "holder", "reason")}


async def _beside(page: Page, agency: str | None) -> dict[str, Any]:
    del agency
    return {"grantable": SYSTEM_ROLES, "resources": sorted(resources_of(page.request.app))}


async def _shown_once(page: Page, made: dict[str, Any], around: dict[str, Any]) -> Response:
    """The answer to the form itself, never an address that could be opened again."""
    key = made["key"]
    told = {"made": made["credential"], "key": key, "shown_once": key is not None, **around}
    return page.show("administration/key_made.html", status=201, **told)


CREDENTIALS = Register(
    name="credentials",
    place=PLACE,
    identifier="key_id",
    member="credential",
    templates="administration/key",
    asked=credential_asked,
    acts={"approvals": "approved", "revocations": "revoked"},
    lists=("/roles", "/resources", "/networks"),
    beside=_beside,
    made=_shown_once,
)
CREDENTIALS.add_to(router)


@router.post(PLACE + "/{item}/rotations")
async def post_page_rotation(page: There, agency: str, item: str) -> Response:
    posted = await page.posted()
    page.require_may("POST", PLACE + "/{credential}/rotations")
    asked = {**said(posted, "reason"), "overlap_hours": whole(posted.text("overlap_hours"))}
    try:
        made = (await page.api.post(f"/agencies/{agency}/credentials/{item}/rotations", asked, once=posted.once)).json()
    except Refused as refused:
        return await CREDENTIALS.refused_page(page, item, refused, posted=posted, act="rotations")
    return await _shown_once(page, made, await CREDENTIALS.around(page))
