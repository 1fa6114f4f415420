"""Who may sign for a body with which certificate, and whether its reports must be signed so."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from services.gateway.pages.administration.registers import Register, There
from services.gateway.pages.administration.typed import said, with_certificate
from services.gateway.pages.administration.whole_lists import whole_list
from services.gateway.pages.days import with_days
from services.gateway.pages.own_api import Refused
from services.gateway.pages.page import ROOT, Page, PageRoute
from services.gateway.pages.posted import Posted

router = APIRouter(prefix=ROOT, route_class=PageRoute, include_in_schema=False)

DEMANDS = "/agencies/{agency}/signature-demands"


def mandate_asked(posted: Posted) -> dict[str, Any]:
    return said(
        with_days(posted, ("valid_from", "valid_to")), "certificate", "holder", "valid_from", "valid_to", "document", "reason"
    )


async def _demands(page: Page, agency: str | None) -> dict[str, Any]:
    """The last first: it is the one that holds."""
    return {"demands": (await whole_list(page, f"/agencies/{agency}/signature-demands"))[::-1]}


MANDATES = Register(
    name="mandates",
    place="/agencies/{agency}/mandates",
    identifier="mandate_id",
    member="mandate",
    templates="administration/mandate",
    asked=mandate_asked,
    acts={"approvals": "approved", "withdrawals": "withdrawn"},
    read=with_certificate,
    beside=_demands,
)
MANDATES.add_to(router)


@router.post(DEMANDS)
async def post_page_demand(page: There, agency: str) -> Response:
    posted = await page.posted()
    page.require_may("POST", DEMANDS)
    try:
        await page.api.post(DEMANDS.format(agency=agency), said(posted, "demand", "reason"), once=posted.once)
    except Refused as refused:
        here = f"{ROOT}/agencies/{agency}/mandates"
        return await MANDATES.list_page(page, refused=refused, posted=posted, here=here)
    return page.go(f"/agencies/{agency}/mandates", done="saved")
